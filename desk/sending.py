"""What a browser sends with a form: fields, and a file where one was asked for (RFC 7578); whole, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_FORM, MOST_UPLOAD = 64 * 1024, 2 * 1024 * 1024
"""Bytes of a form, and of one with a file."""
_MOST_FIELDS = 50


class Unreadable(Exception):
    """What came is no form of ours; *status* says why, as HTTP has it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody chose."""

    name: str
    """As their machine calls it; nothing is ever written under it."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a form."""

    fields: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None


async def sent(request: Request, *, uploads: bool) -> Sent:
    """Read a form; what is none, or too long for one, is refused before it is read.

    Raises:
        Unreadable: It is too long, or of another kind.
    """
    kind, _, _ = request.headers.get("content-type", "").partition(";")
    match kind.strip().lower():
        case "application/x-www-form-urlencoded":
            return Sent(_fields(await _body(request, MOST_FORM)))
        case "multipart/form-data" if uploads:
            return parts(await _body(request, MOST_UPLOAD), request.headers["content-type"])
    raise Unreadable(415)


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Unreadable(413)
    return bytes(body)


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Unreadable(400) from None


def parts(body: bytes, content_type: str) -> Sent:
    """Take a form with a file apart.

    Raises:
        Unreadable: It is cut short, or none.

    >>> form = b'--x\\r\\nContent-Disposition: form-data; name="a"\\r\\n\\r\\nb\\r\\n--x--\\r\\n'
    >>> parts(form, "multipart/form-data; boundary=x").fields
    {'a': 'b'}
    """
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    if not boundary or not boundary.isascii():
        raise Unreadable(400)
    _, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"))
    if not pieces or not pieces.pop().startswith(b"--") or len(pieces) > _MOST_FIELDS:
        raise Unreadable(400)
    fields: dict[str, str] = {}
    upload = None
    for piece in pieces:
        headers, found, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        about = BytesHeaderParser().parsebytes(headers + b"\r\n\r\n")
        name = about.get_param("name", header="content-disposition")
        if not found or not isinstance(name, str):
            raise Unreadable(400)
        file = about.get_filename()
        if file is not None:
            upload = Upload(file, content)
            continue
        try:
            fields[name] = content.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable(400) from None
    return Sent(fields, upload)
