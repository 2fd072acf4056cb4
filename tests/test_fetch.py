"""G19: the fetcher reaches public documents and nothing else, within bounds of size, time and redirects."""

import gzip
import ipaddress
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore2
import pytest

from kiemchung.errors import FetchError
from kiemchung.fetch import SafeFetcher
from kiemchung.fetch.guard import Guard, check_url, is_public

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001::1", "2001:db8::1",
    "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]
REFUSED_URLS = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://0/",
    "http://017700000001/", "http://127.0.0.1./", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/meta-data/", "http://localhost/", "http://LOCALHOST./",
    "http://a.localhost/", "http://printer.local/", "http://db.internal/", "http://intranet/", "http://①②⑦.⓪.⓪.①/",
    "http://desk.example:22/", "http://desk.example:6379/", "http://desk.example:0/", "http://user:pw@desk.example/",
    "http://desk.example@127.0.0.1/", "file:///etc/passwd", "gopher://desk.example/", "ftp://desk.example/", "data:,x",
    "javascript:alert(1)", "//desk.example/", "http://", "http:///path", "", "http://[::1", "http://a b/", "http://\x00/",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_g19_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_g19_public_address_is_known(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_g19_url_in_disguise_is_refused_before_anything_is_looked_up(url: str) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    with pytest.raises(FetchError) as caught:
        SafeFetcher(resolve=never).get(url)
    assert caught.value.reason == "refused"


@pytest.mark.parametrize("address", PRIVATE)
def test_g19_name_with_a_private_address_is_refused(address: str) -> None:
    fetcher = SafeFetcher(resolve=lambda host, port: ["1.1.1.1", address])
    with pytest.raises(FetchError, match="is no public address") as caught:
        fetcher.get("https://desk.example/")
    assert caught.value.reason == "refused"


def test_g19_rebinding_gains_nothing_because_the_checked_address_is_connected() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    connected: list[str] = []

    class Recorder(httpcore2.MockBackend):
        def connect_tcp(self, host: str, *rest: Any, **more: Any) -> httpcore2.NetworkStream:
            connected.append(host)
            return super().connect_tcp(host, *rest, **more)

    guard = Guard(
        "http://desk.example/", time.monotonic() + 60, resolve=lambda h, p: next(answers), allow_loopback=False
    )
    guard.backend = Recorder([b"HTTP/1.1 200 OK\r\n\r\n"])
    guard.connect_tcp("desk.example", 80)
    assert connected == ["93.184.216.34"]
    with pytest.raises(FetchError):
        guard.connect_tcp("desk.example", 80)  # another connection looks up anew, and checks anew


Handle = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Handle], str]]:
    """Starts a server on this machine and gives its address under the name desk.example."""
    servers: list[ThreadingHTTPServer] = []

    def start(handle: Handle) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                handle(self)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"http://desk.example:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def fetcher(**options: Any) -> SafeFetcher:
    """A fetcher that may reach this machine, whatever the name."""
    found = {"max_bytes": 100_000, "timeout_seconds": 10.0, "delay_seconds": 0.0} | options
    return SafeFetcher(resolve=lambda host, port: ["127.0.0.1"], allow_loopback=True, **found)


