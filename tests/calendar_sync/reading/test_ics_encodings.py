"""Letters as they arrive (T12): stated, told from the letters themselves, or flagged; never lost in silence."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_sync.reading import Reading
from calendar_sync.reading.ics import read_ics
from calendar_sync.roster import Calendar

CALENDAR = Calendar("feed", "someone", "feed.ics")
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
FRENCH = "R\u00e9union r\u00e9gionale \u00e0 Lom\u00e9"

# Title, encoding, and what the server says of it.
ENCODINGS = [
    (FRENCH, "latin-1", "iso-8859-1"),
    (FRENCH, "latin-1", ""),
    ("L\u2019atelier \u2013 \u0153uvre commune", "windows-1252", "utf-8"),
    ("Warsztaty w \u0141odzi, \u017ar\u00f3d\u0142o", "windows-1250", ""),
    (
        "\u0421\u0435\u043c\u0438\u043d\u0430\u0440 \u043f\u043e \u044d\u043a\u0441\u043f\u043e\u0440\u0442\u0443",
        "windows-1251",
        "",
    ),
    (
        "\u0421\u0435\u043c\u0438\u043d\u0430\u0440 \u043f\u043e \u044d\u043a\u0441\u043f\u043e\u0440\u0442\u0443",
        "koi8-r",
        "koi8-r",
    ),
    (
        "\u0648\u0631\u0634\u0629 \u0639\u0645\u0644 \u062d\u0648\u0644 \u0627\u0644\u0642\u0631\u0627\u0631",
        "windows-1256",
        "",
    ),
    ("\u4e0d\u62e1\u6563\u306b\u95a2\u3059\u308b\u4f1a\u8b70", "shift_jis", ""),
    ("\u5173\u4e8e\u51fa\u53e3\u7ba1\u5236\u7684\u7814\u8ba8\u4f1a", "gb18030", ""),
    ("\u5317\u4eac", "gb18030", "gb2312"),
    (FRENCH, "utf-16", ""),
    (FRENCH, "utf-16-be", ""),
]


def feed(title: str) -> str:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:u\r\n"
        f"DTSTART:20260301T100000Z\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def read(body: bytes, charset: str = "") -> Reading:
    return read_ics(body, CALENDAR, YEAR, charset=charset)


@pytest.mark.fault("T12")
@pytest.mark.parametrize(("title", "encoding", "header"), ENCODINGS)
def test_an_old_encoding_is_read_and_said(title, encoding, header):
    """Read as UTF-8 the letters become U+FFFD, and the title matches no other."""
    found = read(feed(title).encode(encoding), header)
    assert [listing.title for listing in found.listings] == [title]
    assert [problem.code for problem in found.problems] == ["encoding-assumed"]


def test_utf_8_is_utf_8_whatever_the_server_says():
    """Servers are set to Latin-1 for all text since 1999; the feed knows better."""
    found = read(feed(FRENCH).encode(), "iso-8859-1")
    assert (found.listings[0].title, found.problems) == (FRENCH, ())


def test_letters_lost_before_us_are_said():
    """A producer that wrote U+FFFD cannot be helped, and somebody should tell it."""
    found = read(feed("R\ufffdunion").encode())
    assert [problem.code for problem in found.problems] == ["damaged-letters"]


def test_a_charset_that_makes_no_calendar_of_it_is_not_believed():
    """UTF-16 in the header of a Latin-1 feed would turn all of it into Chinese."""
    assert read(feed(FRENCH).encode("latin-1"), "utf-16").listings[0].title == FRENCH


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:R=C3=A9union r=C3=A9gionale =C3=A0 Lom=C3=A9",
        "SUMMARY;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:R=E9union r=E9gionale =E0 Lom=E9",
        "SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:R=C3=A9union=\r\n r=C3=A9gionale=20=\r\n=C3=A0 Lom=C3=A9",
    ],
)
def test_quoted_printable_of_the_old_vcalendar_is_read(line):
    """Old telephones and groupware write it, and break its lines without a fold."""
    body = feed("x").replace("VERSION:2.0", "VERSION:1.0").replace("SUMMARY:x", line)
    assert read(body.encode()).listings[0].title == FRENCH


def test_a_line_in_a_charset_of_its_own_is_read_in_it():
    """Horde wrote each property in the charset of whoever typed it."""
    title = "\u0421\u0435\u043c\u0438\u043d\u0430\u0440".encode("koi8-r")
    body = feed("x").encode().replace(b"SUMMARY:x", b"SUMMARY;CHARSET=KOI8-R:" + title)
    assert read(body).listings[0].title == "\u0421\u0435\u043c\u0438\u043d\u0430\u0440"
