"""What is said to a CalDAV server and what it answers, read with distrust (RFC 4918, 4791, 6578)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from lxml import etree

_DAV, _CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_NAMESPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
_PROLOG = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_ROOT = re.compile(rb"<[A-Za-z_]")
_NOT_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#0*(?:[0-8]|1[124-9]|2\d|3[01]|x0*(?:[0-8bcef]|1[0-9a-f]));",
    re.IGNORECASE,
)
_STATUS = re.compile(r"HTTP/\S+\s+(\d{3})")


class NoMultistatus(ValueError):
    """What came is no multistatus, or none that may be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a server says of one address."""

    href: str
    status: int = 0
    """0 where none is said of the whole."""
    etag: str = ""
    text: str | None = None
    """The calendar object itself, where it was asked for and came."""
    name: str = ""
    kinds: frozenset[str] = frozenset()
    """Its types, such as collection, calendar, addressbook."""
    components: frozenset[str] = frozenset()
    """What a calendar may hold (VEVENT, VTODO); none: it does not say."""
    token: str = ""
    principals: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Multistatus:
    """What a server says of several addresses."""

    resources: tuple[Resource, ...]
    token: str = ""

    @property
    def is_truncated(self) -> bool:
        """True when there is more to ask for: 507 for an address means *continue*, not failure (RFC 6578, 3.6)."""
        return any(resource.status == 507 for resource in self.resources)


# -- what is asked -----------------------------------------------------------------------------------------------


def propfind() -> bytes:
    """Ask what lies at an address, and what it holds."""
    return _body(
        "d:propfind",
        "<d:prop><d:resourcetype/><d:displayname/><d:getetag/><d:sync-token/><c:supported-calendar-component-set/>"
        "</d:prop>",
    )


def whereabouts() -> bytes:
    """Ask where the calendars of whoever asks are; never of a calendar that anybody may read.

    Radicale answers 401 to a stranger who asks who they are, whatever else is asked.
    """
    return _body("d:propfind", "<d:prop><d:current-user-principal/><c:calendar-home-set/></d:prop>")


def sync_collection(token: str) -> bytes:
    """Ask what changed since *token*; a blank one asks for everything."""
    return _body(
        "d:sync-collection",
        f"<d:sync-token>{escape(token)}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop>",
    )


def multiget(hrefs: Iterable[str]) -> bytes:
    """Ask for calendar objects themselves."""
    named = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    return _body("c:calendar-multiget", f"<d:prop><d:getetag/><c:calendar-data/></d:prop>{named}")


def query(span: tuple[date, date] | None = None) -> bytes:
    """Ask which objects hold events, all of them or those within [from, to)."""
    within = f'<c:time-range start="{span[0]:%Y%m%d}T000000Z" end="{span[1]:%Y%m%d}T000000Z"/>' if span else ""
    events = f'<c:comp-filter name="VEVENT">{within}</c:comp-filter>'
    return _body(
        "c:calendar-query",
        f'<d:prop><d:getetag/></d:prop><c:filter><c:comp-filter name="VCALENDAR">{events}</c:comp-filter></c:filter>',
    )


def _body(name: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{name} {_NAMESPACES}>{inside}</{name}>'.encode()


# -- what is answered --------------------------------------------------------------------------------------------


def multistatus(body: bytes) -> Multistatus:
    """Read a multistatus.

    Raises:
        NoMultistatus: It is none, it breaks off, or it declares a document type; DAV never needs one, and every
            attack through entities does.
    """
    root = _root(body)
    if root.tag != f"{_DAV}multistatus":
        raise NoMultistatus("what came is no multistatus")
    resources = tuple(each for response in root.iterfind(f"{_DAV}response") for each in _resources(response))
    return Multistatus(resources, _text(root.find(f"{_DAV}sync-token")))


def _root(body: bytes) -> etree._Element:
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return _parsed(body)
    except etree.XMLSyntaxError:
        pass
    # One member with a letter that XML does not have must not lose all the others.
    try:
        return _parsed(_NOT_XML.sub("", body.decode("utf-8", errors="replace")).encode())
    except etree.XMLSyntaxError:
        raise NoMultistatus("its XML is damaged or breaks off") from None


def _parsed(body: bytes) -> etree._Element:
    declared = _ENCODING.match(body.lstrip()[:200])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        # Also because a document type can hide in an encoding that is not looked through.
        raise NoMultistatus("its XML is not UTF-8")
    prolog = _PROLOG.match(body)
    begins = prolog.end() if prolog else 0
    if body[begins : begins + 2] == b"<!":
        raise NoMultistatus("its XML declares a document type, which may be an attack")
    if not _ROOT.match(body, begins):
        raise NoMultistatus("what came is no XML in UTF-8")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    root = etree.fromstring(body, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise NoMultistatus("its XML declares a document type, which may be an attack")
    return root


def _resources(response: etree._Element) -> Iterator[Resource]:
    status = _status(response.find(f"{_DAV}status"))
    found: dict[str, etree._Element] = {}
    for part in response.iterfind(f"{_DAV}propstat"):
        if _status(part.find(f"{_DAV}status")) in (0, 200):
            found.update({str(each.tag): each for each in part.iterfind(f"{_DAV}prop/*")})
    kinds = found.get(f"{_DAV}resourcetype")
    data = found.get(f"{_CAL}calendar-data")
    parts = found.get(f"{_CAL}supported-calendar-component-set")
    for href in response.iterfind(f"{_DAV}href"):
        yield Resource(
            _text(href),
            status,
            etag=_text(found.get(f"{_DAV}getetag")),
            text=None if data is None else (data.text or ""),
            name=_text(found.get(f"{_DAV}displayname")),
            kinds=frozenset(etree.QName(kind).localname for kind in kinds.iterchildren("*"))
            if kinds is not None
            else frozenset(),
            components=frozenset(part.get("name", "").upper() for part in parts.iterchildren("*"))
            if parts is not None
            else frozenset(),
            token=_text(found.get(f"{_DAV}sync-token")),
            principals=_hrefs(found.get(f"{_DAV}current-user-principal")),
            homes=_hrefs(found.get(f"{_CAL}calendar-home-set")),
        )


def _hrefs(element: etree._Element | None) -> tuple[str, ...]:
    return () if element is None else tuple(text for each in element.iterfind(f"{_DAV}href") if (text := _text(each)))


def _text(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _status(element: etree._Element | None) -> int:
    match = _STATUS.match(_text(element))
    return int(match[1]) if match else 0
