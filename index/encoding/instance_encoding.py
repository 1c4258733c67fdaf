"""Encodes passages and questions of one instance: vectors of the encoder, token vectors packed by its codec."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import Encoder, TokenVectors
from index.search.late_interaction import TokenCodec, load_codec, make_codec
from index.search.ranker import EncodedQuestion
from index.search.weights import SearchWeights
from kb.documents.models import EncodedPassages
from kb.documents.store import passages, pending_encodings
from kb.errors import InstanceError
from kb.experts.store import encoded_experts
from kb.store import instance_facts
from kb.store.database import Database
from kb.text.language import ASKED_IN, question_language
from kb.text.words import telling_words

_REFERENCE = Path(__file__).parent / "reference.txt"
_BATCH = 256  # passages encoded between two steps of a progress bar
_JOINT = "\n"  # between title and headings, and the passage


class Encoding:
    """What an instance encodes with. `codec` is None when late interaction is off."""

    def __init__(self, encoder: Encoder, codec: TokenCodec | None, weights: SearchWeights = SearchWeights()) -> None:  # noqa: B008 - frozen
        self._encoder = encoder
        self.codec = codec
        self._common_word = weights.common_word

    @property
    def identity(self) -> str:
        """Name and version of the encoder, as the instance records it."""
        return self._encoder.identity

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, contexts: Sequence[str], texts: Sequence[str]) -> EncodedPassages:
        """Passages with their title and heading path in front.

        The tokens of title and headings are kept too: "who leads it?" is answered by a list of agencies that does not
        say what they lead. They have no place in the passage's text, and so are never marked.
        """
        heads = [context + _JOINT if context else "" for context in contexts]
        whole = [head + text for head, text in zip(heads, texts, strict=True)]
        if self.codec is None:
            return EncodedPassages(self._encoder.encode_passages(whole))
        vectors, tokens = self._encoder.encode_passage_tokens(whole)
        packed = tuple(self._packed(self.codec, t, len(head)) for t, head in zip(tokens, heads, strict=True))
        return EncodedPassages(vectors, packed)

    def _packed(self, codec: TokenCodec, tokens: TokenVectors, head: int) -> bytes:
        inside = tokens.starts >= head
        starts, ends = np.where(inside, tokens.starts - head, 0), np.where(inside, tokens.ends - head, 0)
        return codec.pack(tokens.vectors.astype(np.float32), starts, ends)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts as of passages, shape (texts, dimension), without their tokens."""
        return self._encoder.encode_passages(texts)

    def question(self, text: str, /) -> EncodedQuestion:
        """A question, with its tokens ready to be compared."""
        if self.codec is None:
            return EncodedQuestion(self._encoder.encode_queries([text])[0])
        vector, tokens = self._encoder.encode_query_tokens(text)
        spans = tuple((int(s), int(e)) for s, e in zip(tokens.starts, tokens.ends, strict=True))
        weights = np.where(_telling(text, spans), 1.0, self._common_word).astype(np.float32)
        return EncodedQuestion(vector, self.codec.question(tokens.vectors.astype(np.float32)), weights, spans)


def _telling(text: str, spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which tokens of a question belong to a word that tells what it is about, shape (tokens,)."""
    asked = question_language(text)
    words_that_tell = telling_words(text, [asked] if asked else ASKED_IN)
    return np.asarray([any(w.start < end and start < w.end for w in words_that_tell) for start, end in spans], bool)


def open_encoding(database: Database, encoder: Encoder, late: bool) -> Encoding:
    """The encoding of an instance. Raises InstanceError when its vectors come from another encoder."""
    known = instance_facts.encoder_of(database)
    if known is not None and known != encoder.identity:
        raise instance_facts.encoder_differs(known, encoder.identity)
    return Encoding(encoder, _codec_of(database, encoder) if late else None)


def reencode(database: Database, encoding: Encoding, progress: Callable[[int], None]) -> int:
    """Encode every passage again and let the instance claim the encoder, in one step; the number of passages.

    A crash leaves the old vectors or the new ones. The caches are to be built again afterwards, and works of experts
    to be encoded (index.work_encoding): what was encoded of them is gone, too.
    """
    texts = list(passages.all_texts(database))
    encoded: list[tuple[list[int], EncodedPassages]] = []
    for first in range(0, len(texts), _BATCH):
        batch = texts[first : first + _BATCH]
        values = encoding.encode([context for _, context, _ in batch], [text for *_, text in batch])
        encoded.append(([number for number, _, _ in batch], values))
        progress(len(batch))
    with database.write() as connection:
        passages.drop_vectors(connection)
        encoded_experts.drop_vectors(connection)  # works are encoded again after this, one by one
        pending_encodings.reset_attempts(connection)
        for ids, values in encoded:
            passages.put_vectors(connection, ids, values)
        instance_facts.replace_encoder(connection, encoding.identity, encoding.codec.dump() if encoding.codec else None)
        instance_facts.next_revision(connection)
    return len(texts)


def reference_codec(encoder: Encoder) -> TokenCodec:
    """A codec centred on the means of general prose and general questions."""
    prose, questions = (part.splitlines() for part in _REFERENCE.read_text("utf-8").split("\n---\n"))
    prose = [line for line in prose if not line.startswith("#")]
    _, tokens = encoder.encode_passage_tokens(prose)
    asked = [encoder.encode_query_tokens(question)[1].vectors for question in questions]
    return make_codec(
        np.concatenate([t.vectors for t in tokens]).astype(np.float32), np.concatenate(asked).astype(np.float32)
    )


def _codec_of(database: Database, encoder: Encoder) -> TokenCodec:
    with database.read() as connection:
        text = instance_facts.get(connection, instance_facts.CODEC)
    if text is None:
        made = reference_codec(encoder).dump()
        with database.write() as connection:
            text = instance_facts.get(connection, instance_facts.CODEC)
            if text is None:
                instance_facts.put(connection, instance_facts.CODEC, made)
                text = made
    try:
        return load_codec(text)
    except (ValueError, KeyError) as error:
        raise InstanceError(
            "The token vectors were packed in a way this version does not read. Run 'kb index reencode'."
        ) from error
