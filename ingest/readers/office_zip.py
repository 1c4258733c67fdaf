"""Opens the ZIP that an Office document is, after weighing it, and parses the XML parts asked for."""

import zipfile
import zlib
from io import BytesIO
from typing import Protocol, cast

from lxml import etree

from kb.documents.reading import ReadError, ReadFault

MOST_MEMBERS = 5000
LARGEST_TOTAL = 300_000_000  # bytes unpacked, images included
LARGEST_PART = 40_000_000  # bytes of one XML part; a book of 1000 pages has 10 million
STEEPEST = 150  # times smaller than unpacked: real documents stay below 30
STEEP_FROM = 20_000_000  # bytes unpacked from which that is looked at
ENCRYPTED_FLAG = 1


class Element(Protocol):
    """The little that is used of an XML element; lxml has no types of its own."""

    tag: str
    text: str | None
    attrib: dict[str, str]

    def __iter__(self) -> "ElementIterator": ...


class ElementIterator(Protocol):
    def __next__(self) -> Element: ...
    def __iter__(self) -> "ElementIterator": ...


class OfficeZip:
    """The parts of one document by name."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise _damaged() from error
        self._weigh(len(data))

    def _weigh(self, packed: int) -> None:
        members = self._zip.infolist()
        total = sum(member.file_size for member in members)
        steep = total > STEEP_FROM and total > STEEPEST * packed
        if steep or total > LARGEST_TOTAL or len(members) > MOST_MEMBERS:
            raise _too_large(total)
        if any(member.flag_bits & ENCRYPTED_FLAG for member in members):
            raise ReadError(ReadFault.PROTECTED_DOCUMENT)

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def xml(self, name: str) -> Element | None:
        """The root element of a part; None when there is no such part."""
        if name not in self:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(self.part(name), parser)
        except etree.XMLSyntaxError as error:
            raise _damaged() from error
        if root.getroottree().docinfo.doctype:  # the format forbids it (ECMA-376-2); it declares entities
            raise ReadError(ReadFault.ENTITIES)
        return cast(Element, root)

    def part(self, name: str) -> bytes:
        """The bytes of a part that is there."""
        try:
            with self._zip.open(name) as part:
                content = part.read(LARGEST_PART + 1)  # what the directory says of its size may be a lie
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise _damaged() from error
        if len(content) > LARGEST_PART:
            raise _too_large(len(content))
        return content


def local(element: Element) -> str:
    """Name without namespace: the transitional and the strict form of the format differ only in that."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def child(element: Element, *path: str) -> Element | None:
    """The first element down a path of names."""
    found: Element | None = element
    for name in path:
        found = next((inner for inner in found if local(inner) == name), None) if found is not None else None
    return found


def _damaged() -> ReadError:
    return ReadError(ReadFault.DAMAGED_DOCUMENT)


def _too_large(size: int) -> ReadError:
    return ReadError(ReadFault.UNPACKS_TOO_LARGE, {"size": round(size / 1e6)})
