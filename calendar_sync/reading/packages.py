"""Office files are ZIP packages: weighed member by member before anything reads them, and nothing in them followed."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from xml.parsers import expat

from lxml import etree

MOST_MEMBERS = 5_000
_STEP = 64 * 1024
_READ = (".xml", ".rels", ".bin", "mimetype")
_LEFT_OUT = (
    "/media/", "/embeddings/", "/drawings/", "/charts/", "/diagrams/", "/pivotcache/", "/externallinks/", "/theme/",
    "/printersettings/", "/customxml/", "/activex/", "/ctrlprops/", "/object", "/configurations2/", "/pictures/",
)  # fmt: skip
"""Folders with nothing a table says: pictures, attachments, copies of other files. They are never unpacked."""
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_XML = (".xml", ".rels")
_WALKED = 2
"""Times as many elements as others may have in the sheets of a workbook, which are walked and not kept."""
_SHEETS = "/worksheets/"
_MARKS = b"\xef\xbb\xbf\xff\xfe"
_ENCODING = re.compile(rb"^[^>]{0,200}encoding\s*=\s*[\"']([^\"']*)")
_ENCODINGS = frozenset({b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252", b"utf8"})
_PROPERTIES = ("docProps/core.xml", "meta.xml")


class FileRefused(ValueError):
    """A file that cannot be read, or would cost too much; *code* is kebab-case and stable, the text says why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def members(body: bytes, most: int, most_elements: int) -> Mapping[str, bytes]:
    """Unpack the members of an office file that may be read, *most* bytes together.

    XML takes some hundred bytes an element once it is a tree: *most_elements* in each member.

    What a ZIP states about its own sizes may be a lie, so every member is first unpacked into nothing and counted.
    Names that lead out of the package are left out; none is ever used as a path of ours.

    Raises:
        FileRefused: It is no ZIP, holds too much, or holds XML with a DOCTYPE or in an encoding of nobody's.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found = list(_wanted(archive))
        room, sizes = most, []
        for name, member in found:
            if member.flag_bits & 0x1:
                raise FileRefused("encrypted-file", f"{name} is encrypted; ask for a copy without a password")
            if member.file_size > most:
                raise FileRefused("too-large", f"{name} would unpack to {member.file_size} bytes, {most} are allowed")
            size = 0
            for piece in _unpacked(body, member):
                size += len(piece)
                if size > room:
                    raise FileRefused("too-large", f"it would unpack to more than {most} bytes")
            room -= size
            sizes.append(size)
        contents = {name: _whole(body, member, size) for (name, member), size in zip(found, sizes, strict=True)}
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError, ValueError, IndexError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused("damaged-file", f"it is no whole ZIP package ({error})") from error
    for name, content in contents.items():
        if name != "mimetype" and any(doctype in content for doctype in _DOCTYPES):
            raise FileRefused("doctype-refused", f"{name} declares a DOCTYPE, which no office program writes")
        if name.endswith(_XML) and content.strip():
            _check(name, content, most_elements)
    return contents


def _check(name: str, content: bytes, most_elements: int) -> None:
    """Refuse XML that would cost too much as a tree, and what could hide that: an encoding no office program uses."""
    stated = _ENCODING.search(content[:400].replace(b"\0", b""))
    if content[:4].replace(b"\0", b"").lstrip(_MARKS)[:1] not in (b"<", b" ", b"\r", b"\n", b"\t") or (
        stated and stated[1].lower() not in _ENCODINGS
    ):
        raise FileRefused("damaged-file", f"{name} is in an encoding that no office program writes")
    elements = content.count(b"<") - content.count(b"</")
    allowed = most_elements * (_WALKED if _SHEETS in name else 1)
    if elements > allowed:
        raise FileRefused("too-large", f"{name} holds {elements} elements, {allowed} are allowed")


def _wanted(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    listed = archive.infolist()
    if len(listed) > MOST_MEMBERS:
        raise FileRefused("too-large", f"it holds {len(listed)} files, {MOST_MEMBERS} are allowed")
    for member in listed:
        # Some old producers write backslashes; what climbs out or starts at a root is nobody's table.
        name = member.filename.replace("\\", "/")
        within = not name.startswith("/") and ":" not in name and ".." not in name.split("/")
        lower = f"/{name.lower()}"
        if within and lower.endswith(_READ) and not any(folder in lower for folder in _LEFT_OUT):
            yield name, member


def _packed(body: bytes, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Return where a member begins and ends in the file."""
    header = body[member.header_offset : member.header_offset + 30]
    begin = (
        member.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    )
    return begin, min(begin + member.compress_size, len(body))


def _whole(body: bytes, member: zipfile.ZipInfo, size: int) -> bytes:
    begin, end = _packed(body, member)
    if member.compress_type == zipfile.ZIP_STORED:
        return body[begin:end]
    # Into a buffer of the size that was counted: nothing is held twice.
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(memoryview(body)[begin:end], size or 1)


def _unpacked(body: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member really holds, in small pieces."""
    begin, end = _packed(body, member)
    if member.compress_type == zipfile.ZIP_STORED:
        yield body[begin:end]
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise FileRefused("damaged-file", f"{member.filename} is packed in a way no office program uses")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(begin, end, _STEP):
        packed = body[at : min(at + _STEP, end)]
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _STEP)
            packed = inflate.unconsumed_tail
    if not inflate.eof:
        raise FileRefused("damaged-file", f"{member.filename} ends early; the file was cut off")


def repacked(contents: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of nothing but what was weighed, so that the next reader cannot find anything else in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def parsed(content: bytes, name: str) -> etree._Element:
    """Parse one member: no entity is resolved, no address fetched, no DTD read.

    Raises:
        FileRefused: It is no XML, or declares a DOCTYPE.
    """
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise FileRefused("damaged-file", f"{name} is no XML ({error})") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused("doctype-refused", f"{name} declares a DOCTYPE, which no office program writes")
    return root


def walk(content: bytes, name: str, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None]) -> None:
    """Tell the beginning and end of every element without keeping any, for members too large to be kept as a tree.

    Raises:
        FileRefused: It is no XML, or declares a DOCTYPE.
    """

    def refuse(*_: object) -> None:
        raise FileRefused("doctype-refused", f"{name} declares a DOCTYPE, which no office program writes")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, UnicodeError) as error:
        raise FileRefused("damaged-file", f"{name} is no XML ({error})") from error


def related(contents: Mapping[str, bytes], part: str) -> Mapping[str, str]:
    """Return the targets of a part's relations by id, as names within the package; external ones are left out."""
    folder, _, file = part.rpartition("/")
    content = contents.get(posixpath.join(folder, "_rels", f"{file}.rels"))
    if content is None:
        return {}
    return {
        relation.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        for relation in parsed(content, f"{part}.rels").iterfind("{*}Relationship")
        if relation.get("TargetMode", "") != "External"
    }


def changed_on(contents: Mapping[str, bytes]) -> date | None:
    """Return the day a file's properties say it was last changed, else made; None when they say nothing."""
    for name in _PROPERTIES:
        if name not in contents:
            continue
        try:
            root = parsed(contents[name], name)
        except FileRefused:
            continue
        for tag in ("modified", "date", "created", "creation-date"):
            stated = root.findtext(f".//{{*}}{tag}")
            try:
                return date.fromisoformat((stated or "").strip()[:10])
            except ValueError:
                continue
    return None
