"""`forum`: a theme that meets a recorded position or another body's mandate, said neutrally and from its day on."""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench.relations import read
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.roster import load
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.decisions import Verdict, decide
from dedupe.finding import find
from dedupe.findings import Finding, Kind, Severity
from dedupe.matching import Recognition
from dedupe.policy import Policy
from dedupe.positions import Register
from reports import disclosure

EXAMPLE = Path(__file__).parents[2] / "examples" / "1540"
REGISTER = Register.from_tables(tomllib.loads((EXAMPLE / "positions.toml").read_text(encoding="utf-8")))
NIGHT = date(2009, 12, 4)
RULES = re.compile(
    r"\b(must|shall|may not|should not|forbid\w*|prohibit\w*|illegal|unlawful|violat\w*|wrong|rightly|invalid|"
    r"refus\w*|block\w*|object\w*|blame\w*|oppos\w*|claims?|alleg\w*|admit\w*)\b",
    re.IGNORECASE,
)
"""Words that would make a rule of a position, or take sides."""
POSITION = re.compile(r"^Position of .+, as reported by .+ on \d{1,2} \w+ \d{4} \(.+\): .+\.$")


def a_listing(title: str, uid: str = "one", **facts: object) -> Listing:
    known: dict[str, object] = {
        "span": Span.exact(date(2010, 2, 2), date(2010, 2, 4)), "city": "Nairobi", "country": "KE",
        "audience": ("KE", "UG", "ZA"), "organisers": ("US", "KE", "UNODA"),
    }  # fmt: skip
    return replace(Listing(ListingKey(uid, uid), uid.upper(), title), **(known | facts))  # type: ignore[arg-type]


NAIROBI = "Africa Regional Workshop on Biosafety and Biosecurity under resolution 1540"


def found(*listings: Listing, on: date = NIGHT, register: Register = REGISTER, policy: Policy | None = None,
          programme: tuple[str, ...] = ()) -> list[Finding]:  # fmt: skip
    known = events(listings, Recognition((), tuple((listing.id,) for listing in listings)), programme)
    told = find(known, [], policy or Policy(), (), on, register).findings
    return [finding for finding in told if finding.kind is Kind.FORUM]


def test_nairobi_meets_positions_on_biosafety_and_south_africa_is_invited(shared):
    """E12, in the words of its sources."""
    with (shared / "data" / "outreach1540" / "golden.csv").open(newline="") as file:
        gid = next(row["event_gid"] for row in csv.DictReader(file) if row["golden_id"] == "E12")
    nairobi = read(shared, "outreach1540").events[gid]
    told = find([nairobi], [], Policy(), (), NIGHT, REGISTER).findings
    (finding,) = [finding for finding in told if finding.kind is Kind.FORUM]
    assert (finding.subject, finding.severity, finding.states) == ("biosecurity", Severity.MEDIUM, ("ZA",))
    text = "\n".join(reason.text for reason in finding.reasons)
    assert "South Africa" in finding.title
    assert "the delegation of the Russian Federation, as reported by the United States Mission" in text
    assert "telegram USUN New York 866" in text
    assert "BWC Meeting of States Parties, Geneva, Switzerland, 7–11 December 2009" in text


def test_it_says_whose_when_the_source_the_forum_and_its_meetings():
    """Proliferation financing: in scope, and another forum's business, by the one delegation that said so."""
    meeting = a_listing("FATF Plenary", "fatf", span=Span.exact(date(2010, 2, 17), date(2010, 2, 19)), city="Abu Dhabi",
                        country="AE", organisers=("FATF",), audience=())  # fmt: skip
    (finding,) = found(a_listing("Workshop on resolution 1540 and proliferation financing"), meeting)
    text = [reason.text for reason in finding.reasons]
    assert len([line for line in text if POSITION.match(line)]) == 1
    assert "Preferred forum: the Financial Action Task Force." in text[0]
    assert "South Africa" not in text[0]
    near = [line for line in text if line.startswith("Own meeting of the Financial Action Task Force near the date")]
    assert len(near) == 1
    assert "13 days after" in near[0]
    assert (finding.severity, finding.states) == (Severity.LOW, ())


def test_what_is_said_of_a_position_is_neutral():
    """Nobody may read a rule, or a side taken, into a delegation's reported words."""
    titles = (NAIROBI, "Seminar on resolution 1540: proliferation financing and extra-territoriality",
              "Séminaire sur la résolution 1540 et l’extraterritorialité")  # fmt: skip
    for title in titles:
        told = found(a_listing(title))
        assert told
        for finding in told:
            for text in (finding.title, *finding.proposals, *(reason.text for reason in finding.reasons)):
                assert not RULES.search(text.replace(title, "")), text
            for reason in finding.reasons:
                if "scope" in reason.text or "accepted" in reason.text:
                    assert POSITION.match(reason.text), reason.text


