"""EDTF (ISO 8601-2) to spans and back: levels 0 and 1, and the sets of level 2.

A span is narrower than EDTF and wider. What of a date is not stated becomes its bounds: "2010-01" is an event somewhere
in January. An interval of such dates begins somewhere in its first and ends somewhere in its last, so the days between
are certain. "?" takes certainty away and keeps the bounds; "~" and "%" also move them by one unit of what is stated
(a day, a month, a year) to either side. An end that is open or unknown lies at the edge of the calendar.
"""

from __future__ import annotations

import calendar as civil
import re
from dataclasses import dataclass
from datetime import date

from calendar_sync.spans import Span

LONGEST = 2000
"""Characters of an expression that are read."""
OPEN_START, OPEN_END = date.min, date.max
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (1, 14), 25: (3, 5), 26: (6, 8), 27: (9, 11), 28: (1, 14),
            29: (9, 11), 30: (1, 14), 31: (3, 5), 32: (6, 8), 33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12),
            37: (1, 4), 38: (5, 8), 39: (9, 12), 40: (1, 6), 41: (7, 12)}  # fmt: skip
"""First and last month of seasons (29 to 32 of the southern half), quarters, thirds and halves. A winter of 2010 may be
the one that ended in it or the one that began, so it lasts to month 14, the next February."""
_WRITTEN_AS = {months: number for number, months in _SEASONS.items() if number >= 33}
_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|\dX|XX))?)?"
    r"(?P<time>T[0-9:.,+\-Z]{2,30})?(?P<doubt>[?~%])?"
)
_QUALIFIED_PARTS = re.compile(r"[?~%]\d|\d[?~%]-")


class EdtfUnread(ValueError):
    """An EDTF expression that is none, or that says more than a span can hold."""

    def __init__(self, expression: str, at: int, what: str) -> None:
        super().__init__(expression, at, what)
        self.expression, self.at, self.what = expression[:80], at, what

    def __str__(self) -> str:
        return (
            f"{self.expression!r}, character {self.at + 1}: {self.what}. The date was left unread. Write a date "
            "such as 2010-01-22, an interval 2010-01-22/2010-01-31, or one of several [2010-01-22..2010-01-31]"
        )


class EdtfUnwritable(ValueError):
    """A span that no EDTF expression says."""

    def __init__(self, span: Span) -> None:
        super().__init__(span)
        self.span = span

    def __str__(self) -> str:
        return (
            f"{self.span.earliest} to {self.span.latest}, certain on {self.span.certain}: EDTF cannot say it. "
            "Nothing was written. Its bounds alone can be written loosely"
        )


@dataclass(frozen=True, slots=True)
class _Date:
    """One date of an expression: the days it may be, and whether it is qualified as doubtful."""

    first: date
    last: date
    doubtful: bool


def read(text: str) -> Span:
    """Read an EDTF expression.

    >>> read("2010-01-22/2010-01-31") == Span.exact(date(2010, 1, 22), date(2010, 1, 31))
    True
    >>> read("2018-33").latest, read("2010-XX").is_exact
    (datetime.date(2018, 3, 31), False)

    Raises:
        EdtfUnread: It is no EDTF, or beyond what is read here; the error says where and what.
    """
    expression = text.strip()
    if len(expression) > LONGEST:
        raise EdtfUnread(expression, LONGEST, f"longer than {LONGEST} characters")
    if expression[:1] in ("[", "{"):
        return _set(expression)
    if "/" in expression:
        return _interval(expression)
    one = _date(expression, expression, 0)
    return Span.vague(one.first, one.last) if one.doubtful or one.first != one.last else Span.exact(one.first)


def understood(text: str) -> Span | None:
    """Read an expression that somebody else wrote; None where it cannot be read."""
    try:
        return read(text)
    except EdtfUnread:
        return None