def answer(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    request.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


def test_fetcher_gives_the_document_and_says_who_asks(serve: Callable[[Handle], str]) -> None:
    seen: dict[str, str] = {}

    def handle(request: BaseHTTPRequestHandler) -> None:
        seen.update(request.headers.items())
        answer(request, b"xin ch\xc3\xa0o", Content_Type='Text/HTML; Charset="UTF-8"', Set_Cookie="a=b")

    address = serve(handle)
    reader = fetcher()
    found = reader.get(f"{address}/a?b=c#d")
    reader.get(f"{address}/again")

    assert (found.content, found.content_type, found.charset) == ("xin chào".encode(), "text/html", "utf-8")
    assert seen["Host"] == address.removeprefix("http://")
    assert seen["User-Agent"].startswith("kiemchung/")
    assert "Cookie" not in seen
    assert "Referer" not in seen


def test_fetcher_follows_redirects_and_says_where_it_ended(serve: Callable[[Handle], str]) -> None:
    def handle(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/end":
            answer(request, b"end")
        else:
            answer(request, b"", 302, Location="/end")

    address = serve(handle)
    assert fetcher().get(f"{address}/start").url == f"{address}/end"


def test_fetcher_gives_up_on_too_many_redirects(serve: Callable[[Handle], str]) -> None:
    address = serve(lambda request: answer(request, b"", 301, Location=request.path + "x"))
    with pytest.raises(FetchError) as caught:
        fetcher().get(f"{address}/")
    assert caught.value.reason == "redirects"


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://[::1]/", "file:///etc/passwd", "http://user@desk.example/", "http://private.example/"],
)
def test_g19_redirect_to_a_private_address_is_refused(serve: Callable[[Handle], str], target: str) -> None:
    address = serve(lambda request: answer(request, b"", 302, Location=target))

    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "desk.example" else ["10.0.0.1" if host != "::1" else "fe80::1"]

    reader = SafeFetcher(resolve=resolve, allow_loopback=True, delay_seconds=0)
    with pytest.raises(FetchError) as caught:
        reader.get(address)
    assert caught.value.reason == "refused"


def test_fetcher_without_the_tests_allowance_refuses_this_machine(serve: Callable[[Handle], str]) -> None:
    address = serve(lambda request: answer(request, b"secret"))
    with pytest.raises(FetchError) as caught:
        SafeFetcher(resolve=lambda host, port: ["127.0.0.1"]).get(address)
    assert caught.value.reason == "refused"


def test_fetcher_stops_at_the_size_limit(serve: Callable[[Handle], str]) -> None:
    address = serve(lambda request: answer(request, b"x" * 200_000))
    with pytest.raises(FetchError, match="200,000 bytes are more than 100,000") as caught:
        fetcher().get(address)
    assert caught.value.reason == "too_large"


def test_fetcher_stops_a_body_without_length(serve: Callable[[Handle], str]) -> None:
    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 10_000)
        except OSError:
            pass

    with pytest.raises(FetchError) as caught:
        fetcher().get(serve(handle))
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda b: zlib.compress(b)[2:-4]])
def test_fetcher_unpacks_answers_and_stops_bombs(
    serve: Callable[[Handle], str], pack: Callable[[bytes], bytes]
) -> None:
    name = "gzip" if pack is gzip.compress else "deflate"
    bodies = {"/small": pack(b"hello" * 100), "/bomb": pack(b"\0" * 20_000_000)}
    address = serve(lambda request: answer(request, bodies[request.path], Content_Encoding=name))

    assert fetcher().get(f"{address}/small").content == b"hello" * 100
    with pytest.raises(FetchError) as caught:
        fetcher().get(f"{address}/bomb")
    assert caught.value.reason == "too_large"


def test_fetcher_refuses_packing_that_it_did_not_ask_for(serve: Callable[[Handle], str]) -> None:
    address = serve(lambda request: answer(request, b"x", Content_Encoding="br"))
    with pytest.raises(FetchError, match="packed as br"):
        fetcher().get(address)


@pytest.mark.parametrize("part", ["headers", "body"])
def test_fetcher_gives_up_on_a_slow_drip(serve: Callable[[Handle], str], part: str) -> None:
    done = threading.Event()

    def handle(request: BaseHTTPRequestHandler) -> None:
        if part == "body":
            request.send_response(200)
            request.end_headers()
        else:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        try:
            while not done.wait(0.05):
                request.wfile.write(b"x")
                request.wfile.flush()
        except OSError:
            pass

    address = serve(handle)
    with pytest.raises(FetchError) as caught:
        fetcher(timeout_seconds=0.6).get(address)
    done.set()
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("status", [204, 404, 500])
def test_fetcher_reports_an_error_status(serve: Callable[[Handle], str], status: int) -> None:
    address = serve(lambda request: answer(request, b"", status))
    with pytest.raises(FetchError, match=f"answered with status {status}") as caught:
        fetcher().get(address)
    assert caught.value.reason == "status"


def test_fetcher_reports_a_server_that_is_not_there() -> None:
    with pytest.raises(FetchError) as caught:
        fetcher().get("http://desk.example:1/")
    assert caught.value.reason == "network"


def test_fetcher_waits_between_requests_to_one_host(serve: Callable[[Handle], str]) -> None:
    waits: list[float] = []
    reader = fetcher(delay_seconds=5.0, sleep=waits.append)
    address = serve(lambda request: answer(request, b"x"))
    reader.get(address)
    reader.get(address)
    reader.get(address.replace("desk.example", "other.example"))
    assert [round(wait) for wait in waits] == [5]


@pytest.mark.parametrize(
    ("status", "robots", "allowed"),
    [
        (200, b"User-agent: *\nDisallow: /private/", (True, False)),
        (200, b"User-agent: kiemchung\nDisallow: /", (False, False)),
        (404, b"", (True, True)),
        (503, b"", (False, False)),
    ],
)
def test_fetcher_follows_robots_for_what_it_finds_itself(
    serve: Callable[[Handle], str], status: int, robots: bytes, allowed: tuple[bool, bool]
) -> None:
    address = serve(lambda request: answer(request, robots, status))
    reader = fetcher()
    assert (reader.may_crawl(f"{address}/a"), reader.may_crawl(f"{address}/private/b")) == allowed


def test_check_url_takes_ordinary_addresses() -> None:
    for url in ("https://desk.example/a?b=c", "http://bàn-mẫu.example:8080/", "https://1.1.1.1/"):
        assert check_url(url).host
