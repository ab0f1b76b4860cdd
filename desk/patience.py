"""How often one client may ask for what is not there before it has to wait."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

AT_ONCE = 30
"""Failures that a client may have in a row ..."""
EVERY_SECONDS = 10.0
"""... and how long it takes until one of them is forgotten."""
AT_A_NAME = 10
"""Wrong passwords for one name in a row, whoever tries them."""
_MOST_CLIENTS = 10_000


class Patience:
    """Counts the failures of each client, in memory; of too many clients the ones longest quiet are forgotten.

    Tokens are too long to be guessed; this keeps who tries from keeping the database busy. Passwords are not.
    *key* makes of a client what is counted, or None for whoever is not.
    """

    def __init__(
        self, at_once: int = AT_ONCE, every: float = EVERY_SECONDS, key: Callable[[str], str | None] | None = None
    ) -> None:
        self._at_once, self._every, self._key = at_once, every, key or _key
        self._failures: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def lost(self, client: str | None, now: datetime) -> bool:
        """True when *client*, an IP address unless it is counted by something else, has to wait."""
        key = self._key(client or "")
        with self._lock:
            return key is not None and self._count(key, now) > self._at_once - 1

    def failed(self, client: str | None, now: datetime) -> None:
        """Note that *client* asked for what is not there."""
        key = self._key(client or "")
        if key is None:
            return
        with self._lock:
            self._failures[key] = (self._count(key, now) + 1, now)
            self._failures.move_to_end(key)
            while len(self._failures) > _MOST_CLIENTS:
                self._failures.popitem(last=False)

    def _count(self, key: str, now: datetime) -> float:
        count, since = self._failures.get(key, (0.0, now))
        return max(0.0, count - (now - since).total_seconds() / self._every)


def _key(client: str) -> str | None:
    """Return whom to count: an IPv4 address, or the /64 that one IPv6 customer has; nobody on this machine.

    A proxy that does not pass on whom it asks for would be every client at once, and one guesser would lock out all.

    >>> _key("203.0.113.7"), _key("2001:db8::1") == _key("2001:db8::2"), _key("127.0.0.1"), _key("no address")
    ('203.0.113.7', True, None, None)
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return None
    if address.is_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
