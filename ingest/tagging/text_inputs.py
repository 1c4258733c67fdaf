"""Short texts as the tagger reads them: their words, and their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ingest.tagging.definition_alignment import Aligner, Packed
from ingest.tagging.label_matching import Analysis, analyse
from ingest.tagging.scheme_tagger import Reading
from ingest.tagging.semantic_similarity import Encode, Vectors
from kb.text.language import language_of
from kb.text.sentences import sentence_ends

_LONGEST = 1400  # characters an encoder reads at once; about 350 tokens


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be tagged; `language` is ISO 639-1, empty when it is not known."""

    text: str
    title: str = ""
    language: str = ""


def reading_of(text: Text, packed: tuple[Packed, ...] = ()) -> Reading:
    """The text as evidence is looked for in it; the title counts, but holds no evidence."""
    language = text.language or language_of(_whole(text))
    context: tuple[Analysis, ...] = (analyse(text.title, language),) if text.title else ()
    return Reading(analyse(text.text, language), context, 0, len(text.text), packed)


def vectors_of(encode: Encode, texts: Sequence[Text]) -> Vectors:
    """One vector a text; of a long text, the mean of its pieces, since an encoder cuts what is too long."""
    pieces = [_pieces(_whole(each)) for each in texts]
    return _pooled(encode([piece for several in pieces for piece in several]), pieces)


def encoded_texts(aligner: Aligner, texts: Sequence[Text]) -> tuple[Vectors, list[tuple[Packed, ...]]]:
    """The vector of each text, and its packed tokens; offsets point into the text, before it stands the title."""
    pieces = [_pieces(_whole(each)) for each in texts]
    all_of = aligner.encode([piece for several in pieces for piece in several])
    tokens, packed = iter(all_of.tokens), []
    for text, several in zip(texts, pieces, strict=True):
        begins = np.cumsum([-(len(_whole(text)) - len(text.text)), *map(len, several)]).tolist()
        codes = list(islice(tokens, len(several)))
        packed.append(tuple(Packed(start, code) for start, code in zip(begins[:-1], codes, strict=True)))
    return _pooled(all_of.vectors, pieces), packed


def _pooled(vectors: Vectors, pieces: Sequence[Sequence[str]]) -> Vectors:
    ends = np.cumsum([len(several) for several in pieces])
    stacked = np.stack([part.mean(axis=0) for part in np.split(vectors, ends[:-1])])
    return np.asarray(stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _whole(text: Text) -> str:
    return f"{text.title}\n{text.text}" if text.title else text.text


def _pieces(text: str) -> list[str]:
    """`text` cut between sentences into pieces that an encoder reads whole; always at least one."""
    pieces, start, before = [], 0, 0
    for end in sentence_ends(text):
        if end - start > _LONGEST and before > start:
            pieces.append(text[start:before])
            start = before
        before = end
    return [*pieces, text[start:]]
