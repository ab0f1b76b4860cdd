"""XLS workbooks, as Excel wrote them until 2003: checked record by record, because their reader trusts what they state.

A few changed bytes make calamine ask for gigabytes and end the process. So the one stream that matters is taken out of
its container, every record that states a size is checked, and only that stream is handed on, in a container of our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from calendar_sync.reading.grids import Grid
from calendar_sync.reading.packages import FileRefused
from calendar_sync.reading.workbooks import SMALL_GRID, SPARSEST, grids_in

_MOST_COLUMNS = 256
_BEGIN, _END, _SHEET, _LOCKED, _SIZE, _STRINGS = 0x0809, 0x000A, 0x0085, 0x002F, 0x0200, 0x00FC
_CELLS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})
_FREE, _LAST = 0xFFFFFFFF, 0xFFFFFFFE
_SMALL_STREAM, _SMALL_SECTOR = 4096, 64


def sheets(body: bytes, most_rows: int) -> list[Grid]:
    """Return the sheets of an XLS file, at most *most_rows* rows of each.

    Raises:
        FileRefused: It is encrypted, another program's file, or states what cannot be.
    """
    container = _Container(body)
    if "EncryptedPackage" in container.entries:
        raise FileRefused("encrypted-file", "it is protected by a password; ask for a copy without one")
    if "WordDocument" in container.entries:
        raise FileRefused("old-document", "it is a Word document of the old kind; ask for it as .docx")
    for name in ("Workbook", "Book"):
        if name in container.entries:
            return grids_in(_contained(name, _checked(container.stream(name))), {}, most_rows)
    raise FileRefused("not-a-workbook", "it is an old office file that holds no workbook")


def _number(data: bytes, at: int, width: int = 4) -> int:
    return int.from_bytes(data[at : at + width], "little")


# -- the container -------------------------------------------------------------------------------------------------


class _Container:
    """The streams of an OLE compound file; chains that lead nowhere or in circles are refused."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.sector = 1 << min(_number(body, 30, 2), 12)
        if self.sector not in (512, 4096):
            raise FileRefused("damaged-file", "it is an office file whose sectors have no size there is")
        # The table of sectors is itself spread over sectors, which the head and then more tables list.
        listed = [_number(body, at) for at in range(76, 512, 4)]
        extra = _number(body, 68)
        for _ in range(len(body) // self.sector):
            if extra >= _LAST:
                break
            more = self._sector(extra)
            listed += [_number(more, at) for at in range(0, self.sector - 4, 4)]
            extra = _number(more, self.sector - 4)
        table = b"".join(self._sector(number) for number in listed if number < _LAST - 1)
        self.next = [_number(table, at) for at in range(0, len(table), 4)]
        self.entries: dict[str, tuple[int, int]] = {}
        directory = self._chain(_number(body, 48))
        for at in range(0, len(directory), 128):
            entry = directory[at : at + 128]
            name = entry[: max(0, min(_number(entry, 64, 2), 64) - 2)].decode("utf-16-le", "replace")
            if entry[66:67] in (b"\2", b"\5"):
                self.entries.setdefault(name, (_number(entry, 116), _number(entry, 120)))

    def stream(self, name: str) -> bytes:
        """Return a stream by name."""
        start, size = self.entries[name]
        if size >= _SMALL_STREAM:
            return self._chain(start)[:size]
        small = self._chain(self.entries.get("Root Entry", (_LAST, 0))[0])
        follows = self._chain(_number(self.body, 60))
        parts: list[bytes] = []
        while start < _LAST - 1 and len(parts) * _SMALL_SECTOR < size:
            parts.append(small[start * _SMALL_SECTOR : (start + 1) * _SMALL_SECTOR])
            start = _number(follows, start * 4) if start * 4 < len(follows) else _LAST
        return b"".join(parts)[:size]

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self.sector
        if begin >= len(self.body):
            raise FileRefused("damaged-file", "it is an office file that was cut off")
        return self.body[begin : begin + self.sector]

    def _chain(self, number: int) -> bytes:
        parts: list[bytes] = []
        while number < _LAST - 1:
            if number >= len(self.next) or len(parts) > len(self.next):
                raise FileRefused("damaged-file", "it is an office file whose parts do not hang together")
            parts.append(self._sector(number))
            number = self.next[number]
        return b"".join(parts)


def _contained(name: str, stream: bytes) -> bytes:
    """Write a compound file that holds one stream and nothing else."""
    stream = stream.ljust(max(_SMALL_STREAM, -(-len(stream) // 512) * 512), b"\0")
    data = len(stream) // 512
    # The table has an entry for each sector: of the stream, of the directory, and of itself.
    tables = 1
    while tables * 128 < data + 1 + tables:
        tables += 1
    if tables > 109:
        raise FileRefused("too-large", "it is a workbook of the old kind with more than seven megabytes")
    chain = [*range(1, data), _LAST, _LAST, *[_FREE - 2] * tables]
    table = b"".join(number.to_bytes(4, "little") for number in chain).ljust(tables * 512, b"\xff")
    directory = _entry("Root Entry", 5, 1, _LAST, 0) + _entry(name, 2, _FREE, 0, len(stream))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\3\0\xfe\xff\x09\0\6\0" + bytes(10)
        + tables.to_bytes(4, "little") + data.to_bytes(4, "little") + bytes(4)
        + _SMALL_STREAM.to_bytes(4, "little") + (_LAST.to_bytes(4, "little") + bytes(4)) * 2
        + b"".join((data + 1 + number).to_bytes(4, "little") for number in range(tables))
    ).ljust(512, b"\xff")  # fmt: skip
    return head + stream + directory.ljust(512, b"\0") + table


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0") + (len(encoded) + 2).to_bytes(2, "little") + bytes([kind, 1]) + b"\xff" * 8
        + child.to_bytes(4, "little") + bytes(36) + start.to_bytes(4, "little") + size.to_bytes(8, "little")
    )  # fmt: skip


# -- the records ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Walk:
    """What the records said so far."""

    begins: set[int] = field(default_factory=set)
    sheets: list[int] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    cells: int = 0

    def close(self) -> None:
        """Check the sheet that ends here, and forget it."""
        if self.rows * self.columns > SMALL_GRID + SPARSEST * self.cells:
            raise FileRefused("too-large", f"a sheet spans {self.rows * self.columns} cells and fills {self.cells}")
        self.rows = self.columns = self.cells = 0


def _checked(stream: bytes) -> bytes:
    """Return the stream as far as its records are whole, without what it only claims."""
    clean = bytearray(stream)
    walk = _Walk()
    end = 0
    for at, kind, length in _records(stream):
        data, end = at + 4, at + 4 + length
        if kind == _LOCKED:
            raise FileRefused("encrypted-file", "it is protected by a password; ask for a copy without one")
        if kind == _BEGIN:
            walk.begins.add(at)
        elif kind == _END:
            walk.close()
        elif kind == _SHEET:
            walk.sheets.append(_number(stream, data))
        elif kind == _SIZE:
            # A sheet states how large it is; what counts are its cells.
            clean[data:end] = bytes(length)
        elif kind == _STRINGS and _number(stream, data + 4) > len(stream):
            raise FileRefused("damaged-file", "it claims more texts than it has letters")
        elif kind in _CELLS and length >= 4:
            walk.rows = max(walk.rows, _number(stream, data, 2) + 1)
            walk.columns = max(walk.columns, _number(stream, data + 2, 2) + 1)
            walk.cells += 1
            if walk.columns > _MOST_COLUMNS:
                raise FileRefused("damaged-file", "it has a cell where no workbook of its kind has a column")
    walk.close()
    if any(offset not in walk.begins for offset in walk.sheets):
        raise FileRefused("damaged-file", "it has a sheet that does not begin where it says")
    return bytes(clean[:end])


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = _number(stream, at, 2), _number(stream, at + 2, 2)
        if at + 4 + length > len(stream) or (kind == 0 and length == 0):
            return
        yield at, kind, length
        at += 4 + length
