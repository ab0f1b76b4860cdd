"""The entrance: where organisations find the desk on the web, the `[desk]` table."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from calendar_sync.settings import Settings

LOOPBACK = ("127.0.0.1", "::1")
_HEADER = re.compile(r"(?i)(?:X|Remote)-[A-Za-z0-9-]{1,60}")
"""A header that browsers do not send of their own accord: Host or Cookie would name whoever asks."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The `[desk]` table."""

    address: str = ""
    """What addresses of the desk begin with, without a slash at the end; blank: it is not found on the web."""
    trusted_header: str = ""
    """The header in which a web server in front names who it has let in; blank: the desk asks for itself."""
    trusted_proxies: tuple[str, ...] = LOOPBACK
    """The addresses of that web server. From anybody else the header means nothing."""

    @property
    def secure(self) -> bool:
        """True when nobody on the way can read along; only then mails name the desk.

        >>> Entrance("https://outreach.example.org").secure, Entrance("http://127.0.0.1:8540").secure, Entrance().secure
        (True, False, False)
        """
        return self.address.startswith("https://")


def read_entrance(settings: Settings, table: Mapping[str, Any]) -> Entrance:
    """Read the `[desk]` table.

    Raises:
        RosterError: The address is none, or everybody on the way could read what is fetched there.
    """
    where = "desk"
    settings.known(table, where, set(Entrance.__dataclass_fields__))
    address = settings.text(table, where, "address").strip().rstrip("/")
    if not address:
        return Entrance("", *_trusted(settings, table, where))
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    plain = host and not (parts.username or parts.password or parts.query or parts.fragment)
    if not plain or parts.scheme not in ("https", "http") or not address.isascii() or any(c <= " " for c in address):
        raise settings.wrong("desk.address", f"{address!r} is no address", 'write "https://outreach.example.org"')
    if parts.scheme == "http" and not is_loopback(str(host)):
        raise settings.wrong(
            "desk.address",
            f"what is fetched from {host} could be read on the way",
            "use https; http is for this machine only",
        )
    return Entrance(address, *_trusted(settings, table, where))


def _trusted(settings: Settings, table: Mapping[str, Any], where: str) -> tuple[str, tuple[str, ...]]:
    """Read who is believed when it says who somebody is."""
    header = settings.text(table, where, "trusted_header").strip()
    if header and not _HEADER.fullmatch(header):
        raise settings.wrong(
            "desk.trusted_header",
            f"{header!r} cannot name a person",
            'write a header of its own, as "X-Forwarded-User"',
        )
    proxies = settings.texts(table, where, "trusted_proxies")
    for proxy in proxies:
        try:
            ipaddress.ip_address(proxy)
        except ValueError:
            raise settings.wrong("desk.trusted_proxies", f"{proxy!r} is no address", 'write ["127.0.0.1"]') from None
    return header, tuple(str(ipaddress.ip_address(proxy)) for proxy in proxies) or LOOPBACK


def is_loopback(host: str) -> bool:
    """True when only this machine reaches *host*.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_ours(host: str, address: str) -> bool:
    """True when *host*, as a request names it, is this machine itself or the host of *address*.

    >>> is_ours("127.0.0.1:8540", ""), is_ours("[::1]:80", ""), is_ours("desk.example:443", "https://desk.example")
    (True, True, True)
    >>> is_ours("other.example:8540", ""), is_ours("desk.example:8540", "https://desk.example"), is_ours("", "")
    (False, False, False)
    """
    asked = _host_and_port(f"//{host}", None)
    if asked is None or not asked[0]:
        return False
    known = urlsplit(address)
    return is_loopback(asked[0]) or _host_and_port(f"//{host}", known.scheme) == _host_and_port(address, known.scheme)


def _host_and_port(address: str, scheme: str | None) -> tuple[str, int | None] | None:
    """Return a host and its port, where none is said the one of *scheme*; None for what is no host."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(scheme or "")
    except ValueError:
        return None
    plain = not (parts.username or parts.password or parts.path or parts.query or parts.fragment)
    return (parts.hostname or "", port) if plain or (scheme and parts.scheme) else None
