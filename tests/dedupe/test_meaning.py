"""Words to codes: places, states, groups as of a day, themes and phases, in the languages of outreach."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest

from calendar_sync.countries import country_code, country_name
from calendar_sync.listings import Listing, ListingKey
from calendar_sync.roster import Member, Organisation
from dedupe.lexicon import fold
from dedupe.meaning import audiences, instruments, participants, phases, places, themes

DAY = date(2010, 2, 2)


def titled(*titles: str, **facts: object) -> list[Listing]:
    return [Listing(ListingKey("c", title), "o", title, **facts) for title in titles]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("city", "country", "found"),
    [
        ("Tshwane", "ZA", "Pretoria"), ("Köln", "", "Köln"), ("Cologne", "DE", "Köln"), ("Le Caire", "", "Cairo"),
        ("القاهرة", "", "Cairo"), ("Каир", "", "Cairo"), ("开罗", "", "Cairo"), ("El Cairo", "EG", "Cairo"),
        ("Gaberone", "", "Gaborone"), ("Gaborone, Botswana", "", "Gaborone"), ("Kasane", "BW", "Kasane"),
        ("Mombassa", "KE", "Mombasa"), ("N’Djamena", "", "N'Djamena"), ("Washington, D.C.", "US", "Washington"),
        ("Genève", "", "Geneva"), ("Ginebra", "CH", "Geneva"), ("曼谷", "", "Bangkok"),
        ("Ulaanbaatar", "", "Ulan Bator"),
        ("Rangoon", "", "Yangon"), ("Bombay", "IN", "Mumbai"), ("Xi'An", "CN", "Xi’an"),
        ("نيويورك", "", "New York City"),
    ],
)  # fmt: skip
def test_a_city_is_known_by_its_names_in_many_scripts(city, country, found):
    """One event is announced from Cairo, Le Caire and القاهرة."""
    place = places.locate(city, country)
    assert place is not None
    assert place.name == found


def test_the_country_decides_between_namesakes():
    """A meeting in Victoria, Seychelles, is not held in British Columbia."""
    assert {code: places.locate("Victoria", code).country for code in ("SC", "CA")} == {"SC": "SC", "CA": "CA"}
    assert places.locate("Georgetown", "GY").latitude == pytest.approx(6.8, abs=0.1)
    assert places.locate("Gaborone", "KE") is None
    # Where nobody says, the capital is meant.
    assert places.locate("Georgetown").country == "GY"
    assert places.locate("Kingston").country == "JM"


def test_an_unknown_town_is_not_guessed():
    """A wrong place makes a wrong clash."""
    assert places.locate("Nowhere at all") is None
    assert places.locate("") is None


def test_distance_is_known_in_kilometres():
    """Travel between two workshops takes a day or an hour."""
    nairobi, kampala, pretoria = (places.locate(city) for city in ("Nairobi", "Kampala", "Pretoria"))
    assert places.distance_km(nairobi, kampala) == pytest.approx(503, abs=15)
    assert places.distance_km(nairobi, pretoria) == places.distance_km(pretoria, nairobi)
    assert places.distance_km(nairobi, nairobi) == 0


def test_the_gazetteer_is_folded_as_names_are_looked_up():
    """The table is folded when it is built; a change of folding without a new table would lose cities silently."""
    lines = files("dedupe.meaning").joinpath("tables/cities.tsv").read_text(encoding="utf-8").splitlines()[1:]
    names = [(line.split("\t")[0], line.split("\t")[4].split("|")) for line in lines[:600]]
    assert [name for name, keys in names if fold(name) != keys[0]] == []
    assert [key for _, keys in names for key in keys if fold(key) != key] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Botsuana", "BW"), ("Ботсвана", "BW"), ("بوتسوانا", "BW"), ("博茨瓦纳", "BW"), ("Botsvana", ""), ("bw", "BW"),
        ("Swaziland", "SZ"), ("Zaire", "CD"), ("Burma", "MM"), ("Upper Volta", "BF"), ("Libyan Arab Jamahiriya", "LY"),
        ("Côte d’Ivoire", "CI"), ("Ivory Coast", "CI"), ("République-Unie de Tanzanie", "TZ"), ("RDC", "CD"),
        ("Republic of Korea", "KR"), ("Kingdom of Eswatini", "SZ"), ("République islamique d'Iran", "IR"),
        ("the Republic of Kenya", "KE"), ("Venezuela (Bolivarian Republic of)", "VE"), ("Egypte", "EG"), ("埃及", "EG"),
        ("Российская Федерация", "RU"), ("the Netherlands", "NL"), ("Atlantis", ""), ("EU", ""), ("xx", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_state_is_known_by_its_names_in_seven_languages(words, code):
    """A state's former or long name changes no verdict."""
    assert country_code(words) == code


