"""Damping: a finding that goes to and fro is told once for each way it stands, until it has not stood so for a while.

How a finding stands is its facts (by their digest), that it is resolved, or that it is back. Each is news once; the
night it was so last is remembered, and forgotten FORGOTTEN days later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

FORGOTTEN = timedelta(days=14)
"""What a finding has not been for longer than this is news again."""
RESOLVED, BACK = "resolved", "back"
"""No fingerprint is a word."""

Stood = Mapping[str, date]
"""How a finding stood when that was news (a fingerprint, RESOLVED or BACK), and the last night it stood so."""


def remembered(stood: Stood, night: date, last: str = "") -> Stood:
    """Leave out what is forgotten on *night*; *last* is kept whenever it was.

    >>> remembered({"a": date(2009, 12, 4), "b": date(2009, 11, 4)}, date(2009, 12, 5))
    {'a': datetime.date(2009, 12, 4)}
    """
    return {name: when for name, when in stood.items() if name == last or night - when <= FORGOTTEN}


def standing(stood: Stood, fingerprint: str, night: date, *, back: bool) -> Stood:
    """Note that a finding stands with these facts on *night*; *back* when it is told so."""
    now = {**stood, fingerprint: night}
    return now | {BACK: night} if back or BACK in stood else now


def away(stood: Stood, fingerprint: str, night: date) -> bool:
    """Tell whether a finding that was last seen with these facts has been away so long that it is news.

    >>> away({"a": date(2009, 12, 4)}, "a", date(2009, 12, 18)), away({"a": date(2009, 12, 4)}, "a", date(2009, 12, 19))
    (False, True)
    """
    seen = stood.get(fingerprint)
    return seen is not None and night - seen > FORGOTTEN
