"""Events at the desk: found by their words, shown with who says what, split and merged by people who see each other."""

from __future__ import annotations

import csv
import re
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from desk_server import NIGHT, RunningDesk, run_night, running_desk
from desk_visitors import Visitor, add_people, visitors
from sqlalchemy import Connection

from calendar_sync.listings import ListingKey
from dedupe.findings import Kind
from flows.latest import latest
from store import decisions, findings
from store.connecting import connect

HEAD = ("id", "title", "start", "end", "city", "country", "audience", "language", "theme", "url")
EXPORT = ("Workshop on export control", "2008-05-06", "2008-05-07", "Nairobi", "KE", "KE; GH", "en", "", "")
REPORTS = ("Workshop on national reports", "2008-02-12", "2008-02-14", "Accra", "GH", "BW; GH; KE", "en", "", "")


def listing(calendar: str, uid: str) -> str:
    return ListingKey({"au": "au-events"}.get(calendar, calendar), uid).id


@dataclass
class Committee:
    """A committee whose calendars a test writes."""

    config: Path
    night: date = NIGHT

    def write(self, calendar: str, **rows: tuple[str, ...]) -> None:
        with (self.config.parent / f"{calendar}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([HEAD, *((uid, *row) for uid, row in rows.items())])

    def another_night(self) -> None:
        self.night += timedelta(days=1)
        run_night(self.config, self.night)

    def events(self) -> list[set[str]]:
        """Return which listings are one event."""
        known = latest(self.config)
        assert known is not None
        told = known.events(range(len(known.columns)))
        return [{entry.key.uid for entry in event.listings} for event in told]

    def decided(self) -> int:
        with self.reading() as db:
            return decisions.verify_chain(db).length

    def told(self) -> dict[str, list[tuple[str, ...]]]:
        """Return the open findings of the latest night: kind to titles of what they are about."""
        found: dict[str, list[tuple[str, ...]]] = {}
        with self.reading() as db:
            for one in findings.load_queue(db, "UN1540"):
                found.setdefault(str(one.told.kind), []).append(one.told.key.ids)
        return found

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        store = connect(f"sqlite:///{self.config.parent / 'state' / 'outreach.db'}")
        with store.read() as db:
            yield db
        store.close()


@pytest.fixture(scope="session")
def after_an_evening(after_a_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run one night on events of one and of several listings, once for all tests."""
    folder = tmp_path_factory.mktemp("events") / "committee"
    folder.mkdir()
    shutil.copy(after_a_night / "outreach.toml", folder)
    committee = Committee(folder / "outreach.toml")
    committee.write(
        "programme",
        w2=REPORTS,
        w3=EXPORT,
        old=("Seminar on maritime security", "2007-11-05", "2007-11-06", "Maputo", "MZ", "MZ", "en", "", ""),
        when=("Round table of some day", "", "", "", "", "GH", "en", "", ""),
    )
    committee.write(
        "au",
        a2=("ندوة بشأن القرار 1540", "2008-02-13", "2008-02-14", "Nairobi", "KE", "BW; GH; ET", "ar", "", ""),
        a4=("Export control workshop", "2008-05-06", "2008-05-07", "Nairobi", "KE", "KE; GH", "en", "", "https://au.example/4"),
        a5=("Séminaire de biosécurité", "2008-09-01", "2008-09-02", "Dakar", "SN", "SN; ML", "fr", "biosecurity", ""),
    )  # fmt: skip
    run_night(committee.config, NIGHT)
    return folder


@pytest.fixture
def committee(after_an_evening: Path, tmp_path: Path) -> Committee:
    """A committee of this test's own."""
    shutil.copytree(after_an_evening, tmp_path / "committee")
    config = tmp_path / "committee" / "outreach.toml"
    add_people(config)
    return Committee(config)


@pytest.fixture
def desk_of_events(committee: Committee) -> Iterator[RunningDesk]:
    """Its desk."""
    with running_desk(committee.config, datetime.now(UTC)) as running:
        yield running


@pytest.fixture
def people(desk_of_events: RunningDesk) -> Iterator[list[Visitor]]:
    """Two coordinators."""
    with visitors(desk_of_events.url, "ines", "omar") as came:
        yield came


def page_of(visitor: Visitor, id_: str) -> str:
    """Follow an event's name to its page."""
    answer = visitor.http.get(f"/events/{id_}", follow_redirects=True)
    assert answer.status_code == 200
    return unescape(answer.text)


def form_of(visitor: Visitor, id_: str) -> dict[str, str]:
    """Return what the forms of an event's page say of what it showed."""
    page = page_of(visitor, id_)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page))
    assert {"form", "shown", "newest"} <= fields.keys()
    return fields


