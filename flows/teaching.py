"""What coordinators' decisions teach the matcher: computed, shown, put in force, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from calendar_sync.errors import OutreachError
from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation
from dedupe.taught import Taught
from flows.loading import load, opened, taught_in_force
from flows.worlds import clusters_of
from reports import disclosure
from store import remarks, teachings
from store.teachings import SHIPPED, Entry

ANYBODY = Organisation(id="", name="anybody")
"""A reader with whom nobody shares anything: sees what everybody may see. Only that may teach, since what is taught
counts in every reader's world."""


class NothingTaught(OutreachError):
    """Nobody can go back behind the shipped weights."""

    def __str__(self) -> str:
        return "The shipped weights are in force; there is nothing to go back to. Next: outreach teach"


@dataclass(frozen=True, slots=True)
class Level:
    """One level whose bits change."""

    comparison: str
    level: str
    shipped: float
    taught: float


@dataclass(frozen=True, slots=True)
class Proposed:
    """What decisions would change, and whether it may come in force."""

    taught: Taught
    lessons: Sequence[Mapping[str, Any]]
    reviewers: Mapping[str, int]
    levels: tuple[Level, ...]
    """Largest change first; the prior is among them."""
    scores: Sequence[Mapping[str, Any]]
    share: float
    """How much of what the decisions ask for the gate lets pass."""
    refusals: tuple[str, ...]
    joined: tuple[tuple[str, str], ...]
    """Titles of pairs everybody may see that would be one event and are not now."""
    parted: tuple[tuple[str, str], ...]
    in_force: int
    """The number under which it is in force; SHIPPED while it is not."""

    @property
    def may(self) -> bool:
        """True when it may come in force."""
        return bool(self.lessons) and not self.refusals

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "decisions": list(self.lessons),
            "reviewers": dict(self.reviewers),
            "changes": [asdict(level) for level in self.levels],
            "gate": list(self.scores),
            "share": self.share,
            "refusals": list(self.refusals),
            "joined": [list(pair) for pair in self.joined],
            "parted": [list(pair) for pair in self.parted],
            "in_force": self.in_force,
        }


@dataclass(frozen=True, slots=True)
class Remembered:
    """One act of the past: what was taught, or that somebody went back."""

    number: int
    act: str
    """taught or went back."""
    in_force_then: int
    decisions: int
    by: str
    at: datetime
    standing: str
    """in force, earlier, taken back, or made for other weights."""

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {**asdict(self), "at": self.at.isoformat()}


def teach(roster_path: Path, night: date, *, by: str, at: datetime, apply: bool = False) -> Proposed:
    """Compute what the decisions teach as of *night*; with *apply*, put it in force when the gate lets it."""
    # Here, because it brings numpy.
    from dedupe import teaching
    from dedupe.weights import shipped

    with opened(roster_path) as (loaded, store):
        with store.read() as db:
            known = load(db, loaded, night, before=False)
            entry = teachings.in_force(db)
            left_out = remarks.not_taught(db)
        seen = disclosure.world(known.listings, ANYBODY, loaded)
        taught_from = [decision for decision in known.decisions if decision.finding.id not in left_out]
        made = teaching.teach(seen, taught_from, shipped())
        told = [_lesson(lesson) for lesson in made.lessons]
        scores = [
            {
                "collection": before.collection,
                **{
                    name: {"shipped": round(getattr(before, name), 4), "taught": round(getattr(after, name), 4)}
                    for name in ("precision", "recall", "surprise")
                },
            }
            for before, after in zip(made.before, made.after, strict=True)
        ]
        world = (loaded, ANYBODY, known.listings, known.decisions)
        now, then = (_pairs(clusters_of(*world, shift, gone=known.gone)) for shift in (known.taught, made.taught))
        number = entry.number if entry is not None and entry.taught == made.taught else SHIPPED
        if apply and told and not made.refusals and number == SHIPPED:
            with store.begin() as db:
                number = teachings.save(db, made.taught, told, scores, by=by, at=at)
    return Proposed(
        taught=made.taught,
        lessons=told,
        reviewers=made.reviewers,
        levels=_levels(made.taught, shipped().prior, teaching.bits_of(shipped())),
        scores=scores,
        share=made.share,
        refusals=made.refusals,
        joined=_titles(then - now, seen),
        parted=_titles(now - then, seen),
        in_force=number,
    )


def go_back(roster_path: Path, *, by: str, at: datetime) -> int:
    """Put in force what was before, and return its number: SHIPPED for the shipped weights alone.

    Raises:
        NothingTaught: The shipped weights are in force.
    """
    with opened(roster_path) as (_, store), store.begin() as db:
        before = teachings.go_back(db, by=by, at=at)
    if before is None:
        raise NothingTaught
    return before


def history(roster_path: Path) -> list[Remembered]:
    """Return everything that was taught and taken back, oldest first."""
    with opened(roster_path) as (_, store), store.read() as db:
        entries = teachings.load_all(db)
        stands = taught_in_force(db) is not None
    now = entries[-1].in_force if entries else SHIPPED
    kept = set(teachings.within_reach(entries))
    return [
        Remembered(
            entry.number,
            "taught" if entry.taught is not None else "went back",
            entry.in_force,
            len(entry.lessons),
            entry.by,
            entry.at,
            _standing(entry, now, kept, stands),
        )
        for entry in entries
    ]


def _standing(entry: Entry, now: int, kept: set[int], stands: bool) -> str:
    if entry.taught is None:
        return ""
    if entry.number == now:
        return "in force" if stands else "made for other weights: teach again"
    return "earlier" if entry.number in kept else "taken back"


def _lesson(lesson: Any) -> dict[str, Any]:  # noqa: ANN401  dedupe.teaching.Lesson, whose module brings numpy
    decision = lesson.decision
    return {
        "finding": decision.finding.id,
        "listings": [lesson.left_id, lesson.right_id],
        "same": lesson.same,
        "by": decision.by,
        "at": decision.at.isoformat(),
    }


def _levels(taught: Taught, prior: float, bits: Mapping[tuple[str, str], float]) -> tuple[Level, ...]:
    found = [
        Level(name, level, round(bits[name, level], 2), round(bits[name, level] + shift, 2))
        for name, level, shift in taught.levels
    ]
    if taught.prior:
        found.append(Level("prior", "before anything is compared", round(prior, 2), round(prior + taught.prior, 2)))
    return tuple(sorted(found, key=lambda entry: (-abs(entry.taught - entry.shipped), entry.comparison, entry.level)))


def _pairs(clusters: tuple[tuple[str, ...], ...]) -> set[tuple[str, str]]:
    return {pair for cluster in clusters for pair in combinations(sorted(cluster), 2)}


def _titles(pairs: set[tuple[str, str]], seen: Sequence[Listing]) -> tuple[tuple[str, str], ...]:
    titles = {listing.id: listing.title for listing in seen}
    return tuple((titles[one], titles[other]) for one, other in sorted(pairs))
