"""Which addresses may be asked, and connections that go nowhere else.

A name is looked up once, every address that it has is checked, and the connection goes to a checked address: a name
that answers differently the second time (DNS rebinding) gains nothing, because there is no second time.
"""

import ipaddress
import re
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore2
import httpx2

from kiemchung.errors import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Name -> its addresses, as texts.
Resolve = Callable[[str, int], Sequence[str]]

#: Published pages live on these; anything else is more likely a printer or a database.
PORTS = frozenset({80, 443, 8080, 8443})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER = [
    ipaddress.ip_network(text)
    for text in ("64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10")
]
#: `127.1`, `0x7f000001`, `017700000001`: forms that the C library takes for addresses and that people do not write.
_NUMERIC_HOST = re.compile(r"(?i)^(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*$")
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".onion", ".test", ".invalid")


def resolve(host: str, port: int) -> list[str]:
    """Every address that the system's resolver gives for a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, also where it wraps another one (mapped, NAT64, 6to4)."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.scope_id or address.teredo or any(address in network for network in _NEVER):
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )


def check_url(text: str, *, allow_loopback: bool = False) -> httpx2.URL:
    """The parsed address, if it is one that may be asked.

    Raises:
        FetchError: not http(s), with a user name, an unusual port, or a host that is local or a number in disguise.
    """
    try:
        url = httpx2.URL(text.strip())
        host, port = url.host, url.port
    except (httpx2.InvalidURL, ValueError, UnicodeError) as error:
        raise FetchError(text, "refused", f"not an address ({error})") from error
    if url.scheme not in ("http", "https"):
        raise FetchError(text, "refused", "only http and https addresses are read")
    if url.userinfo:
        raise FetchError(text, "refused", "addresses with a user name or password are not read")
    if not host:
        raise FetchError(text, "refused", "the address has no host")
    if allow_loopback:
        return url
    if port is not None and port not in PORTS:
        raise FetchError(text, "refused", f"port {port} is not read (only {', '.join(map(str, sorted(PORTS)))})")
    _check_host(text, host)
    return url


def _check_host(text: str, host: str) -> None:
    name = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        if _NUMERIC_HOST.match(name):
            raise FetchError(text, "refused", "the host is a number in disguise") from None
        if name == "localhost" or name.endswith(_LOCAL_NAMES) or "." not in name:
            raise FetchError(text, "refused", "the host is a local name") from None
        return
    if not is_public(address):
        raise FetchError(text, "refused", f"{address} is no public address")


class Guard(httpcore2.NetworkBackend):
    """Opens connections to checked addresses only, and lets none outlive the deadline."""

    def __init__(self, url: str, deadline: float, *, resolve: Resolve, allow_loopback: bool) -> None:
        """Guard the connections for one request of `url`; `deadline` in seconds of `time.monotonic`."""
        self._url = url
        self._deadline = deadline
        self._resolve = resolve
        self._allow_loopback = allow_loopback
        self.backend: httpcore2.NetworkBackend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of the host that answers."""
        problem: Exception | None = None
        for address in self._addresses(host, port):
            try:
                stream = self.backend.connect_tcp(
                    address, port, _left(self._deadline, timeout), local_address, socket_options
                )
                return _Timed(stream, self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore2.ConnectError("the name has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name cannot be looked up ({error})") from error
        for text in found:
            address = ipaddress.ip_address(text)
            if not is_public(address) and not (self._allow_loopback and address.is_loopback):
                raise FetchError(self._url, "refused", f"{host} is {address}, which is no public address")
        return list(found)


class _Timed(httpcore2.NetworkStream):
    """A connection whose every step ends by the deadline, so that a slow drip cannot hold it open."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time for this document is over")
    return left if timeout is None else min(left, timeout)
