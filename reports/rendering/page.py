"""The report as one self-contained page: no script, nothing fetched, good on a phone and on paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dedupe import phrases
from dedupe.evidence import Evidence
from reports import wording
from reports.nightly import NightlyReport
from reports.rendering.harmless import link, mail, words
from reports.sides import sides

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
_HALF = 60
"""Units of a bar of the evidence on either side of its middle."""


def render(report: NightlyReport) -> bytes:
    """Write the page, UTF-8. Its one style sheet is named by its digest, so that a browser takes no other."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    page = _environment().get_template("report.html.jinja").render(report=report, style=Markup(style), digest=digest)  # noqa: S704 -- our own file
    return page.encode("utf-8")


@cache
def _style() -> str:
    source, _, _ = PackageLoader("reports.rendering").get_source(_environment(), "report.css")
    return source


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports.rendering"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(wording=wording, phrases=phrases, sides=sides, bars=bars, mail=mail)
    environment.filters.update(link=link, words=words, tongue=tongue)
    return environment


def bars(evidence: Sequence[Evidence]) -> list[tuple[Evidence, float, float]]:
    """Give each comparison its bar: where it begins and how long it is, in units of a picture 120 wide.

    >>> bars([Evidence("dates", "same", "", "", 6.0), Evidence("letters", "few", "", "", -3.0)])[1][1:]
    (30.0, 30.0)
    """
    most = max((abs(entry.bits) for entry in evidence), default=0) or 1.0
    drawn = []
    for entry in evidence:
        length = round(abs(entry.bits) / most * _HALF, 1)
        drawn.append((entry, _HALF if entry.bits >= 0 else round(_HALF - length, 1), length))
    return drawn


def tongue(language: str) -> Markup:
    """Return the attributes that put a title in its own language and direction.

    >>> tongue("ar"), tongue(""), tongue('en" onclick="x')
    (Markup('lang="ar" dir="rtl"'), Markup('dir="auto"'), Markup('dir="auto"'))
    """
    code = language if language.replace("-", "").isalnum() and language.isascii() else ""
    if not code:
        return Markup('dir="auto"')
    direction = "rtl" if code.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
    return Markup('lang="{}" dir="{}"').format(code, direction)
