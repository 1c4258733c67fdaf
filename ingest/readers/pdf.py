"""Reads PDF files: lines, headings and ruled tables of each page, with its number."""

from dataclasses import dataclass, field
from io import BytesIO

from pypdf import Configuration, PageObject, PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from ingest.readers.pdf_pages.blocks import blocks_of
from ingest.readers.pdf_pages.bounds import require_bounded
from ingest.readers.pdf_pages.engine import Drawn, Engine
from ingest.readers.pdf_pages.fields import typed_over
from ingest.readers.pdf_pages.layout import Item, page_items
from ingest.readers.pdf_pages.ligatures import ligatures
from ingest.readers.pdf_pages.page import PageContent, page_content
from ingest.readers.pdf_pages.placeholders import placeholder
from ingest.readers.pdf_pages.view import view_of
from ingest.readers.program_titles import names_no_work
from kb.documents.models import FrontMatter, RawDocument
from kb.documents.reading import MOST_NAMED, ReadError, ReadFault, ReadNote, Remark

# pypdf's own limits, tighter than its defaults; what remains is bounded by the process that runs this.
LIMITS = Configuration(
    maximum_declared_stream_length=50_000_000,
    array_based_stream_maximum_output_length=20_000_000,
    lzw_maximum_output_length=20_000_000,
    run_length_maximum_output_length=20_000_000,
    zlib_maximum_output_length=20_000_000,
    zlib_maximum_recovery_input_length=1_000_000,
    brotli_maximum_output_length=20_000_000,
    image_maximum_buffer_size=1_000_000,
    stream_filters_maximum_length=4,
    stream_decoding_work_maximum_length=60_000_000,
    stream_parsing_work_maximum_count=1_000_000,
    page_tree_maximum_entries=10_000,
    page_tree_maximum_depth=50,
    xform_maximum_invocations_per_extraction=500,
    jbig2dec_binary=None,
    disable_legacy_handling=True,
)
# What pypdf raises on files that are broken in ways it does not foresee.
BREAKAGES = (
    PyPdfError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RecursionError,
    ZeroDivisionError,
    AssertionError,
    NotImplementedError,
    OverflowError,
    OSError,
)
TAIL = 4096  # bytes; the end mark of a PDF stands in the last ones, unless the file was cut off
MOST_PAGES = 5000
MOST_CHARACTERS = 20_000_000
NOTHING = PageContent((), ())
NO_DRAWING = Drawn((), ())


def read(data: bytes) -> RawDocument:
    with apply_configuration(LIMITS):
        return _read(data)


def _read(data: bytes) -> RawDocument:
    _require_end(data)
    try:
        reader = PdfReader(BytesIO(data))
        _unlock(reader)
        pages = _pages(reader)
        title = _title(reader)
    except LimitReachedError as error:
        raise _too_intricate() from error
    except FileNotDecryptedError as error:
        raise ReadError(ReadFault.PROTECTED_PDF) from error
    except BREAKAGES as error:
        raise _damaged() from error
    collected = _Collected()
    with _engine(data) as engine:
        for number, page in enumerate(pages, 1):
            collected.add(number, page, engine)
    collected.require_text()
    if fault := placeholder([" ".join(f.text for f in content.fragments) for content in collected.contents]):
        raise ReadError(fault)
    items: list[list[Item]] = [page_items(content) for content in collected.contents]
    return RawDocument("pdf", tuple(blocks_of(items)), len(items), FrontMatter(title=title), collected.warnings())


def _engine(data: bytes) -> Engine:
    try:
        return Engine(data)
    except ValueError as error:
        raise _damaged() from error


def _damaged() -> ReadError:
    return ReadError(ReadFault.DAMAGED_PDF)


def _too_intricate() -> ReadError:
    return ReadError(ReadFault.INTRICATE_PDF)


def _require_end(data: bytes) -> None:
    if b"%%EOF" not in data.rstrip(b"\x00\r\n \t")[-TAIL:]:
        raise ReadError(ReadFault.CUT_PDF)


def _unlock(reader: PdfReader) -> None:
    """Open files that are protected against changes only; those have an empty password."""
    try:
        locked = reader.is_encrypted and not reader.decrypt("")
    except (DependencyError, NotImplementedError, FileNotDecryptedError):
        locked = True
    if locked:
        raise ReadError(ReadFault.PROTECTED_PDF)


def _pages(reader: PdfReader) -> list[PageObject]:
    count = len(reader.pages)
    if count == 0:
        raise _damaged()
    if count > MOST_PAGES:
        raise ReadError(ReadFault.MANY_PAGES, {"count": count, "most": MOST_PAGES})
    return list(reader.pages)


def _title(reader: PdfReader) -> str:
    information = reader.metadata
    stated = information.title if information else None
    title = " ".join(stated.split()) if isinstance(stated, str) else ""
    return "" if names_no_work(title) or not title.isprintable() else title[:500]


@dataclass
class _Collected:
    """What the pages hold, one `PageContent` each, and the numbers of those that gave nothing and why."""

    contents: list[PageContent] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    too_large: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    characters: int = 0

    def add(self, number: int, page: PageObject, engine: Engine) -> None:
        try:
            content = self._content(number, page, engine)
        except LimitReachedError:
            content = NOTHING
            self.too_large.append(number)
        except BREAKAGES:
            content = NOTHING
            self.unreadable.append(number)
        self.contents.append(content)
        self.characters += sum(len(fragment.text) for fragment in content.fragments)
        if self.characters > MOST_CHARACTERS:
            raise ReadError(ReadFault.LONG_PDF)

    def _content(self, number: int, page: PageObject, engine: Engine) -> PageContent:
        view, typed = view_of(page), tuple(typed_over(page))
        if self._repeats(number, page):
            return page_content((), NO_DRAWING, view, typed)
        require_bounded(page)
        return page_content(*engine.page(number - 1, ligatures(page)), view, typed)

    def _repeats(self, number: int, page: PageObject) -> bool:
        """Whether an earlier page shows the very same content stream with the same resources."""
        if "/Contents" not in page:
            return False
        key = repr((page.raw_get("/Contents"), page.raw_get("/Resources") if "/Resources" in page else None))
        if key in self.seen:
            self.repeated.append(number)
            return True
        self.seen.add(key)
        return False

    def require_text(self) -> None:
        if any(content.fragments for content in self.contents):
            return
        if self.too_large:
            raise _too_intricate()
        if self.unreadable:
            raise _damaged()
        raise ReadError(ReadFault.SCAN)

    def warnings(self) -> tuple[Remark, ...]:
        explained = {*self.unreadable, *self.too_large, *self.repeated}
        empty = [n for n, c in enumerate(self.contents, 1) if not c.fragments and n not in explained]
        found = (
            (ReadNote.BLANK_PAGES, empty),
            (ReadNote.DAMAGED_PAGES, self.unreadable),
            (ReadNote.INTRICATE_PAGES, self.too_large),
            (ReadNote.REPEATED_PAGES, self.repeated),
            (ReadNote.UNSEEN_TEXT, [n for n, c in enumerate(self.contents, 1) if c.unseen]),
        )
        return tuple(Remark(note, {"pages": tuple(pages[: MOST_NAMED + 1])}) for note, pages in found if pages)
