"""Phases: how far along an event takes its states, from awareness to review."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from calendar_sync.listings import Listing
from dedupe.meaning.terms import Terms, terms

ORDER = ("awareness", "reporting", "implementation", "assistance", "review")
"""From first to last: a later phase after an earlier one is a follow-up."""

_WORDS = {
    "review": ("peer review", "comprehensive review", "review conference", "examen", "revision"),
    "assistance": ("assistance", "matchmaking", "asistencia", "assistencia", "capacity building"),
    "reporting": ("reporting", "national report", "national reports", "rapport", "rapports", "informe", "relatorio"),
    "implementation": (
        "implementation", "implementing", "mise en oeuvre", "application", "implementacion", "aplicacion",
        "implementacao", "action plan", "legislation", "export control", "export controls",
    ),
    "awareness": ("awareness", "outreach", "sensibilisation", "sensibilizacion", "promotion", "seminar", "briefing"),
}  # fmt: skip
_THEMES = {
    "awareness-raising": "awareness", "universalization": "reporting", "national-implementation-plan": "implementation",
    "legislation": "implementation", "assistance-matchmaking": "assistance", "peer-review": "review",
}  # fmt: skip


def of(listings: Sequence[Listing]) -> str:
    """Return the latest phase that titles name, else that of the themes stated, blank when nothing tells."""
    named = {phase for listing in listings for phase in _named(listing.title)}
    if not named:
        named = {_THEMES[theme] for listing in listings for theme in listing.themes if theme in _THEMES}
    return max(named, key=ORDER.index, default="")


def sources(listings: Sequence[Listing]) -> tuple[tuple[str, str], ...]:
    """Return each word that speaks for a phase, folded, with the phase; the themes stated where no title does.

    >>> from calendar_sync.listings import ListingKey
    >>> sources([Listing(ListingKey("c", "1"), "o", "Awareness seminar on a national action plan")])
    (('action plan', 'implementation'), ('awareness', 'awareness'), ('seminar', 'awareness'))
    """
    found = {told for listing in listings for told in _terms().found_in(listing.title)}
    if not found:
        found = {(theme, _THEMES[theme]) for listing in listings for theme in listing.themes if theme in _THEMES}
    return tuple(sorted(found))


@lru_cache(maxsize=1 << 14)
def _named(title: str) -> frozenset[str]:
    return _terms().named_in(title)


@cache
def _terms() -> Terms:
    return terms((term, phase) for phase, named in _WORDS.items() for term in named)