def offered(page: str) -> dict[str, str]:
    """Return the events that may be the same: id to what the button says."""
    return {value.split()[0]: value for value in re.findall(r'name="other" value="([^"]*)"', page)}


def titles(page: str) -> list[str]:
    found = re.findall(r'<h3><a href="/events/[^"]*">(.*?)</a></h3>', page)
    return [re.sub(r"<[^>]*>", "", unescape(title)) for title in found]


def test_what_is_coming_is_listed_and_everything_can_be_found(people: list[Visitor]):
    """Who looks for an event knows a word of it, about when it is, or who holds it."""
    ines, _ = people

    def found(**asked: str) -> list[str]:
        answer = ines.get("/events", params=asked)
        assert answer.status_code == 200
        return titles(answer.text)

    coming = found()
    assert len(coming) == 4
    assert "Seminar on maritime security" not in coming, "it is over"
    everything = found(**{"from": "", "to": ""})
    assert {*everything} >= {*coming, "Seminar on maritime security", "Round table of some day"}
    assert found(words="maritime") == found(words="MARIT") == ["Seminar on maritime security"]
    assert any("القرار" in title for title in found(words="seminar")), "the words of one language find the others"
    assert [title[:9] for title in found(words="biosafety")] == ["Séminaire"]
    assert [title[:9] for title in found(words="Dakar")] == ["Séminaire"]
    assert [title[:9] for title in found(words="Senegal")] == ["Séminaire"]
    assert found(words="maritime Dakar") == found(words="zebra") == found(words="of the") == []
    assert len(found(words="2008 workshop")) == 2
    assert found(**{"from": "2007-01-01", "to": "2007-11-20"}) == ["Seminar on maritime security"]
    assert len(found(organisation="AU")) == 3
    assert [title[:9] for title in found(theme="biosecurity")] == ["Séminaire"]
    assert found(words="'; DROP TABLE", organisation="nobody", theme="none", page="x") == []
    assert "workshop of the committee’s programme" in ines.get("/events").text


@pytest.mark.parametrize("asked", [{"from": "tomorrow"}, {"to": "2010-02-30"}, {"from": "٢٠١٠-٠٢-٠١"}])
def test_a_day_that_is_none_is_told_of(people: list[Visitor], asked: dict[str, str]):
    """A list that silently leaves a wish out is believed."""
    answer = people[0].get("/events", params=asked)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert len(titles(answer.text)) == 6


def test_a_long_list_is_read_page_by_page(committee: Committee, people: list[Visitor]):
    """Nobody reads a hundred thousand events, and no browser shows them."""
    committee.write("programme", **{
        f"n{n}": (f"Briefing number {n} on borders", *[str(date(2008, 1, 1) + timedelta(days=3 * n))] * 2, "", "",
                  "GH", "en", "", "") for n in range(120)
    })  # fmt: skip
    committee.another_night()
    ines = people[0]
    page = ines.get("/events", params={"words": "briefing", "organisation": "UN1540"}).text
    assert "120 events, page 1 of 3" in page
    seen = titles(page)
    while following := re.search(r'<a href="([^"]*)" rel="next"', page):
        page = ines.get("/events" + unescape(following[1])).text
        seen += titles(page)
    assert len(seen) == len({*seen}) == 120
    assert titles(ines.get("/events?words=briefing&page=999").text) == seen[100:]


def test_an_event_is_shown_with_who_says_what(people: list[Visitor]):
    """Two calendars that say one thing, and where each can be read."""
    page = page_of(people[0], listing("au", "a4"))
    assert "6–7 May 2008" in page
    assert '<a href="/states/KE">Kenya</a>' in page
    assert '<a href="/organisations/AU">' in page
    assert '<a href="/calendars/au-events">' in page
    assert 'href="https://au.example/4"' in page
    assert "workshop of the committee’s programme" in page
    assert "Workshop on export control" in page
    assert "Export control workshop" in page
    assert re.search(r'<a href="/findings/\d+">\d+\. .* list one event', page)
    assert "they are one event by what they say" in page


