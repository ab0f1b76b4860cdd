"""The position register: what is on record, by whom, and never as a rule."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calendar_sync import roster
from calendar_sync.errors import RosterError
from calendar_sync.visibility import Visibility
from dedupe.positions import PositionError, Register, lead_forums

EXAMPLE = Path(__file__).parents[2] / "examples" / "1540"
RULES = re.compile(
    r"\b(must|shall|may not|should not|forbid\w*|prohibit\w*|illegal|unlawful|violat\w*|wrong|correct|rightly|"
    r"invalid|refus\w*|block\w*|object\w*|blame\w*|oppos\w*|claims?|alleg\w*|admit\w*)\b",
    re.IGNORECASE,
)
"""Words that would make a rule of a position, or take sides."""


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.from_tables(tomllib.loads((EXAMPLE / "positions.toml").read_text(encoding="utf-8")))


def an_entry(**facts: Any) -> dict[str, Any]:
    known = {
        "id": "a", "theme": "biosecurity", "about": "biosafety", "actor": "the delegation of Kenya", "states": ["KE"],
        "stance": "biosafety is out of scope", "day": date(2007, 10, 10), "reported_by": "a mission",
        "source": "a telegram",
    }  # fmt: skip
    return {name: value for name, value in (known | facts).items() if value is not None}


def test_three_themes_three_objections_and_two_of_them_shared(register):
    """The discussion of 10 October 2007: Russia for three different reasons, South Africa for the first two."""
    held = {(position.about, position.states): position for position in register.positions}
    assert set(held) == {
        ("biosafety", ("RU",)), ("extra-territoriality", ("RU",)), ("proliferation financing", ("RU",)),
        ("biosafety", ("ZA",)), ("extra-territoriality", ("ZA",)),
    }  # fmt: skip
    assert "outside the scope" in held["biosafety", ("RU",)].stance
    assert "not a widely accepted" in held["extra-territoriality", ("RU",)].stance
    assert "within the scope" in held["proliferation financing", ("RU",)].stance
    assert {about: p.forum for (about, states), p in held.items() if states == ("RU",)} == {
        "biosafety": "", "extra-territoriality": "", "proliferation financing": "FATF",
    }  # fmt: skip
    assert {position.day for position in register.positions} == {date(2007, 10, 10)}


def test_a_position_is_only_ever_named_with_whose_it_is_who_reported_it_and_when(register):
    """Position of X, as reported by Y on Z: nothing else may be said of it."""
    for position in register.positions:
        assert position.attributed == (
            f"position of {position.actor}, as reported by {position.reported_by} on 10 October 2007"
        )
        assert not RULES.search(position.attributed), position.id
        assert not RULES.search(position.stance), position.id


def test_every_entry_says_what_it_rests_on(register):
    """A position without its source would be a rumour, a meeting without one a guess."""
    assert all(position.source and position.reported_by for position in register.positions)
    assert all(meeting.source and meeting.since for meeting in register.meetings)
    provenance = " ".join((EXAMPLE / "PROVENANCE.md").read_text(encoding="utf-8").split())
    assert "positions.toml" in provenance
    for meeting in register.meetings:
        assert meeting.source.split(",")[0] in provenance


def test_nothing_is_on_record_before_its_day(register):
    """What was said in October 2007 tells nothing of an earlier night."""
    assert register.on(date(2007, 10, 9)).positions == ()
    assert register.on(date(2007, 10, 10)).positions == register.positions
    assert [m.title for m in register.on(date(2007, 8, 20)).meetings] == [
        "BWC Meeting of Experts", "BWC Meeting of States Parties",
    ]  # fmt: skip


def test_positions_are_the_coordinators_own_unless_the_register_says_otherwise(register):
    """A delegation's objection is not for every organisation to read."""
    assert {position.visibility for position in register.positions} == {Visibility.HIDDEN}


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"source": None}, "source: it is missing"),
        ({"reported_by": " "}, "reported_by: it is missing"),
        ({"day": "2007-10-10"}, "is no day"),
        ({"states": ["Kenya"]}, "ISO 3166-1"),
        ({"forum": "Nobody"}, "'Nobody' is unknown"),
        ({"visibility": "secret"}, "'secret' is unknown"),
        ({"colour": "red"}, "is not a setting"),
    ],
)
def test_a_wrong_entry_says_where_and_what_next(facts, says):
    """The coordinator mends the register from the message alone."""
    with pytest.raises(PositionError, match=re.escape(says)) as caught:
        Register.from_tables({"positions": [an_entry(**facts)]})
    assert "positions[1]" in str(caught.value)
    assert "Next:" in str(caught.value)


def test_one_id_names_one_position():
    """A finding rests on positions by their ids."""
    with pytest.raises(PositionError, match="twice"):
        Register.from_tables({"positions": [an_entry(), an_entry(states=["UG"])]})


def test_the_committee_leads_on_its_own_themes():
    """Only another body's mandate is worth a word."""
    leading = lead_forums()
    assert leading["proliferation-finance"].id == "FATF"
    assert leading["biosecurity"].instrument == "bwc"
    assert "awareness-raising" not in leading


GOOD = '[committee]\nid = "c"\nname = "C"\ntime_zone = "UTC"\n[[organisations]]\nid = "c"\nname = "C"\n'


def test_the_register_may_be_a_file_or_stand_in_the_configuration(tmp_path: Path):
    """A register is somebody else's document; a single position is two lines away."""
    entry = "\n".join(
        f"{name} = {value if isinstance(value, date) else repr(value)}" for name, value in an_entry().items()
    )
    (tmp_path / "positions.toml").write_text(f"[[positions]]\n{entry}\n")
    (tmp_path / "file.toml").write_text(f'positions = "positions.toml"\n{GOOD}')
    (tmp_path / "inline.toml").write_text(f"{GOOD}[[positions]]\n{entry}\n")
    one, other = (Register.from_tables(roster.load(tmp_path / name).register) for name in ("file.toml", "inline.toml"))
    assert one == other
    assert [position.id for position in one.positions] == ["a"]


@pytest.mark.parametrize("text", [None, "[[positions", "[[opinions]]\n"])
def test_a_register_that_cannot_be_read_is_a_sentence(tmp_path: Path, text):
    """Positions that are silently missing would be worse than none."""
    if text is not None:
        (tmp_path / "positions.toml").write_text(text)
    (tmp_path / "outreach.toml").write_text(f'positions = "positions.toml"\n{GOOD}')
    with pytest.raises(RosterError, match=r"positions.*Next: "):
        roster.load(tmp_path / "outreach.toml")
