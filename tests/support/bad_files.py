"""Makes the files that readers are tried on: small PDF, DOCX and text files, good ones and bad ones of every kind."""

import zipfile
import zlib
from collections.abc import Iterable, Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter

# --- PDF ---------------------------------------------------------------------------------------------

PAGE_HEIGHT = 842


class PdfMaker:
    """Writes a PDF object by object; numbers count from 1, and 1 is the catalog, 2 the page tree."""

    def __init__(self) -> None:
        self.objects: dict[int, bytes] = {}
        self.next = 3
        self.fonts = (self.add(_font("Helvetica")), self.add(_font("Helvetica-Bold")))

    def add(self, body: bytes) -> int:
        number, self.next = self.next, self.next + 1
        self.objects[number] = body
        return number

    def stream(self, content: bytes, entries: bytes = b"", *, packed: bool = False) -> int:
        if packed:
            content, entries = zlib.compress(content, 9), entries + b" /Filter /FlateDecode"
        return self.add(b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content))

    def page(self, contents: int, resources: bytes | None = None) -> int:
        fonts = b"<< /Font << /F1 %d 0 R /F2 %d 0 R >> >>" % self.fonts
        return self.add(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 %d] /Resources %s /Contents %d 0 R >>"
            % (PAGE_HEIGHT, resources or fonts, contents)
        )

    def file(self, pages: Sequence[int], title: str = "") -> bytes:
        kids = b" ".join(b"%d 0 R" % page for page in pages)
        self.objects[1] = b"<< /Type /Catalog /Pages 2 0 R >>"
        self.objects[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
        info = self.add(b"<< /Title %s >>" % _string(title)) if title else 0
        return self.written(b"/Info %d 0 R" % info if info else b"")

    def written(self, trailer: bytes = b"") -> bytes:
        out = bytearray(b"%PDF-1.7\n")
        places = {}
        for number, body in sorted(self.objects.items()):
            places[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start, size = len(out), max(places) + 1
        out += b"xref\n0 %d\n0000000000 65535 f \n" % size
        for number in range(1, size):
            out += b"%010d %05d %s \n" % (places.get(number, 0), 0, b"n" if number in places else b"f")
        out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
        return bytes(out)


def _font(name: str) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name.encode()


def _string(text: str) -> bytes:
    data = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(" + data + b")"


def show(text: str, x: float, y: float, size: float = 11, *, bold: bool = False) -> bytes:
    """Operators that write one line of text with its base line at (x, y)."""
    return b"BT /F%d %g Tf 1 0 0 1 %g %g Tm %s Tj ET\n" % (1 + bold, size, x, y, _string(text))


def rule(x0: float, y0: float, x1: float, y1: float) -> bytes:
    return b"%g %g m %g %g l S\n" % (x0, y0, x1, y1)


def grid(columns: Sequence[float], rows: Sequence[float]) -> bytes:
    """The rules of a table, in one stroke each."""
    across = (rule(columns[0], y, columns[-1], y) for y in rows)
    down = (rule(x, rows[0], x, rows[-1]) for x in columns)
    return b"".join((*across, *down))


def pdf(pages: Iterable[bytes], title: str = "") -> bytes:
    """A PDF of these content streams."""
    maker = PdfMaker()
    return maker.file([maker.page(maker.stream(page)) for page in pages], title)


def text_pdf(*pages: Sequence[str], title: str = "") -> bytes:
    """A PDF with these lines on its pages; an empty line leaves space."""
    return pdf((b"".join(show(t, 60, 780 - 14 * n) for n, t in enumerate(lines) if t) for lines in pages), title)


def image_pdf() -> bytes:
    """A page that is one picture, as a scanner makes them."""
    maker = PdfMaker()
    entries = b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
    image = maker.stream(bytes(range(64)), entries)
    contents = maker.stream(b"q 500 0 0 700 40 60 cm /Im1 Do Q")
    return maker.file([maker.page(contents, b"<< /XObject << /Im1 %d 0 R >> >>" % image)])


def shared_stream_pdf(pages: int = 400, lines: int = 20_000) -> bytes:
    """Hundreds of pages that all show one content stream: a few KB that take minutes to go through."""
    maker = PdfMaker()
    contents = maker.stream(
        b"BT /F1 8 Tf 1 0 0 1 20 800 Tm " + b"0 -1 Td (abcdefgh ijkl) Tj " * lines + b"ET", packed=True
    )
    return maker.file([maker.page(contents) for _ in range(pages)])


def slow_pdf(pages: int = 2_000, lines: int = 4_000) -> bytes:
    """The same with a stream for each page, so that every page must be gone through; half a minute of it."""
    maker, line = PdfMaker(), b"0 -1 Td (abcdefgh ijkl) Tj " * lines
    streams = (b"BT /F1 8 Tf 1 0 0 1 20 %d Tm %s ET" % (800 + number % 300, line) for number in range(pages))
    return maker.file([maker.page(maker.stream(each, packed=True)) for each in streams])


def cyclic_pages_pdf() -> bytes:
    """A page tree that contains itself."""
    maker = PdfMaker()
    maker.objects[1] = b"<< /Type /Catalog /Pages 2 0 R >>"
    maker.objects[2] = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"
    return maker.written()


def nested_objects_pdf(depth: int = 100_000) -> bytes:
    """A catalog with arrays within arrays."""
    maker = PdfMaker()
    maker.objects[1] = b"<< /Type /Catalog /Pages 2 0 R /Deep " + b"[" * depth + b"]" * depth + b" >>"
    maker.objects[2] = b"<< /Type /Pages /Kids [] /Count 0 >>"
    return maker.written()


def huge_xref_pdf() -> bytes:
    """A cross-reference stream that announces two thousand million objects."""
    catalog = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body = b"%PDF-1.7\n" + catalog + b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    packed = zlib.compress(b"\x00" * 1000)
    entries = b"/Type /XRef /Size 2000000000 /W [1 2 1] /Index [0 2000000000] /Root 1 0 R /Filter /FlateDecode"
    stream = b"<< " + entries + b" /Length %d >>"
    xref = b"3 0 obj\n" + stream % len(packed) + b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    return body + xref + b"startxref\n%d\n%%%%EOF\n" % len(body)


def bomb_stream_pdf() -> bytes:
    """A content stream of a few hundred KB that unpacks to 300 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(300)) + packer.flush()
    maker = PdfMaker()
    return maker.file([maker.page(maker.stream(packed, b"/Filter /FlateDecode"))])


def encrypted_pdf(password: str, algorithm: str = "RC4-128") -> bytes:
    """A PDF that opens with this password; with an empty one it is only protected against changes."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(text_pdf(["Behind a password."]))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def mapped_pdf(content: bytes, letters: dict[int, str], width: int = 500) -> bytes:
    """A page in the font /A, whose codes stand for these letters and have no shape and no space of their own."""
    maker = PdfMaker()
    pairs = "".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>\n" for code, text in letters.items())
    mapping = f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(letters)} beginbfchar\n{pairs}endbfchar\n"
    to_unicode = maker.stream(b"begincmap\n" + mapping.encode() + b"endcmap")
    widths = b" ".join([b"%d" % width] * 256)
    font = b"<< /Type /Font /Subtype /TrueType /BaseFont /Unknown /FirstChar 0 /LastChar 255 /Widths [%s]"
    number = maker.add(font % widths + b" /ToUnicode %d 0 R >>" % to_unicode)
    return maker.file([maker.page(maker.stream(content), b"<< /Font << /A %d 0 R >> >>" % number)])


# --- DOCX --------------------------------------------------------------------------------------------

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="Ttulo1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="Ttulo1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="L"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/>'
    "</w:numPr></w:pPr></w:style></w:styles>"
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title><dc:language>en-US</dc:language>'
    "</cp:coreProperties>"
)