def write(span: Span, text: str = "", *, loosely: bool = False) -> str:
    """Write a span; *text* is kept where it already is EDTF for that span, as an organisation's own wording is.

    *loosely* writes the bounds of a span whose certain days no expression can say.

    >>> write(Span.vague(date(2010, 1, 1), date(2010, 1, 31))), write(Span.exact(date(2010, 1, 22)))
    ('2010-01', '2010-01-22')
    >>> write(Span(date(2010, 1, 22), date(2010, 1, 28), (date(2010, 1, 22), date(2010, 1, 22))))
    '2010-01-22/2010-01-28?'

    Raises:
        EdtfUnwritable: No expression says it, and *loosely* was not asked for.
    """
    if text and understood(text) == span:
        return text.strip()
    first, last, certain = span.earliest, span.latest, span.certain
    if certain is None:
        return _vague(first, last)
    if span.is_exact:
        return _day(first) if first == last else f"{_day(first)}/{_day(last)}"
    for written in _partly_certain(first, last, certain):
        if understood(written) == span:
            return written
    if not loosely:
        raise EdtfUnwritable(span)
    return _vague(first, last)


# -- reading -----------------------------------------------------------------------------------------------------------


def _set(expression: str) -> Span:
    closing = {"[": "]", "{": "}"}[expression[0]]
    if not expression.endswith(closing) or len(expression) < 3:
        raise EdtfUnread(expression, len(expression) - 1, f"the set is not closed by {closing!r}")
    members: list[_Date] = []
    at = 1
    for member in expression[1:-1].split(","):
        begin, dots, end = member.partition("..")
        lead = len(begin) - len(begin.lstrip())
        if not dots:
            members.append(_date(begin.strip(), expression, at + lead))
        elif not begin.strip() and not end.strip():
            raise EdtfUnread(expression, at, "a set that is open on both sides says nothing")
        else:
            first = _date(begin.strip(), expression, at + lead) if begin.strip() else None
            last = _date(end.strip(), expression, at + len(begin) + 2) if end.strip() else None
            members.append(
                _Date(
                    first.first if first else OPEN_START,
                    last.last if last else OPEN_END,
                    bool((first and first.doubtful) or (last and last.doubtful)),
                )
            )
        at += len(member) + 1
    first_day, last_day = min(one.first for one in members), max(one.last for one in members)
    if any(one.last < one.first for one in members):
        raise EdtfUnread(expression, 1, "it ends before it begins")
    whole = expression[0] == "{" and not any(one.doubtful or one.first != one.last for one in members)
    one_day = expression[0] == "[" and first_day == last_day and not members[0].doubtful
    return Span.exact(first_day, last_day) if whole or one_day else Span.vague(first_day, last_day)


def _interval(expression: str) -> Span:
    begin, _, end = expression.partition("/")
    if "/" in end:
        raise EdtfUnread(expression, len(begin) + 1 + end.index("/"), "an interval has two ends")
    first = _date(begin, expression, 0) if begin not in ("", "..") else None
    last = _date(end, expression, len(begin) + 1) if end not in ("", "..") else None
    if first is None and last is None:
        raise EdtfUnread(expression, 0, "an interval that is open on both sides says nothing")
    if first is None:
        return _half_open(OPEN_START, last.last, last) if last is not None else Span.vague(OPEN_START, OPEN_END)
    if last is None:
        return _half_open(first.first, OPEN_END, first)
    if last.last < first.first:
        raise EdtfUnread(expression, len(begin) + 1, "it ends before it begins")
    if first.doubtful or last.doubtful:
        # The day of the end that is not doubted is all that is certain.
        known = last if first.doubtful else first
        sure = (
            (known.first, known.last) if not (first.doubtful and last.doubtful) and known.first == known.last else None
        )
        return Span(min(first.first, last.first), max(first.last, last.last), sure)
    between = (first.last, last.first) if first.last <= last.first else None
    return Span(first.first, last.last, between)


def _half_open(first: date, last: date, known: _Date) -> Span:
    sure = (known.first, known.last) if known.first == known.last and not known.doubtful else None
    return Span(first, last, sure)


def _date(part: str, expression: str, at: int) -> _Date:
    match = _DATE.fullmatch(part)
    if match is None:
        raise EdtfUnread(expression, at, _why_not(part))
    stated = match["year"]
    if "X" in stated and match["month"] not in (None, "XX"):
        raise EdtfUnread(expression, at, f"{part!r} leaves the year open and states a month")
    low, high = int(stated.replace("X", "0")), int(stated.replace("X", "9"))
    if high < 1:
        raise EdtfUnread(expression, at, "years before 1 are not held")
    first, last = _days(match, max(low, 1), high, expression, at)
    doubt = match["doubt"]
    if doubt in ("~", "%"):
        first, last = _widened(match, first, last)
    return _Date(first, last, doubt is not None)


