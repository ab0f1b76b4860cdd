"""The page of a matching run: figures, and the pairs worth looking at, side by side with their waterfalls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calendar_sync.listings import Listing
from dedupe import phrases
from dedupe.explaining import Explanation, bits
from reports.matching import Case, MatchReport
from reports.rendering.explanations import percent, worded
from reports.rendering.pages import page
from reports.rendering.waterfall import WIDTH, waterfall


@dataclass(frozen=True, slots=True)
class Field:
    """One field of two listings, and whether they say different things; a blank side says nothing."""

    name: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """True when both speak and disagree in letters."""
        return bool(self.left and self.right) and self.left.casefold() != self.right.casefold()


def render(report: MatchReport) -> bytes:
    """Write the page, UTF-8; the same report gives the same bytes."""
    return page(
        "matching.html.jinja", "matching.css", report=report, fields=fields, waterfall=waterfall, bits=_bits,
        percent=percent, verdict=verdict, mark=mark, weighed=weighed, lead=lead, WIDTH=WIDTH,
    )  # fmt: skip


def _bits(number: float) -> str:
    return bits(number).replace("-", "−")


def fields(left: Listing, right: Listing) -> list[Field]:
    """Lay two listings side by side; what neither speaks of is left out."""
    told = [
        ("Title", left.title, right.title),
        ("Dates", phrases.dates_of(left), phrases.dates_of(right)),
        ("Place", _place(left), _place(right)),
        ("Venue", left.venue, right.venue),
        ("Organisers", "; ".join(left.organisers), "; ".join(right.organisers)),
        ("Sponsors", "; ".join(left.sponsors), "; ".join(right.sponsors)),
        ("Audience", "; ".join(left.audience), "; ".join(right.audience)),
        ("Address", left.url, right.url),
    ]
    return [Field(name, one, other) for name, one, other in told if one or other]


def _place(listing: Listing) -> str:
    return phrases.place(listing.city, listing.country) or listing.place_text or ("online" if listing.online else "")


def weighed(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Yield which titles have which words, and what those weigh."""
    for side, name in (("both", "In both titles"), ("left", "Only in the first"), ("right", "Only in the second")):
        found = [word for word in explanation.words if word.sides == side]
        if found:
            yield name, worded(found)


def lead(report: MatchReport) -> str:
    """Say in one sentence what a busy person must know."""
    of = "1 table" if len(report.tables) == 1 else f"{len(report.tables)} tables"
    told = (
        f"The {report.listings:,} listings of {of} are {report.events:,} events; "
        f"{_pairs(report.pairs)} called one event."
    )
    if report.scored:
        best = report.scored[0].figures
        right, found = (f"{share:.1%}".replace("%", " %") for share in (best.precision, best.recall))
        told += f" {right} of such calls are right, and {found} of the pairs labelled as one event are found."
    return told


def _pairs(count: int) -> str:
    return f"{count:,} pair is" if count == 1 else f"{count:,} pairs are"


def verdict(case: Case) -> str:
    """Say what was made of a pair, and what its label says."""
    called = "Called one event" if case.called else "Not called one event"
    if case.labelled is None:
        return called
    labelled = "one event" if case.labelled else "different"
    return f"{called}, {'yet' if case.wrong else 'and'} labelled as {labelled}"


def mark(case: Case) -> tuple[str, str, str]:
    """Return severity, shape and word of a case: never colour alone."""
    if not case.wrong:
        return "low", "≈", "Close to the threshold"
    return ("high", "▲", "Joined wrongly") if case.called else ("medium", "▽", "Missed")
