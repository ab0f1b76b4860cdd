"""What concerns a reader: its member states, its own listings, what its people organise. The committee: everything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from calendar_sync.roster import Organisation, Roster
from calendar_sync.visibility import Visibility
from dedupe.bodies import bodies
from dedupe.events import Event
from dedupe.findings import Finding, Kind
from dedupe.profiles import profile


class Concern:
    """Tells which events and findings of the reader's world concern the reader on a night."""

    def __init__(
        self, reader: Organisation, roster: Roster, night: date, invited: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        """Look with the eyes of *reader*; *invited* are the states of the world's events by id, where known."""
        self.reader, self.night = reader, night
        self.everything = reader.id == roster.committee.id
        self._organisations = roster.organisations
        self._people = set(bodies(reader.called))
        self._invited = dict(invited or {})
        self._events: dict[str, bool] = {}
        self._members: dict[date, frozenset[str]] = {}

    def members(self, event: Event) -> frozenset[str]:
        """Member states of the reader as of the event's first day."""
        span = event.span
        day = span.earliest if span else self.night
        if day not in self._members:
            self._members[day] = self.reader.states(day)
        return self._members[day]

    def states(self, event: Event) -> frozenset[str]:
        """Invited states: the reader's own, or all of them for the committee."""
        invited = self._invited.get(event.id)
        if invited is None:
            invited = profile(event, self._organisations, self.night).states
            self._invited[event.id] = invited
        return invited if self.everything else invited & self.members(event)

    def event(self, event: Event) -> bool:
        """True when the event is for the reader's states, or listed, organised or sponsored by the reader's people.

        So are days that somebody shares with the reader as busy: that is all they are shared for.
        """
        concerned = self._events.get(event.id)
        if concerned is None:
            concerned = self._events[event.id] = self.everything or bool(self.states(event)) or self._own(event)
        return concerned

    def _own(self, event: Event) -> bool:
        return any(
            listing.organisation == self.reader.id
            or listing.visibility is Visibility.BUSY
            or self._people & set(bodies((*listing.organisers, *listing.sponsors)))
            for listing in event.listings
        )

    def finding(self, finding: Finding) -> bool:
        """True when one of its events does; what weighs on one state concerns that state's organisations."""
        if finding.kind is Kind.LOAD:
            return self.everything or not self.reader.states(self.night).isdisjoint(finding.states)
        return any(self.event(event) for event in finding.events)