def _days(match: re.Match[str], low: int, high: int, expression: str, at: int) -> tuple[date, date]:
    month, day = match["month"], match["day"]
    if month == "XX" and day not in (None, "XX"):
        raise EdtfUnread(expression, at + 5, "a day of an open month")
    if month is None or month == "XX":
        return date(low, 1, 1), date(high, 12, 31)
    number = int(month)
    if number in _SEASONS and day is None:
        begin, end = _SEASONS[number]
        return _first_of(low, begin), _last_of(low, end)
    if not 1 <= number <= 12:
        raise EdtfUnread(expression, at + 5, f"there is no month {month}")
    length = civil.monthrange(low, number)[1]
    if day is None or day == "XX":
        return date(low, number, 1), date(low, number, length)
    begin, end = max(1, int(day.replace("X", "0"))), int(day.replace("X", "9"))
    if "X" in day:
        end = min(end, length)
    if not 1 <= begin <= end <= length or int(day.replace("X", "9")) == 0:
        raise EdtfUnread(expression, at + 8, f"there is no day {day} in month {month}")
    return date(low, number, begin), date(low, number, end)


def _widened(match: re.Match[str], first: date, last: date) -> tuple[date, date]:
    if match["day"] is not None:
        low, high = max(1, first.toordinal() - 1), min(OPEN_END.toordinal(), last.toordinal() + 1)
        return date.fromordinal(low), date.fromordinal(high)
    months = 1 if match["month"] not in (None, "XX") else 12
    return _first_of(first.year, first.month - months), _last_of(last.year, last.month + months)


def _first_of(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return OPEN_START if year < 1 else OPEN_END if year > 9999 else date(year, month, 1)


def _last_of(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1 <= year <= 9999:
        return OPEN_START if year < 1 else OPEN_END
    return date(year, month, civil.monthrange(year, month)[1])


def _why_not(part: str) -> str:
    if not part:
        return "a date is missing"
    if part[0] in "Y-" or "E" in part:
        return f"{part[:20]!r} is a year beyond 1 to 9999, which is not held"
    if "S" in part:
        return f"{part[:20]!r} counts significant digits, which is not read"
    if _QUALIFIED_PARTS.search(part):
        return f"{part[:20]!r} qualifies a part of the date, which is not read"
    if "X" in part:
        return f"{part[:20]!r} leaves digits open that are not its last ones, which is not read"
    return f"{part[:20]!r} is no date"


# -- writing -----------------------------------------------------------------------------------------------------------


def _vague(first: date, last: date) -> str:
    """Write what lies somewhere within bounds: by the name of the period where it is one."""
    if first == last:
        return f"{_day(first)}?"
    if first.day == 1 and first.year == last.year and last == _last_of(last.year, last.month):
        if first.month == last.month:
            return f"{first.year:04}-{first.month:02}"
        if (first.month, last.month) == (1, 12):
            return f"{first.year:04}"
        if (first.month, last.month) in _WRITTEN_AS:
            return f"{first.year:04}-{_WRITTEN_AS[first.month, last.month]}"
    begin = "" if first == OPEN_START and last != OPEN_END else _day(first)
    return f"[{begin}..{'' if last == OPEN_END and begin and first != OPEN_START else _day(last)}]"


def _partly_certain(first: date, last: date, certain: tuple[date, date]) -> list[str]:
    """Return the expressions that may say it: an open end, a doubted end, two periods with a sure time between."""
    found = []
    if last == OPEN_END:
        found.append(f"{_day(first)}/..")
    if first == OPEN_START:
        found.append(f"../{_day(last)}")
    found += [f"{_day(first)}/{_day(last)}?", f"{_day(first)}?/{_day(last)}"]
    begins = [_day(first)] if first == certain[0] else [_vague(first, certain[0])]
    ends = [_day(last)] if last == certain[1] else [_vague(certain[1], last)] if certain[1] <= last else []
    found += [f"{begin}/{end}" for begin in begins for end in ends if "[" not in begin + end and "?" not in begin + end]
    return found


def _day(day: date) -> str:
    return day.isoformat()
