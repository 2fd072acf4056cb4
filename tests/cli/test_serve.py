"""`kiemchung serve`: what it says when it cannot start, and where it listens."""

import socket

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app
from kiemchung.errors import SettingsError
from kiemchung.web.server import listen


def test_a_port_in_use_is_an_error_that_says_what_to_do():
    taken = listen("127.0.0.1", 0)
    try:
        with pytest.raises(SettingsError, match=r"cannot listen on 127\.0\.0\.1 port .*--port"):
            listen("127.0.0.1", taken.getsockname()[1])
    finally:
        taken.close()


@pytest.mark.parametrize("host", ["no such host", "256.1.1.1"])
def test_a_host_that_is_none_is_an_error_that_says_what_to_do(host):
    with pytest.raises(SettingsError, match="--host"):
        listen(host, 0)


def test_ipv6_addresses_are_listened_on():
    try:
        listener = listen("::1", 0)
    except SettingsError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert listener.family == socket.AF_INET6


@pytest.mark.parametrize("command", ["check", "serve"])
def test_help_has_an_example(command):
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert f"Example: kiemchung {command}" in shown.output
