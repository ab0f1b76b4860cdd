"""`contradiction`: listings of one event state different facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from calendar_sync.listings import Listing, Status
from calendar_sync.roster import Organisation
from dedupe import phrases
from dedupe.findings import Fact, Finding, Kind, Reason, Severity, Value
from dedupe.meaning import audiences, places
from dedupe.profiles import Profile
from dedupe.recognitions import text_of
from dedupe.sayings import beside, counted, say


def contradictions(profiles: Sequence[Profile], organisations: Sequence[Organisation]) -> list[Finding]:
    """Make one finding for each fact (dates, place, audience) that listings of an event state differently."""
    found = []
    names = {organisation.id: phrases.organisation(organisation) for organisation in organisations}
    for profile in profiles:
        listings = [entry for entry in profile.event.listings if entry.status is not Status.CANCELLED]
        if len(listings) < 2:
            continue
        told = (
            _dates(profile, listings, names),
            _place(profile, listings, names),
            _audience(profile, listings, organisations),
        )
        found += [finding for finding in told if finding is not None]
    return found


def _dates(profile: Profile, listings: Sequence[Listing], names: Mapping[str, str]) -> Finding | None:
    dated = [listing for listing in listings if listing.span is not None]
    values = {listing.span: listing for listing in reversed(dated)}
    if not any(_conflict(one, other) for one in dated for other in dated):
        return None
    exact = [listing for listing in dated if listing.span and listing.span.is_exact]
    now = exact[0] if exact else dated[0]
    others = [listing for span, listing in values.items() if span != now.span and _conflict(listing, now)]
    if not others:
        return None
    first = min(others, key=lambda listing: (_since(listing), listing.id))
    moved = _since(first) < _since(now) if _since(first) and _since(now) else False
    here = phrases.where(profile.event)
    then, stands = phrases.dates_of(first), phrases.dates(now.span)
    title = (
        say("{here} has moved: first announced as {then}, now {now}", here=here, then=then, now=stands)
        if moved
        else say("{here} has two dates: {one}, and {other}", here=here, one=then, other=stands)
    )
    reasons = [_says(listing, phrases.dates_of(listing), names) for listing in (now, *others)]
    if not profile.over(date.min):
        reasons.append(Reason(say("They are one event by everything else they say."), against=True))
    return _finding(profile, "dates", title, Severity.MEDIUM, reasons, dated, now)


def _conflict(one: Listing, other: Listing) -> bool:
    if one.span is None or other.span is None or one.span == other.span:
        return False
    if one.span.is_exact and other.span.is_exact:
        return True
    # A vague date contradicts an exact one that lies outside its bounds.
    vague, exact = (one.span, other.span) if not one.span.is_exact else (other.span, one.span)
    return not (vague.earliest <= exact.earliest and exact.latest <= vague.latest)


def _exact(listing: Listing) -> bool:
    return bool(listing.span and listing.span.is_exact)


def _place(profile: Profile, listings: Sequence[Listing], names: Mapping[str, str]) -> Finding | None:
    named: dict[str, Listing] = {}
    for listing in reversed(listings):
        if listing.city:
            found = places.locate(listing.city, listing.country)
            named[found.name if found else listing.city] = listing
    if len(named) < 2:
        return None
    cities = list(named)
    known = phrases.listed([phrases.town(city, named[city].country) for city in cities], ordered=True)
    title = say("Listings disagree about the place: {cities}", cities=known)
    reasons = [_says(listing, listing.city, names) for listing in named.values()]
    return _finding(profile, "place", title, Severity.MEDIUM, reasons, list(named.values()), listings[0])


def _audience(profile: Profile, listings: Sequence[Listing], organisations: Sequence[Organisation]) -> Finding | None:
    day = profile.span.earliest if profile.span else date.max
    names = {organisation.id: phrases.organisation(organisation) for organisation in organisations}
    lists = []
    for listing in listings:
        read = audiences.states(listing.audience, day, organisations)
        if read.named and len(read.states) > 1:
            lists.append((listing, read.states))
    distinct = {states: listing for listing, states in reversed(lists)}
    if len(distinct) < 2:
        return None
    everywhere = frozenset.intersection(*distinct)
    differing = sorted(frozenset.union(*distinct) - everywhere, key=phrases.state)
    here = phrases.where(profile.event)
    sizes = phrases.listed([str(len(states)) for states in sorted(distinct, key=len, reverse=True)])
    by = phrases.listed([phrases.state(code) for code in differing[:4]])
    more = len(differing) - 4
    title = say("{here}: the lists of invited states differ by {states}", here=here, states=by)
    if more > 0:
        title = counted(
            more, "{here}: the lists of invited states differ by {states} and {n} more",
            "{here}: the lists of invited states differ by {states} and {n} more",
            here=here, states=beside(phrases.state(code) for code in differing[:4]),
        )  # fmt: skip
    reasons = [_names(listing, states, states - everywhere, names) for states, listing in distinct.items()]
    everyone = counted(
        len(everywhere), "{n} state stands in every list (lists of {sizes}).",
        "{n} states stand in every list (lists of {sizes}).", sizes=sizes,
    )  # fmt: skip
    reasons.append(Reason(everyone, against=True))
    return _finding(profile, "audience", title, Severity.LOW, reasons, [listing for listing, _ in lists], listings[0])


def _finding(
    profile: Profile, subject: str, title: str, severity: Severity, reasons: Sequence[Reason],
    listings: Sequence[Listing], now: Listing,
) -> Finding:  # fmt: skip
    ordered = sorted(listings, key=lambda listing: (_since(listing), listing.id))
    said: dict[tuple[str, str], Value] = {}
    for listing in ordered:
        text = text_of(listing, subject)
        # Who said so first, once for each organisation.
        said.setdefault(
            (listing.organisation, text), Value(text, listing.id, listing.organisation, _since(listing), listing is now)
        )
    values = tuple(said.values())
    return Finding(
        kind=Kind.CONTRADICTION,
        severity=severity,
        title=title,
        events=(profile.event,),
        reasons=tuple(reasons),
        facts=(Fact(subject, values, agrees=False),),
        states=tuple(sorted(profile.states)),
        subject=subject,
        proposals=(say("Ask the organisers which one stands, and correct the other calendar."),),
    )


def _since(listing: Listing) -> str:
    return listing.since.isoformat() if listing.since else ""


def _who(listing: Listing, names: Mapping[str, str]) -> str:
    who = names.get(listing.organisation, listing.organisation)
    return say("{who} (since {day})", who=who, day=phrases.day(listing.since)) if listing.since else who


def _says(listing: Listing, what: str, names: Mapping[str, str]) -> Reason:
    return Reason(say("{who}: {what}.", who=_who(listing, names), what=what))


def _names(listing: Listing, states: frozenset[str], alone: frozenset[str], names: Mapping[str, str]) -> Reason:
    who = _who(listing, names)
    if not alone:
        return Reason(counted(len(states), "{who} names {n} state.", "{who} names {n} states.", who=who))
    return Reason(
        counted(
            len(states), "{who} names {n} state; among them: {states}.",
            "{who} names {n} states; among them: {states}.", who=who, states=phrases.states(alone),
        )
    )  # fmt: skip
