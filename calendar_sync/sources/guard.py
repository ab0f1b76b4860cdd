"""Which addresses may be reached, and connections that reach only those, within one deadline."""

from __future__ import annotations

import logging
import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import TracebackType
from typing import Any

import httpcore
import httpx

PORTS = frozenset({80, 443, 8000, 8008, 8080, 8443})
"""Ports a public calendar may be served from; inside a private network any port may be."""

# Our own table: `ip_address(...).is_global` is true for NAT64 and 6to4 forms of 127.0.0.1, for multicast and more.
_CLOSED_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_OPEN_V6 = ip_network("2000::/3")
"""The only block of global unicast addresses: mapped, NAT64, site-local and link-local ones lie outside."""
_CLOSED_V6 = tuple(
    ip_network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")
)
_PRIVATE = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7",
    )
)  # fmt: skip
"""What a roster may allow. Link-local addresses are not among them: clouds answer there with their keys."""

Resolve = Callable[[str, int], Sequence[str]]


class AddressRefused(Exception):
    """The address may not be reached; the text says why, and never more of it than its host."""


class OutOfTime(httpcore.ReadTimeout):
    """The deadline for the whole fetch has passed."""


def is_public(address: str) -> bool:
    """True for global unicast addresses by our own table; False for anything else, and for what is no address.

    >>> is_public("93.184.215.14"), is_public("64:ff9b::7f00:1"), is_public("2002:7f00:1::"), is_public("224.0.0.1")
    (True, False, False, False)
    """
    known = _parsed(address)
    if isinstance(known, IPv4Address):
        return not any(known in block for block in _CLOSED_V4)
    return known is not None and known in _OPEN_V6 and not any(known in block for block in _CLOSED_V6)


def is_private(address: str) -> bool:
    """True for the addresses of intranets and of this machine, which a roster may allow for a calendar."""
    known = _parsed(address)
    return known is not None and any(known in block for block in _PRIVATE if block.version == known.version)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        known = ip_address(address)
    except ValueError:
        return None
    # fe80::1%eth0: a scope makes it an address of this machine's own link.
    return None if isinstance(known, IPv6Address) and known.scope_id else known


def addresses(host: str, port: int) -> list[str]:
    """Look a host up; numbers in odd notations are understood as the system would."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline:
    """The moment by which a whole fetch must be over, whatever trickles in."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Return the seconds that remain, no more than *at_most*.

        Raises:
            OutOfTime: None remain.
        """
        remaining = self._ends - time.monotonic()
        if remaining <= 0:
            raise OutOfTime(f"not done within {self.seconds:g} seconds")
        return remaining if at_most is None else min(at_most, remaining)

    def forgive(self, seconds: float) -> None:
        """Move the moment: these seconds were ours, not the server's."""
        self._ends += seconds


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only.

    A name is looked up once, here, every answer is checked, and the connection goes to a checked answer: no second
    lookup can give another one. TLS still asks for the certificate of the name.
    """

    def __init__(self, deadline: Deadline, *, private_network: bool, resolve: Resolve = addresses) -> None:
        self._deadline, self._private, self._resolve = deadline, private_network, resolve
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Look up, check and connect."""
        answers = self._look_up(host.strip("[]"), port)
        # One answer inside refuses them all: whoever mixes them waits for us to pick that one.
        if not answers or not all(is_public(answer) or (self._private and is_private(answer)) for answer in answers):
            raise AddressRefused(
                f"{host} is not a public address; if it belongs to your own network, say private_network = true"
            )
        if port not in PORTS and not all(is_private(answer) for answer in answers):
            raise AddressRefused(f"port {port} of {host} is not one of the web's")
        failure: Exception | None = None
        for answer in answers:
            try:
                stream = self._system.connect_tcp(
                    answer, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _DeadlineStream(stream, self._deadline)
        raise failure or httpcore.ConnectError("no address answered")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse: no calendar is published through a socket file."""
        raise AddressRefused("a socket file is no address of a calendar")

    def sleep(self, seconds: float) -> None:
        """Wait, within the deadline."""
        time.sleep(self._deadline.left(seconds))

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Look up in a thread of its own: the system's resolver keeps no deadline."""
        answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, ValueError) as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left())
        except queue.Empty:
            raise OutOfTime("the name was not found in time") from None
        if isinstance(answer, Exception):
            raise httpcore.ConnectError("the name is not known") from answer
        return answer


class _DeadlineStream(httpcore.NetworkStream):
    """A connection none of whose steps outlasts the deadline, however many there are."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  httpcore's own signature
        return self._stream.get_extra_info(info)


@lru_cache(maxsize=4)
def _certificates(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Load the certificates we trust, once: that takes longer than most calendars do."""
    del file, folder  # httpx reads them from the environment; here they tell one load from another.
    return httpx.create_ssl_context()


class GuardedTransport(httpx.BaseTransport):
    """An httpx transport over guarded connections, one at a time, without proxies: a proxy would connect unguarded."""

    def __init__(self, backend: GuardedBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            max_connections=1,
            http2=False,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body of the answer is read as it comes."""
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(asked)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=_kept(answer.extensions),
        )

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def shown(url: httpx.URL) -> str:
    """Show an address without what may be secret in it.

    >>> shown(httpx.URL("https://ana:pw@example.org:8443/private-k1/basic.ics?key=k2"))
    'https://example.org:8443/...'
    """
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}/..."


def _discreet(record: logging.LogRecord) -> bool:
    """Take out of the logs of httpx and httpcore what may be secret: addresses, and headers of answers."""
    if record.name == "httpx":
        arguments = record.args if isinstance(record.args, tuple) else ()
        record.args = tuple(shown(each) if isinstance(each, httpx.URL) else each for each in arguments)
    else:
        # "receive_response_headers.complete return_value=...": the step alone.
        record.msg, record.args = str(record.msg).partition(" ")[0], ()
    return True


for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks"):
    logging.getLogger(_name).addFilter(_discreet)


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _kept(extensions: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in extensions.items() if name in ("http_version", "reason_phrase")}
