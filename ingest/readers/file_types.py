"""Which reader a file gets: told by its name, and only when its bytes agree."""

from importlib import import_module
from pathlib import PurePath
from typing import Protocol, cast

from kb.documents.models import RawDocument
from kb.errors import ReadError, ReadFailure

READERS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".txt": "plain",
    ".md": "markdown",
}

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROTECTED_OFFICE = "EncryptedPackage".encode("utf-16-le")  # where a protected document of the new kind is kept
# First bytes of files that people rename by mistake or on purpose, with what they are.
SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (OLD_OFFICE, "an Office document of the old kind (.doc, .xls, .ppt)"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"#!", "a script"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"SQLite format 3\x00", "a database"),
)
EXPECTED = {"pdf": b"%PDF-", "docx": b"PK\x03\x04"}
PDF_HEADER_WINDOW = 1024  # bytes that may stand before %PDF- (ISO 32000-1, implementation note 13)


class Reader(Protocol):
    """What every module of this package offers."""

    def read(self, data: bytes) -> RawDocument: ...


def supported(name: str) -> bool:
    """Whether files of this name are read at all."""
    return PurePath(name).suffix.lower() in READERS


def read(name: str, data: bytes) -> RawDocument:
    """The blocks of a file as found. `name` is only looked at for its extension."""
    return _reader(_checked_kind(name, data)).read(data)


def _checked_kind(name: str, data: bytes) -> str:
    """The reader for this name, provided that the bytes look like what the name promises."""
    suffix = PurePath(name).suffix.lower()
    kind = READERS.get(suffix)
    if kind is None:
        raise ReadError(
            ReadFailure.REFUSED,
            f"Files of the kind “{suffix or 'without extension'}” are not read; "
            f"save it as one of {' '.join(sorted(READERS))}.",
        )
    if not data.strip():
        raise ReadError(ReadFailure.NO_TEXT, "The file is empty; check that it was saved or sent completely.")
    if kind in EXPECTED:
        _require(kind, suffix, data)
    else:
        _refuse_disguise(suffix, data)
    return kind


def _require(kind: str, suffix: str, data: bytes) -> None:
    if kind == "docx" and data.startswith(OLD_OFFICE) and PROTECTED_OFFICE in data:
        raise ReadError(ReadFailure.ENCRYPTED, "This document is protected with a password; save a copy without one.")
    window = data[:PDF_HEADER_WINDOW] if kind == "pdf" else data[:4]
    if EXPECTED[kind] not in window:
        raise ReadError(ReadFailure.REFUSED, _mismatch(suffix, _nature(data)))


def _refuse_disguise(suffix: str, data: bytes) -> None:
    nature = _nature(data)
    if nature not in ("", "a script"):  # a text may well begin with #!
        raise ReadError(ReadFailure.REFUSED, _mismatch(suffix, nature))


def _nature(data: bytes) -> str:
    return next((what for signature, what in SIGNATURES if data.startswith(signature)), "")


def _mismatch(suffix: str, nature: str) -> str:
    found = f"it is {nature}" if nature else "it is something else"
    return (
        f"The name ends in {suffix}, but by its content {found}; give it its right extension "
        "or save it again in the format its name says."
    )


def _reader(kind: str) -> Reader:
    # Imported when needed: a parser costs 50 ms and more, and most runs need one or two of them.
    return cast(Reader, import_module(f"ingest.readers.{kind}"))
