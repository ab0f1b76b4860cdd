"""One series to its occurrences in a window, under guards: a rule must not cost more than it is worth."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import recurring_ical_events
from icalendar import Calendar as Parsed
from icalendar import Event as Component

MOST_OCCURRENCES = 5_000
"""Occurrences one series may have in the window; more is a mistake or an attack."""
MOST_STEPS = 400_000
"""Steps from DTSTART to the end of the window that a rule may take."""
SECONDS_PER_SERIES = 1.5

_STEP_SECONDS = {
    "SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3_600, "DAILY": 86_400, "WEEKLY": 604_800, "MONTHLY": 2_592_000,
    "YEARLY": 31_536_000,
}  # fmt: skip


class RuleRefused(Exception):
    """A recurrence rule that would give too much, take too long, or never end."""


def moment(value: date | datetime) -> datetime:
    """Return the instant by which occurrences are placed in a window: floating and all-day are read as UTC."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    return value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)


def within(value: date | datetime, window: tuple[date, date]) -> bool:
    """True when *value* lies in [from, to)."""
    try:
        return window[0] <= moment(value).date() < window[1]
    except OverflowError:
        return False


def check_rule(rule: str, start: date | datetime, window: tuple[date, date]) -> None:
    """Refuse a rule by its form, before anything expands it.

    Raises:
        RuleRefused: It never ends, or gives more than MOST_OCCURRENCES, or takes more than MOST_STEPS.
    """
    parts = {key.strip().upper(): value.strip() for key, _, value in (part.partition("=") for part in rule.split(";"))}
    frequency = parts.get("FREQ", "").upper()
    if frequency not in _STEP_SECONDS:
        raise RuleRefused(f"FREQ={frequency or 'nothing'} is no frequency")
    try:
        interval, count = int(parts.get("INTERVAL") or 1), int(parts.get("COUNT") or 0)
    except ValueError:
        raise RuleRefused("INTERVAL or COUNT is no number") from None
    if interval < 1:
        raise RuleRefused(f"INTERVAL={interval} never ends")
    first, last = moment(start), datetime.combine(window[1], time.min, UTC)
    if until := re.match(r"(\d{4})(\d\d)(\d\d)", parts.get("UNTIL", "")):
        try:
            year, month, day = map(int, until.groups())
            last = min(last, datetime(year, month, day, tzinfo=UTC) + timedelta(days=2))
        except (ValueError, OverflowError):
            raise RuleRefused(f"UNTIL={parts['UNTIL']} is no date") from None
    span = max(0.0, (last - first).total_seconds())
    seconds = _STEP_SECONDS[frequency] * interval
    each = _times_a_step(parts, _STEP_SECONDS[frequency])
    steps = span / seconds
    if count:
        steps = min(steps, float(count))
    if steps * max(1.0, each) > MOST_STEPS:
        raise RuleRefused(f"it takes about {steps * max(1.0, each):.0f} steps to reach the end of the window")
    inside = min(span, float((window[1] - window[0]).days * 86_400)) / seconds * each
    if (min(inside, count) if count else inside) > MOST_OCCURRENCES:
        raise RuleRefused(f"it gives about {inside:.0f} occurrences in the window")


def _times_a_step(parts: dict[str, str], step: int) -> float:
    """Estimate how many occurrences one step gives: the cross product of the BY parts finer than the step."""

    def several(name: str) -> int:
        return len([value for value in parts.get(name, "").split(",") if value.strip()]) or 1

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


def occurrences(series: Parsed, window: tuple[date, date]) -> list[Component]:
    """Lay out one series, already checked, in [from, to) by start.

    Raises:
        RuleRefused: It took longer than SECONDS_PER_SERIES or gave more than MOST_OCCURRENCES.
        ValueError, TypeError, OverflowError, KeyError, AttributeError, IndexError: The parser's own, for values that
            cannot be expanded; the caller names the problem and keeps the first occurrence.
    """
    with _time_limit(SECONDS_PER_SERIES):
        query = recurring_ical_events.of(series)
        # A day on each side: the window is UTC, the query compares local dates.
        asked = (
            max(window[0], date(1, 1, 3)) - timedelta(days=1),
            min(window[1], date(9999, 12, 29)) + timedelta(days=1),
        )
        found = [entry for entry in query.between(*asked) if within(entry.start, window)]
    if len(found) > MOST_OCCURRENCES:
        raise RuleRefused(f"it gives {len(found)} occurrences in the window")
    return found


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
