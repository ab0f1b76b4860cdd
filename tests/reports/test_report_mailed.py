"""The report inside a mail: what mail programs drop is not needed to read it."""

from __future__ import annotations

import re
from importlib import util
from pathlib import Path

import pytest

from reports.letters import LANGUAGES, LetterUnusable, letter
from reports.rendering import mailed

FILLING = {
    "organisation": "Ω Org $committee", "committee": "1540 Committee", "night": "26 November 2007",
    "contact": "desk@committee.example", "disclaimer": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def report():
    spec = util.spec_from_file_location("reports_composed_mail", Path(__file__).with_name("test_reports_composed.py"))
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.report(module.a_listing("cairo"), module.nairobi())


def test_a_mail_needs_no_style_sheet_picture_or_script(report):
    """Mail programs drop style sheets, scripts, inline pictures and custom properties, each its own choice of them."""
    body = mailed.render(report, ["Dear <b>colleagues</b>"], "ar").decode("utf-8")
    assert not re.search(r"<script|<svg|<link|<img|var\(|url\(|http-equiv", body)
    section = re.search(r'<div[^>]*class="letter"[^>]*>', body)[0]
    assert 'lang="ar"' in section
    assert 'dir="rtl"' in section
    assert "Dear &lt;b&gt;colleagues&lt;/b&gt;" in body
    assert re.search(r'<h1 style="[^"]*font-size', body)
    sheet = re.search(r"<style>(.*?)</style>", body, re.DOTALL)[1]
    assert sheet.startswith("@media (max-width")
    assert sheet.count("{") == sheet.count("}")
    assert all("!important" in rule for rule in re.findall(r"\{([^{}]+)\}", sheet))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_can_be_filled_in(language: str):
    """A letter that breaks would be found out on the night it was to go."""
    covering = letter(language)
    subject, paragraphs = covering.filled(FILLING)
    assert covering.language == language
    # What is filled in is not filled in again.
    assert "Ω Org $committee" in subject
    assert "1540 Committee" in " ".join(paragraphs)
    assert not any("$" in paragraph.replace("$committee", "") for paragraph in paragraphs)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Subject: x\n\n$nobody", "there is no $nobody"),
        ("Subject: x\n\n5 $ each", "a dollar sign"),
        ("Dear all,\n\nno subject", "does not begin with a subject"),
        ("Subject: x", "does not begin with a subject"),
        ("", "it is empty"),
    ],
)
def test_a_letter_that_cannot_be_filled_in_names_its_place(tmp_path: Path, text: str, said: str):
    """Coordinators write letters, not programs."""
    (tmp_path / "fr.txt").write_text(text, encoding="utf-8")
    with pytest.raises(LetterUnusable, match=re.escape(said)) as caught:
        letter("fr-CH", tmp_path).filled(FILLING)
    assert "fr.txt" in str(caught.value)


def test_a_language_without_a_letter_gets_the_english_one(tmp_path: Path):
    """Better a letter in another language than none."""
    assert letter("sw", tmp_path).language == "en"
