"""One series to its occurrences in a window, under guards: a rule must not cost more than it is worth."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import recurring_ical_events
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # it comes with icalendar
from icalendar import Calendar as Parsed

from calendar_sync.reading.entries import ENTRY, Entry
from calendar_sync.reading.moments import instant, stated, within

MOST_STEPS = 400_000
"""Steps from DTSTART to the end of the window that a rule may take."""
MOST_STEPS_A_FEED = 4_000_000
"""Steps that all rules of one feed may take together; beyond it only cheap rules are expanded."""
CHEAP = 1_000
"""Steps a rule may take when the feed has spent its own."""
MOST_BARREN = 3
"""Rules of one feed that are searched for a first occurrence and have none; the next one is not searched."""
LONGEST_RULE = 4_000
"""Letters of a rule; one that names all 366 days of a year has 1,900."""
SECONDS_PER_SERIES = 1.5

_STEP_SECONDS = {
    "SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3_600, "DAILY": 86_400, "WEEKLY": 604_800, "MONTHLY": 2_592_000,
    "YEARLY": 31_536_000,
}  # fmt: skip


_EDGES = (datetime(1, 1, 4, tzinfo=UTC), datetime(9999, 12, 27, tzinfo=UTC))
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class RuleRefused(Exception):
    """A recurrence rule that would give too much, take too long, never end, or give nothing at all."""


class Budget:
    """What the rules of one feed have cost so far."""

    def __init__(self) -> None:
        self.steps = 0.0
        self.barren = 0

    def spend(self, steps: float) -> None:
        """Take *steps* from what the feed may spend.

        Raises:
            RuleRefused: The feed has spent it.
        """
        if steps > CHEAP and self.steps + steps > MOST_STEPS_A_FEED:
            raise RuleRefused("the rules of this feed together take too many steps")
        self.steps += steps


def rule_parts(rule: str) -> dict[str, str]:
    """Cut a rule into its parts, names and values in upper case.

    >>> rule_parts("freq=weekly;BYDAY= MO ,WE;")
    {'FREQ': 'WEEKLY', 'BYDAY': 'MO,WE'}
    """
    pairs = (part.partition("=") for part in "".join(rule.split()).upper().split(";"))
    return {key: value for key, _, value in pairs if key}


def check_rule(rule: str, start: date | datetime, window: tuple[date, date], budget: Budget, most: int) -> None:
    """Refuse a rule by its form, before anything expands it.

    Raises:
        RuleRefused: It never ends, gives nothing, or more than *most* occurrences, or takes more than MOST_STEPS.
        ValueError: It cannot be read.
    """
    if len(rule) > LONGEST_RULE:
        raise RuleRefused(f"it is {len(rule)} letters long")
    parts = rule_parts(rule)
    frequency = parts.get("FREQ", "")
    if frequency not in _STEP_SECONDS:
        raise RuleRefused(f"FREQ={frequency or 'nothing'} is no frequency")
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") != "OMIT":
        raise RuleRefused("RSCALE and SKIP (RFC 7529) are not read, and guessing the days would be wrong")
    try:
        interval, count = int(parts.get("INTERVAL") or 1), int(parts.get("COUNT") or 0)
    except ValueError:
        raise RuleRefused("INTERVAL or COUNT is no number") from None
    if interval < 1:
        raise RuleRefused(f"INTERVAL={interval} never ends")
    first, last = instant(start), datetime.combine(window[1], time.min, UTC)
    if not _EDGES[0] < first < _EDGES[1]:
        raise RuleRefused("it begins at an end of the calendar (year 1 or 9999), where days cannot be counted")
    if "UNTIL" in parts:
        last = min(last, _until(parts["UNTIL"], start))
    span = max(0.0, (last - first).total_seconds())
    seconds = _STEP_SECONDS[frequency] * interval
    each = _times_a_step(parts, _STEP_SECONDS[frequency])
    steps = span / seconds
    if count > 0:
        steps = min(steps, float(count))
    cost = steps * max(1.0, each)
    if cost > MOST_STEPS:
        raise RuleRefused(f"it takes about {cost:.0f} steps to reach the end of the window")
    inside = min(span, float((window[1] - window[0]).days * 86_400)) / seconds * each
    if (min(inside, count) if count > 0 else inside) > most:
        raise RuleRefused(f"it gives about {inside:.0f} occurrences in the window, and {most} are allowed")
    budget.spend(cost)
    _check_fruit(parts, start, budget)


def _until(value: str, start: date | datetime) -> datetime:
    """Return the instant after which nothing follows; without Z it is read where the start is."""
    try:
        until = stated(value)
        if not isinstance(until, datetime):
            return instant(until) + timedelta(days=2)
        if until.tzinfo is None and isinstance(start, datetime):
            until = until.replace(tzinfo=start.tzinfo)
        return instant(until) + timedelta(seconds=1)
    except (ValueError, OverflowError):
        raise RuleRefused(f"UNTIL={value[:40]} is no date") from None


def _times_a_step(parts: Mapping[str, str], step: int) -> float:
    """Estimate how many occurrences one step gives: the cross product of the BY parts finer than the step."""

    def several(name: str) -> int:
        return len([value for value in parts.get(name, "").split(",") if value]) or 1

    times = 1.0
    if step > 1:
        times *= several("BYSECOND")
    if step > 60:
        times *= several("BYMINUTE")
    if step > 3_600:
        times *= several("BYHOUR")
    # Days: at most one occurrence for each day of the step.
    days = max(several("BYDAY"), several("BYMONTHDAY"), several("BYYEARDAY")) * several("BYMONTH")
    if step > 86_400:
        times *= min(days * (5 if step > 604_800 else 1), step // 86_400)
    # Parts coarser than the step only thin out.
    if step < 86_400 and any(name in parts for name in ("BYHOUR", "BYMINUTE", "BYSECOND")):
        times *= 0.2
    return times


def _check_fruit(parts: Mapping[str, str], start: date | datetime, budget: Budget) -> None:
    """Refuse a rule that gives nothing (the 30th of February): dateutil would look for it until the year 9999.

    The calendar repeats every 400 years, so that the search can begin late: at least 40 and less than 440 years are
    left until dateutil gives up.
    """
    if not any(name.startswith("BY") for name in parts):
        return
    if budget.barren >= MOST_BARREN:
        raise RuleRefused("too many rules of this feed give nothing")
    if "BYSETPOS" in parts and _STEP_SECONDS[parts["FREQ"]] < 86_400:
        largest = _times_a_step({**parts, "BYHOUR": ""}, _STEP_SECONDS[parts["FREQ"]])
        if all(abs(int(value)) > max(1.0, largest) for value in parts["BYSETPOS"].split(",") if value):
            raise RuleRefused("its BYSETPOS points beyond what there is")
    local = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time.min)
    late = local.replace(year=local.year + (9_959 - local.year) // 400 * 400)
    kept = (f"{key}={value}" for key, value in parts.items() if key not in ("UNTIL", "COUNT", "RSCALE", "SKIP"))
    if next(iter(rrulestr(";".join(kept), dtstart=late)), None) is None:
        budget.barren += 1
        raise RuleRefused("it gives no occurrence at all")


def occurrences(
    entries: Mapping[str, Entry], window: tuple[date, date], most: int
) -> list[tuple[str, date | datetime, date | datetime]]:
    """Lay out one series, already checked, in [from, to) by start: for each occurrence its entry, start and end.

    Raises:
        RuleRefused: It took longer than SECONDS_PER_SERIES or gave more than *most*.
        ValueError, TypeError, OverflowError, KeyError, AttributeError, IndexError: The parser's own, for values that
            cannot be expanded; the caller names the problem and keeps the first occurrence.
    """
    with _time_limit(SECONDS_PER_SERIES):
        series = Parsed()
        for number, entry in entries.items():
            series.add_component(entry.component(number))
        query = recurring_ical_events.of(series)
        # A day on each side: the window is UTC, the query compares local dates.
        asked = (
            max(window[0], date(1, 1, 3)) - timedelta(days=1),
            min(window[1], date(9999, 12, 29)) + timedelta(days=1),
        )
        found = [
            (str(component[ENTRY]), component["DTSTART"].dt, component["DTEND"].dt)
            for component in query.between(*asked)
            if within(component["DTSTART"].dt, window)
        ]
    if len(found) > most:
        raise RuleRefused(f"it gives {len(found)} occurrences in the window, and {most} are allowed")
    return found


def starts_outside(rules: Sequence[str], start: date | datetime) -> bool:
    """Tell whether none of the rules gives the start itself; RFC 5545 (3.8.5.3) leaves open what is meant then."""
    local = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time.min)
    try:
        with _time_limit(SECONDS_PER_SERIES / 5):
            return not any(_gives(rule, local) for rule in rules)
    except (RuleRefused, ValueError, OverflowError, TypeError):
        return False


def _gives(rule: str, local: datetime) -> bool:
    parts = rule_parts(rule)
    by = [name for name in parts if name.startswith("BY")]
    if not by:
        return True
    if by == ["BYDAY"] and parts["FREQ"] in ("WEEKLY", "DAILY"):
        return _WEEKDAYS[local.weekday()] in parts["BYDAY"].split(",")
    kept = (f"{key}={value}" for key, value in parts.items() if key not in ("UNTIL", "COUNT", "RSCALE", "SKIP"))
    return next(iter(rrulestr(";".join(kept), dtstart=local)), None) == local


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Stop what runs inside after *seconds*; only the main thread can be stopped this way, as in the guarded worker."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(signum: int, frame: object) -> None:
        raise RuleRefused(f"it took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
