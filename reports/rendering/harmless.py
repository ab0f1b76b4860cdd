"""What came from a calendar and goes into a report: words without what steers a display, links that lead to pages."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from dedupe.look_alikes import tricks

_STEERING = re.compile(
    # Control characters but tab and line feed, direction overrides, and what no file can hold.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LINES = re.compile("[\u2028\u2029]")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")


def words(text: str) -> str:
    """Leave out what steers a display, and what no file can hold: control characters, direction overrides, surrogates.

    >>> words("Cairo \\x1b[31m\\x9b31m \\u202e1540")
    'Cairo [31m31m 1540'
    """
    return _STEERING.sub("", _LINES.sub(" ", text))


def link(address: str) -> str:
    """Return an address that may be clicked, blank for anything but http(s): autoescape does not stop javascript:.

    >>> link("https://example.org/a"), link("javascript:alert(1)"), link("https://[")
    ('https://example.org/a', '', '')
    >>> link("https://user:secret@example.org/"), link("http://example.org/a b"), link("https://exаmple.org/")
    ('', '', '')
    """
    address = address.strip()
    if any(letter <= " " or letter in '<>"\\^`{|}\x7f' for letter in address) or address != words(address):
        return ""
    try:
        parts = urlsplit(address)
        named = parts.hostname
    except ValueError:
        return ""
    # What stands before an @ is a secret, or a name to deceive with; so is a host in letters that look like others.
    honest = named and "@" not in parts.netloc and not tricks(named)
    return address if parts.scheme in ("http", "https") and honest else ""


def mail(address: str, subject: str) -> str:
    """Return where to click to write to *address*, blank when it is no plain address.

    >>> mail("outreach@committee.invalid", "Finding 1 & 2")
    'mailto:outreach@committee.invalid?subject=Finding%201%20%26%202'
    """
    return f"mailto:{address}?subject={quote(words(subject), safe='')}" if _MAIL.fullmatch(address) else ""
