"""What a listing says, in words, to each comparison."""

from __future__ import annotations

from dedupe import addresses
from dedupe.columns import Columns
from dedupe.titles import wording


def value(known: Columns, at: int, comparison: str) -> str:
    """Word what listing *at* says to a comparison; blank when it is silent."""
    listing = known.table.listing(at)
    said = wording(listing.title)
    match comparison:
        case "words in common" | "words on one side" | "letters":
            return listing.title
        case "edition":
            return ", ".join([*(f"no. {number}" for number in sorted(said.ordinals)), *map(str, sorted(said.years))])
        case "scope":
            sets = (said.regions, said.speakers, said.instruments, said.numbers, said.participants)
            return ", ".join(name.replace("_", " ") for names in sets for name in sorted(names))
        case "dates":
            span = addresses.span(listing)
            if span is None:
                return listing.date_text or (f"published {listing.published}" if listing.published else "")
            days = f"{span.earliest}" if span.days == 1 else f"{span.earliest} to {span.latest}"
            if listing.span is None:
                return f"{listing.date_text} ({days}, by its address)"
            return days if span.is_exact else f"{listing.date_text or 'some time'} ({days})"
        case "place":
            return ", ".join(part for part in (listing.city, listing.country) if part) or (
                "online" if listing.online else listing.place_text
            )
        case "bodies":
            return "; ".join((*listing.organisers, *listing.sponsors))
        case "audience":
            return "; ".join(listing.audience)
        case _:
            return listing.key.calendar
