"""Covering letters: what goes before the first report an organisation is sent, in its language.

A letter is a text file, `en.txt`: its first paragraph `Subject: ...`, then paragraphs parted by blank lines. Names
after a dollar sign are filled in: `$organisation`, `$committee`, `$night`, `$contact`, `$disclaimer`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Template

from calendar_sync.errors import OutreachError
from reports import languages
from reports.languages import LANGUAGES


class LetterUnusable(OutreachError):
    """A letter cannot be filled in."""

    def __init__(self, where: str, what: str, next_step: str) -> None:
        super().__init__(where, what, next_step)
        self.where, self.what, self.next_step = where, what, next_step

    def __str__(self) -> str:
        return f"The letter {self.where}: {self.what}. Nothing was sent with it. Next: {self.next_step}."


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter before it is filled in."""

    language: str
    text: str
    where: str
    """Its file, for whoever has to mend it."""

    @property
    def version(self) -> str:
        """Tell this wording from any other, in eight hexadecimal digits."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()[:8]

    def filled(self, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """Return the subject and the paragraphs; a paragraph that is left with nothing to say is left out.

        Raises:
            LetterUnusable: It names what there is none of, or has no subject.
        """
        try:
            # Paragraphs first: what is filled in cannot begin one.
            subject, *paragraphs = [
                " ".join(Template(paragraph).substitute(values).split()) for paragraph in _paragraphs(self.text)
            ]
        except KeyError as error:
            known = ", ".join(f"${name}" for name in sorted(values))
            raise LetterUnusable(self.where, f"there is no ${error.args[0]}", f"use {known}") from None
        except ValueError:
            raise LetterUnusable(
                self.where, "it is empty, or a dollar sign stands alone", "write $$ for a dollar sign"
            ) from None
        label, colon, subject = subject.partition(":")
        if not colon or label.strip().lower() != "subject" or not paragraphs:
            raise LetterUnusable(
                self.where, "it does not begin with a subject, a blank line and its text", "begin it with: Subject: ..."
            )
        return subject.strip(), tuple(paragraph for paragraph in paragraphs if paragraph)


def letter(language: str, folder: Path | None = None) -> Letter:
    """Return the letter in a language: the committee's own from *folder*, else ours, else ours in English.

    Raises:
        LetterUnusable: The committee's own cannot be read.
    """
    code = language.split("-")[0].lower()
    if folder is not None and (own := folder / f"{code}.txt").is_file():
        try:
            return Letter(code, own.read_text(encoding="utf-8-sig"), str(own))
        except (OSError, UnicodeDecodeError) as error:
            raise LetterUnusable(str(own), f"it cannot be read ({error})", "save it as UTF-8") from error
    code = code if code in LANGUAGES else LANGUAGES[0]
    text = files("reports.letters").joinpath(f"{code}.txt").read_text(encoding="utf-8")
    return Letter(code, text, f"{code}.txt, as it came")


def day(night: date, language: str) -> str:
    """Write a day as the letters of a language do.

    >>> day(date(2007, 11, 26), "fr"), day(date(2007, 11, 26), "pt")
    ('26 novembre 2007', '26 de novembro de 2007')
    """
    return languages.tongue(language).days(night, night, year=True)


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in text.replace("\r\n", "\n").strip().split("\n\n") if paragraph.strip()]
