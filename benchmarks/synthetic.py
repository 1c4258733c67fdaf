"""Instances of any size for measuring: passages that recombine sentences of the starter corpus.

Some passages are encoded; the vectors of the others are mixtures of theirs with a little noise, and their token
vectors those of one of them. So sizes and times are those of real passages, while nothing must be encoded for hours.
What such an instance answers means nothing: quality is measured on collections that people judged.
"""

import hashlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoding.instance_encoding import Encoding, open_encoding
from index.encoding.open_encoder import open_encoder
from index.search.caches import Caches
from index.search.searcher import Searcher
from kb.documents.models import (
    BlockKind,
    Description,
    Document,
    EncodedPassages,
    Evidence,
    EvidenceKind,
    Passage,
    PlacedBlock,
    PreparedDocument,
    Section,
    Source,
    Tag,
    TaggedPassage,
)
from kb.documents.store import documents
from kb.store.database import Database, open_database
from kb.text.sentences import sentence_ends

CORPUS = Path(__file__).parent.parent / "corpus" / "documents"
LANGUAGES = ("es", "en", "fr")
_A_DOCUMENT = 100  # passages
_JOINT = "\n\n"
_SHORTEST = 40  # characters of a sentence that is used
_NOISE = 0.02
_SEED = 13


@dataclass(frozen=True, slots=True)
class Opened:
    """An instance that is open for searching."""

    home: Path
    database: Database
    encoding: Encoding
    searcher: Searcher


@dataclass(frozen=True, slots=True)
class Encoded:
    """Passages that were really encoded: vectors (n, dimension), packed token vectors."""

    vectors: NDArray[np.float32]
    tokens: tuple[bytes, ...]


def open_sized(home: Path, count: int, distinct: int, encoder_home: Path, threads: int) -> Opened:
    """An instance of `count` passages in `home`, made when it is not there yet."""
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    encoding = open_encoding(database, open_encoder("", encoder_home, "auto", threads), late=True)
    if not (home / "made").exists():
        _fill(database, encoding, count, distinct)
        (home / "made").write_text(str(count))
    return opened(home, database, encoding)


def opened(home: Path, database: Database, encoding: Encoding) -> Opened:
    """The instance with a searcher whose arms are all there."""
    searcher = Searcher(database, Caches(database, home))
    searcher.use_vectors(encoding.identity, encoding.dimension, encoding.question, encoding.codec is not None)
    return Opened(home, database, encoding, searcher)


def sentences(language: str) -> list[str]:
    """The sentences of the starter corpus in one language."""
    found = []
    for path in sorted(CORPUS.glob(f"*.{language}.md")):
        text = path.read_text("utf-8").split("\n---\n", 1)[-1]
        begin = 0
        for end in sentence_ends(text):
            sentence = " ".join(text[begin:end].strip(" \n#*-|").split())
            begin = end
            if len(sentence) >= _SHORTEST:
                found.append(sentence)
    return list(dict.fromkeys(found))


def questions(count: int) -> list[str]:
    """Questions as short as people type them: runs of three to eight words of the corpus, in its languages."""
    chance = random.Random(_SEED)
    known = {language: sentences(language) for language in LANGUAGES}
    made = []
    for number in range(count):
        words = chance.choice(known[LANGUAGES[number % len(LANGUAGES)]]).split()
        begin = chance.randrange(max(1, len(words) - 8))
        made.append(" ".join(words[begin : begin + chance.randint(3, 8)]).strip(".,;:*()"))
    return made


def passages(count: int, language: str, chance: random.Random) -> list[str]:
    """Passages of three to six sentences."""
    known = sentences(language)
    return [" ".join(chance.sample(known, chance.randint(3, 6))) for _ in range(count)]


def prepare(
    name: str, language: str, texts: Sequence[str], encoded: EncodedPassages, encoder: str, tags: tuple[Tag, ...] = ()
) -> PreparedDocument:
    """What ingesting would hand to the store for a document of these passages."""
    whole, at, cut = name + _JOINT + _JOINT.join(texts), len(name) + len(_JOINT), []
    for number, text in enumerate(texts, 1):
        cut.append(Passage(number, at, at + len(text), text, (), None, None, language))
        at += len(text) + len(_JOINT)
    blocks = tuple(PlacedBlock(BlockKind.PARAGRAPH, p.start, p.end) for p in cut)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return PreparedDocument(
        source=Source(name, f"/measured/{name}", digest, len(whole), "text"),
        document=Document(whole, blocks, (Section((), 0, len(whole)),)),
        description=Description(name, language, "report", "2024", ("MEX",)),
        passages=tuple(TaggedPassage(passage, tags) for passage in cut),
        tags=tags,
        encoded=encoded,
        encoder=encoder,
    )


def bytes_in(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    return {f"p{p}_ms": round(float(np.percentile(np.asarray(seconds) * 1000, p)), 2) for p in (50, 95)}


def timed(run: object, *arguments: object) -> float:
    """Seconds of one call."""
    assert callable(run)
    began = time.perf_counter()
    run(*arguments)
    return time.perf_counter() - began


def _fill(database: Database, encoding: Encoding, count: int, distinct: int) -> None:
    chance, noise = random.Random(_SEED), np.random.default_rng(_SEED)
    by_language = {
        language: _encode(encoding, passages(min(distinct, count) // len(LANGUAGES) + 1, language, chance))
        for language in LANGUAGES
    }
    for number in range(-(-count // _A_DOCUMENT)):
        language = LANGUAGES[number % len(LANGUAGES)]
        texts = passages(min(_A_DOCUMENT, count - number * _A_DOCUMENT), language, chance)
        objective = Tag("objectives", str(1 + number % 23), 0.9, (Evidence(0, 5, EvidenceKind.TERM),), "measured 1")
        mixed = _mixed(by_language[language], len(texts), noise)
        name = f"measured-{number:05}.{language}.txt"
        documents.add(database, prepare(name, language, texts, mixed, encoding.identity, (objective,)), publish=True)


def _encode(encoding: Encoding, texts: Sequence[str]) -> Encoded:
    encoded = encoding.encode([""] * len(texts), texts)
    return Encoded(encoded.vectors, encoded.tokens)


def _mixed(known: Encoded, count: int, noise: np.random.Generator) -> EncodedPassages:
    """Vectors between two that were encoded, with noise; the token vectors of the first of the two."""
    first, second = noise.integers(0, len(known.vectors), (2, count))
    share = noise.uniform(0.5, 1.0, (count, 1))
    vectors = share * known.vectors[first] + (1 - share) * known.vectors[second]
    vectors += noise.normal(0, _NOISE, vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return EncodedPassages(vectors.astype(np.float32), tuple(known.tokens[i] for i in first))
