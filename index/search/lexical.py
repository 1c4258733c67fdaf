"""Lexical search: tantivy over passage ids, known to this module alone.

Text is analysed by kb.text, the same analysis that tags and marks words, and handed to tantivy as terms.
"""

import math
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.search.backend import WordQuery
from index.search.question import Equivalent
from index.search.weights import FieldBoosts
from kb.search.answers import Ranking
from kb.text.words import stop_words, terms, words

ANALYSIS = 3  # raise when kb.text or the fields change: caches built before are built again
_SATURATION = 2.2  # k1 + 1: what BM25 gives a word that occurs very often, in units of its idf
_HEAP = 64_000_000  # bytes a writer may hold
_FUZZY_FROM = 5  # characters; shorter words have too many neighbours at one edit


@dataclass(frozen=True, slots=True)
class LexicalPassage:
    """What the index takes in of a passage."""

    id: int
    document: int
    language: str
    text: str
    context: str  # title and heading path


@dataclass(frozen=True, slots=True)
class _Parsed:
    query: "tantivy.Query"
    rarity: float  # sum of the idf of its words
    known: bool = True  # whether all its words are in some passage


class LexicalIndex:
    """BM25 over stems, with a smaller weight on exact words and on title and headings.

    One thread may change it at a time (the caller's lock); any number may search meanwhile.
    """

    name = "lexical"

    def __init__(self, folder: Path | None) -> None:
        """Open the index in `folder`, or an empty one there; None = in memory. Raises ValueError if it is none."""
        self._schema = _schema()
        try:
            self._index = tantivy.Index(self._schema, path=None if folder is None else str(folder))
        except ValueError as error:
            raise ValueError(f"{folder} does not hold a lexical index") from error
        self._index.reload()

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def update(self, gone: Iterable[int], passages: Iterable[LexicalPassage]) -> None:
        """Forget the passages of the documents `gone`, take in `passages`, in one durable step."""
        writer = self._index.writer(_HEAP, 1)
        for document in gone:
            # Not by term: the binding makes a signed term of any number, which the field does not hold.
            writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "document", document))
        self._finish(writer, passages)

    def replace(self, passages: Iterable[LexicalPassage]) -> None:
        """Hold `passages` and nothing else, in one durable step."""
        writer = self._index.writer(_HEAP, 1)
        writer.delete_all_documents()
        self._finish(writer, passages)

    def _finish(self, writer: "tantivy.IndexWriter", passages: Iterable[LexicalPassage]) -> None:
        for passage in passages:
            writer.add_document(_document(passage))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def reload(self) -> None:
        """See what another process wrote."""
        self._index.reload()

    def search(self, query: WordQuery, limit: int, allowed: NDArray[np.int64] | None = None) -> Ranking:
        """The `limit` passages that match best, among `allowed` (None = all).

        Scores are BM25 as a share of what a passage could reach that holds all words of the question often: about 0.5
        when most of the rare words are there, 0.1 when only a name is.
        """
        empty = Ranking(self.name, np.zeros(0, np.int64), np.zeros(0, np.float32))
        searcher = self._index.searcher()
        parsed = self._parse(query, searcher)
        if parsed is None or limit < 1 or (allowed is not None and not len(allowed)):
            return empty
        chosen = parsed.query if allowed is None else self._among(parsed.query, allowed)
        hits = searcher.search(chosen, limit, count=False).hits
        if not hits:
            return empty
        ids = np.asarray(searcher.fast_field_values("id", [address for _, address in hits]), np.int64)
        scores = np.asarray([score for score, _ in hits], np.float32) / np.float32(_SATURATION * parsed.rarity)
        # Equal scores come in the order of the segments, which is not the same in two processes.
        order = np.lexsort((ids, -scores))
        return Ranking(self.name, ids[order], scores[order])

    def holds(self, word: str) -> bool:
        """Whether any passage has this folded word."""
        return bool(self._index.searcher().doc_freq("word", word))

    def frequencies(self, stems: Sequence[str]) -> list[int]:
        """In how many passages each of these stems occurs."""
        searcher = self._index.searcher()
        return [searcher.doc_freq("stem", s) for s in stems]

    def _among(self, query: "tantivy.Query", allowed: NDArray[np.int64]) -> "tantivy.Query":
        chosen = tantivy.Query.const_score_query(
            tantivy.Query.term_set_query(self._schema, "id", allowed.tolist()), 0.0
        )
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, chosen)])

    def containing(self, phrase: str) -> NDArray[np.int64]:
        """Ids of the passages in which the words of `phrase` stand in this order, as spelled but for accents."""
        searcher = self._index.searcher()
        parsed = self._phrase(phrase)
        if parsed is None or not searcher.num_docs:
            return np.zeros(0, np.int64)
        hits = searcher.search(parsed, searcher.num_docs, count=False).hits
        return np.asarray(searcher.fast_field_values("id", [address for _, address in hits]), np.int64)

    def _parse(self, query: WordQuery, searcher: "tantivy.Searcher") -> "_Parsed | None":
        question = query.text
        parts: list[_Parsed] = []
        for name in query.equivalents:
            found = self._term(name, query, searcher) if name.term else self._name(name, searcher)
            if found is not None:  # otherwise its words are searched like any others
                parts.append(found)
                question = question[: name.start] + " " * (name.end - name.start) + question[name.end :]
        words_left = self._words(question, query, searcher)
        parts += [] if words_left is None else [words_left]
        return _all_of(parts)

    def _words(self, text: str, query: WordQuery, searcher: "tantivy.Searcher") -> "_Parsed | None":
        """The words of `text`, each for itself."""
        parts = []
        for stems, word in _distinct_words(text, query.languages):
            # Frequencies count what was forgotten until the engine merges it away.
            frequency = min(max(searcher.doc_freq("stem", s) for s in stems), searcher.num_docs)
            rarity = _idf(frequency, searcher.num_docs)
            parts.append(_Parsed(self._clause(stems, word, frequency > 0, query.boosts), rarity, frequency > 0))
        return _all_of(parts)

    def _term(self, name: Equivalent, query: WordQuery, searcher: "tantivy.Searcher") -> "_Parsed | None":
        """A term as it is typed, or in any other of its forms; None where no passage has another one.

        However many forms there are, the best that a passage has counts, and it counts what the typed words would:
        where those are known here their rarity, otherwise that of the commonest other form.
        """
        typed = self._words(query.text[name.start : name.end], query, searcher)
        languages = tuple(query.languages)
        forms = dict.fromkeys(_telling(form, languages) for form in name.forms)
        others = [found for form in forms if (found := self._together(form, searcher)) is not None]
        if typed is None or not others:
            return None
        rarity = typed.rarity if typed.known else min(other.rarity for other in others)
        options = [typed.query] if typed.known else []
        for other in others:
            weight = query.boosts.equivalent * rarity / other.rarity
            options.append(tantivy.Query.boost_query(other.query, weight))
        return _Parsed(tantivy.Query.disjunction_max_query(options), rarity)

    def _together(self, form: "frozenset[tuple[str, ...]]", searcher: "tantivy.Searcher") -> "_Parsed | None":
        """All words of a form, each given by its stems, anywhere in a passage; None where a word is in none."""
        clauses, rarity = [], 0.0
        for stems in sorted(form):
            frequency = min(max(searcher.doc_freq("stem", s) for s in stems), searcher.num_docs)
            if not frequency:
                return None
            options = [tantivy.Query.term_query(self._schema, "stem", s, "freq") for s in stems]
            clauses.append((tantivy.Occur.Must, tantivy.Query.disjunction_max_query(options)))
            rarity += _idf(frequency, searcher.num_docs)
        return _Parsed(tantivy.Query.boolean_query(clauses), rarity) if clauses else None

    def _name(self, name: Equivalent, searcher: "tantivy.Searcher") -> "_Parsed | None":
        """A name under any of its forms, each counting the same; None where no passage has one."""
        forms = [[word.folded for word in words(form)] for form in name.forms]
        known = []
        for spelled in dict.fromkeys(tuple(form) for form in forms if form):
            frequencies = [min(searcher.doc_freq("word", word), searcher.num_docs) for word in spelled]
            if all(frequencies):
                known.append((spelled, frequencies))
        if not known:
            return None
        rarity = _idf(max(min(frequencies) for _, frequencies in known), searcher.num_docs)
        options = []
        for spelled, frequencies in known:
            weight = rarity / sum(_idf(frequency, searcher.num_docs) for frequency in frequencies)
            query = self._phrase(" ".join(spelled))
            if query is not None:
                options.append(tantivy.Query.boost_query(query, weight))
        return _Parsed(tantivy.Query.disjunction_max_query(options), rarity)

    def _clause(self, stems: tuple[str, ...], word: str, known: bool, boosts: FieldBoosts) -> "tantivy.Query":
        """One word of the question: any of its stems, also in title and headings; unknown words by one edit."""
        term, boost = tantivy.Query.term_query, tantivy.Query.boost_query
        options = [term(self._schema, "stem", s, "freq") for s in stems]
        if not known and len(word) >= _FUZZY_FROM:
            options.append(boost(tantivy.Query.fuzzy_term_query(self._schema, "word", word, 1), boosts.fuzzy))
        parts = [tantivy.Query.disjunction_max_query(options)]
        parts += [boost(term(self._schema, "context", s, "freq"), boosts.context) for s in stems]
        parts.append(boost(term(self._schema, "word", word, "freq"), boosts.exact))
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])

    def _phrase(self, phrase: str) -> "tantivy.Query | None":
        spelled = [word.folded for word in words(phrase)]
        if not spelled:
            return None
        if len(spelled) == 1:
            return tantivy.Query.term_query(self._schema, "word", spelled[0])
        return tantivy.Query.phrase_query(self._schema, "word", spelled)


