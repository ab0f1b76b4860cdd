"""The link by which whoever starts the desk signs in, before there is any password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LASTS = timedelta(minutes=10)


@dataclass(slots=True)
class OneTimeLink:
    """A link that signs in once. It is known here by the digest of its token, until it is used."""

    name: str = ""
    digest: str = ""
    expires: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def make(self, name: str, now: datetime) -> str:
        """Make the link's token, for *name*; one made before is void."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self.name, self.digest, self.expires = name, _digest(token), now + LASTS
        return token

    def stands(self, token: str, now: datetime) -> bool:
        """True while the link can be used."""
        with self._lock:
            return self._is(token, now)

    def take(self, token: str, now: datetime) -> bool:
        """Use the link; False when it cannot be used, or no more. Of many who use it at once, one does."""
        with self._lock:
            taken = self._is(token, now)
            if taken:
                self.digest = ""
            return taken

    def _is(self, token: str, now: datetime) -> bool:
        known = bool(self.digest) and self.expires is not None and now < self.expires
        return hmac.compare_digest(self.digest, _digest(token)) and known


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
