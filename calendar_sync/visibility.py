"""Visibility: what others may know of a listing. The strictest wins."""

from __future__ import annotations

from enum import IntEnum


class Visibility(IntEnum):
    """From open to closed, so that `max` is the strictest."""

    PUBLIC = 0
    """Everybody in the roster may read it."""
    SHARED = 1
    """The organisations named in the owner's agreement may read it."""
    BUSY = 2
    """Those organisations may know that these days are taken, and nothing else."""
    HIDDEN = 3
    """Only the owner and the committee's coordinators."""

    @classmethod
    def of_class(cls, value: str | None) -> Visibility:
        """Read an RFC 5545 CLASS; an unknown value is PRIVATE (RFC 5545, 3.8.1.3), and PRIVATE is hidden.

        >>> Visibility.of_class(None).name, Visibility.of_class("public").name, Visibility.of_class("X-SECRET").name
        ('PUBLIC', 'PUBLIC', 'HIDDEN')
        """
        if value is None or value.strip().upper() in ("", "PUBLIC"):
            return cls.PUBLIC
        return cls.HIDDEN

    @classmethod
    def strictest(cls, *levels: Visibility) -> Visibility:
        """Return the strictest of *levels*; public when nobody said anything."""
        return max(levels, default=cls.PUBLIC)
