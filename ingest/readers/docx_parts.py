"""Text of a Word document that stands in parts of their own: drawings, charts, and bodies in another format."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from posixpath import join, normpath

from ingest.readers.decoding import decode
from ingest.readers.html import fragment_blocks
from ingest.readers.office_zip import Element, OfficeZip, attribute, child, local
from kb.documents.models import Block, BlockKind

HTML = (".html", ".htm", ".xhtml", ".mht", ".mhtml")
JOINTS = ("pres", "parTrans", "sibTrans")  # points of a diagram that hold no text of the author


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that the body refers to, by the id of the relation."""

    archive: OfficeZip
    names: dict[str, str]

    def drawing(self, relation: str) -> list[Block]:
        """What is written in a diagram or chart."""
        root = self.archive.xml(self.names.get(relation, ""))
        if root is None:
            return []
        return list(_chart(root)) if local(root) == "chartSpace" else list(_diagram(root))

    def chunk(self, relation: str) -> list[Block]:
        """The blocks of a body in another format."""
        name = self.names.get(relation, "")
        if name not in self.archive:
            return []
        data = self.archive.part(name)
        if name.lower().endswith(HTML):
            return _web_page(data)
        return _plain_text(data) if name.lower().endswith(".txt") else []

    def document(self, relation: str) -> bytes:
        """A Word document within the document; empty when the part is none."""
        name = self.names.get(relation, "")
        return self.archive.part(name) if name.lower().endswith(".docx") and name in self.archive else b""


def read_parts(archive: OfficeZip, main: str) -> Parts:
    folder, _slash, name = main.rpartition("/")
    root = archive.xml(join(folder, "_rels", f"{name}.rels"))
    names = {}
    for relation in root if root is not None else ():
        target = attribute(relation, "Target") or ""
        if attribute(relation, "TargetMode") != "External":
            names[attribute(relation, "Id") or ""] = normpath(join("/", folder, target)).lstrip("/")
    return Parts(archive, names)


# --- drawings ------------------------------------------------------------------------------------------


def _diagram(root: Element) -> Iterator[Block]:
    for point in _within(root, "pt"):
        text = " ".join(" ".join(_texts(point, "t")).split())
        if text and attribute(point, "type") not in JOINTS:
            yield Block(BlockKind.LIST_ITEM, text)


def _chart(root: Element) -> Iterator[Block]:
    """The title, and a row for each category with a value of each series."""
    for title in _within(root, "title"):
        if text := " ".join("".join(_texts(title, "t")).split()):
            yield Block(BlockKind.PARAGRAPH, text)
    series = list(_within(root, "ser"))
    names = [" ".join(_points(child(each, "tx")).values()) for each in series]
    if any(names):
        yield _row(("", *names))
    kinds = next(
        (found for each in series if (found := {**_points(child(each, "xVal")), **_points(child(each, "cat"))})), {}
    )
    values = [{**_points(child(each, "yVal")), **_points(child(each, "val"))} for each in series]
    for place in sorted(set(kinds).union(*values)):
        yield _row((kinds.get(place, ""), *(each.get(place, "") for each in values)))


def _row(cells: tuple[str, ...]) -> Block:
    return Block(BlockKind.TABLE_ROW, " | ".join(filter(None, cells)), cells=cells)


def _points(element: Element | None) -> dict[int, str]:
    """Values by their place; of a name, which has no points, its text."""
    found = {}
    for point in _within(element, "pt"):
        place = attribute(point, "idx") or ""
        found[int(place) if place.isascii() and place.isdigit() else 0] = " ".join(_texts(point, "v"))
    return found


def _within(element: Element | None, name: str) -> Iterator[Element]:
    """Elements of this name at any depth, none within another."""
    for inner in element if element is not None else ():
        if local(inner) == name:
            yield inner
        else:
            yield from _within(inner, name)


def _texts(element: Element, name: str) -> Iterator[str]:
    for inner in _within(element, name):
        if len(list(inner)):
            yield " ".join(_texts(inner, name))
        else:
            yield inner.text or ""


# --- bodies in another format --------------------------------------------------------------------------


def _web_page(data: bytes) -> list[Block]:
    if b"mime-version" not in data[:2000].lower():
        return fragment_blocks(decode(data).text)
    message = message_from_bytes(data, policy=policy.default)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    content = page.get_payload(decode=True) if page is not None else b""
    return fragment_blocks(decode(content).text) if isinstance(content, bytes) and content else []


def _plain_text(data: bytes) -> list[Block]:
    lines = (" ".join(line.split()) for line in decode(data).text.split("\n"))
    return [Block(BlockKind.PARAGRAPH, line) for line in lines if line]