def create(folder: Path, passages: Iterable[LexicalPassage]) -> LexicalIndex:
    """A new index in `folder` in place of whatever was there."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    index = LexicalIndex(folder)
    index.update((), passages)
    return index


def _idf(frequency: int, passages: int) -> float:
    """The idf of BM25 as Lucene and tantivy compute it."""
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


def _distinct_words(question: str, languages: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
    """The words of a question once each: (its stems in these languages, its folded form)."""
    columns = [terms(question, language) for language in languages] or [terms(question, "und")]
    spelled = terms(question, "und")
    # Every language cuts the same words, so position by position the columns are stems of one word.
    found = {tuple(sorted(set(stems))): word for *stems, word in zip(*columns, spelled, strict=True)}
    return list(found.items())


def _all_of(parts: "Sequence[_Parsed]") -> "_Parsed | None":
    if not parts:
        return None
    query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part.query) for part in parts])
    return _Parsed(query, sum(part.rarity for part in parts), all(part.known for part in parts))


@lru_cache(maxsize=20_000)
def _telling(form: str, languages: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The stems in these languages of each word of a form that tells what it is about; kept, for terms come again."""
    return frozenset(stems for stems, word in _distinct_words(form, languages) if word not in _small_words(languages))


@lru_cache(maxsize=64)
def _small_words(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(stop_words(language) for language in languages))


def _schema() -> "tantivy.Schema":
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_text_field("stem", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("word", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("context", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _document(passage: LexicalPassage) -> "tantivy.Document":
    document = tantivy.Document()
    document.add_unsigned("id", passage.id)
    document.add_unsigned("document", passage.document)
    document.add_text("stem", " ".join(terms(passage.text, passage.language)))
    document.add_text("word", " ".join(word.folded for word in words(passage.text)))
    document.add_text("context", " ".join(terms(passage.context, passage.language)))
    return document
