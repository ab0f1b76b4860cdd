"""`forum`: a theme of an event meets a recorded position, or lies in the mandate of another body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.listings import Listing, Status
from calendar_sync.spans import Span
from dedupe import phrases
from dedupe.bodies import bodies
from dedupe.findings import Finding, Kind, Reason, Severity
from dedupe.meaning.terms import terms
from dedupe.policy import Policy
from dedupe.positions import LEADING, Forum, Position, Register, lead_forums
from dedupe.profiles import Profile
from dedupe.sayings import beside, opened, say

_MOST_MEETINGS = 4


@dataclass(frozen=True, slots=True)
class _Met:
    """A recorded position that an event meets, and the title that says so; blank where the theme decides."""

    position: Position
    title: str


def forums(
    coming: Sequence[Profile], near: Sequence[Profile], register: Register, policy: Policy, on: date
) -> list[Finding]:
    """Make one finding for each theme of an event still to come that meets a position, or another body's mandate.

    *near* are all events known around the night, for the forums' own meetings. Positions count from their day on.
    """
    recorded = register.on(on)
    holders = frozenset[str]().union(*(forum.bodies for forum in (*LEADING, *register.forums)))
    near = [profile for profile in near if not holders.isdisjoint(profile.organisers) and not profile.cancelled]
    found = []
    for profile in coming:
        if profile.cancelled or not _in_question(profile, policy):
            continue
        met = [entry for position in recorded.positions if (entry := _meets(profile, position)) is not None]
        for theme in sorted({entry.position.theme for entry in met} | _mandated(profile, policy)):
            of_theme = [entry for entry in met if entry.position.theme == theme]
            found.append(_finding(profile, theme, of_theme, near, recorded, policy))
    return found


def _in_question(profile: Profile, policy: Policy) -> bool:
    """True for the programme's own workshops and for events about the instruments that the policy names."""
    named = {instrument.casefold() for instrument in policy.forum_instruments}
    return profile.event.workshop or bool(profile.instruments & named)


def _meets(profile: Profile, position: Position) -> _Met | None:
    if position.instrument and profile.instruments and position.instrument not in profile.instruments:
        return None
    if position.words:
        spoken = terms((word, position.id) for word in position.words)
        for listing in _standing(profile):
            if spoken.named_in(listing.title):
                return _Met(position, listing.title)
        return None
    return _Met(position, "") if position.theme in set(profile.themes) else None


def _standing(profile: Profile) -> list[Listing]:
    return [listing for listing in profile.event.listings if listing.status is not Status.CANCELLED]


def mandates() -> tuple[str, ...]:
    """Return by which names findings rest on other bodies' mandates, which are public."""
    return tuple(_mandate(forum) for forum in lead_forums().values())


def _mandate(forum: Forum) -> str:
    return f"mandate {forum.id}"


def _mandated(profile: Profile, policy: Policy) -> set[str]:
    """Return the themes that another body leads on, unless the event is that body's own."""
    leading = lead_forums()
    themes = set(profile.themes) & set(policy.forum_themes) & leading.keys()
    return {theme for theme in themes if not _of(profile, leading[theme])}


def _of(profile: Profile, forum: Forum) -> bool:
    """True for an event of the forum: about its instrument where it has one, else held or paid by it."""
    if forum.instrument:
        return forum.instrument in profile.instruments
    held = {name for listing in profile.event.listings for name in bodies((*listing.organisers, *listing.sponsors))}
    return bool(forum.bodies & held)


