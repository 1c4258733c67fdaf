"""Encodes passages and questions of one instance: vectors of the encoder, token vectors packed by its codec."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.late import TokenCodec, load_codec, make_codec
from index.ranker import EncodedQuestion
from kb.errors import InstanceError
from kb.models import EncodedPassages
from kb.store import instance
from kb.store.database import Database

_REFERENCE = Path(__file__).parent / "reference.txt"
_JOINT = "\n"  # between title and headings, and the passage


class Encoding:
    """What an instance encodes with. `codec` is None when late interaction is off."""

    def __init__(self, encoder: Encoder, codec: TokenCodec | None) -> None:
        self._encoder = encoder
        self.codec = codec

    @property
    def identity(self) -> str:
        """Name and version of the encoder, as the instance records it."""
        return self._encoder.identity

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, contexts: Sequence[str], texts: Sequence[str]) -> EncodedPassages:
        """Passages with their title and heading path in front; the tokens kept are those of `texts` alone."""
        heads = [context + _JOINT if context else "" for context in contexts]
        whole = [head + text for head, text in zip(heads, texts, strict=True)]
        if self.codec is None:
            return EncodedPassages(self._encoder.encode_passages(whole))
        vectors, tokens = self._encoder.encode_passage_tokens(whole, skips=[len(head) for head in heads])
        packed = tuple(self.codec.pack(t.vectors.astype(np.float32), t.starts, t.ends) for t in tokens)
        return EncodedPassages(vectors, packed)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts as of passages, shape (texts, dimension), without their tokens."""
        return self._encoder.encode_passages(texts)

    def question(self, text: str, /) -> EncodedQuestion:
        """A question, with its tokens ready to be compared."""
        if self.codec is None:
            return EncodedQuestion(self._encoder.encode_queries([text])[0])
        vector, tokens = self._encoder.encode_query_tokens(text)
        spans = tuple((int(s), int(e)) for s, e in zip(tokens.starts, tokens.ends, strict=True))
        return EncodedQuestion(vector, self.codec.question(tokens.vectors.astype(np.float32)), spans)


def open_encoding(database: Database, encoder: Encoder, late: bool) -> Encoding:
    """The encoding of an instance. Raises InstanceError when its vectors come from another encoder."""
    known = instance.encoder_of(database)
    if known is not None and known != encoder.identity:
        raise instance.encoder_differs(known, encoder.identity)
    return Encoding(encoder, _codec_of(database, encoder) if late else None)


def reference_codec(encoder: Encoder) -> TokenCodec:
    """A codec centred on the means of general prose and general questions."""
    passages, questions = (part.splitlines() for part in _REFERENCE.read_text("utf-8").split("\n---\n"))
    passages = [line for line in passages if not line.startswith("#")]
    _, tokens = encoder.encode_passage_tokens(passages)
    asked = [encoder.encode_query_tokens(question)[1].vectors for question in questions]
    return make_codec(
        np.concatenate([t.vectors for t in tokens]).astype(np.float32), np.concatenate(asked).astype(np.float32)
    )


def _codec_of(database: Database, encoder: Encoder) -> TokenCodec:
    with database.read() as connection:
        text = instance.get(connection, instance.CODEC)
    if text is None:
        made = reference_codec(encoder).dump()
        with database.write() as connection:
            text = instance.get(connection, instance.CODEC)
            if text is None:
                instance.put(connection, instance.CODEC, made)
                text = made
    try:
        return load_codec(text)
    except (ValueError, KeyError) as error:
        raise InstanceError(
            "The token vectors were packed in a way this version does not read. Run 'kb index reencode'."
        ) from error
