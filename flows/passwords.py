"""Passwords: what is kept of one, and whether another is the same. docs/decisions/0053 tells why so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from calendar_sync.errors import OutreachError

SHORTEST, LONGEST = 12, 1024
"""Characters of a password."""
_ITERATIONS, _LANES, _MEMORY_KIB = 2, 1, 19_456
"""OWASP's cost for Argon2id: whoever takes the database pays so much for each guess."""
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
    """Return what is kept of a password: a PHC string of Argon2id, which names its costs and its salt.

    Raises:
        PasswordUnsuitable: It is too short, too long, or one character again and again.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordUnsuitable(f"has {len(password)} characters, not {SHORTEST} to {LONGEST}")
    if len(set(password)) < 5:
        raise PasswordUnsuitable("has too few different characters")
    with _ONE_AT_A_TIME:
        return _argon2id(secrets.token_bytes(16)).derive_phc_encoded(_typed(password))


def is_same(password: str, before: str) -> bool:
    """True when *before* was kept of this password.

    Where nothing was kept it takes as long and is False: nobody learns from the time it takes who has an account.
    """
    typed = _typed(password[:LONGEST])
    with _ONE_AT_A_TIME:
        if before.startswith("scrypt$"):
            return _same_by_scrypt(typed, before) and len(password) <= LONGEST
        if not before:
            _argon2id(b"nobody has this.").derive(typed)
            return False
        try:
            Argon2id.verify_phc_encoded(typed, before)
        except InvalidKey:
            return False
    return len(password) <= LONGEST


def _argon2id(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB)


def _typed(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _same_by_scrypt(typed: bytes, before: str) -> bool:
    """Look at what the first version kept: `scrypt$N$r$p$salt$digest`."""
    _, n, r, p, salt, digest = before.split("$")
    again = hashlib.scrypt(typed, salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p), maxmem=64 << 20, dklen=32)
    return hmac.compare_digest(again, base64.b64decode(digest))
