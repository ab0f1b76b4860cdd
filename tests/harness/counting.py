"""Coverage and history counted one event after another: what the columns must come to as well."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from dedupe.coverage import UNTOLD, Coverage, StateCoverage
from dedupe.invitations import ASKED, RECEIVED, Assistance, History, Invitation
from dedupe.meaning import phases
from dedupe.meaning.assistance import asked_in
from dedupe.policy import Policy
from dedupe.profiles import Profile


def coverage(
    profiles: Iterable[Profile], states: Iterable[str], since: date, until: date, policy: Policy, group: str = ""
) -> Coverage:
    """Count what each of *states* is invited to from *since* to *until*; without any, all that are invited.

    Events without a date in the period, vaguer ones than `longest_vague_days`, cancelled ones and those for all states
    of the world are left out.
    """
    counted = [
        entry
        for entry in profiles
        if entry.span is not None and not entry.cancelled and entry.states and not entry.universal
        and entry.span.days <= policy.longest_vague_days and since <= entry.span.earliest <= until
    ]  # fmt: skip
    asked = frozenset(states)
    by_state: dict[str, list[Profile]] = {state: [] for state in asked}
    for entry in counted:
        for state in entry.states if not asked else entry.states & asked:
            by_state.setdefault(state, []).append(entry)
    meant = [entry for entry in counted if not asked or entry.states & asked]
    years: dict[int, Counter[str]] = {year: Counter() for year in range(since.year, until.year + 1)}
    for entry in meant:
        if entry.span is not None:
            years[entry.span.earliest.year][entry.phase] += 1
    used = {theme for entry in meant for theme in _themes(entry)}
    phased = {entry.phase for entry in meant}
    rows = [_row(state, entries, policy) for state, entries in by_state.items()]
    return Coverage(
        since=since,
        until=until,
        group=group,
        events=len(meant),
        rows=tuple(sorted(rows, key=lambda row: (row.name, row.state))),
        themes=(*sorted(used - {UNTOLD}), *([UNTOLD] if UNTOLD in used else [])),
        phases=tuple(phase for phase in (*phases.ORDER, UNTOLD) if phase in phased),
        years=tuple((year, MappingProxyType(_in_order(number))) for year, number in years.items()),
        load_most=policy.load_most,
    )


def _themes(entry: Profile) -> Sequence[str]:
    return sorted(entry.themes) or [UNTOLD]


def _row(state: str, entries: Sequence[Profile], policy: Policy) -> StateCoverage:
    cells = Counter((theme, entry.phase) for entry in entries for theme in _themes(entry))
    return StateCoverage(
        state,
        len(entries),
        _fullest(entries, policy),
        MappingProxyType(dict(sorted(cells.items()))),
        MappingProxyType(dict(sorted(Counter(theme for entry in entries for theme in _themes(entry)).items()))),
        MappingProxyType(_in_order(Counter(entry.phase for entry in entries))),
    )


def _fullest(entries: Sequence[Profile], policy: Policy) -> int:
    """Return the most events within `load_days`, counted as a `load` finding counts them."""
    ends = sorted(e.span.latest for e in entries if e.span is not None and len(e.states) <= policy.load_widest)
    within = timedelta(days=policy.load_days)
    return max((at + 1 - bisect_right(ends, end - within) for at, end in enumerate(ends)), default=0)


def _in_order(counted: Mapping[str, int]) -> dict[str, int]:
    return {phase: counted[phase] for phase in (*phases.ORDER, UNTOLD) if counted.get(phase)}


def history(profiles: Iterable[Profile], state: str, on: date) -> History:
    """Gather what a state was invited to; events for all states of the world, and cancelled ones, are left out."""
    invited = sorted((entry for entry in profiles if not entry.cancelled and state in entry.states), key=_order)
    return History(
        state,
        on,
        tuple(
            Invitation(
                entry.event, tuple(sorted(entry.themes)), entry.phase, len(entry.states), entry.named, entry.over(on)
            )
            for entry in invited
        ),
        tuple(said for entry in invited if (said := _assistance(entry)) is not None),
    )


def _order(entry: Profile) -> tuple[date, date, str]:
    span = entry.span
    return (span.earliest if span else date.max, span.latest if span else date.max, entry.event.id)


def _assistance(entry: Profile) -> Assistance | None:
    """Return the assistance an event is about, where it is for one state alone: of many, nobody says whose."""
    if len(entry.states) != 1:
        return None
    by = tuple(dict.fromkeys(n for li in entry.event.listings for n in (*li.organisers, *li.sponsors)))
    for listing in entry.event.listings:
        if asked_in(listing):
            return Assistance(ASKED, entry.event, by, listing)
    if entry.phase == "assistance" or "assistance-matchmaking" in set(entry.themes):
        return Assistance(RECEIVED, entry.event, by, entry.event.listings[0])
    return None
