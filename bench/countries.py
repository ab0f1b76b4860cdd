"""Find the country of listings from their words alone: `python -m bench.countries [--shared DIR] [--wrong]`.

The columns for country and city are not read. `countries_named.csv` lists, by hand, every listing whose title or venue
names a country or a city, and the country it is held in as far as these words tell; blank where they name somebody
who is invited, a convention, or several states alike, with the reason. Prints how many of those are right, how many
answers of all listings are wrong (other than the list, or than the collector where the list is silent), the harsher
figure against the collector's column alone, and what our data weigh when installed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dedupe.meaning.whereabouts import Whereabouts, whereabouts

ROOT = Path(__file__).parents[1]
COLLECTIONS = ("outreach1540", "outreach_neighbours")
NAMED = Path(__file__).with_name("countries_named.csv")
PACKAGES = ("calendar_sync", "dedupe", "reports", "store", "flows", "desk")
DATA = {".csv", ".tsv", ".json", ".toml"}


@dataclass(slots=True)
class Score:
    """Counts over two collections. *named* are listings whose words name the country they are held in."""

    listings: int = 0
    answered: int = 0
    named: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    stated: int = 0
    """Listings that name any country or city and whose collector stated a country."""
    as_stated: int = 0


def labels() -> dict[str, str]:
    """Read the list: listing to country, blank where the words do not tell."""
    with NAMED.open(encoding="utf-8", newline="") as file:
        return {row["listing_id"]: row["country"] for row in csv.DictReader(file)}


def listings(shared: Path) -> list[Mapping[str, str]]:
    """Read both collections."""
    found: list[Mapping[str, str]] = []
    for name in COLLECTIONS:
        with (shared / "data" / name / "listings.csv").open(encoding="utf-8", newline="") as file:
            found.extend(csv.DictReader(file))
    return found


def score(rows: Sequence[Mapping[str, str]], known: Mapping[str, str]) -> Score:
    """Compare what the words tell with the list, and with the collector where the list is silent."""
    result = Score(len(rows))
    for row in rows:
        found = whereabouts(row["title"], row["venue"])
        result.answered += bool(found.country)
        uid = row["listing_id"]
        # A well-known building names no city: the collector says where it stands.
        expected = known.get(uid, row["country"])
        if found.country and expected != found.country and (uid in known or row["country"]):
            result.wrong.append(_told(row, found, expected))
        if known.get(uid):
            result.named += 1
            result.right += found.country == expected
            if not found.country:
                result.missed.append(_told(row, found, expected))
        if uid in known and row["country"]:
            result.stated += 1
            result.as_stated += found.country == row["country"]
    return result


def _told(row: Mapping[str, str], found: Whereabouts, expected: str) -> str:
    said = f"{found.country or 'nothing'} from {', '.join(found.words) or 'no words'}"
    return f"{row['listing_id']}: {said}; {expected or 'left open'} is right: {row['title'][:90]}"


def _of(what: str, count: int, of: int) -> str:
    return f"{what} {count} ({count / of:.1%})"


def installed_data() -> int:
    """Return how many bytes of tables the packages install."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    return sum(path.stat().st_size for path in files if path.suffix in DATA)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.countries", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--wrong", action="store_true", help="print what is wrong and what is missed")
    options = parser.parse_args(arguments)
    result = score(listings(options.shared), labels())
    wrong = len(result.wrong)
    lines = [
        f"{result.listings} listings, {result.answered} answered from title and venue",
        f"words name the country or a city of it: {result.named}, {_of('right', result.right, result.named)}",
        f"{_of('wrong', wrong, result.listings)} of all listings, {wrong / result.answered:.1%} of the answers",
        f"any country or city named, held to the column: {_of('right', result.as_stated, result.stated)}",
        f"tables installed: {installed_data() / 1e6:.1f} MB",
    ]
    if options.wrong:
        lines += [f"wrong  {line}" for line in result.wrong] + [f"missed {line}" for line in result.missed]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
