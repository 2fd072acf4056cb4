"""Clients that do not come to the point, or do not listen, are let go, over real connections."""

import socket
import time

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from kiemchung.web import patience
from tests.browser.serving import serving

WHOLE = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
LET_GO = b""
LONG = b"x" * 20_000_000


async def _answer(request):
    return PlainTextResponse(await request.body())


async def _answer_long(_request):
    return PlainTextResponse(LONG)


@pytest.fixture
def connect(monkeypatch):
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.4)
    monkeypatch.setattr(patience, "READING_SECONDS", 0.4)
    app = Starlette(routes=[Route("/", _answer, methods=["POST"]), Route("/long", _answer_long)])
    opened = []
    with serving(app) as address:

        def connect_one():
            opened.append(socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1]))))
            opened[-1].settimeout(4)  # shorter than the time that an idle connection is kept
            return opened[-1]

        yield connect_one
        for each in opened:
            each.close()


def read_reply(connection):
    reply = b""
    while not reply.endswith(b"abc"):
        received = connection.recv(4096)
        assert received, reply
        reply += received
    assert reply.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"POST / HT", b"POST / HTTP/1.1\r\nHost: a\r\nX: "])
def test_a_client_whose_head_does_not_come_is_let_go(connect, sent):
    connection = connect()
    connection.sendall(sent)
    assert connection.recv(100) == LET_GO


@pytest.mark.parametrize("sent", [b"\r\n", b"POST / HTTP/1.1\r\nHost: a\r\nX: "])
def test_so_is_one_that_was_answered_before(connect, sent):
    connection = connect()
    for _ in range(2):
        connection.sendall(WHOLE)
        read_reply(connection)
    connection.sendall(sent)
    assert connection.recv(100) == LET_GO


def test_a_client_whose_head_does_not_end_is_let_go(connect, monkeypatch):
    monkeypatch.setattr(patience, "HEAD_SECONDS", 60)
    connection = connect()
    connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nX: ")
    with pytest.raises(OSError, match=r"reset|Broken pipe"):
        connection.sendall(b"a" * 100_000_000)


def test_a_head_in_many_small_pieces_and_a_large_body_are_read(connect):
    connection = connect()
    for at in range(len(WHOLE)):
        connection.sendall(WHOLE[at : at + 1])
    read_reply(connection)
    large = b"x" * 600_000 + b"abc"
    connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(large) + large)
    read_reply(connection)


def ask_for_long(connection):
    connection.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")


def test_a_client_that_does_not_read_its_answer_is_let_go(connect):
    connection = connect()
    ask_for_long(connection)
    time.sleep(1.5)
    assert len(read_to_the_end(connection)) < len(LONG)


def test_one_that_reads_slowly_gets_all_of_it(connect, monkeypatch):
    monkeypatch.setattr(patience, "READING_SECONDS", 1)
    connection, received = connect(), 0
    ask_for_long(connection)
    while received < len(LONG):
        part = connection.recv(200_000)
        assert part
        received += len(part)
        time.sleep(0.03)  # three seconds in all


def read_to_the_end(connection):
    received = b""
    try:
        while part := connection.recv(1_000_000):
            received += part
    except ConnectionResetError:
        pass
    return received
