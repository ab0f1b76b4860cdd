"""Reports in six languages: every sentence has its words in each, and they are put together as each language does."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.countries import country_names
from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe import phrases, sayings
from dedupe.sayings import Said, say
from reports import languages
from reports.leads import lead
from reports.rendering import FORMATS, render

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
OTHERS = languages.LANGUAGES[1:]
FILLED = re.compile(r"\{(\w+)\}")


def _module(name: str, path: Path) -> ModuleType:
    spec = util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def said() -> dict[str | tuple[str, str], str]:
    """Every message of the code, with where it stands."""
    found: dict[str | tuple[str, str], str] = _module(
        "messages_of_reports", REPOSITORY / "scripts" / "messages.py"
    ).messages()
    return found


@pytest.fixture(scope="module")
def composed() -> ModuleType:
    """The small roster and the way of a night that the other tests of reports use."""
    return _module("reports_composed_in_languages", HERE / "test_reports_composed.py")


def catalogue(language: str) -> Catalog:
    path = REPOSITORY / "reports" / "catalogues" / f"{language}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms(string: str | Sequence[str]) -> Iterator[str]:
    yield from (string,) if isinstance(string, str) else string


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_code_stands_in_every_language(language: str, said: dict[str | tuple[str, str], str]):
    """A sentence in English in the middle of an Arabic report says that nobody looked at it."""
    known = catalogue(language)
    ids = {message[0] if isinstance(message, tuple) else message for message in said}
    assert {entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in known if entry.id} == ids
    blank = [entry.id for entry in known if entry.id and not all(forms(entry.string))]
    assert blank == []
    plurals = {message[0] for message in said if isinstance(message, tuple)}
    assert {entry.id[0] for entry in known if isinstance(entry.id, tuple)} == plurals
    assert all(len(entry.string) == known.num_plurals for entry in known if isinstance(entry.id, tuple))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_filled_with_what_the_sentence_is_filled_with(language: str):
    """A name that is missing would stop a night; a name that is dropped would hide a fact."""
    for entry in catalogue(language):
        if not entry.id:
            continue
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        may = {name for text in ids for name in FILLED.findall(text)} | ({"n"} if len(ids) == 2 else set())
        # A number may be in words, and one of something need not be counted.
        must = set(FILLED.findall(ids[-1])) - {"n", "number"}
        for form in forms(entry.string):
            used = set(FILLED.findall(form))
            assert must <= used <= may, (language, entry.id, form)


@pytest.mark.parametrize("language", languages.LANGUAGES)
@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_a_report_is_told_in_the_language_of_its_reader(composed: ModuleType, language: str, format_: str):
    """Whoever reads Arabic is told in Arabic; titles stay as their sources worded them."""
    reader = replace(composed.AU, languages=(language,))
    moved = composed.nairobi(span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)), date_text="late January")
    told = composed.report(composed.a_listing("cairo"), moved, reader=reader)
    body = render(told, format_)
    assert body == render(told, format_)
    if format_ in ("xlsx",):
        return
    text = body.decode("utf-8").replace("\r\n ", "")
    first = " ".join(sayings.told(part, languages.tongue(language)) for part in lead(told))
    assert "Africa Regional Workshop on Biosafety and resolution 1540" in " ".join(text.split())
    if format_ == "json":
        assert json.loads(text)["language"] == language
        assert json.loads(text)["lead"] == first
    if format_ == "text":
        assert " ".join(first.split()) in " ".join(text.split())
    if format_ == "html":
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in text
        assert '<bdi lang="en" dir="ltr">' in text
    if language != "en":
        english = ("Could be done", "new tonight", "What needs a word", "still open", "Reference", "states are invited")
        assert [words for words in english if words in text] == []


def test_the_first_language_that_we_write_is_chosen():
    """An organisation names the languages it reads, the best first."""
    assert languages.of(Organisation("X", "X", languages=("sw", "pt-BR", "fr"))).code == "pt"
    assert languages.of(Organisation("X", "X", languages=("sw",))).code == "en"
    assert languages.of(Organisation("X", "X")).code == "en"
    with pytest.raises(KeyError):
        languages.tongue("sw")


SPANS = {
    "en": ("7–10 December 2009", "27 November – 10 December 2009", "30 December 2009 – 2 January 2010"),
    "fr": ("7–10 décembre 2009", "27 novembre – 10 décembre 2009", "30 décembre 2009 – 2 janvier 2010"),
    "es": (
        "7–10 de diciembre de 2009", "27 de noviembre – 10 de diciembre de 2009",
        "30 de diciembre de 2009 – 2 de enero de 2010",
    ),
    "pt": (
        "7–10 de dezembro de 2009", "27 de novembro – 10 de dezembro de 2009",
        "30 de dezembro de 2009 – 2 de janeiro de 2010",
    ),
    "ar": (
        "7–10 كانون الأول/ديسمبر 2009", "27 تشرين الثاني/نوفمبر – 10 كانون الأول/ديسمبر 2009",
        "30 كانون الأول/ديسمبر 2009 – 2 كانون الثاني/يناير 2010",
    ),
    "ru": ("7–10 декабря 2009 года", "27 ноября – 10 декабря 2009 года", "30 декабря 2009 года – 2 января 2010 года"),
}  # fmt: skip


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_days_are_written_as_the_language_writes_them(language: str):
    """Month names, their order and what follows the year differ; digits do not."""
    spans = (
        (date(2009, 12, 7), date(2009, 12, 10)), (date(2009, 11, 27), date(2009, 12, 10)),
        (date(2009, 12, 30), date(2010, 1, 2)),
    )  # fmt: skip
    told = [sayings.told(phrases.interval(*span), languages.tongue(language)) for span in spans]
    # Some languages keep the year on the line of its month.
    assert tuple(" ".join(words.split()) for words in told) == SPANS[language]


def test_names_and_lists_follow_the_usage_of_the_united_nations():
    """The State of Palestine is no territory, Arabic months bear two names, Spanish says e before an i."""
    assert languages.tongue("fr").state("PS") == "État de Palestine"
    assert languages.tongue("ar").month(date(2010, 2, 1), narrow=False) == "شباط/فبراير"
    assert languages.tongue("fr").days(date(2010, 2, 1), date(2010, 2, 1), year=True) == "1er février 2010"
    assert sayings.told(phrases.states(["GH", "IR"]), languages.tongue("es")).endswith("Ghana e Irán")
    assert sayings.told(sayings.beside(["A", "B"]), languages.tongue("ar")) == "A، B"


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_every_state_has_a_name_in_every_language(language: str):
    """A code in the middle of a sentence is no name."""
    tongue = languages.tongue(language)
    codes = set(country_names().values())
    assert len(codes) > 190
    assert [code for code in codes if tongue.state(code) in ("", code)] == []


def test_states_stand_in_the_alphabetical_order_of_the_reader():
    """Égypte stands before Éthiopie, and Afrique du Sud first of all."""
    told = sayings.told(phrases.states(["EG", "ZA", "ET"]), languages.tongue("fr"))
    assert told == "Afrique du Sud, Égypte et Éthiopie"


TEXTS = st.text(max_size=20)


@st.composite
def sayings_of_all_sorts(draw: st.DrawFn, deep: int = 3) -> str:
    if not deep or draw(st.booleans()):
        return draw(
            st.sampled_from([
                phrases.day(date(2010, 2, 2)), phrases.interval(date(2009, 12, 30), date(2010, 1, 2), year=False),
                phrases.state("CI"), phrases.bits(-3.14), phrases.theme("export-control"), phrases.days((3, 54)),
            ]) | TEXTS
        )  # fmt: skip
    inner = sayings_of_all_sorts(deep - 1)
    return draw(
        st.one_of(
            st.builds(lambda what: say("{what}.", what=what), inner),
            st.builds(lambda parts: sayings.beside(parts, "; "), st.lists(inner, max_size=3)),
            st.builds(lambda parts: phrases.listed(parts, ordered=True), st.lists(inner, max_size=3)),
            st.builds(sayings.opened, inner),
        )
    )


@given(sayings_of_all_sorts(), st.sampled_from(languages.LANGUAGES))
def test_what_was_kept_can_be_told_like_what_was_just_said(text: str, language: str):
    """A finding that is resolved tonight was said last night, and is told in the language of today."""
    kept = json.loads(json.dumps(sayings.pack([text])))
    again = sayings.unpacked(kept[str(text)]) if isinstance(text, Said) else text
    tongue = languages.tongue(language)
    assert again == text
    assert sayings.told(again, tongue) == sayings.told(text, tongue)


def test_an_empty_sentence_has_no_translation_to_look_up():
    """A catalogue keeps its own header under the empty text."""
    assert languages.tongue("fr").message("") == ""


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_a_sentence_of_english_alone_stays_what_it_is(language: str):
    """A disclaimer is the committee's, in the committee's words."""
    assert sayings.told("Positions are quoted.", languages.tongue(language)) == "Positions are quoted."
