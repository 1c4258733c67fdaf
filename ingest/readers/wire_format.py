"""How a raw document travels between the reading process and the one that asked: length-prefixed JSON, checked.

The receiver trusts nothing: a parser that was taken over may answer anything, so every value is checked for its
type before a record is made of it.
"""

import json
import socket
import struct
import time
from typing import Any

from kb.documents.models import Block, BlockKind, FrontMatter, RawDocument
from kb.documents.reading import ReadError, ReadFault, Remark, remark_json, remark_of

LENGTH = struct.Struct(">Q")
CHUNK = 1 << 20


class WireError(ValueError):
    """The other side said something that is not an answer."""


class TooLongError(WireError):
    """The other side announces more than is accepted."""


class ClosedError(WireError):
    """The other side is gone."""


def send(channel: socket.socket, payload: bytes) -> None:
    channel.sendall(LENGTH.pack(len(payload)))
    channel.sendall(payload)


def receive(channel: socket.socket, limit: int, deadline: float | None = None) -> bytes:
    """One message of at most `limit` bytes; raises TimeoutError once `time.monotonic()` has passed `deadline`."""
    (length,) = LENGTH.unpack(_exactly(channel, LENGTH.size, deadline))
    if length > limit:
        raise TooLongError(f"{length} bytes announced, {limit} accepted")
    return _exactly(channel, length, deadline)


def _exactly(channel: socket.socket, count: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < count:
        if deadline is not None:
            channel.settimeout(max(deadline - time.monotonic(), 1e-6))
        chunk = channel.recv(min(CHUNK, count - len(received)))
        if not chunk:
            raise ClosedError("the channel was closed")
        received += chunk
    return bytes(received)


# --- what is said ------------------------------------------------------------------------------------


def encode_document(raw: RawDocument) -> bytes:
    return _dump(
        {
            "document": [
                raw.format,
                raw.page_count,
                list(map(_row, raw.blocks)),
                _front(raw.front),
                list(map(remark_json, raw.warnings)),
            ]
        }
    )


def encode_failure(error: ReadError) -> bytes:
    return _dump({"failure": remark_json(error.remark)})


def decode_reply(payload: bytes) -> RawDocument:
    """The document that was sent; raises the `ReadError` that was sent instead, or `WireError`."""
    try:
        reply = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if not isinstance(reply, dict):
        raise WireError("not an object")
    if "failure" in reply:
        raise _failure(reply["failure"])
    return _document(reply.get("document"))


def _dump(value: object) -> bytes:
    # A text may hold lone surrogates (PDF fonts make them); JSON's escapes carry them to where they are replaced.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _row(block: Block) -> list[object]:
    return [block.kind.value, block.text, block.page, block.level, block.cells, block.table]


def _front(front: FrontMatter) -> list[object]:
    return [
        front.title,
        front.language,
        front.date,
        front.type,
        front.countries,
        front.objectives,
        front.translations,
        front.provenance,
        front.sample,
    ]


# --- what is believed --------------------------------------------------------------------------------


def _failure(value: Any) -> ReadError:
    remark = _remark(value)
    if not isinstance(remark.code, ReadFault):
        raise WireError("no failure")
    return ReadError(remark.code, remark.params)


def _remark(value: Any) -> Remark:
    """A remark of which a sentence can be made."""
    if not isinstance(value, dict):
        raise WireError("a remark was expected")
    try:
        remark = remark_of({key: _text(part) if isinstance(part, str) else part for key, part in value.items()})
        str(remark)
    except (LookupError, TypeError, ValueError) as error:
        raise WireError("an unknown remark") from error
    return remark


def _document(value: Any) -> RawDocument:
    form, page_count, blocks, front, warnings = _fields(value, 5)
    if not isinstance(blocks, list) or not isinstance(warnings, list):
        raise WireError("blocks or warnings are not a list")
    return RawDocument(
        format=_text(form),
        blocks=tuple(map(_block, blocks)),
        page_count=_optional_count(page_count),
        front=_front_matter(front),
        warnings=tuple(map(_remark, warnings)),
    )


def _block(value: Any) -> Block:
    kind, text, page, level, cells, table = _fields(value, 6)
    try:
        known = BlockKind(_text(kind))
    except ValueError as error:
        raise WireError("an unknown kind of block") from error
    if not 0 <= _count(level) <= 6:
        raise WireError("a level that headings do not have")
    return Block(known, _text(text), _optional_count(page), level, _texts(cells), _optional_count(table))


def _front_matter(value: Any) -> FrontMatter:
    title, language, date, kind, countries, objectives, translations, provenance, sample = _fields(value, 9)
    if not isinstance(translations, list) or not isinstance(sample, bool):
        raise WireError("front matter of another shape")
    pairs = [_texts(pair) for pair in translations]
    return FrontMatter(
        title=_text(title),
        language=_text(language),
        date=_text(date),
        type=_text(kind),
        countries=None if countries is None else _texts(countries),
        objectives=None if objectives is None else _texts(objectives),
        translations=tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2),
        provenance=_text(provenance),
        sample=sample,
    )


def _fields(value: Any, count: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != count:
        raise WireError("a record of another shape")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("a text was expected")
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WireError("a list of texts was expected")
    return tuple(map(_text, value))


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WireError("a count was expected")
    return value


def _optional_count(value: Any) -> int | None:
    return None if value is None else _count(value)
