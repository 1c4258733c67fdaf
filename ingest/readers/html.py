"""Reads HTML pages: their main text as blocks, without navigation, scripts and page furniture.

The page is read as a stream of tags, never as a tree: depth costs nothing, so a megabyte of nested tags is only a
megabyte (building and walking a tree of it hung two libraries).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree

from ingest.readers.decoding import decode
from kb.documents.models import Block, BlockKind, FrontMatter, RawDocument
from kb.documents.reading import ReadError, ReadFault

CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,500}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
CHARSET_WINDOW = 4096  # bytes; the standard says 1024, real pages are later
HEADINGS = {f"h{level}": level for level in range(1, 7)}
FURNITURE = frozenset(("nav", "header", "footer", "aside", "form", "menu", "dialog"))
UNSEEN = frozenset(
    (
        "script",
        "style",
        "template",
        "noscript",
        "svg",
        "math",
        "object",
        "iframe",
        "select",
        "button",
        "textarea",
        "canvas",
        "audio",
        "video",
    )
)
FURNITURE_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary"))
BREAKING = frozenset(
    (
        *("address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "hgroup", "hr", "html", "legend", "li", "main", "ol", "p", "pre"),
        *("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul", *HEADINGS),
    )
)
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
UNIT = re.compile(r"(?:^|[\s\d])[kcdm]?m$")
NOTE_MARK = re.compile(r"[\s\[(]*\d{1,3}(?:\s*,\s*\d{1,3})*[\s\])]*")
DATES = (
    "article:published_time",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "dc.date.issued",
    "citation_publication_date",
    "date",
    "datepublished",
)
SECONDS = re.compile(r"[1-9]\d{8,9}|[1-9]\d{12}")  # since 1970, or thousandths of them
HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
UNSEEN_CLASSES = frozenset(
    ("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only", "d-none")
)
SHEET = re.compile(r"<style\b[^>]{0,200}>([^<]{0,200000})</style", re.IGNORECASE)
GROUP = re.compile(r"@[^{};]{0,300}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")  # rules for print, narrow windows and the like
RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
CLASS = re.compile(r"(?:^|,)\s*\.([\w-]{1,60})\s*(?=,|$)")
WHOLE = frozenset(("html", "body", "main", "article"))
BOXES = frozenset(("div", "ul", "ol", "p", "section", "table", "a", "span"))
# What authors call the parts of a page round its text, where its tags do not say so.
FURNITURE_NAMES = frozenset(
    (
        *("nav", "navbar", "navigation", "menu", "main-menu", "mainmenu", "topmenu", "top-menu", "submenu", "sidebar"),
        *("breadcrumb", "breadcrumbs", "breadcrumb-trail", "pagination", "pager", "toolbar", "site-header", "topbar"),
        *("footer", "site-footer", "page-footer", "copyright", "skip-link", "skip-to-content", "skiplink", "skip"),
        *("cookie", "cookies", "cookie-banner", "cookie-notice", "cookie-consent", "cookie-bar", "cookiebar"),
        *("cookie-law-info-bar", "gdpr", "consent", "consent-banner", "eu-cookie", "cookie-message", "cookie-policy"),
        *("share", "sharing", "share-buttons", "social", "social-share", "social-links", "social-media", "addtoany"),
        *("related", "related-articles", "related-posts", "related-links", "see-also", "newsletter", "advert", "ads"),
    )
)
DAY = re.compile(r"((?:19|20)\d{2})(?!\d)(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
SPACES = re.compile(r"\s+")
LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")
LARGEST_CELL_COUNT = 200  # cells of one row; wider tables are pictures made of cells


def read(data: bytes) -> RawDocument:
    decoded = decode(data, _declared(data))
    page = _parsed(decoded.text, keep_furniture=False)
    if not page.blocks:
        page = _parsed(decoded.text, keep_furniture=True)  # all of it stands in what is furniture elsewhere
    if not page.blocks:
        raise ReadError(ReadFault.EMPTY_PAGE)
    return RawDocument("html", tuple(page.blocks), front=page.front(), warnings=decoded.warnings)


def fragment_blocks(text: str) -> list[Block]:
    """The blocks of HTML that stands within another text."""
    return _parsed(text, keep_furniture=True).blocks


def _declared(data: bytes) -> str:
    match = CHARSET.search(data[:CHARSET_WINDOW])
    return match[1].decode("ascii") if match else ""


def _parsed(text: str, keep_furniture: bool) -> "_Page":
    page = _Page(frozenset() if keep_furniture else FURNITURE, _unseen_classes(text))
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True, recover=True, huge_tree=True)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError as error:
        raise ReadError(ReadFault.UNREADABLE_HTML) from error
    return page


@dataclass
class _Row:
    """A table row that is being read; `open` while inside one of its cells."""

    cells: list[str] = field(default_factory=list)
    open: bool = False


class _Page:
    """Takes tags and text as they come (the target of the parser) and makes blocks of them."""

    def __init__(self, furniture: frozenset[str], unseen: frozenset[str]) -> None:
        self.furniture = furniture
        self.unseen = unseen  # classes of what is not shown
        self.blocks: list[Block] = []
        self.words: list[str] = []
        self.open: list[str] = []  # tags that decide what a text is: headings, list items, unseen ones
        self.lists: list[int] = []  # next number of each open list, 0 where items have none
        self.skipping = 0  # how many tags are open inside what is left out
        self.skipped_tag = ""
        self.rows: list[_Row] = []
        self.marker = ""  # number of a list item that has no text yet
        self.tables = 0
        self.raised = 0  # where in `words` a raised text began
        self.title = ""
        self.in_title = False
        self.language = ""
        self.dates: dict[str, str] = {}

    # --- called by the parser ---

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.skipping:
            self.skipping += tag == self.skipped_tag
        elif self._left_out(tag, attributes):
            if tag not in VOID:
                self._flush()
                self.skipping, self.skipped_tag = 1, tag
        else:
            self._enter(tag, attributes)

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= tag == self.skipped_tag
            return
        if tag == "title":
            self.in_title = False
        elif tag == "sup":
            self._drop_note_mark()
        elif tag in ("td", "th"):
            self._close_cell()
        elif tag == "tr":
            self._close_row()
        elif tag in BREAKING:
            self._flush()
            self._leave(tag)

    def data(self, text: str) -> None:
        if self.in_title:
            self.title += text[:500]
        elif not self.skipping:
            self.words.append(text)

    def comment(self, text: str) -> None:
        """Comments are not text."""

    def close(self) -> None:
        while self.rows:
            self._close_row()
        self._flush()

    # --- what the tags mean ---

    def _left_out(self, tag: str, attributes: Mapping[str, str]) -> bool:
        if tag in UNSEEN or (tag not in WHOLE and (_hidden(attributes) or self.unseen & _classes(attributes))):
            return True
        if self.furniture and tag in BOXES and FURNITURE_NAMES & {*_classes(attributes), _identity(attributes)}:
            return True
        furnished = tag in self.furniture or (bool(self.furniture) and attributes.get("role") in FURNITURE_ROLES)
        # The header of an article or section holds its title; only a page's own is furniture.
        return furnished and not (tag == "header" and self._within("article", "main", "section"))

    def _within(self, *tags: str) -> bool:
        return any(tag in tags for tag in self.open)

    def _enter(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "html":
            self.language = self._code(attributes.get("lang") or attributes.get("xml:lang") or "")
        elif tag == "meta":
            self._note(attributes)
        elif tag == "title" and not self.title:
            self.in_title = True
        elif tag == "br":
            self.words.append(" ")
        elif tag == "sup":
            self.raised = len(self.words)
        elif tag in ("td", "th"):
            self._open_cell()
        elif tag in BREAKING:
            self._flush()
            self._open_block(tag, attributes)

    def _open_block(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table":
            self.tables += 1
        elif tag == "tr":
            self.rows.append(_Row())
        elif tag in ("ol", "ul"):
            start = attributes.get("start", "1")
            self.lists.append((int(start) if start.isdigit() and len(start) < 6 else 1) if tag == "ol" else 0)
        elif tag in HEADINGS or tag in ("li", "article", "main", "section"):
            self.open.append(tag)
            if tag == "li" and self.lists and self.lists[-1]:
                self.marker = f"{self.lists[-1]}. "
                self.lists[-1] += 1

    def _leave(self, tag: str) -> None:
        if tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        elif self.open and self.open[-1] == tag:
            self.open.pop()

    def _open_cell(self) -> None:
        if self.rows:
            self.rows[-1].open = True
            self._take()

    def _close_cell(self) -> None:
        if self.rows and self.rows[-1].open:
            self.rows[-1].cells.append(self._take())
            self.rows[-1].open = False

    def _close_row(self) -> None:
        if not self.rows:
            return
        self._close_cell()
        row = self.rows.pop()
        cells = tuple(row.cells[:LARGEST_CELL_COUNT])
        filled = [cell for cell in cells if cell]
        if self.rows and self.rows[-1].open:
            self.words.extend((" ", " ".join(filled)))  # a table within a cell is text of that cell
        elif len(cells) > 1 and filled:
            self.blocks.append(Block(BlockKind.TABLE_ROW, " | ".join(filled), cells=cells, table=self.tables))
        elif filled:
            self.blocks.append(Block(BlockKind.PARAGRAPH, filled[0]))  # one cell: a box around text

    # --- text ---

    def _drop_note_mark(self) -> None:
        """Take out a raised number that refers to a footnote; one after a unit (m², km³) is part of it."""
        mark = "".join(self.words[self.raised :])
        before = "".join(self.words[max(self.raised - 3, 0) : self.raised])
        if NOTE_MARK.fullmatch(mark) and not UNIT.search(before):
            del self.words[self.raised :]
        self.raised = len(self.words)

    def _flush(self) -> None:
        """What was said until here becomes a block of its own, unless it stands in a cell."""
        if self.rows and self.rows[-1].open:
            self.words.append("\n")
            return
        text = self._take()
        if text:
            self.blocks.append(self._block(text))

    def _take(self) -> str:
        lines = "".join(self.words).split("\n") if self.rows and self.rows[-1].open else ["".join(self.words)]
        self.words = []
        return "\n".join(filter(None, (SPACES.sub(" ", line).strip() for line in lines)))

    def _block(self, text: str) -> Block:
        inner = next((tag for tag in reversed(self.open) if tag in HEADINGS or tag == "li"), "")
        if inner in HEADINGS:
            return Block(BlockKind.HEADING, text, level=HEADINGS[inner])
        marker, self.marker = self.marker, ""
        return Block(BlockKind.LIST_ITEM, marker + text) if inner else Block(BlockKind.PARAGRAPH, text)

    # --- what the page says of itself ---

    def _note(self, attributes: Mapping[str, str]) -> None:
        name = (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").lower()
        if name in DATES and name not in self.dates:
            self.dates[name] = _day(attributes.get("content", ""))

    @staticmethod
    def _code(language: str) -> str:
        match = LANGUAGE.fullmatch(language.strip())
        return match[1].lower() if match else ""

    def front(self) -> FrontMatter:
        dates: Iterator[str] = (self.dates[name] for name in DATES if self.dates.get(name))
        return FrontMatter(title=SPACES.sub(" ", self.title).strip(), language=self.language, date=next(dates, ""))


def _hidden(attributes: Mapping[str, str]) -> bool:
    """Whether a browser shows nothing of an element, or its class says that it is for machines alone."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return HIDING.search(attributes.get("style") or "") is not None


def _classes(attributes: Mapping[str, str]) -> set[str]:
    return set((attributes.get("class") or "").lower().split())


def _identity(attributes: Mapping[str, str]) -> str:
    return (attributes.get("id") or "").lower()


def _unseen_classes(text: str) -> frozenset[str]:
    """Classes that hide by the page's own style, whatever the width of the window, and those that do by custom."""
    rules = (rule for sheet in SHEET.findall(text) for rule in RULE.findall(GROUP.sub("", sheet)))
    hiding = (selectors for selectors, declared in rules if HIDING.search(declared))
    return UNSEEN_CLASSES.union(match[1].lower() for names in hiding for match in CLASS.finditer(names))


def _day(stated: str) -> str:
    if SECONDS.fullmatch(stated.strip()):
        return datetime.fromtimestamp(int(stated.strip()[:10]), UTC).date().isoformat()
    match = DAY.match(stated.strip())
    if not match:
        return ""
    parts = [match[1]] + [f"{int(part):02}" for part in match.groups()[1:] if part]
    plausible = all(1 <= int(part) <= bound for part, bound in zip(parts[1:], (12, 31), strict=False))
    return "-".join(parts) if plausible else ""
