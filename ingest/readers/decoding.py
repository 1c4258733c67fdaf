"""The text of a file that is read, with remarks on what was lost on the way from bytes to characters."""

from dataclasses import dataclass

from kb.documents.reading import ReadError, ReadFault, ReadNote, Remark
from kb.text import decoding


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text with line ends as "\\n" and no NULs; `warnings` say what was lost on the way."""

    text: str
    encoding: str
    warnings: tuple[Remark, ...] = ()


def decode(data: bytes, declared: str = "") -> DecodedText:
    """Characters of `data`. `declared` is an encoding the file itself names; it is believed only if it fits."""
    try:
        decoded = decoding.decode(data, declared)
    except decoding.NotATextError as error:
        raise ReadError(ReadFault.NOT_A_TEXT) from error
    lost = [Remark(ReadNote.LOST_CHARACTERS)] if decoded.lost else []
    removed = [Remark(ReadNote.CONTROL_CHARACTERS, {"count": decoded.controls})] if decoded.controls else []
    return DecodedText(decoded.text, decoded.encoding, (*lost, *removed))
