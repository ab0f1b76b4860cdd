"""What all pages share: self-contained, no script, and a policy that names their one style sheet by its digest."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from dedupe import phrases, sayings
from dedupe.sayings import Said, Tongue
from reports import alert_wording, coverage_wording, languages, ledger_wording, wording
from reports.rendering import pictures
from reports.rendering.harmless import link, words
from reports.rendering.tricks import note


def page(
    name: str,
    *more_style: str,
    spoken: Tongue | None = None,
    **known: Any,  # noqa: ANN401  whatever the page shows
) -> bytes:
    """Write the page of the template *name*, UTF-8, with the report's style sheet and *more_style* inside it.

    *spoken* is the language it is in, English where none is given. What no file can hold, half a surrogate pair,
    becomes a question mark.
    """
    known["spoken"] = spoken or languages.tongue("en")
    style = style_sheet("report.css", *more_style)
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    template = environment().get_template(name)
    return template.render(style=Markup(style), digest=digest, **known).encode("utf-8", "replace")  # noqa: S704 -- our own file


def tongue(language: str) -> Markup:
    """Return the attributes that put a title in its own language and direction.

    >>> tongue("ar"), tongue(""), tongue('en" onclick="x')
    (Markup('lang="ar" dir="rtl"'), Markup('dir="auto"'), Markup('dir="auto"'))
    """
    code = language if language.replace("-", "").isalnum() and language.isascii() else ""
    if not code:
        return Markup('dir="auto"')
    direction = "rtl" if languages.right_to_left(code) else "ltr"
    return Markup('lang="{}" dir="{}"').format(code, direction)


@cache
def style_sheet(*names: str) -> str:
    """Return these style sheets as one."""
    loader = PackageLoader("reports.rendering")
    return "".join(loader.get_source(environment(), name)[0] for name in names)


@cache
def environment(*packages: str) -> Environment:
    """Return what pages are written with: our templates, and before them those of *packages*."""
    loader = ChoiceLoader([PackageLoader(package) for package in (*packages, "reports.rendering")])
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_in_language,
    )  # fmt: skip
    environment.globals.update(wording=wording, phrases=phrases, in_language=_in_language)
    environment.globals.update(
        pictures=pictures, alert_wording=alert_wording, ledger_wording=ledger_wording, coverage_wording=coverage_wording
    )
    environment.filters.update(link=link, words=_words, tongue=tongue, note=note)
    return environment


@pass_context
def _in_language(context: Context, value: object) -> object:
    """Tell what is shown in the language of the page."""
    return sayings.told(value, context["spoken"]) if isinstance(value, Said) else value


@pass_context
def _words(context: Context, value: str) -> str:
    return words(sayings.told(value, context["spoken"]))