def test_states_are_named_as_the_united_nations_name_them():
    """Findings name states in sentences that states read."""
    assert [country_name(code) for code in ("CD", "CI", "VN", "KR", "BW")] == [
        "Democratic Republic of the Congo", "Côte d’Ivoire", "Viet Nam", "Republic of Korea", "Botswana",
    ]  # fmt: skip


def of(words: str, on: date = DAY) -> frozenset[str]:
    return audiences.states([words], on).states


@pytest.mark.parametrize(
    ("group", "state", "member", "no_member"),
    [
        ("African Union", "MA", date(2017, 6, 1), date(2017, 1, 30)),
        ("African Union", "SS", date(2012, 1, 1), date(2011, 7, 1)),
        ("ECOWAS", "MR", date(2000, 6, 1), date(2001, 1, 1)), ("ECOWAS", "ML", date(2024, 12, 31), date(2025, 2, 1)),
        ("SADC", "KM", date(2019, 1, 1), date(2017, 8, 1)), ("SADC", "SC", date(2010, 1, 1), date(2006, 1, 1)),
        ("European Union", "HR", date(2013, 7, 1), date(2013, 6, 30)),
        ("European Union", "GB", date(2020, 1, 31), date(2020, 2, 1)),
        ("European Union", "PL", date(2004, 5, 1), date(2004, 4, 30)),
        ("OSCE", "MN", date(2013, 1, 1), date(2012, 1, 1)), ("SAARC", "AF", date(2007, 4, 3), date(2007, 4, 2)),
        ("ASEAN", "TL", date(2025, 11, 1), date(2024, 11, 1)), ("EAC", "RW", date(2008, 1, 1), date(2007, 1, 1)),
        ("CIS", "UA", date(2010, 1, 1), date(2019, 1, 1)), ("CPLP", "GQ", date(2015, 1, 1), date(2013, 1, 1)),
        ("CIS", "GE", date(2009, 1, 1), date(2010, 1, 1)), ("Africa", "SS", date(2012, 1, 1), date(2010, 1, 1)),
    ],
)  # fmt: skip
def test_membership_is_as_of_the_day_of_the_event(group, state, member, no_member):
    """Morocco was not invited as a member of the African Union in 2010."""
    assert state in of(group, member)
    assert state not in of(group, no_member)


@pytest.mark.parametrize(
    "names",
    [
        ("African Union", "Union africaine", "Unión Africana", "União Africana", "الاتحاد الأفريقي", "Африканский союз",
         "非洲联盟", "43 AU Member States"),
        ("Southeast Asia", "South-East Asian States", "Asie du Sud-Est", "Sudeste Asiático", "جنوب شرق آسيا",
         "东南亚国家"),
        ("French-speaking African States", "Afrique francophone", "pays africains francophones", "非洲法语国家"),
        ("Arab States", "pays arabes", "Estados árabes", "الدول العربية", "арабские государства"),
        ("Central Asia", "Asie centrale", "Asia Central", "Центральная Азия", "states of Central Asia"),
        ("Latin America and the Caribbean", "América Latina y el Caribe", "Amérique latine et Caraïbes", "GRULAC",
         "14 Estados de América Latina y el Caribe"),
    ],
)  # fmt: skip
def test_a_group_is_one_in_every_language(names):
    """The audience of a translated title is the same audience."""
    assert {of(name) for name in names} == {of(names[0])}
    assert len(of(names[0])) >= 5