def docx(body: str, *, footnotes: str = "", title: str = "", prolog: str = "") -> bytes:
    """A DOCX of this body, in WordprocessingML with the prefix w."""
    parts = {
        "_rels/.rels": RELATIONS,
        "word/document.xml": f'{prolog}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": STYLES,
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{W}">{footnotes}</w:footnotes>',
        "docProps/core.xml": CORE.format(title),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def docx_bomb(size: int = 1_000_000_000) -> bytes:
    """A DOCX of about a megabyte that unpacks to a gigabyte."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("_rels/.rels", RELATIONS)
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(size // 1_000_000):
                part.write(b" " * 1_000_000)
    return out.getvalue()


def lying_docx_bomb() -> bytes:
    """The same, smaller, with a directory that says it were tiny."""
    data = bytearray(docx_bomb(100_000_000))
    where = data.rindex(b"PK\x01\x02")
    data[where + 24 : where + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def entity_docx() -> bytes:
    """Entities that name a file of the machine, and one another without end."""
    prolog = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    return docx(paragraph("Before &b; &f; after."), prolog=prolog)


# --- text --------------------------------------------------------------------------------------------


def nested_tags(size: int = 1_000_000, tag: str = "div") -> bytes:
    """A page of tags within tags, with a few words at the bottom."""
    opening = f"<{tag}>".encode()
    return b"<html><body>" + opening * (size // len(opening)) + b"Words at the bottom."


def one_line(megabytes: int = 50) -> bytes:
    return b"palabra " * (megabytes * 131_072)


def yaml_bomb() -> bytes:
    """Front matter in which every list holds the one before it nine times over."""
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    return f"---\nl0: &l0 [lol]\n{levels}title: Boom\n---\n# Heading\n\nStill here.\n".encode()


def deep_yaml() -> bytes:
    return b"---\ntitle: " + b"[" * 9000 + b"\n---\nStill here.\n"


PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40
WINDOWS_PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(range(256)) * 40
SPANISH = "Artículo 1.º La migración, ¿a quién protege? Niñez, pingüino, «según» el compañero."
