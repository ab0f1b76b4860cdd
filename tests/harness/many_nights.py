"""Many nights in one process, each with other calendars: `python many_nights.py OUTREACH.TOML FIRST NUMBER`.

Everything that calendars say holds the word CANARY, and so does what they break with.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from flows.running import run_nights

PLACES = ("Gaborone, Botswana", "Accra, Ghana", "Nairobi, Kenya")


def calendar(owner: str, night: int) -> bytes:
    """Write a calendar of a night: events come, move and go; every seventh is no calendar, every eleventh empty."""
    if night % 7 == 3:
        return f"<!DOCTYPE html><title>CANARY sign in, {owner}</title>".encode()
    events = "" if night % 11 == 5 else "".join(_events(owner, night))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//CANARY {owner}//EN\nX-WR-CALNAME:CANARY of {owner}\n{events}"
    return f"{text}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def _events(owner: str, night: int) -> Iterator[str]:
    for number in range(6):
        if (number + night) % 9 == 0:
            continue
        day = date(2007, 11, 20) + timedelta(days=4 * number + night // 5)
        yield (
            f"BEGIN:VEVENT\nUID:CANARY-{owner}-{number}\nDTSTAMP:20071001T000000Z\n"
            f"SUMMARY:CANARY{night} workshop on resolution 1540 for African States\nDESCRIPTION:CANARY of {owner}\n"
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}\nDTEND;VALUE=DATE:{day + timedelta(days=2):%Y%m%d}\n"
            f"LOCATION:CANARY Hall\\, {PLACES[number % 3].replace(',', chr(92) + ',')}\nRRULE:CANARY\n"
            f"ORGANIZER;CN=CANARY:mailto:canary@example.org\nURL:https://example.org/CANARY\nEND:VEVENT\n"
        )


def main() -> None:
    """Run them."""
    config, first, number = Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3])
    for night in range(number):
        for owner in ("au", "oas"):
            (config.parent / f"{owner}.ics").write_bytes(calendar(owner, night))
        run_nights(config, [first + timedelta(days=night)])


if __name__ == "__main__":
    main()
