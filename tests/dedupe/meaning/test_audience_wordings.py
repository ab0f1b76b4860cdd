"""Wordings of real audiences, resolved by hand: every one is understood."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from dedupe.meaning import audiences, participants

HERE = Path(__file__).parent


def wordings() -> list[dict[str, str]]:
    with (HERE / "audience_wordings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_hundred_distinct_wordings_are_tried():
    """Fewer would measure memory, not understanding."""
    assert len({row["wording"] for row in wordings()}) >= 100


@pytest.mark.parametrize("row", wordings(), ids=lambda row: f"{row['listing_id']} {row['wording'][:40]}")
def test_a_wording_means_what_a_reader_takes_it_to_mean(row):
    """States as of the day of the event; whether only some of them, others besides, or everybody; and who of them."""
    read = audiences.states([row["wording"]], date.fromisoformat(row["on"]))
    assert read.states == set(row["states"].split())
    assert read.universal == (row["universal"] == "yes")
    assert bool(read.partly) == (row["partly"] == "yes")
    assert read.open == (row["open"] == "yes")
    kinds = {kind for kind, _ in participants.in_words(row["wording"])}
    assert kinds == set(row["participants"].split())


@pytest.mark.parametrize(
    ("wording", "states"),
    [
        ("Swaziland, Zaire and The former Yugoslav Republic of Macedonia", "CD MK SZ"),
        ("Birmanie, Haute-Volta, Zaïre", "BF CD MM"), ("Birmania y Suazilandia", "MM SZ"),
        ("Свазиленд, Бирма и Белоруссия", "BY MM SZ"), ("سوازيلاند", "SZ"), ("斯威士兰和缅甸", "MM SZ"),
        ("Democratic Republic of the Congo, Congo, Guinea-Bissau, Equatorial Guinea", "CD CG GQ GW"),
        ("Niger, Nigeria; Guinée; Guinée équatoriale", "GN GQ NE NG"),
        ("officials of the Republic of Moldova and the Republic of Korea", "KR MD"),
        ("représentants du Bénin, du Togo et de la République centrafricaine", "BJ CF TG"),
        ("delegados del Perú, México y la República Dominicana", "DO MX PE"),
        ("representantes de Moçambique, Cabo Verde e São Tomé e Príncipe", "CV MZ ST"),
        ("представители Беларуси, Кыргызстана и Республики Таджикистан", "BY KG TJ"),
        ("مندوبون من مصر والأردن وبموريتانيا", "EG JO MR"), ("来自泰国、越南和老挝的官员", "LA TH VN"),
        ("Baltic States except Latvia", "EE LT"), ("pays baltes, sauf la Lettonie", "EE LT"),
        ("Países Bálticos, excepto Letonia", "EE LT"), ("Países Bálticos, exceto a Letônia", "EE LT"),
        ("страны Балтии, кроме Латвии", "EE LT"), ("دول البلطيق باستثناء لاتفيا", "EE LT"),
        ("除拉脱维亚以外的波罗的海国家", "EE LT"),
        ("Horn of Africa (excluding Eritrea and Somalia) plus Kenya", "DJ ET KE"),
        ("GCC Member States and Yemen", "AE BH KW OM QA SA YE"), ("GUAM", "AZ GE MD UA"), ("Guam", "GU"), ("UA", "UA"),
        ("la réunion des États baltes", "EE LT LV"), ("EAC; except Burundi", "KE RW TZ UG"), ("ECOWAS Secretariat", ""),
    ],
)  # fmt: skip
def test_former_names_exceptions_and_additions(wording, states):
    """A state's former name, and who is left out, change who is invited; the language does not."""
    assert audiences.states([wording], date(2012, 1, 1)).states == set(states.split())


@pytest.mark.parametrize(
    "wording",
    [
        "all Member States", "all UN Member States", "tous les États Membres", "todos los Estados Miembros",
        "todos os Estados-Membros", "все государства-члены", "جميع الدول الأعضاء", "所有会员国",
        "States Parties to the Convention",
        "all Member States except Fiji",
    ],
)  # fmt: skip
def test_everybody_is_meant(wording):
    """193 states are not filled in: half of them is shared by any two events."""
    read = audiences.states([wording], date(2012, 1, 1))
    assert read.universal
    assert read.unknown == ()


def test_an_exception_on_its_own_holds_for_all_that_is_named():
    """A form with one field for those left out is read like a sentence."""
    read = audiences.states(["South Caucasus", "without Georgia"], date(2012, 1, 1))
    assert dict(read.sources) == {"South Caucasus": ("AM", "AZ")}


@pytest.mark.parametrize(
    ("wording", "partly"),
    [
        ("15 ECOWAS States", False), ("12 ECOWAS States", True), ("several ECOWAS States", True),
        ("plusieurs pays arabes", True), ("22 Arab States", False), ("resolution 1540 in Arab States", False),
    ],
)  # fmt: skip
def test_words_that_mean_only_some_say_so(wording, partly):
    """Of 10 African countries nobody knows which: that they are invited is possible, not certain."""
    assert bool(audiences.states([wording], date(2012, 1, 1)).partly) is partly