def _finding(
    profile: Profile, theme: str, met: Sequence[_Met], near: Sequence[Profile], register: Register, policy: Policy
) -> Finding:
    here = beside((phrases.where(profile.event), phrases.dates(profile.span)))
    holders = sorted({state for entry in met for state in entry.position.states if state in profile.states})
    lead = lead_forums().get(theme)
    preferred = sorted({entry.position.forum for entry in met if entry.position.forum})
    known = [forum for id_ in preferred if (forum := register.forum(id_)) is not None]
    known += [lead] if lead is not None and lead not in known else []
    about = phrases.listed(sorted({entry.position.about for entry in met})) or phrases.theme(theme)
    if met and holders:
        title = say(
            "{here}: positions are on record about {what}; among the invited states, held by {states}",
            here=here, what=about, states=phrases.states(holders),
        )  # fmt: skip
    elif met:
        title = say("{here}: positions are on record about {what}", here=here, what=about)
    else:
        body = lead.name if lead else say("another body")
        title = say("{here}: {what} is also in the mandate of {body}", here=here, what=about, body=body)
    severity = Severity.MEDIUM if holders else Severity.LOW if met else Severity.INFORMATION
    return Finding(
        kind=Kind.FORUM,
        severity=severity,
        title=title,
        events=(profile.event,),
        reasons=(
            *(reason for entry in met for reason in _on_record(entry, register)),
            *_invited(profile, met, holders),
            *(
                Reason(say("The title speaks of it: “{title}”.", title=spoken))
                for spoken in dict.fromkeys(e.title for e in met if e.title)
            ),
            *_leads(lead, theme),
            *_meetings(profile, known, near, register, policy),
        ),
        states=tuple(holders),
        subject=theme,
        rests_on=tuple(
            sorted(
                [f"positions:{entry.position.id}" for entry in met] + ([f"positions:{_mandate(lead)}"] if lead else [])
            )
        ),
        proposals=_proposals(met, known),
    )


def _on_record(met: _Met, register: Register) -> Iterator[Reason]:
    position = met.position
    told = {"position": opened(position.attributed), "source": position.source, "stance": position.stance}
    if forum := register.forum(position.forum):
        yield Reason(say("{position} ({source}): {stance}. Preferred forum: {forum}.", forum=forum.name, **told))
    else:
        yield Reason(say("{position} ({source}): {stance}. It names no other forum.", **told))


def _invited(profile: Profile, met: Sequence[_Met], holders: Sequence[str]) -> Iterator[Reason]:
    if not met:
        return
    if holders:
        yield Reason(say("Invited, and on record: {states}.", states=phrases.states(holders)))
    elif profile.states:
        yield Reason(say("None of the invited states is on record with such a position."), against=True)
    elif not profile.universal:
        yield Reason(say("Who is invited is not known."), against=True)


def _leads(lead: Forum | None, theme: str) -> Iterator[Reason]:
    if lead is not None:
        yield Reason(
            say(
                "The reference list of themes names {body} as lead on: {theme}.",
                body=lead.name, theme=phrases.theme(theme),
            )
        )  # fmt: skip


def _meetings(
    profile: Profile, known: Sequence[Forum], near: Sequence[Profile], register: Register, policy: Policy
) -> Iterator[Reason]:
    """Name each forum's own meetings near the date, nearest first: as the register and as calendars know them."""
    if profile.span is None:
        return
    for forum in known:
        named: dict[str, tuple[int, str]] = {}
        for meeting in register.meetings:
            if meeting.forum == forum.id:
                _near(named, profile.span, meeting.span, meeting.title, meeting.place, policy)
        for other in near:
            if other is profile or other.span is None or not forum.bodies & other.organisers:
                continue
            if not forum.instrument or forum.instrument in other.instruments:
                place = phrases.place(other.event.city, other.event.country)
                _near(named, profile.span, other.span, other.event.title, place, policy)
        for _, said in sorted(named.values())[:_MOST_MEETINGS]:
            yield Reason(say("Own meeting of {body} near the date: {meeting}.", body=forum.name, meeting=said))


def _near(named: dict[str, tuple[int, str]], here: Span, there: Span, title: str, place: str, policy: Policy) -> None:
    apart = here.days_apart(there)
    if apart[0] > policy.forum_days:
        return
    if there.latest < here.earliest:
        distance = say("{days} before", days=phrases.days(apart))
    elif here.latest < there.earliest:
        distance = say("{days} after", days=phrases.days(apart))
    else:
        distance = say("on the same days")
    said = beside((title, place, phrases.dates(there), distance))
    named.setdefault(f"{there.earliest} {there.latest} {place}", (apart[0], said))


def _proposals(met: Sequence[_Met], known: Sequence[Forum]) -> tuple[str, ...]:
    told = []
    bodies = phrases.listed([forum.name for forum in known])
    if met:
        actors = phrases.listed(list(dict.fromkeys(entry.position.actor for entry in met)))
        told.append(say("Speak with {actors} before the agenda is sent.", actors=actors))
        if known:
            told.append(say("Or agree date and agenda with {bodies}.", bodies=bodies))
    elif known:
        told.append(say("Agree date and agenda with {bodies}.", bodies=bodies))
    return tuple(told)
