"""Memory given back: how the C library keeps what a page needed for a moment. docs/decisions/0057 tells why."""

from __future__ import annotations

import ctypes
import platform

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
"""Parameters of mallopt, as malloc.h of glibc numbers them."""
_ARENAS, _LARGE = 2, 1 << 20
"""Places that threads take memory from, and the bytes from which on each piece is given back by itself."""


def give_back() -> bool:
    """Have memory given back that is needed no more; False where the C library is another one, which is left alone."""
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(_ARENA_MAX, _ARENAS)) and bool(library.mallopt(_MMAP_THRESHOLD, _LARGE))
