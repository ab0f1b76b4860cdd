"""Titles that look like others: compared as they look, shown as they came, with a word of warning beside them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.look_alikes import Trick, skeleton, tricks
from dedupe.matching import recognise
from dedupe.title_columns import read_titles
from dedupe.titles import wording as title_wording
from reports import wording
from reports.rendering import mailed, render
from reports.rendering.harmless import link, words

PLAIN = "Regional workshop on implementing resolution 1540 (2004) in Africa"
DECEIVING = (
    # Letters of other scripts.
    ("Regional wоrkshop on implementing resolution 1540 (2004) in Africa", Trick.SCRIPT),
    ("Regional wоrkѕhор on implementing resolution 1540 (2004) in Africa", Trick.SCRIPT),
    ("Rеgіоnаl workshop on implementing rеsоlutіоn 1540 (2004) in Africa", Trick.SCRIPT),
    ("Regional workshop on implementing resolution 1540 (2004) in Аfricа", Trick.SCRIPT),
    ("Reɡional workshop on implementinɡ resolution 1540 (2004) in Africa", None),
    ("Regional wοrkshορ on implementing resοlutiοn 1540 (2004) in Africa", Trick.SCRIPT),
    ("Regional workshop on implementing resolution 1540 (2004) in Αfrica", Trick.SCRIPT),
    ("Regioոal workshop on implementing resolutioո 1540 (2004) in Africa", Trick.SCRIPT),
    ("Regional wоrkshορ on implementing resolution 1540 (2004) in Africa", Trick.SCRIPT),
    ("Ꭱegional workshop on implementing resolution 1540 (2004) in Africa", Trick.SCRIPT),
    ("Rеgiοnal wоrkshοp on implementing resolution 1540 (2004) in Аfrica", Trick.SCRIPT),
    # Other forms of the same letters and digits: odd to see, so no word beside them.
    ("Regional ｗｏｒｋｓｈｏｐ on implementing resolution １５４０ (2004) in Africa", None),
    ("Regional 𝗐𝗈𝗋𝗄𝗌𝗁𝗈𝗉 on implementing resolution 𝟣𝟧𝟦𝟢 (2004) in Africa", None),
    # What nobody sees.
    ("Regional work\u200bshop on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional work\u200cshop on implementing reso\u200dlution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional work\u2060shop on implementing resolution 15\u206040 (2004) in Africa", Trick.HIDDEN),
    ("Regional work\ufeffshop on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional work\u180eshop on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional work\u3164shop on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional work\u2800shop on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional w\u034fork\u2063shop on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional workshop\U000e0049\U000e0047 on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    ("Regional wоrk\u200eshop on implementing resolution 1540 (2004) in Africa", Trick.HIDDEN),
    # What turns letters round.
    ("Regional workshop on \u202dimplementing\u202c resolution 1540 (2004) in Africa", Trick.TURNED),
    ("\u202eRegional workshop on implementing resolution 1540 (2004) in Africa", Trick.TURNED),
)  # fmt: skip
HONEST = (
    "ورشة العمل الإقليمية بشأن تنفيذ القرار 1540 (2004)", "ورشة عمل UNODA حول القرار \u200f1540\u200f",
    "Séminaire régional à Yaoundé",
    "Семинар ОПК и UNODA по резолюции 1540", "12-я сессия ОЗХО (OPCW)", "UN (ООН) briefing", "関西ＷＨＯ会議",
    "کارگاه منطقه‌ای ۱۵۴۰",
    "การประชุม\u200bเชิงปฏิบัติการ", "बैठक क्\u200dष", "Σεμινάριο για το ψήφισμα 1540",
    "TNFα and β-lactam", "Սեմինար UNODA 1540", "סדנה UN 1540",
    "Đà Nẵng", "Non\u00adproliferation", "Meeting\u200b on 1540", "\ufeffMeeting",
    "Scotland 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f day",
    "👩\u200d🔬 day", "❤\ufe0f day", "ИКАО/ICAO",
)  # fmt: skip


@pytest.mark.fault("T25")
def test_a_title_that_looks_like_another_is_compared_as_it_looks(composed: ModuleType, record_property):
    """Else whoever swaps one letter would have a second workshop in every report, or hide that there is one."""
    assert len(DECEIVING) == len(set(DECEIVING)) == 25
    expected = title_wording(PLAIN)
    columns = read_titles([PLAIN])
    for title, trick in DECEIVING:
        assert title_wording(title) == expected, title
        read = read_titles([title])
        assert [read.vocabulary[at] for at in read.words] == [columns.vocabulary[at] for at in columns.words], title
        assert not read.foreign[0]
        pair = [composed.a_listing("one", title=title), composed.a_listing("other", "us", title=PLAIN)]
        assert len(events(pair, recognise(pair), ())) == 1, title
        assert skeleton(skeleton(title)) == skeleton(title)
        assert (trick in tricks(title)) is (trick is not None), title
    record_property("cases", len(DECEIVING))


@pytest.mark.parametrize("output", ["html", "mail", "text", "ics"])
def test_a_reader_sees_the_title_as_it_came_and_what_is_odd_about_it(composed: ModuleType, output: str):
    """Nobody sees the difference by looking; and nobody may correct what an organisation published."""
    for title, _ in DECEIVING:
        told = composed.report(composed.a_listing("one", title=title), composed.a_listing(
            "other", "us", title=PLAIN, published=date(2009, 12, 1)))  # fmt: skip
        body = (mailed.render(told) if output == "mail" else render(told, output)).decode("utf-8")
        shown = " ".join(body.replace("\r\n ", "").replace("\\,", ",").split())
        if output in ("html", "mail"):
            assert words(title) in shown
        notes = {other: wording.TRICK[other] in shown for other in Trick}
        assert notes == {other: other in tricks(title) for other in Trick}, title


@pytest.mark.parametrize("output", ["html", "text"])
def test_no_honest_title_is_marked(composed: ModuleType, output: str):
    """Two scripts in one title are everyday; a warning that cries wolf is not read."""
    listings = [
        composed.a_listing(f"e{number}", title=title, span=Span.exact(date(2010, 1 + number % 12, 1 + number)))
        for number, title in enumerate(HONEST)
    ]
    for title in HONEST:
        assert tricks(title) == (), title
    shown = render(composed.report(*listings, reader=composed.COMMITTEE), output).decode("utf-8")
    assert not [note for note in wording.TRICK.values() if note in " ".join(shown.split())]


@pytest.mark.fault("T25")
def test_no_real_title_is_marked(shared: Path, record_property):
    """Every field of the listings that were collected, in all their languages."""
    looked = 0
    for name in ("outreach1540", "outreach_neighbours"):
        with (shared / "data" / name / "listings.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for cell in row.values():
                    looked += not cell.isascii()
                    assert tricks(cell) == (), cell
    assert looked > 400
    record_property("cases", 0)
    record_property("measured", f"0 false marks in {looked} real texts that are not plain ASCII")


def test_a_host_in_letters_that_look_like_others_is_no_link():
    """An address is read where it leads."""
    assert link("https://www.un.org/")
    assert link("https://мид.рф/") == "https://мид.рф/"
    assert link("https://www.uո.org/") == ""
    assert link("https://аррӏе.com/") == ""
