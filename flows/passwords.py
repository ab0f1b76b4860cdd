"""Passwords: what is kept of one, and whether another is the same. docs/decisions/0053 tells why scrypt."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata

from calendar_sync.errors import OutreachError

SHORTEST, LONGEST = 12, 1024
"""Characters of a password."""
_N, _R, _P = 1 << 15, 8, 3
"""OWASP's cost for scrypt at 32 MiB: whoever takes the database pays so much for each guess."""
_MEMORY = 64 << 20
_ONE_AT_A_TIME = threading.Semaphore(2)
"""Sign-ins that come all at once must not take all the memory there is."""


class PasswordUnsuitable(OutreachError):
    """A password that would be guessed, or cannot be typed."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"The password {self.what}. Nothing was changed. Next: take a sentence of {SHORTEST} characters or more."


def kept(password: str) -> str:
    """Return what is kept of a password: `scrypt$N$r$p$salt$digest`.

    Raises:
        PasswordUnsuitable: It is too short, too long, or one character again and again.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordUnsuitable(f"has {len(password)} characters, not {SHORTEST} to {LONGEST}")
    if len(set(password)) < 5:
        raise PasswordUnsuitable("has too few different characters")
    salt = secrets.token_bytes(16)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _text(salt), _text(_digest(password, salt, _N, _R, _P))))


def is_same(password: str, before: str) -> bool:
    """True when *before* was kept of this password.

    Where nothing was kept it takes as long and is False: nobody learns from the time it takes who has an account.
    """
    parts = before.split("$")
    if len(parts) != 6 or parts[0] != "scrypt" or len(password) > LONGEST:
        _digest(password[:LONGEST], b"nobody has this.", _N, _R, _P)
        return False
    n, r, p = (int(part) for part in parts[1:4])
    return hmac.compare_digest(
        _digest(password, base64.b64decode(parts[4]), n, r, p), base64.b64decode(parts[5])
    )  # fmt: skip


def _digest(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    with _ONE_AT_A_TIME:
        return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
