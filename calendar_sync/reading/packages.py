"""Office files are ZIP packages: weighed member by member before anything reads them, and nothing in them followed."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

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
_PROPERTIES = ("docProps/core.xml", "meta.xml")


class FileRefused(ValueError):
    """A file that cannot be read, or would cost too much; *code* is kebab-case and stable, the text says why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def members(body: bytes, most: int) -> Mapping[str, bytes]:
    """Unpack the members of an office file that may be read, *most* bytes together.

    What a ZIP states about its own sizes may be a lie, so every member is first unpacked into nothing and counted.
    Names that lead out of the package are left out; none is ever used as a path of ours.

    Raises:
        FileRefused: It is no ZIP, holds too much, or holds XML with a DOCTYPE.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found = list(_wanted(archive))
        room = most
        for name, member in found:
            if member.flag_bits & 0x1:
                raise FileRefused("encrypted-file", f"{name} is encrypted; ask for a copy without a password")
            if member.file_size > most:
                raise FileRefused("too-large", f"{name} would unpack to {member.file_size} bytes, {most} are allowed")
            for piece in _unpacked(body, member):
                room -= len(piece)
                if room < 0:
                    raise FileRefused("too-large", f"it would unpack to more than {most} bytes")
        contents = {name: b"".join(_unpacked(body, member)) for name, member in found}
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError, ValueError, IndexError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused("damaged-file", f"it is no whole ZIP package ({error})") from error
    for name, content in contents.items():
        if name != "mimetype" and any(doctype in content for doctype in _DOCTYPES):
            raise FileRefused("doctype-refused", f"{name} declares a DOCTYPE, which no office program writes")
    return contents


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


def _unpacked(body: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member really holds, in small pieces."""
    header = body[member.header_offset : member.header_offset + 30]
    begin = (
        member.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    )
    end = min(begin + member.compress_size, len(body))
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
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content)
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


def walked(content: bytes, name: str, tags: Sequence[str]) -> Iterator[tuple[str, etree._Element]]:
    """Yield the elements with these tags as each ends, for members too large to keep as a tree.

    Raises:
        FileRefused: It is no XML.
    """
    try:
        yield from etree.iterparse(
            io.BytesIO(content), events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if isinstance(error, FileRefused):
            raise
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