def test_listings_that_are_another_event_are_split_off(committee: Committee, people: list[Visitor]):
    """And joined again, when that was wrong: the newest word about a pair holds."""
    ines, omar = people
    w3, a4 = listing("programme", "w3"), listing("au", "a4")
    assert {"w3", "a4"} in committee.events()
    assert any({w3, a4} == {*ids} for ids in committee.told()["same_event"])
    form = form_of(ines, a4) | {"do": "split", f"apart.{a4}": "1", "note": "another room"}
    answer = ines.post(f"/events/{w3}", form)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/events/{w3}#joined"
    assert committee.decided() == 1
    assert {"w3"} in committee.events()
    assert {"a4"} in committee.events()
    page = page_of(omar, w3)
    assert "ines said on" in page
    assert "another room" in page
    assert "decided since" in page
    assert "To take it back, choose the other event under “Merge”" in page
    assert next(iter(offered(page))) == a4, "what was split off is offered first"
    assert f'href="/events/{a4}"' in page
    committee.another_night()
    assert not any({w3, a4} == {*ids} for ids in committee.told().get("same_event", ()))
    assert any({w3, a4} <= {*ids} for kind in ("duplicative", "clash") for ids in committee.told().get(kind, ()))

    form = form_of(omar, w3)
    answer = omar.post(f"/events/{w3}", form | {"do": "merge", "other": offered(page_of(omar, w3))[a4]})
    assert answer.status_code == 303
    assert committee.decided() == 2
    assert {"w3", "a4"} in committee.events()
    page = page_of(ines, a4)
    assert "omar said on" in page
    assert "To take it back, choose under “Split” the listings that are another event" in page
    assert "Something else was decided later" in page
    committee.another_night()
    assert not any({w3, a4} <= {*ids} for kind in ("duplicative", "clash") for ids in committee.told().get(kind, ()))

    # And once more: a merge can be split again.
    assert ines.post(f"/events/{a4}", form_of(ines, a4) | {"do": "split", f"apart.{a4}": "1"}).status_code == 303
    assert {"w3"} in committee.events()
    assert committee.decided() == 3


def test_two_events_that_are_one_are_merged_by_the_address_of_the_other(committee: Committee, people: list[Visitor]):
    """They say different days and towns: nothing but a person can know, and then that is a contradiction."""
    ines, _ = people
    w2, a2 = listing("programme", "w2"), listing("au", "a2")
    assert {"a2"} in committee.events()
    form = form_of(ines, w2) | {
        "do": "merge",
        "address": f"https://outreach.example.org/events/{a2.upper()}?language=fr",
    }
    assert ines.post(f"/events/{w2}", form).status_code == 303
    assert {"w2", "a2"} in committee.events()
    page = page_of(ines, a2)
    assert page == page_of(ines, w2)
    assert page.count("Contradiction:") == 3
    assert "(differs)" in page
    assert "(newest)" in page
    assert "ندوة" in page
    committee.another_night()
    about = {ids[-1] for ids in committee.told()["contradiction"]}
    assert about == {"dates", "place", "audience"}
    # The form that was open before says what has changed since.
    assert ines.post(f"/events/{a2}", form | {"note": "again"}).status_code == 409


def test_an_event_goes_by_a_title_in_the_language_of_the_reader(committee: Committee, people: list[Visitor]):
    """Whoever reads no Arabic looks for what the English calendar calls it, and the other way round."""
    ines, _ = people
    w2, a2 = listing("programme", "w2"), listing("au", "a2")
    form = form_of(ines, w2) | {"do": "merge", "address": f"/events/{a2}"}
    assert ines.post(f"/events/{w2}", form).status_code == 303
    for language, title in (("en", "Workshop on national reports"), ("ar", "ندوة بشأن القرار 1540")):
        for address in (f"/events/{w2}", "/events", "/calendar?day=2008-02-13", "/calendar?month=2008-02", "/timeline"):
            asked = f"{address}{'&' if '?' in address else '?'}language={language}"
            answer = ines.http.get(asked, follow_redirects=True)
            assert answer.status_code == 200
            if address.startswith("/events/"):
                assert f">{title}</bdi></h1>" in re.sub(r"\s*<span.*?</span>", "", answer.text), (address, language)
            assert title in unescape(answer.text), (address, language)
            others = {"Workshop on national reports", "ندوة بشأن القرار 1540"} - {title}
            assert address.startswith("/events/") or not any(other in unescape(answer.text) for other in others)


