"""Microdata and RDFa Lite of a web page, as nodes of the shape that JSON-LD has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

MOST_ELEMENTS = 200_000
"""Elements of one page that are looked at, those reached twice by `itemref` counted twice."""
MOST_LETTERS = 4_000_000
"""Letters of all values together."""
LONGEST_VALUE = 20_000
DEEPEST = 40
"""Items within items."""

Node = dict[str, Any]

_ADDRESSES = {
    "a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "video": "src", "embed": "src",
    "iframe": "src", "source": "src", "track": "src", "object": "data",
}  # fmt: skip
_HIDDEN = frozenset({"script", "style", "template", "noscript"})


class TooMuch(Exception):
    """A page holds more than is read; what was read before stands."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """The names of the attributes in which a page tells its items."""

    begins: str
    kind: str
    property: str
    ids: tuple[str, ...]


_DIALECTS = (
    _Dialect("itemscope", "itemtype", "itemprop", ("itemid",)),
    _Dialect("typeof", "typeof", "property", ("resource", "about")),
)


def items(document: etree._Element) -> Iterator[Node]:
    """Yield the outermost items of a page, in its order; those inside are values of their properties.

    Raises:
        TooMuch: The page holds more than MOST_ELEMENTS or MOST_LETTERS; it comes after what was read.
    """
    for dialect in _DIALECTS:
        yield from _Reader(document, dialect).items()


class _Reader:
    """Reads the items of one page in one dialect."""

    def __init__(self, document: etree._Element, dialect: _Dialect) -> None:
        self.document, self.dialect = document, dialect
        self.elements = self.letters = 0
        self._by_id: dict[str, etree._Element] | None = None

    def items(self) -> Iterator[Node]:
        scopes = self.document.iterfind(f".//*[@{self.dialect.begins}]")
        for element in scopes:
            if element.get(self.dialect.property) is None:
                yield self._item(element, 0)

    def _item(self, element: etree._Element, depth: int) -> Node:
        """Gather the properties of an item: those of every element below it, up to the next item."""
        dialect = self.dialect
        node: Node = {"@type": (element.get(dialect.kind) or "").split()}
        id_ = next((stated for name in dialect.ids if (stated := (element.get(name) or "").strip())), "")
        if id_:
            node["@id"] = id_
        pending = [*self._referred(element), *reversed(element)]
        while pending:
            child = pending.pop()
            if not isinstance(child.tag, str):
                continue
            self.elements += 1
            if self.elements > MOST_ELEMENTS:
                raise TooMuch(f"more than {MOST_ELEMENTS} elements")
            inner = child.get(dialect.begins) is not None
            names = (child.get(dialect.property) or "").split()
            if names and depth < DEEPEST:
                value = self._item(child, depth + 1) if inner else self._value(child)
                for name in names:
                    node.setdefault(name.rpartition("/")[2].rpartition(":")[2], []).append(value)
            if not inner:
                pending.extend(reversed(child))
        return node

    def _referred(self, element: etree._Element) -> list[etree._Element]:
        """Return the elements elsewhere in the page that `itemref` adds to an item."""
        names = (element.get("itemref") or "").split()[:20]
        if not names:
            return []
        if self._by_id is None:
            self._by_id = {id_: one for one in self.document.iterfind(".//*[@id]") if (id_ := one.get("id"))}
        found = [self._by_id[name] for name in reversed(names) if name in self._by_id]
        # An item that refers to what it stands in would hold itself.
        return [one for one in found if one is not element and one not in element.iterancestors()]

    def _value(self, element: etree._Element) -> str:
        tag = str(element.tag).lower()
        stated = element.get("content")
        if stated is None and tag == "time":
            stated = element.get("datetime")
        if stated is None and tag in ("data", "meter"):
            stated = element.get("value")
        if stated is None and tag in _ADDRESSES:
            stated = element.get(_ADDRESSES[tag])
        if stated is None:
            stated = self._text(element)
        self.letters += len(stated)
        if self.letters > MOST_LETTERS:
            raise TooMuch(f"more than {MOST_LETTERS} letters")
        return stated[:LONGEST_VALUE].strip()

    def _text(self, element: etree._Element) -> str:
        if not len(element):
            return " ".join((element.text or "")[:LONGEST_VALUE].split())
        parts: list[str] = []
        size = 0
        for event, inner in etree.iterwalk(element, events=("start", "end", "comment")):
            self.elements += 1
            if self.elements > MOST_ELEMENTS * 2:
                raise TooMuch(f"more than {MOST_ELEMENTS} elements")
            if event == "start":
                part = "" if inner.tag in _HIDDEN else inner.text
            else:
                part = "" if inner is element else inner.tail
            if event == "start" and inner.tag in ("br", "p", "div", "li", "tr"):
                parts.append(" ")
            if part:
                parts.append(part)
                size += len(part)
            if size > LONGEST_VALUE:
                break
        return " ".join("".join(parts).split())