def test_positions_count_from_their_day_on():
    """On the eve of the discussion only the mandate of another body was known."""
    workshop = a_listing(NAIROBI, span=Span.exact(date(2007, 11, 27), date(2007, 11, 28)))
    (eve,) = found(workshop, on=date(2007, 10, 9))
    (day,) = found(workshop, on=date(2007, 10, 10))
    assert (eve.severity, eve.states) == (Severity.INFORMATION, ())
    assert not any("reported by" in reason.text for reason in eve.reasons)
    assert (day.severity, day.states) == (Severity.MEDIUM, ("ZA",))
    assert eve.key == day.key


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({"audience": ("KE", "UG")}, Severity.LOW),
        ({"audience": ("RU", "KG")}, Severity.MEDIUM),
        ({"title": "Workshop on biosecurity and resolution 1540"}, Severity.INFORMATION),
        ({"title": "Biosafety course"}, None),
        ({"title": "Biosafety and the Biological Weapons Convention: regional seminar"}, None),
        ({"title": "Workshop on resolution 1540 and border control"}, None),
    ],
)
def test_only_what_is_on_record_about_this_instrument_counts(facts, severity):
    """The position is on biosafety under resolution 1540: not on biosecurity, and not on other people's courses."""
    facts = dict(facts)
    told = found(a_listing(str(facts.pop("title", NAIROBI)), **facts))
    assert [finding.severity for finding in told] == ([severity] if severity else [])


def test_a_body_meets_no_mandate_but_its_own():
    """The forum's own events are where the theme belongs."""
    policy = Policy(forum_instruments=("1540", "chemistry"))
    about = "Resolution 1540 and chemical security"
    assert [finding.subject for finding in found(a_listing(about), policy=policy)] == ["chemical-security"]
    own = a_listing("Chemical Weapons Convention and resolution 1540: chemical security", organisers=("OPCW",))
    assert found(own, policy=policy) == []


def test_the_programmes_own_workshops_are_looked_at_whatever_their_title():
    """A provisional list rarely names the resolution."""
    workshop = a_listing("Biosafety workshop")
    assert found(workshop) == []
    (finding,) = found(workshop, programme=("one",))
    assert finding.severity is Severity.MEDIUM


def test_a_new_position_reopens_what_was_settled_and_is_named():
    """The coordinator decided before South Africa was on record."""
    workshop = a_listing(NAIROBI)
    known = events([workshop], Recognition((), ((workshop.id,),)))
    russia = replace(REGISTER, positions=tuple(p for p in REGISTER.positions if p.states == ("RU",)))
    (before,) = find(known, [], Policy(), (), NIGHT, russia).findings
    decision = decide(before, Verdict.DISMISSED, by="ines", at=datetime(2009, 12, 4, tzinfo=UTC))
    assert find(known, [decision], Policy(), (), NIGHT, russia).findings == ()

    again = find(known, [decision], Policy(), (), NIGHT, REGISTER)
    ((reopened, said),) = again.reopened
    assert (reopened.key, said.reopened_by(reopened)) == (before.key, ("positions",))

    (settled,) = find(known, [], Policy(), (), NIGHT, REGISTER).findings
    both = decide(settled, Verdict.DISMISSED, by="ines", at=datetime(2009, 12, 5, tzinfo=UTC))
    assert find(known, [both], Policy(), (), NIGHT, russia).findings == (), "a position less is no news"


def test_an_organisation_reads_of_mandates_and_of_positions_that_are_its_to_read():
    """A register is the committee's paper; a shared position is shared with those named."""
    loaded = load(EXAMPLE / "outreach.toml")
    committee, union, other = (loaded.organisation(id_) for id_ in ("1540", "AU", "OAS"))
    assert disclosure.register(REGISTER, committee, loaded) == REGISTER
    assert disclosure.register(REGISTER, union, loaded).positions == ()
    table = tomllib.loads((EXAMPLE / "positions.toml").read_text(encoding="utf-8"))
    table["positions"][0] |= {"visibility": "shared", "shared_with": ["AU"]}
    table["positions"][1]["visibility"] = "public"
    shared = Register.from_tables(table)
    assert len(disclosure.register(shared, union, loaded).positions) == 2
    assert len(disclosure.register(shared, other, loaded).positions) == 1
