"""Which reader a file gets: told by its name, and only when its bytes agree."""

import re
from importlib import import_module
from pathlib import PurePath
from typing import Protocol, cast

from kb.documents.models import RawDocument
from kb.documents.reading import Nature, ReadError, ReadFault

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
    (b"%PDF-", Nature.PDF),
    (b"PK\x03\x04", Nature.ZIP),
    (b"PK\x05\x06", Nature.EMPTY_ZIP),
    (OLD_OFFICE, Nature.OLD_OFFICE),
    (b"{\\rtf", Nature.RTF),
    (b"\x7fELF", Nature.PROGRAM),
    (b"MZ\x90\x00", Nature.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Nature.PROGRAM),
    (b"\xca\xfe\xba\xbe", Nature.PROGRAM),
    (b"#!", Nature.SCRIPT),
    (b"\x89PNG", Nature.IMAGE),
    (b"\xff\xd8\xff", Nature.IMAGE),
    (b"GIF8", Nature.IMAGE),
    (b"II*\x00", Nature.IMAGE),
    (b"MM\x00*", Nature.IMAGE),
    (b"\x1f\x8b", Nature.COMPRESSED),
    (b"7z\xbc\xaf", Nature.COMPRESSED),
    (b"Rar!", Nature.COMPRESSED),
    (b"SQLite format 3\x00", Nature.DATABASE),
)
EXPECTED = {"pdf": b"%PDF-", "docx": b"PK\x03\x04"}
WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html)\b", re.I | re.S
)
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
        kinds = " ".join(sorted(READERS))
        if not suffix:
            raise ReadError(ReadFault.NO_EXTENSION, {"kinds": kinds})
        raise ReadError(ReadFault.UNKNOWN_TYPE, {"kind": suffix, "kinds": kinds})
    if not data.strip():
        raise ReadError(ReadFault.EMPTY_FILE)
    if kind in EXPECTED:
        _require(kind, suffix, data)
    else:
        _refuse_disguise(suffix, data)
    return "html" if kind == "plain" and WEB_PAGE.match(data) else kind  # a page that was saved as a text


def _require(kind: str, suffix: str, data: bytes) -> None:
    if kind == "docx" and data.startswith(OLD_OFFICE) and PROTECTED_OFFICE in data:
        raise ReadError(ReadFault.PROTECTED_DOCUMENT)
    window = data[:PDF_HEADER_WINDOW] if kind == "pdf" else data[:4]
    if EXPECTED[kind] not in window:
        raise _mismatch(suffix, _nature(data))


def _refuse_disguise(suffix: str, data: bytes) -> None:
    nature = _nature(data)
    if nature not in (Nature.OTHER, Nature.SCRIPT):  # a text may well begin with #!
        raise _mismatch(suffix, nature)


def _nature(data: bytes) -> Nature:
    return next((what for signature, what in SIGNATURES if data.startswith(signature)), Nature.OTHER)


def _mismatch(suffix: str, nature: Nature) -> ReadError:
    return ReadError(ReadFault.MISMATCH, {"suffix": suffix, "nature": nature.value})


def _reader(kind: str) -> Reader:
    # Imported when needed: a parser costs 50 ms and more, and most runs need one or two of them.
    return cast(Reader, import_module(f"ingest.readers.{kind}"))