def test_events_of_several_listings_are_merged_whole_and_split_whole(committee: Committee, people: list[Visitor]):
    """One pair of listings would not hold four together that speak against each other."""
    ines, _ = people
    first = ("First workshop on borders", "2008-03-04", "2008-03-05", "Lima", "PE", "PE; CL", "en", "", "")
    second = ("Second workshop on borders", "2008-03-06", "2008-03-07", "Quito", "EC", "EC; CO", "en", "", "")
    committee.write("programme", b1=first, b2=second)
    committee.write("au", c1=first, c2=second)
    for _ in range(3):
        committee.another_night()
    one, other = {"b1", "c1"}, {"b2", "c2"}
    assert one in committee.events()
    assert other in committee.events()
    b1, b2, c2 = listing("programme", "b1"), listing("programme", "b2"), listing("au", "c2")
    answer = ines.post(f"/events/{b1}", form_of(ines, b1) | {"do": "merge", "address": b2})
    assert answer.status_code == 303
    shown = form_of(ines, b1)
    assert one | other in committee.events()
    before = committee.decided()
    assert before == 3, "as many pairs as it takes, the rest follows"
    assert ines.post(f"/events/{b1}", shown | {"do": "split", f"apart.{b2}": "1", f"apart.{c2}": "1"}).status_code in (
        303,
    )
    assert committee.decided() == before + 4, "each pair of the two sides"
    assert one in committee.events()
    assert other in committee.events()
    # Whatever was said before: a merge is a merge.
    assert ines.post(f"/events/{b1}", form_of(ines, b1) | {"do": "merge", "address": c2}).status_code == 303
    assert one | other in committee.events()
    committee.another_night()
    assert one | other in committee.events()


def test_two_coordinators_overwrite_nothing(committee: Committee, people: list[Visitor]):
    """Whoever comes second reads what the first decided, keeps what they typed, and nothing is recorded."""
    ines, omar = people
    w3, a4, w2, a2 = (listing(*of) for of in (("programme", "w3"), ("au", "a4"), ("programme", "w2"), ("au", "a2")))
    theirs = form_of(omar, w3) | {"do": "split", f"apart.{a4}": "1", "note": "mine"}
    stale = form_of(omar, w2) | {"do": "merge", "other": offered(page_of(omar, w2)).get(w3, f"{w3} {'0' * 12}")}
    mine = form_of(ines, w3) | {"do": "split", f"apart.{a4}": "1"}
    assert ines.post(f"/events/{w3}", mine).status_code == 303
    answer = omar.post(f"/events/{w3}", theirs)
    assert answer.status_code == 409
    assert "ines decided on its listings while you had it before you" in unescape(answer.text)
    assert ">mine</textarea>" in answer.text
    assert committee.decided() == 1
    # The same press twice, by whoever pressed it, is once.
    assert ines.post(f"/events/{w3}", mine).status_code == 303
    assert committee.decided() == 1
    # What was offered as it stood then is another event by now.
    assert omar.post(f"/events/{w2}", stale).status_code == 409
    assert committee.decided() == 1
    # And a calendar may say something else meanwhile.
    form = form_of(omar, w2) | {"do": "merge", "address": a2}
    moved = (REPORTS[0], "2008-02-19", "2008-02-21", *REPORTS[3:])
    committee.write("programme", w2=moved, w3=EXPORT)
    for _ in range(3):
        committee.another_night()
    answer = omar.post(f"/events/{w2}", form)
    assert answer.status_code == 409
    assert "It changed while you had it before you (dates)" in unescape(answer.text)
    assert committee.decided() == 1


def test_of_two_who_press_at_once_one_is_recorded(committee: Committee, people: list[Visitor]):
    """Both looked at the same page; there is no moment between looking and recording."""
    w3, a4 = listing("programme", "w3"), listing("au", "a4")
    forms = [form_of(one, w3) | {"do": "split", f"apart.{a4}": "1"} for one in people]
    with ThreadPoolExecutor(2) as pool:
        pressed = [pool.submit(one.post, f"/events/{w3}", form) for one, form in zip(people, forms, strict=True)]
    assert sorted(answer.result().status_code for answer in pressed) == [303, 409]
    assert committee.decided() == 1


