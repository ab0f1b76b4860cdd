"""The report as the HTML part of a mail: the page without pictures, its style in the elements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import css_inline

from reports import languages
from reports.nightly import NightlyReport
from reports.rendering.page import report_page
from reports.rendering.pages import style_sheet

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def render(report: NightlyReport, letter: Sequence[str] = (), language: str = "") -> bytes:
    """Write the HTML, UTF-8; *letter* are the paragraphs that go before the report, in *language*."""
    body = report_page(report, in_mail=True, letter=letter, letter_language=language)
    return inlined(body, to_left=languages.right_to_left(report.spoken.code))


def inlined(body: bytes, *, to_left: bool = False) -> bytes:
    """Put the style of a page into its elements; *to_left* is the direction that its text runs in."""
    told = _inliner(to_left).inline(_STYLE.sub("", body.decode("utf-8"), count=1))
    return told.replace("</head>", f"<style>{_sheet(to_left)[1]}</style></head>", 1).encode("utf-8")


@cache
def _inliner(to_left: bool) -> css_inline.CSSInliner:
    return css_inline.CSSInliner(extra_css=_sheet(to_left)[0], load_remote_stylesheets=False, keep_link_tags=False)


@cache
def _sheet(to_left: bool) -> tuple[str, str]:
    """Return the rules for the elements, and those for narrow panes, which must win over what stands in an element.

    Light colours only: clients that show mail on dark turn colours round themselves. Custom properties, sides named
    after the direction of the text and what draws pictures are known to few of them.
    """
    wide, narrow = [], ""
    start, end = ("right", "left") if to_left else ("left", "right")
    sheet = style_sheet("report.css", "mail.css").replace("inset-inline-start", start)
    sheet = sheet.replace("inline-start", start).replace("inline-end", end)
    sheet = sheet.replace("text-align: start", f"text-align: {start}").replace("text-align: end", f"text-align: {end}")
    colours = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]+)", sheet.partition("@media")[0]))
    sheet = re.sub(r"var\((--[a-z-]+)\)", lambda found: colours[found[1]], sheet)
    for rule in re.findall(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|[^{}@]+\{[^{}]*\}", sheet):
        if rule.lstrip().startswith("@media"):
            if rule.lstrip().startswith("@media (max-width"):
                narrow = re.sub(r";|(?<=[^;{}\s])(?= \})", " !important;", rule.strip())
        elif not re.match(r"\s*(svg|:root|\.evidence svg|\*|.*focus-visible|.*::)", rule):
            wide.append(rule.strip())
    return "\n".join(wide), narrow
