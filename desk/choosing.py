"""What the calendar and the timeline are asked for in an address, and addresses that ask for the same again."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from dedupe import phrases
from dedupe.sayings import Tongue
from desk import calendar_wording as own
from desk.people import Asked, show
from flows.dated_events import Choice, Chosen, by_name

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_LONGEST = 40
"""Letters of what cannot be read that the page repeats."""


@dataclass(slots=True)
class Wanted:
    """What an address asks for, piece by piece, and what of it cannot be had, in sentences."""

    asked: Asked
    path: str
    kept: dict[str, str] = field(default_factory=dict)
    """What stays as it is when the reader moves on."""
    problems: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return what stands in the address, blank where nothing does."""
        return self.asked.request.query_params.get(name, "").strip()

    def read(self, name: str, reading: Callable[[str], date | None], problem: Callable[[str], str]) -> date | None:
        """Read a day; None where there is none, or nothing that can be read, which is then a problem."""
        text = self.text(name)
        found = reading(text) if text else None
        if text and found is None:
            self.problems.append(problem(text[:_LONGEST]))
        return found

    @property
    def status(self) -> int:
        """Return 400 where something cannot be had."""
        return 400 if self.problems else 200

    def one_of(self, name: str, known: Iterable[str], otherwise: str = "") -> str:
        """Return what was chosen among what is *known*; something else is left out, and a problem."""
        text = self.text(name)
        if text and text not in known:
            self.problems.append(own.no_choice(text[:_LONGEST]))
            text = ""
        if text:
            self.kept[name] = text
        return text or otherwise

    def choice(self, chosen: Chosen) -> Choice:
        """Return which events are wanted."""
        return Choice(
            self.one_of("organisation", {one.id for one in chosen.organisations}),
            self.one_of("theme", chosen.themes),
            self.one_of("state", chosen.states),
        )

    def to(self, **more: object) -> str:
        """Return the address of the same choice of other days."""
        told = {**{name: str(value) for name, value in more.items() if value}, **self.kept}
        return f"{self.path}?{urlencode(told)}" if told else self.path

    def again(self, **more: object) -> str:
        """Return the parameters of this very page, for whoever chooses another language."""
        told = {**{name: str(value) for name, value in more.items() if value}, **self.kept}
        return f"{urlencode(told)}&" if told else ""


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen: codes, each with its name, in alphabetical order; organisations as in the roster."""

    organisations: list[tuple[str, str]]
    themes: list[tuple[str, str]]
    states: list[tuple[str, str]]


def options(chosen: Chosen, tongue: Tongue) -> Options:
    """Return what can be chosen among these events."""
    return Options(
        [(one.id, phrases.organisation(one)) for one in chosen.organisations],
        [(theme, phrases.theme(theme)) for theme in by_name(chosen.themes, phrases.theme, tongue)],
        [(state, phrases.state(state)) for state in by_name(chosen.states, phrases.state, tongue)],
    )


def answer(wanted: Wanted, chosen: Chosen, template: str, days: Mapping[str, str], **known: Any) -> Response:  # noqa: ANN401  what it shows
    """Show a page about the events chosen; *days* are the parameters that name its days."""
    return show(
        wanted.asked, template, status=wanted.status, own=own, here=wanted.path.strip("/"), wanted=wanted,
        kept=wanted.again(**days), chosen=chosen, options=options(chosen, wanted.asked.spoken), written=written,
        **known,
    )  # fmt: skip


def is_page(text: str) -> bool:
    """True for the number of a page.

    >>> is_page("2"), is_page("0"), is_page("two"), is_page("²")
    (True, False, False, False)
    """
    return text.isascii() and text.isdecimal() and len(text) < 7 and int(text) > 0


def weeks(first: date, week: Sequence[int]) -> list[list[int]]:
    """Return the days of the month that begins on *first* week by week, 0 for those of other months.

    *week* are the days of a week in their order, Monday being 0.

    >>> weeks(date(2010, 2, 1), (6, 0, 1, 2, 3, 4, 5))[0]
    [0, 1, 2, 3, 4, 5, 6]
    """
    return calendar.Calendar(week[0]).monthdayscalendar(first.year, first.month)


def written(first: date) -> str:
    """Write a month as `month` reads it.

    >>> written(date(1, 2, 1))
    '0001-02'
    """
    return first.isoformat()[:7]


def month(text: str) -> date | None:
    """Read a month as its first day.

    >>> month("2010-02"), month("2010-13"), month("0000-01")
    (datetime.date(2010, 2, 1), None, None)
    """
    found = _MONTH.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def year(text: str) -> date | None:
    """Read a year as its first day.

    >>> year("9999"), year("0"), year("0000")
    (datetime.date(9999, 1, 1), None, None)
    """
    return month(f"{text}-01")


def day(text: str) -> date | None:
    """Read a day.

    >>> day("2010-02-28"), day("2010-02-30"), day("20100228")
    (datetime.date(2010, 2, 28), None, None)
    """
    try:
        return date.fromisoformat(text) if len(text) == 10 and "W" not in text else None
    except ValueError:
        return None


def months_after(first: date, months: int) -> date | None:
    """Return the first day of the month so many months later, or earlier; None where there is no such month.

    >>> months_after(date(2010, 1, 1), -1), months_after(date(9999, 12, 1), 1), months_after(date(1, 1, 1), -1)
    (datetime.date(2009, 12, 1), None, None)
    """
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1) if 12 <= number < 120_000 else None
