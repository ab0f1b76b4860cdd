"""Lists without a table: paragraphs such as "27-28 November 2007, Gaborone: Workshop ..." to the cells of a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.countries import country_code
from calendar_sync.reading.grids import Row
from calendar_sync.reading.headings import Section, of_dates, says_issued, section
from calendar_sync.wording import plain

LONGEST = 500
"""Characters of a paragraph that may be an entry; more is prose."""
MOST_PIECES = 60
"""Pieces between commas, brackets and dashes of a paragraph that may be an entry."""
BULLET = "• "
"""Stands before a paragraph that its document marks as an item of a list."""
_ITEM = re.compile(r"^\s*(?:[•▪‣·–*-]|\(?\d{1,3}[.)]|\(?[a-z]\))\s+")
_APART = re.compile(r"(\t+|\n|:\s+|;\s+|,\s*|\s[-–—]\s|\s*\(|\)\s*)")
_LOOSE = " ,;:–—-"
_DAY = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One paragraph taken apart. *sure* when it begins with its date or is an item of a list."""

    dates: str
    place: str
    title: str
    sure: bool


def entries_of(rows: Sequence[Row], published: date | None) -> Iterator[tuple[Row, dict[str, str], Section | None]]:
    """Yield the paragraphs that are entries, as cells by field, with the heading each stands under."""
    heading: Section | None = None
    found: list[tuple[Row, _Entry, Section | None]] = []
    for row in rows:
        text = "\t".join(cell for cell in row.cells if cell).strip()
        if row.hidden or row.place != "paragraph" or not 0 < len(text) <= LONGEST:
            continue
        own = section(_ITEM.sub("", text, count=1), published, heading)
        if own is not None:
            heading = own
            continue
        entry = _taken_apart(text, heading)
        if entry is not None:
            found.append((row, entry, heading))
    # One sentence that ends in a date is a letter; several are a list.
    for row, entry, above in found:
        if entry.sure or len(found) >= 3:
            yield row, {"date_text": entry.dates, "place_raw": entry.place, "title": entry.title}, above


def apart(text: str) -> tuple[str, str]:
    """Take a cell that holds dates and place apart.

    >>> apart("27-28 November 2007, Gaborone (Botswana)"), apart("Gaborone, 27 to 28 Nov"), apart("to be decided")
    (('27-28 November 2007', 'Gaborone (Botswana)'), ('27 to 28 Nov', 'Gaborone'), ('to be decided', ''))
    """
    pieces = _APART.split(text[:LONGEST])
    begin, end = _dates_in(pieces, None)
    if begin == end:
        return text, ""
    before, dates, behind = _joined(pieces[:begin]), _joined(pieces[begin:end]), _joined(pieces[end:])
    return dates, ", ".join(part for part in (before, behind) if part)


def _taken_apart(text: str, heading: Section | None) -> _Entry | None:
    item = bool(_ITEM.match(text))
    pieces = _APART.split(_ITEM.sub("", text, count=1))
    begin, end = _dates_in(pieces, heading)
    if begin == end or says_issued(text[:80]):
        return None
    before, dates, behind = _joined(pieces[:begin]), _joined(pieces[begin:end]), _joined(pieces[end:])
    if not before:
        place, title = _place_first(pieces[end:])
    elif not behind:
        title, place = _place_last(before)
    elif len(before.split()) <= 4 and len(behind.split()) > len(before.split()):
        place, title = before, behind
    else:
        title, place = before, behind
    title = title.rstrip(" ,;.")
    if len(title.split()) < 2 or sum(map(str.isalpha, title)) < 8:
        return None
    return _Entry(dates, place.strip(" ,;."), title, sure=item or not before)


def _dates_in(pieces: Sequence[str], heading: Section | None) -> tuple[int, int]:
    """Find the longest run of pieces that are nothing but a date; equal numbers when there is none."""
    best = (0, 0)
    if len(pieces) > MOST_PIECES:
        return best
    at = 0
    while at < len(pieces):
        end = at
        while end < len(pieces) and (not pieces[end] or all(of_dates(word) for word in plain(pieces[end]).split())):
            end += 1
        # A separator behind the date belongs to what follows.
        while end > at and not plain(pieces[end - 1]):
            end -= 1
        words = plain("".join(pieces[at:end])).split()
        named = any(not word[0].isdigit() for word in words)
        if end - at > best[1] - best[0] and _DAY.search("".join(words)) and (named or heading or len(words) >= 3):
            best = (at, end)
        at = max(end, at) + 1
    return best


def _place_first(pieces: Sequence[str]) -> tuple[str, str]:
    """Part "Gaborone: Workshop ...", "Gaborone, Botswana - Workshop ...", or "Workshop ..., Gaborone, Botswana"."""
    for number, piece in enumerate(pieces):
        if piece.strip() in (":", "-", "–", "—") or piece in ("\t", "\n"):
            before, behind = _joined(pieces[:number]), _joined(pieces[number + 1 :])
            if before and behind and len(before.split()) <= 6:
                return before, behind
            if before:
                break
    said = [number for number, piece in enumerate(pieces) if plain(piece)]
    if len(said) > 2 and country_code(pieces[said[1]].strip()):
        return _joined(pieces[: said[1] + 1]), _joined(pieces[said[1] + 1 :])
    title, place = _place_last(_joined(pieces))
    return place, title


def _place_last(text: str) -> tuple[str, str]:
    """Part "Workshop ..., Gaborone, Botswana" into title and place; a place is told by its country."""
    pieces = _APART.split(text)
    said = [number for number, piece in enumerate(pieces) if plain(piece)]
    if len(said) < 2 or not country_code(pieces[said[-1]].strip()):
        if len(said) == 2 and len(pieces[said[1]].split()) <= 2 and pieces[said[1]].strip()[:1].isupper():
            return _joined(pieces[: said[1]]), pieces[said[1]]
        return text, ""
    first = said[-2] if len(said) > 2 and len(pieces[said[-2]].split()) <= 3 else said[-1]
    return _joined(pieces[:first]), _joined(pieces[first:])


def _joined(pieces: Sequence[str]) -> str:
    """Put pieces together again without separators at the ends, and without half a bracket."""
    text = " ".join("".join(pieces).split()).strip(_LOOSE)
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    open_ = text.count("(") - text.count(")")
    if open_ < 0:
        text = text.strip(")")
    elif open_ > 0:
        text = text.lstrip("(") if text.startswith("(") else text.rstrip("( ") if text.endswith("(") else f"{text})"
    return text.strip(_LOOSE)
