"""`same_event`: two organisations list one real-world event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation
from dedupe import phrases
from dedupe.events import Event
from dedupe.evidence import Evidence, Match
from dedupe.findings import Fact, Finding, Kind, Reason, Severity, Value
from dedupe.profiles import Profile
from dedupe.remembering import first
from dedupe.sayings import beside, opened, say


def same_events(profiles: Sequence[Profile], organisations: Sequence[Organisation] = ()) -> list[Finding]:
    """Make one finding for each further organisation that lists an event; *organisations* give their names.

    Each is about two listings: the one the event is called after (where that is withdrawn, the one seen first of those
    that stand) and the listing the other organisation published; so its identity holds while further listings join.
    """
    names = {organisation.id: phrases.organisation(organisation) for organisation in organisations}
    return [finding for profile in profiles for finding in _of_event(profile.event, names)]


def _of_event(event: Event, names: Mapping[str, str]) -> list[Finding]:
    if len({listing.organisation for listing in event.listings}) < 2:
        return []
    anchor = _anchor(event)
    found = []
    told = {anchor.organisation}
    for listing in sorted(event.listings, key=lambda listing: (_since(listing), listing.id)):
        if listing.organisation in told:
            continue
        told.add(listing.organisation)
        match = _match(event, anchor, listing)
        found.append(
            Finding(
                kind=Kind.SAME_EVENT,
                severity=Severity.INFORMATION,
                title=_title(event, anchor, listing, names),
                events=(event,),
                listing_ids=(anchor.id, listing.id),
                reasons=tuple(_reasons(match)),
                facts=facts((anchor, listing)),
                evidence=match.evidence if match else (),
                bits=match.bits if match else None,
                probability=match.probability if match else None,
            )
        )
    return found


def _anchor(event: Event) -> Listing:
    by_id = {listing.id: listing for listing in event.listings}
    return by_id.get(event.id) or first(event.listings)


def _since(listing: Listing) -> str:
    return listing.since.isoformat() if listing.since else ""


def _match(event: Event, one: Listing, other: Listing) -> Match | None:
    """Return the pair's own match, else the strongest that ties *other* to the event."""
    wanted = {one.id, other.id}
    own = next((match for match in event.matches if {match.left_id, match.right_id} == wanted), None)
    tied = [match for match in event.matches if other.id in (match.left_id, match.right_id)]
    return own or max(tied, key=lambda match: (match.bits, match.left_id, match.right_id), default=None)


def _title(event: Event, one: Listing, other: Listing, names: Mapping[str, str]) -> str:
    known = {phrases.place(listing.city, listing.country) for listing in (one, other)} - {""}
    here = max(known, key=lambda place: (len(place), place)) if known else say("“{title}”", title=event.title)
    who = [names.get(listing.organisation, listing.organisation) for listing in (one, other)]
    return say(
        "{who} list one event: {where}, {days}",
        who=phrases.listed(who), where=here, days=phrases.dates(event.span, event.listings[0].date_text),
    )  # fmt: skip


def _reasons(match: Match | None) -> list[Reason]:
    if match is None:
        return [Reason(say("Both agree with a third listing of the event."))]
    told = [entry for entry in match.evidence if entry.comparison not in ("prior", "calendar")]
    ranked = sorted(told, key=lambda entry: -entry.bits)
    reasons = [Reason(_weighs(entry)) for entry in ranked if entry.bits > 0][:3]
    against = [entry for entry in ranked if entry.bits < 0]
    return reasons + [Reason(_weighs(entry), against=True) for entry in against[::-1][:2]]


def _weighs(entry: Evidence) -> str:
    return say(
        "{comparison}: {level} ({bits} bits).",
        comparison=opened(say(entry.comparison)), level=phrases.level(entry.level), bits=phrases.bits(entry.bits),
    )  # fmt: skip


FIELDS = ("title", "dates", "place", "audience", "organisers", "sponsors")
"""What is laid side by side, in this order."""


def text_of(listing: Listing, field: str) -> str:
    """Write out what a listing says of one of FIELDS; blank when it is silent. Codes of states become names."""
    if field == "title":
        return listing.title
    if field == "dates":
        return phrases.dates_of(listing) if listing.span is not None or listing.date_text else ""
    if field == "place":
        return phrases.place(listing.city, listing.country) or listing.place_text
    named: tuple[str, ...] = getattr(listing, field)
    told = [phrases.state(name) for name in named]
    return beside(sorted(told), "; ", ordered=True) if field == "audience" else beside(told, "; ")


def facts(listings: Sequence[Listing]) -> tuple[Fact, ...]:
    """Lay the facts of listings side by side; `agrees` is False where two of them say different things."""
    newest = max((_since(listing) for listing in listings), default="")
    told = []
    for field in FIELDS:
        texts = [text_of(listing, field) for listing in listings]
        if not any(texts):
            continue
        values = tuple(
            Value(text, listing.id, listing.organisation, _since(listing), newest=_since(listing) == newest != "")
            for text, listing in zip(texts, listings, strict=True)
        )
        # Silence is neither agreement nor disagreement.
        told.append(Fact(field, values, agrees=len({text.casefold() for text in texts if text}) < 2))
    return tuple(told)
