"""From the bytes of a text file to characters: which encoding, and whether it is text at all."""

import codecs
import re
from dataclasses import dataclass

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 1 << 16  # bytes looked at to tell UTF-16 without a mark, which pairs most letters with a NUL
MOSTLY = 0.4
WINDOW = 1 << 20  # bytes in which lines with other than ASCII are looked for
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
TOLERATED_CONTROLS = 0.02  # more control characters than this, and it is no text
TOLERATED_BREAKS = 0.1  # broken sequences among the non-ASCII ones of a text that is UTF-8 all the same
# Signs beside ASCII in texts of the west of Europe, of which Windows-1252 is enough.
WESTERN = re.compile("[áéíóúàèìòùâêîôûäëïöüãõñçåøæœßÿÁÉÍÓÚÀÈÌÒÙÂÊÎÔÛÄËÏÖÜÃÕÑÇÅØÆŒ¿¡ªº°§©®·«»“”‘’‚„–—…•€\xa0\xad]")
RUN = re.compile(r"(?=([^\W\d_a-zA-Z]{3}))")  # letters with accents that follow one another
MOSTLY_WESTERN = 0.97  # of the signs beside ASCII
OWN_LINES = re.compile(rb"[^\n\r]*[\x80-\xff][^\n\r]*")


class NotATextError(ValueError):
    """More of the bytes are control characters than any text holds."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text with line ends as "\\n" and no NULs: whether characters were `lost`, and how many `controls` removed."""

    text: str
    encoding: str
    lost: bool = False
    controls: int = 0


def decode(data: bytes, declared: str = "") -> DecodedText:
    """Characters of `data`. `declared` is an encoding the file itself names; it is believed only if it fits.

    Raises NotATextError.
    """
    encoding, marked = _encoding(data, declared)
    text = marked.decode(encoding, "replace")
    lost = encoding.startswith("utf") and "�" in text and "�".encode(encoding) not in marked
    controls = len(CONTROLS.findall(text))
    if controls > max(TOLERATED_CONTROLS * len(text), 8):
        raise NotATextError
    if controls:
        text = CONTROLS.sub("", text)
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), encoding, lost, controls)


def _encoding(data: bytes, declared: str) -> tuple[str, bytes]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    return _unmarked_utf16(data) or _fitting(declared, data) or _by_content(data), data


def _unmarked_utf16(data: bytes) -> str:
    even, odd = data[:SAMPLE:2], data[1:SAMPLE:2]
    if odd and odd.count(0) > MOSTLY * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even and even.count(0) > MOSTLY * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return ""


def _fitting(declared: str, data: bytes) -> str:
    """The declared encoding when it exists and the bytes are valid in it; the web's Latin-1 is Windows-1252."""
    try:
        known = codecs.lookup(declared).name if declared else ""
        if known in ("iso8859-1", "ascii", "cp1252", "utf-8", "") or known.startswith(("utf-16", "utf-32")):
            return ""  # told better by content
        data.decode(known)
    except (LookupError, ValueError, TypeError):
        return ""
    return known


def _by_content(data: bytes) -> str:
    """UTF-8 if it is, even with a few broken bytes; else Windows-1252 if that reads well, else what it may be."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _nearly_utf8(data) else _guessed(b"\n".join(OWN_LINES.findall(data[:WINDOW]))[:SAMPLE], data)
    return "utf-8"


def _guessed(sample: bytes, data: bytes) -> str:
    import chardet  # 75 ms, and few files need it

    western = sample.decode("cp1252", "replace")
    signs = re.sub(r"[\x00-\x7f]", "", western)
    if len(WESTERN.findall(signs)) < MOSTLY_WESTERN * len(signs) or len(RUN.findall(western)) > len(signs) / 10:
        found = chardet.detect(sample)["encoding"]
        if found and _decodes(data, found):
            return codecs.lookup(found).name
    return "cp1252" if _decodes(data, "cp1252") else "latin-1"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return False
    return True


def _nearly_utf8(data: bytes) -> bool:
    good = len(MULTIBYTE.findall(data))
    broken = data.decode("utf-8", "replace").count("�")
    return good > 0 and broken <= TOLERATED_BREAKS * good
