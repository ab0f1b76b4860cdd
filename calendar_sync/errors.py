"""What can happen to a calendar. Each error says where, what we did about it and what to do next."""

from __future__ import annotations

from pathlib import Path


class OutreachError(Exception):
    """Something a person can act on; its text is a sentence for that person."""


class RosterError(OutreachError):
    """`outreach.toml` is missing or says something that cannot be."""

    def __init__(self, path: Path, where: str, what: str, next_step: str) -> None:
        super().__init__(path, where, what, next_step)
        self.path, self.where, self.what, self.next_step = path, where, what, next_step

    def __str__(self) -> str:
        place = f"{self.path}: {self.where}" if self.where else str(self.path)
        return f"{place}: {self.what}. Nothing was read. Next: {self.next_step}."


class CalendarError(OutreachError):
    """Something is wrong with one calendar; the others are read all the same.

    *code* is kebab-case and stable; *worth_another_try* says whether the next try may succeed.
    """

    code = "calendar-error"
    worth_another_try = False

    def __init__(self, calendar: str, detail: str = "") -> None:
        super().__init__(calendar, detail)
        self.calendar, self.detail = calendar, detail


class SourceUnreachable(CalendarError):
    """No answer; the next try may succeed."""

    code = "unreachable"
    worth_another_try = True

    def __init__(self, calendar: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(calendar, detail)
        self.retry_after = retry_after
        """Seconds the server asked us to stay away (Retry-After); None when it did not say."""

    def __str__(self) -> str:
        return (
            f"{self.calendar}: no answer ({self.detail}). The last good copy stands; nothing was withdrawn. "
            f"Next: try again with: outreach sync {self.calendar}"
        )


class AskedToWait(SourceUnreachable):
    """The host asked to be left alone for longer than we may wait; until then it is not asked again."""

    code = "asked-to-wait"
    worth_another_try = False

    def __str__(self) -> str:
        return (
            f"{self.calendar}: not read ({self.detail}). The last good copy stands; nothing was withdrawn. "
            f"Next: nothing before then; afterwards it is read as usual, or with: outreach sync {self.calendar}"
        )


class SourceRefused(CalendarError):
    """The answer was no; someone must write to the organisation."""

    code = "refused"

    def __str__(self) -> str:
        return (
            f"{self.calendar}: refused ({self.detail}). The last good copy stands; nothing was withdrawn. "
            "Next: check its address in outreach.toml, or write to the organisation."
        )


class SourceGone(SourceRefused):
    """The publisher says that this address is gone for good (410)."""

    code = "gone"


class SourceOversize(SourceRefused):
    """More came than one calendar may hold."""

    code = "oversize"


class CalendarFailed(CalendarError):
    """Something else than the calendar kept it from being read; *detail* is the whole sentence."""

    code = "failed"

    def __str__(self) -> str:
        return f"{self.calendar}: {self.detail}"


class CalendarUnreadable(CalendarError):
    """Something came, but it is no calendar."""

    code = "unreadable"

    def __str__(self) -> str:
        return (
            f"{self.calendar}: what came is no calendar ({self.detail}). The last good copy stands; nothing was "
            f"withdrawn. Next: look at it with: outreach inspect, or write to the organisation."
        )


class CalendarDoubted(CalendarError):
    """A calendar came back with so little that it is more likely broken than changed; the last good copy stands."""

    nights_left = 0
    """Nights on which it must come back like this until it is taken as it is; 0 when nobody counts."""

    @property
    def _next(self) -> str:
        after = f"after {self.nights_left} more nights like this" if self.nights_left > 1 else "if it is so once more"
        wait = f" It is taken as it is {after}." if self.nights_left else ""
        return f"{wait} Next: if that is right, take it now with: outreach sync {self.calendar} --accept"


class CalendarEmptied(CalendarDoubted):
    """A calendar that had listings came back with none."""

    code = "emptied"

    def __init__(self, calendar: str, known: int) -> None:
        super().__init__(calendar, str(known))
        self.known = known

    def __str__(self) -> str:
        return (
            f"{self.calendar}: the calendar came back empty, yet {self.known} listings were known. None was "
            f"withdrawn.{self._next}"
        )


class CalendarShrunken(CalendarDoubted):
    """A calendar lost so many listings at once that it is more likely broken than changed."""

    code = "shrunken"

    def __init__(self, calendar: str, known: int, missing: int) -> None:
        super().__init__(calendar, f"{missing} of {known}")
        self.known, self.missing = known, missing

    def __str__(self) -> str:
        return (
            f"{self.calendar}: {self.missing} of {self.known} coming listings are missing at once. None of "
            f"those was withdrawn.{self._next}"
        )


class TableRefused(OutreachError):
    """A table of listings given on the command line cannot be used as it is."""

    def __init__(self, path: Path, what: str, next_step: str) -> None:
        super().__init__(path, what, next_step)
        self.path, self.what, self.next_step = path, what, next_step

    def __str__(self) -> str:
        return f"{self.path}: {self.what}. Nothing was compared. Next: {self.next_step}."
