"""The entrance: where organisations find the desk on the web, the `[desk]` table."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from calendar_sync.settings import Settings


@dataclass(frozen=True, slots=True)
class Entrance:
    """The `[desk]` table."""

    address: str = ""
    """What addresses of the desk begin with, without a slash at the end; blank: it is not found on the web."""

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
        return Entrance()
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
    return Entrance(address)


def is_loopback(host: str) -> bool:
    """True when only this machine reaches *host*.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
