"""Search: a query to documents with their best passages, over the caches of one instance."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.search.answerability import FAR, Asking, Candidate, Evidence, Scores, gather, is_answered, is_calibrated_for
from index.search.backend import Backends
from index.search.background import background
from index.search.catalogue import Catalogue
from index.search.coverage import covered, units
from index.search.editions import Work, by_date, group, passages_of
from index.search.fusion import belonging, restricted
from index.search.highlights import aligned_marks, lexical_marks, merged
from index.search.query_understanding import Reader, favour_of
from index.search.question import Question, read_question
from index.search.ranker import Encode, EncodedQuestion, Engines, Favour, Ranked, rank
from index.search.snapshot import LiveSnapshot, Snapshot
from index.search.weights import SearchWeights
from kb.documents.facts import PassageRecord
from kb.documents.store import passages as store
from kb.places.demonyms import find_nations_asked
from kb.search.answers import Answer, Filters, Hit, Query, Ranking, Reading
from kb.store.database import Database
from kb.text.folding import INVISIBLE
from kb.text.language import question_language

NEAREST = 10  # documents shown where none of the answer passes the filters
PATIENCE = 15.0  # seconds a question waits for an encoder that is being loaded
_STEMMED = 8  # languages whose stems are tried for a question


class Searcher:
    """Searches what is published. Safe to share between threads; sees what others publish at the next search."""

    def __init__(
        self, database: Database, backends: Backends, weights: SearchWeights | None = None, reader: Reader | None = None
    ) -> None:
        self._database = database
        self._weights = weights or SearchWeights()
        self._reader = reader or Reader(None)
        self._encode: Encode | None = None
        self._late = False
        self._encoder = ""
        self._live = LiveSnapshot(database, backends)
        self._settled = threading.Event()  # the encoder is there, or will not come
        self._settled.set()

    def expect_vectors(self) -> None:
        """Questions wait a while for the encoder from now on, until it is there or given up."""
        self._settled.clear()

    def give_up_vectors(self) -> None:
        """The encoder will not come: search goes by words alone."""
        self._settled.set()

    def use_vectors(self, encoder: str, dimension: int, encode: Encode, late: bool) -> None:
        """Let the dense arm join, once its encoder is there; until then search goes by words alone."""
        self._encode, self._late, self._encoder = encode, late, encoder
        self._live.use_vectors(encoder, dimension)
        self._settled.set()

    def warm_up(self) -> None:
        """Make what is made once of vocabularies, so that no question waits for it."""
        self._reader.warm_up()

    @property
    def ready(self) -> bool:
        """Whether the dense arm takes part."""
        return self._live.newest.vectors is not None

    @property
    def catalogue(self) -> Catalogue:
        """What is published, as of the last refresh."""
        return self._live.newest.catalogue

    def refresh(self) -> None:
        """Take in what was published or withdrawn, by whichever process."""
        self._live.refresh()

    def search(self, query: Query) -> Answer:
        """Answer a query. Raises UsageError for a question without words. An empty question browses.

        Where nothing of the answer passes the filters, or no passage holds a quoted phrase, the hits are what comes
        nearest, without facets: they would not be the counts of what a filter leaves.
        """
        began = time.perf_counter()
        if query.text.strip():
            self._settled.wait(PATIENCE)
        self.refresh()
        view = self._live.newest
        if not query.text.strip():
            return self._answer(view, query, self._browse(view, query.filters), None, began)
        asked = self._ask(view, query)
        members = self._within(view, asked.question, self._belonging(asked.ranked))
        allowed = view.catalogue.allowed(query.filters)
        shown = members if allowed is None else restricted(members, np.isin(members.ids, allowed))
        if len(shown.ids):
            answer = self._answer(view, query, shown, asked, began)
            return replace(answer, answered=self._answers(view, asked, members))
        near = self._nearest(view, asked, allowed)
        return replace(self._answer(view, query, near, asked, began), answered=False, facets=())

    def ranked(self, text: str) -> Ranked:
        """Every ranking of a question by itself, before anything is left out. Raises UsageError as `search` does."""
        self.refresh()
        return self._ask(self._live.newest, Query(text)).ranked

    def evidence(self, query: Query) -> Evidence | None:
        """What speaks for an answer to a question; None when it cannot be told. Raises UsageError as `search` does."""
        self.refresh()
        view = self._live.newest
        asked = self._ask(view, query)
        members = self._within(view, asked.question, self._belonging(asked.ranked))
        return self._evidence(view, asked, members.ids[: self._weights.support.candidates].tolist())

    def marks(self, text: str, passages: Sequence[int]) -> dict[int, tuple[tuple[int, int], ...]]:
        """The words of these passages that answer a question, by passage; offsets into its text."""
        read = self._read(self._live.newest, Query(text))
        records = store.records(self._database, passages, self._live.newest.catalogue.facts)
        codes = store.token_codes(self._database, list(records)) if read.encoded and self._late else {}
        return {number: _marks(read, record, codes.get(number)) for number, record in records.items()}

    def similar(self, passage: int, limit: int) -> list[PassageRecord]:
        """Passages of other works nearest to this one; empty while the dense arm is not ready."""
        self.refresh()
        view = self._live.newest
        if view.vectors is None or not view.catalogue.known(np.asarray([passage]))[0]:
            return []
        near = view.vectors.search(view.vectors.vectors([passage])[0], 20 * limit)
        near = restricted(near, view.catalogue.known(near.ids))
        own = view.catalogue.facts[int(view.catalogue.documents_of(np.asarray([passage]))[0])]
        works = [w for w in group(view.catalogue, near, (own.language,)) if w.work != own.work][:limit]
        records = store.records(self._database, [w.passage for w in works], view.catalogue.facts)
        return [records[w.passage] for w in works if w.passage in records]

    def _engines(self, view: Snapshot) -> Engines:
        def language_of(ids: NDArray[np.int64]) -> NDArray[np.str_]:
            languages = np.full(len(ids), "und", "U8")
            known = view.catalogue.known(ids)
            languages[known] = view.catalogue.languages_of(ids[known])
            return languages

        reader = (lambda ids: store.token_codes(self._database, ids)) if self._late else None
        spoken = tuple(view.catalogue.spoken()[:_STEMMED])
        return Engines(self._live.words, spoken, language_of, view.vectors, view.moments, reader, self._weights)

    def _within(self, view: Snapshot, question: Question, ranking: Ranking, phrases: bool = True) -> Ranking:
        """Only what is published and holds the phrases, but not the excluded words, of the question."""
        kept = view.catalogue.known(ranking.ids)
        for phrase in question.phrases if phrases else ():
            kept &= np.isin(ranking.ids, self._live.words.containing(phrase))
        for word in question.excluded:
            kept &= ~np.isin(ranking.ids, self._live.words.containing(word))
        return restricted(ranking, kept)

    def _read(self, view: Snapshot, query: Query) -> "_Read":
        seen = query.text.translate(INVISIBLE)
        typed = seen if query.literal else self._reader.mended(seen, self._live.words.holds)
        question = read_question(typed)
        preferred = tuple(language for language in (question_language(question.text), query.reader) if language)
        if not query.literal:
            spoken, mainly = view.catalogue.spoken(), view.catalogue.spoken(self._weights.support.spoken)
            question = self._reader.understand(question, spoken, mainly)
        encoded = self._encode(question.encoded) if self._encode and view.vectors is not None else None
        return _Read(question, encoded, preferred, typed if typed != seen else "")

    def _ask(self, view: Snapshot, query: Query) -> "_Asked":
        read = self._read(view, query)
        lists = [self._live.words.containing(phrase) for phrase in read.question.listed]
        listing = np.concatenate(lists) if lists else np.zeros(0, np.int64)
        favour = favour_of(read.question, view.catalogue, self._weights, listing)
        ranked = rank(self._engines(view), read.question, read.encoded, favour=favour)
        return _Asked(read.question, read.encoded, read.preferred, read.corrected, ranked, favour)

    def _answers(self, view: Snapshot, asked: "_Asked", members: Ranking) -> bool:
        """Whether the best of the answer clearly answer; a found phrase always does, and a named objective."""
        question, weights = asked.question, self._weights.support
        if question.phrases or question.objectives:
            return True
        best = members.ids[: weights.candidates].tolist()
        absent = bool(question.countries) and not self._is_about(view, best, question.countries)
        return is_answered(self._evidence(view, asked, best), absent, weights)

    def _evidence(self, view: Snapshot, asked: "_Asked", best: Sequence[int]) -> Evidence | None:
        """What the best candidates, passage ids in order, give the question; None when it cannot be told."""
        if asked.encoded is None or view.vectors is None or not is_calibrated_for(self._encoder):
            return None
        catalogue, weights = view.catalogue, self._weights.support
        spoken = catalogue.spoken()[:_STEMMED]
        wanted = units(asked.question, spoken)
        records = store.records(self._database, best, catalogue.facts)
        codes = store.token_codes(self._database, list(records))
        candidates = [
            Candidate(codes[record.id], language, covered(wanted, _whole(record), language))
            for number in best
            if (record := records.get(number)) and number in codes and (language := record.passage.language)
        ]
        language = question_language(asked.question.text)
        is_spoken = not language or catalogue.share(language) >= weights.spoken
        asking = Asking(bool(language), is_spoken, language in FAR, len(wanted))
        scores = Scores.of(asked.ranked, view.vectors, asked.encoded)
        usual = background(candidates[0].language if candidates else "")
        return gather(asked.encoded, candidates, scores, asking, usual, weights)

    def _belonging(self, ranked: Ranked) -> Ranking:
        return belonging(ranked.final, ranked.dense, ranked.lexical, self._weights.floors)

    def _is_about(self, view: Snapshot, best: Sequence[int], countries: Sequence[str]) -> bool:
        """Whether any of these passages names one of the countries, or belongs to a document about it."""
        records = store.records(self._database, best, view.catalogue.facts).values()
        named = {c.code for r in records for c in find_nations_asked(f"{r.document.title}\n{r.passage.text}")}
        return not named.union(*(r.document.countries for r in records)).isdisjoint(countries)

    def _nearest(self, view: Snapshot, asked: "_Asked", allowed: NDArray[np.int64] | None) -> Ranking:
        """The passages of the nearest works among `allowed` (None = all), whether or not they hold the phrases."""
        ranked = asked.ranked
        if allowed is not None:
            engines = self._engines(view)
            ranked = rank(engines, asked.question, asked.encoded, allowed, NEAREST * 10, asked.favour)
        near = self._within(view, asked.question, ranked.final, phrases=False)
        works = group(view.catalogue, near, asked.preferred)[:NEAREST]
        shown = [passage for work in works for passage in (work.passage, *work.others)]
        return restricted(near, np.isin(near.ids, shown))

    def _browse(self, view: Snapshot, filters: Filters) -> Ranking:
        allowed = view.catalogue.allowed(filters)
        ids = view.catalogue.ids if allowed is None else allowed
        return Ranking("browse", ids, np.zeros(len(ids), np.float32))

    def _answer(self, view: Snapshot, query: Query, shown: Ranking, asked: "_Asked | None", began: float) -> Answer:
        works = group(view.catalogue, shown, asked.preferred if asked else (query.reader,))
        if query.sort == "date" or asked is None:
            works = by_date(works, view.catalogue)
        total = len(works)
        if asked is not None and not query.grouped:
            works = passages_of(works, view.catalogue, shown)
            works = by_date(works, view.catalogue) if query.sort == "date" else works
        hits = self._hits(view, query, works[query.offset : query.offset + query.limit], asked)
        facets = view.catalogue.facets(shown.ids)
        took = (time.perf_counter() - began) * 1000
        arms = asked.ranked.arms if asked else ()
        reading = asked.reading if asked else Reading()
        degraded = asked is not None and asked.encoded is None
        return Answer(query, hits, total, facets, took, arms, reading=reading, degraded=degraded)

    def _hits(self, view: Snapshot, query: Query, works: Sequence[Work], asked: "_Asked | None") -> tuple[Hit, ...]:
        records = store.records(self._database, [work.passage for work in works], view.catalogue.facts)
        codes = store.token_codes(self._database, list(records)) if asked and asked.encoded and self._late else {}
        hits = []
        for place, work in enumerate(works, query.offset + 1):
            record = records.get(work.passage)
            if record is None:  # withdrawn between ranking and fetching
                continue
            marks = _marks(asked, record, codes.get(record.id)) if asked else ()
            siblings = _translations(view.catalogue, record)
            hits.append(Hit(place, work.score, record, marks, work.others, siblings))
        return tuple(hits)


@dataclass(frozen=True, slots=True)
class _Read:
    """A question as read and encoded; `preferred` are languages of translations, first choice first."""

    question: Question
    encoded: EncodedQuestion | None
    preferred: tuple[str, ...]
    corrected: str  # as it was searched, "" when that is as it was typed

    @property
    def reading(self) -> Reading:
        return Reading(self.question.objectives, self.question.countries, self.question.terms, self.corrected)


@dataclass(frozen=True, slots=True)
class _Asked(_Read):
    """A question that was ranked, with what was worth more than its words."""

    ranked: Ranked
    favour: Favour | None


def _marks(read: _Read, record: PassageRecord, code: bytes | None) -> tuple[tuple[int, int], ...]:
    text = record.passage.text
    languages = tuple(dict.fromkeys([*read.preferred[:1], record.passage.language]))
    marks = lexical_marks(read.question, text, languages)
    if read.encoded is not None and code is not None:
        marks += aligned_marks(read.question, read.encoded, text, code, languages)
    return merged(text, marks)


def _whole(record: PassageRecord) -> str:
    """A passage with what it stands under."""
    return "\n".join((record.document.title, *record.passage.heading, record.passage.text))


def _translations(catalogue: Catalogue, record: PassageRecord) -> tuple[tuple[str, int], ...]:
    work = record.document.work
    own = record.document.language
    others = {f.language: f.id for f in catalogue.by_work.get(work, ()) if f.language != own}
    return tuple(sorted(others.items()))
