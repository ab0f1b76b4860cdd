"""A note beside a title that looks like another; the title itself is shown as it came."""

from __future__ import annotations

from dedupe.look_alikes import tricks
from dedupe.sayings import beside, say
from reports import wording


def note(title: str) -> str:
    """Say what is odd about a title; blank for nearly all.

    >>> note("Wоrkshop in Cairo"), note("Atelier régional")
    ('contains letters of another script that look like these', '')
    """
    return beside((wording.TRICK[trick] for trick in tricks(title)), "; ")


def noted(title: str) -> str:
    """Return a title with its note, for a line of text."""
    said = note(title)
    return say("{title} ({note})", title=title, note=said) if said else title
