"""What happened to one calendar on its last night, and what to do: from the store alone, nobody is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from calendar_sync.drafts import Difference, differences
from calendar_sync.reading import Problem
from calendar_sync.reading.explaining import meaning
from calendar_sync.references import masked
from calendar_sync.roster import Calendar
from flows.loading import opened
from flows.outcomes import count
from store import calendars
from store.calendars import CalendarHealth

MOST_CHANGES = 20
"""Changes told of one night; of more, how many there are."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One calendar as of the last night on which it was asked; *health* is None when it never was."""

    calendar: Calendar
    night: date | None
    health: CalendarHealth | None
    problems: tuple[Problem, ...] = ()
    changes: tuple[Difference, ...] = ()

    def words(self) -> str:
        """Lay it out for a terminal."""
        told = [f"{self.calendar.id}, of {self.calendar.organisation}: {masked(self.calendar.source)}"]
        if self.health is None or self.night is None:
            return "\n".join([*told, "It was never read.", f"Next: outreach sync {self.calendar.id}"])
        told += [f"Last asked on {self.night}: {self.health.outcome}, {count(self.health.listings, 'listing')} known."]
        if self.health.detail:
            good = self.health.last_good
            told += [f"The last good copy is of {good}." if good else "There is no good copy yet.", self.health.detail]
        told += ["", *self._changes(), "", *self._problems()]
        # A line break in a title of theirs would look like a line of ours.
        return "\n".join(line.replace("\n", " ") for line in told)

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        health = self.health
        return {
            "calendar": self.calendar.id,
            "organisation": self.calendar.organisation,
            "source": masked(self.calendar.source),
            "night": self.night.isoformat() if self.night else None,
            "outcome": health.outcome if health else None,
            "listings": health.listings if health else 0,
            "last_good": health.last_good.isoformat() if health and health.last_good else None,
            "error": (health.detail or None) if health else None,
            "changes": [difference.words for difference in self.changes],
            "problems": [
                {
                    "code": problem.code,
                    "message": problem.message,
                    "uid": problem.uid,
                    "means": meaning(problem.code).says,
                    "remedy": meaning(problem.code).remedy,
                }
                for problem in self.problems
            ],
        }

    def _changes(self) -> list[str]:
        if not self.changes:
            return ["Nothing changed that night."]
        rest = len(self.changes) - MOST_CHANGES
        return [
            "What changed that night:",
            *(f"  {difference.words}" for difference in self.changes[:MOST_CHANGES]),
            *([f"  and {count(rest, 'change')} more"] if rest > 0 else []),
        ]

    def _problems(self) -> list[str]:
        if not self.problems:
            return ["Nothing in it is wrong."]
        told = ["What is wrong in it, or was chosen where it is unclear:"]
        for code, number in sorted(Counter(problem.code for problem in self.problems).items()):
            known, first = meaning(code), next(problem for problem in self.problems if problem.code == code)
            told.append(f"  {code} ({count(number, 'time')}): {known.says}.")
            told.append(f"    first: {first.message}" + (f" ({first.uid})" if first.uid else ""))
            told += [f"    {known.remedy}"] if known.remedy else []
        return told


def explain(roster_path: Path, calendar_id: str, night: date) -> Explained:
    """Return what is known of a calendar as of the last night up to *night* on which it was asked.

    Raises:
        RosterError: There is no such calendar.
    """
    with opened(roster_path) as (loaded, store), store.read() as db:
        calendar = loaded.calendar(calendar_id)
        last = calendars.last_asked(db, calendar_id, night)
        if last is None:
            return Explained(calendar, None, None)
        health = next(fared for fared in calendars.health(db, last) if fared.calendar == calendar_id)
        return Explained(
            calendar,
            last,
            health,
            calendars.problems(db, calendar_id, last),
            differences(calendars.known_before(db, calendar_id, last), calendars.known(db, calendar_id, last)),
        )
