"""Repairs of single characters and marks that extraction leaves in a text, each a function `str -> str`."""

import html
import re
import unicodedata
from collections.abc import Callable

from kb.text.folding import INVISIBLE

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ĳ": "ij", "Ĳ": "IJ"}
)
_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFFFD, 0xFFFE])
_BULLETS = re.compile(r"^[●▪■◦‣∙·○◆➢➤✓\uf0b7\uf0a7\uf0d8\uf02d]\s*", re.MULTILINE)
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_SPACES = re.compile(r"[^\S\n]+")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6});")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUP_TAG = re.compile(r"<sup>\s*([\d, ]{1,12})\s*</sup>|\^\{\s*([\d, ]{1,12})\s*\}", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\((?:#|[^()\s]{0,500}(?:\([^()\s]{0,80}\))?[^()\s]{0,80})\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,500})>")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_BOLD = re.compile(r"\*{2,3}|(?<!\w)__(?=\S)|(?<=\S)__(?!\w)")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*])\*(?![\w*])")
_ITALIC_LINE = re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]{1,300}?)(?<=[^\s_])_(?!\w)")
_HTML_TAG = re.compile(r"</?(?:b|i|u|em|strong|br|span|p)\s*/?>", re.IGNORECASE)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def without_ligatures(text: str) -> str:
    return text.translate(_LIGATURES)


def without_invisible(text: str) -> str:
    """Soft hyphens, zero-width spaces and direction marks go; the joiners Persian and Hindi need stay."""
    return text.translate(INVISIBLE)


def without_controls(text: str) -> str:
    return text.translate(_CONTROLS).replace("\x0c", "\n").replace("\r\n", "\n").replace("\r", "\n")


def plain_bullets(text: str) -> str:
    return _PRIVATE.sub("", _BULLETS.sub("• ", text))


def without_entities(text: str) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match.group()), text) if "&" in text else text


def raised_numbers(text: str) -> str:
    """`<sup>1</sup>` and `^{1 2}` as superscript digits, one notation for all reference marks."""
    if "<" not in text and "^" not in text:
        return text
    return _SUP_TAG.sub(lambda match: (match.group(1) or match.group(2)).translate(_SUPERSCRIPTS), text)


def without_markdown(text: str) -> str:
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _HTML_TAG.sub("", _AUTOLINK.sub(r"\1", text))
    if "*" in text or "__" in text:
        text = _ITALIC.sub(r"\1", _BOLD.sub("", text))
    if "_" in text:
        text = _ITALIC_LINE.sub(r"\1", text)
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def single_spaces(text: str) -> str:
    return "\n".join(line.strip() for line in _SPACES.sub(" ", text).split("\n")).strip()


REPAIRS: tuple[Callable[[str], str], ...] = (
    without_controls,
    without_invisible,
    without_ligatures,
    without_entities,
    raised_numbers,
    composed,
    single_spaces,
    plain_bullets,
)


def repaired(text: str) -> str:
    """`text` after all repairs of characters; Markdown marks are still there (they tell headings)."""
    for repair in REPAIRS:
        text = repair(text)
    return text
