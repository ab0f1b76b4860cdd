"""Events: one real-world event, each fact with its source."""

from __future__ import annotations

from dataclasses import dataclass

from calendar_sync.listings import Listing
from calendar_sync.spans import Span
from dedupe.evidence import Match
from dedupe.same import Same, made_once


@dataclass(frozen=True, slots=True)
class Event:
    """The cluster of listings that describe one real-world event.

    *listings* are ordered newest word first (by `Listing.since`, then id), so the first that says something is what
    stands; *matches* are the pairs that hold the cluster together.
    """

    id: str
    listings: tuple[Listing, ...]
    matches: tuple[Match, ...] = ()
    workshop: bool = False
    """True when the committee's own programme lists it."""

    @property
    def title(self) -> str:
        """The newest title."""
        return self.listings[0].title

    @property
    def span(self) -> Span | None:
        """The newest exact span, else the newest vague one."""
        return _span(Same(self))

    @property
    def city(self) -> str:
        """The newest city named."""
        return next((listing.city for listing in self.listings if listing.city), "")

    @property
    def country(self) -> str:
        """The newest country named (ISO 3166-1 alpha-2)."""
        return next((listing.country for listing in self.listings if listing.country), "")


@made_once(1 << 16)
def _span(event: Same[Event]) -> Span | None:
    # Asked for again and again by every reader of a world.
    spans = [listing.span for listing in event.of.listings if listing.span is not None]
    return next((span for span in spans if span.is_exact), spans[0] if spans else None)
