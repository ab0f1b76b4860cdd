"""The report as one self-contained page: no script, nothing fetched, good on a phone and on paper."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dedupe import phrases
from reports import wording
from reports.nightly import NightlyReport

_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x7f")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def render(report: NightlyReport) -> bytes:
    """Write the page, UTF-8."""
    return _environment().get_template("report.html.jinja").render(report=report).encode("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports.rendering"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(wording=wording, phrases=phrases)
    environment.filters.update(link=link, words=words, tongue=tongue)
    return environment


def link(address: str) -> str:
    """Return an address that may be clicked, blank for anything but http(s): autoescape does not stop javascript:.

    >>> link("https://example.org/a"), link("javascript:alert(1)"), link("https://[")
    ('https://example.org/a', '', '')
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def tongue(language: str) -> Markup:
    """Return the attributes that put a title in its own language and direction."""
    code = language if language.replace("-", "").isalnum() and language.isascii() else ""
    if not code:
        return Markup('dir="auto"')
    direction = "rtl" if code.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
    return Markup('lang="{}" dir="{}"').format(code, direction)


def words(text: str) -> str:
    """Leave out what steers a display: control characters and direction overrides."""
    return "".join(letter for letter in text if (letter >= " " or letter in "\n\t") and letter not in _STEERING)