def test_a_name_that_an_event_had_leads_to_it(committee: Committee, people: list[Visitor]):
    """Links in letters of last week are still pressed."""
    ines, _ = people
    w2, a2 = listing("programme", "w2"), listing("au", "a2")
    assert ines.get(f"/events/{w2}").status_code == 200
    ines.post(f"/events/{w2}", form_of(ines, w2) | {"do": "merge", "address": a2})
    led = ines.get(f"/events/{max(w2, a2)}?language=en"), ines.get(f"/events/{min(w2, a2)}?language=en")
    assert sorted(answer.status_code for answer in led) == [200, 303]
    committee.another_night()
    committee.write("programme", w3=EXPORT)
    for _ in range(4):
        committee.another_night()
    assert {"a2"} in committee.events()
    assert "ندوة" in page_of(ines, w2), "the listing it was called after is withdrawn"
    shouted = ines.get(f"/events/{a2.upper()}")
    assert shouted.status_code == 303


NOWHERE = (
    "x", "0", "%00", "..%2f..%2fetc%2fpasswd", "%25", "'%20OR%201=1--", "<script>", "9" * 400, "%E2%80%AE",
    str(uuid.UUID(int=0)), str(uuid.UUID(int=2**128 - 1)), "{}", "urn:uuid:", "_" * 32, "٣" * 32,
)  # fmt: skip


def test_hostile_names_and_forms_lead_nowhere(committee: Committee, people: list[Visitor]):
    """Addresses are typed, guessed and sent by strangers."""
    ines, _ = people
    w3, a4 = listing("programme", "w3"), listing("au", "a4")
    form = form_of(ines, w3)
    for name in NOWHERE:
        assert ines.get(f"/events/{name}").status_code == 404, name
        assert ines.post(f"/events/{name}", form | {"do": "split", f"apart.{a4}": "1"}).status_code == 404, name

    def refused(status: int, **fields: str) -> str:
        answer = ines.post(f"/events/{w3}", form | fields)
        assert answer.status_code == status, fields
        assert "<script>" not in answer.text
        return unescape(answer.text)

    refused(400, do="burn")
    refused(400, do="split", newest="-1")
    refused(400, do="split", newest="²")
    assert "Some listings must be chosen" in refused(400, do="split")
    refused(400, do="split", **{f"apart.{a4}": "1", f"apart.{w3}": "1"})
    refused(400, do="split", **{f"apart.{listing('au', 'a2')}": "1"})
    refused(400, do="split", **{"apart.": "1", "apart.%": "1"})
    for other in ("", w3, a4, "x", str(uuid.UUID(int=5)), "<script>alert(1)</script>", f"/events/{a4}"):
        assert "names no other event" in refused(400, do="merge", address=other), other
    refused(400, do="merge", address='"><script>alert(1)</script>', note="</textarea><script>alert(1)</script>")
    refused(409, do="split", newest="999999999", **{f"apart.{a4}": "1"})
    refused(409, do="split", shown="", **{f"apart.{a4}": "1"})
    refused(409, do="split", shown="-" * 9000, **{f"apart.{a4}": "1"})
    assert committee.decided() == 0


def test_before_the_first_night_there_is_nothing_to_find(config: Path, tmp_path: Path):
    """A desk that was set up this morning."""
    shutil.copy(config, tmp_path / "outreach.toml")
    for name in ("programme.csv", "au.csv"):
        shutil.copy(config.parent / name, tmp_path / name)
    add_people(tmp_path / "outreach.toml")
    with running_desk(tmp_path / "outreach.toml", datetime.now(UTC)) as desk, visitors(desk.url, "ines") as (ines,):
        assert "No night has run yet." in ines.get("/events").text
        assert ines.get(f"/events/{uuid.UUID(int=7)}").status_code == 404


def test_decisions_about_pairs_are_of_the_kind_that_findings_make(committee: Committee, people: list[Visitor]):
    """What is said here is what a finding's button says: the same chain, the same facts to rest on."""
    ines, _ = people
    w3, a4 = listing("programme", "w3"), listing("au", "a4")
    ines.post(f"/events/{w3}", form_of(ines, w3) | {"do": "split", f"apart.{a4}": "1", "note": "n"})
    with committee.reading() as db:
        ((_, made),) = decisions.made(db)
        told = [one for _, one in findings.last_told(db, "UN1540", NIGHT) if one.key == made.finding]
    assert made.finding.kind is Kind.SAME_EVENT
    assert (made.by, made.note) == ("ines", "n")
    assert [one.fingerprint for one in told] == [made.fingerprint]
    assert told[0].settled_by(made)