def test_the_code_of_australia_is_not_the_african_union():
    """The column holds ISO codes; the African Union is written out."""
    assert of("AU") == {"AU"}
    assert len(of("African Union")) == 53


def test_acronyms_inside_sentences_must_look_like_acronyms():
    """ "au Togo" is French, "las autoridades" Spanish."""
    assert audiences.groups_in("atelier au Togo avec las autoridades, eu égard") == ()
    assert audiences.groups_in("Training for OSCE and ASEAN States") == ("OSCE", "ASEAN")


def test_an_audience_says_which_words_gave_what():
    """A coordinator must be able to check how a list of states came about."""
    read = audiences.states(["KE; Ouganda", "SADC", "NGOs", "UN Member States"], DAY)
    told = dict(read.sources)
    assert told["KE"] == ("KE",)
    assert told["Ouganda"] == ("UG",)
    assert "BW" in told["SADC"]
    assert read.unknown == ("NGOs",)
    assert read.universal
    assert not read.named


def test_the_roster_may_give_members_of_its_own():
    """An organisation knows its members better than our table."""
    own = Organisation("ECOWAS", "Economic Community", members=(Member("GH"), Member("ML", left=date(2025, 1, 29))))
    assert audiences.states(["ECOWAS"], DAY, [own]).states == {"GH", "ML"}
    assert audiences.states(["ECOWAS"], date(2026, 1, 1), [own]).states == {"GH"}


def test_every_membership_names_its_source_and_is_stated_once_at_a_time():
    """Dated facts can be checked only when each says what it rests on."""
    rows = defaultdict(list)
    text = files("dedupe.meaning").joinpath("tables/groups.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        assert row["source"], row
        assert country_code(row["state"]) == row["state"], row
        rows[row["group"], row["state"]].append((row["from"] or "0000", row["to"] or "9999"))
    for (group, state), spans in rows.items():
        spans.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(spans)), (group, state, spans)
        assert all(first < last for first, last in spans), (group, state, spans)


@pytest.mark.parametrize(
    ("title", "theme"),
    [
        ("Africa Regional Workshop on Biosafety and Biosecurity", "biosecurity"),
        ("Taller sobre control de exportaciones", "export-control"),
        ("Formation à l'intention des points de contact", "points-of-contact-training"),
    ],
)
def test_themes_are_told_from_titles(title, theme):
    """Themes of calendars are rare; titles carry them."""
    assert theme in themes.of(titled(title))


def test_instruments_are_told_from_titles_and_else_from_bodies_that_have_only_one():
    """The OPCW holds courses on the chemical weapons convention, whatever their titles say."""
    assert instruments.of(titled("Workshop on UNSCR 1540")) == {"1540"}
    assert instruments.of(titled("Basic course for first responders", organisers=("OPCW",))) == {"cwc"}


def test_a_word_in_passing_does_not_make_other_participants():
    """A headline that turns a town into a laboratory invites no chemists."""
    titles = (
        "Regional workshop on the Convention",
        "Atelier régional",
        "Lutte contre les armes : Douala en laboratoire",
    )
    assert participants.of(titled(*titles)) == frozenset()
    assert participants.of(titled("Parliamentary workshop")) == {"parliament"}


def test_phases_run_from_awareness_to_review():
    """An implementation workshop after an awareness seminar is a follow-up."""
    awareness, action = (phases.of(titled(t)) for t in ("Awareness seminar", "Workshop on a national action plan"))
    assert phases.ORDER.index(awareness) < phases.ORDER.index(action)
