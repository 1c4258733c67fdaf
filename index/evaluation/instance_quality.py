"""Measures the search of an instance on judged questions: which of its texts answer, and which questions none does."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from index.evaluation.confidence import mean_interval, share_interval
from index.search.searcher import Searcher
from kb.errors import UsageError
from kb.search.answers import Query, Ranking
from kb.search.quality import ALL, OTHER, SAME, Arm, Measurement, Miss, Share, Slice
from kb.store import instance_facts
from kb.store.database import Database

FIRST = 5  # first places among which a text that answers is looked for
DEPTH = 10  # first places that are looked at at all
_ARMS = ("lexical", "dense", "fused", "late")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question and the texts that answer it, as their files are named without language and ending; any will do."""

    id: str
    language: str
    question: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What search made of a question: `place` of the first work that answers (0 = beyond DEPTH)."""

    judgement: Judgement
    right: frozenset[str]  # works that answer
    native: bool  # whether one of them is there in the language of the question
    place: int
    refused: bool
    came: str
    milliseconds: float


def read_judgements(path: Path) -> list[Judgement]:
    """Read judged questions, JSON lines. Raises UsageError."""
    found = []
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found.append(Judgement(row["id"], row["language"], row["question"], tuple(row["works"])))
    except OSError as error:
        raise UsageError(f"The judgements {path} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}, line {len(found) + 1} is not a judged question.") from error
    return found


def measure_instance(
    searcher: Searcher,
    database: Database,
    judgements: Sequence[Judgement],
    encoder: str,
    version: str,
    progress: Callable[[int], None] = lambda _: None,
) -> Measurement:
    """Ask every question whose texts are here. Raises UsageError when none of them is."""
    searcher.refresh()
    with database.read() as connection:
        revision = instance_facts.revision(connection)
    works = _works(searcher)
    kept = [j for j in judgements if not j.texts or any(text in works for text in j.texts)]
    if not any(j.texts for j in kept):
        raise UsageError("None of the judged texts is in this instance. Run 'kb starter' to load them, then measure.")
    asked, ranked = [], []
    for judgement in kept:
        asked.append(_ask(searcher, judgement, works))
        if judgement.texts:
            ranked.append(_places(searcher, asked[-1]))
        progress(1)
    return Measurement(
        date=date.today().isoformat(),
        version=version,
        encoder=encoder,
        revision=revision,
        documents=len(searcher.catalogue.facts),
        passages=len(searcher.catalogue.ids),
        depth=FIRST,
        questions=len(kept),
        left_out=len(judgements) - len(kept),
        milliseconds=round(float(np.median([one.milliseconds for one in asked])), 1),
        slices=tuple(_slices(asked)),
        arms=tuple(_arms(ranked)),
        missed=tuple(_missed(asked, _titles(searcher))),
    )


def _works(searcher: Searcher) -> dict[str, str]:
    """Work of each published text by the name of its file without language and ending."""
    return {facts.source.rsplit(".", 2)[0]: facts.work for facts in searcher.catalogue.facts.values()}


def _titles(searcher: Searcher) -> dict[tuple[str, str], str]:
    """Title of a work in each language it is there in, by (work, language); by (work, "") in any."""
    titles: dict[tuple[str, str], str] = {}
    for facts in searcher.catalogue.facts.values():
        titles[facts.work, facts.language] = facts.title
        titles.setdefault((facts.work, ""), facts.title)
    return titles


def _ask(searcher: Searcher, judgement: Judgement, works: Mapping[str, str]) -> _Asked:
    began = time.perf_counter()
    answer = searcher.search(Query(judgement.question, limit=DEPTH))
    took = (time.perf_counter() - began) * 1000
    right = frozenset(works[text] for text in judgement.texts if text in works)
    by_work = searcher.catalogue.by_work
    native = any(facts.language == judgement.language for work in right for facts in by_work[work])
    place = _first(right, [hit.record.document.work for hit in answer.hits])
    came = answer.hits[0].record.document.title if answer.hits else ""
    return _Asked(judgement, right, native, place, not answer.answered, came, took)


def _places(searcher: Searcher, asked: _Asked) -> dict[str, int]:
    """Where each ranking by itself has the first work that answers; the floor takes no part."""
    ranked = searcher.ranked(asked.judgement.question)
    rankings = (ranked.final, ranked.lexical, ranked.dense, ranked.fused, ranked.late)
    named = zip(("final", *_ARMS), rankings, strict=True)
    return {name: _first(asked.right, _order(searcher, found)) for name, found in named if found is not None}


def _order(searcher: Searcher, ranking: Ranking) -> list[str]:
    """The first works of ranked passages."""
    catalogue = searcher.catalogue
    documents = catalogue.documents_of(ranking.ids[catalogue.known(ranking.ids)]).tolist()
    return list(dict.fromkeys(catalogue.facts[document].work for document in documents))[:DEPTH]


def _first(right: frozenset[str], order: Sequence[str]) -> int:
    return next((place for place, work in enumerate(order[:DEPTH], 1) if work in right), 0)


def _slices(asked: Sequence[_Asked]) -> Iterable[Slice]:
    yield _slice(ALL, asked)
    answered = [one for one in asked if one.right]
    for name, native in ((SAME, True), (OTHER, False)):
        yield _slice(name, [one for one in answered if one.native is native])
    for language in dict.fromkeys(one.judgement.language for one in asked):
        yield _slice(language, [one for one in asked if one.judgement.language == language])


def _slice(name: str, asked: Sequence[_Asked]) -> Slice:
    answered, unanswered = [one for one in asked if one.right], [one for one in asked if not one.right]
    return Slice(
        name,
        first=_share(one.place == 1 for one in answered),
        among=_share(0 < one.place <= FIRST for one in answered),
        mrr=_mrr([one.place for one in answered]),
        refused=_share(one.refused for one in answered),
        told=_share(one.refused for one in unanswered),
    )


def _arms(ranked: Sequence[Mapping[str, int]]) -> Iterable[Arm]:
    """Final first, then each arm that ranked every question."""
    final = [places["final"] for places in ranked]
    yield _arm("final", final, final)
    for name in _ARMS:
        places = [found[name] for found in ranked if name in found]
        if len(places) == len(final):
            yield _arm(name, places, final)


def _arm(name: str, places: Sequence[int], final: Sequence[int]) -> Arm:
    differences = [_reciprocal(ours) - _reciprocal(own) for ours, own in zip(final, places, strict=True)]
    return Arm(
        name,
        first=_share(place == 1 for place in places),
        among=_share(0 < place <= FIRST for place in places),
        mrr=_mrr(places),
        difference=round(float(np.mean(differences)), 4),
        interval=_rounded(mean_interval(differences)),
        won=sum(difference > 0 for difference in differences),
        lost=sum(difference < 0 for difference in differences),
    )


def _missed(asked: Sequence[_Asked], titles: Mapping[tuple[str, str], str]) -> Iterable[Miss]:
    for one in asked:
        judged = one.judgement
        wrong = one.refused or not 0 < one.place <= FIRST if one.right else not one.refused
        if wrong:
            expected = {titles.get((work, judged.language), titles[work, ""]) for work in one.right}
            told = tuple(sorted(expected))
            yield Miss(judged.id, judged.language, judged.question, told, one.place, one.refused, one.came)


def _share(met: Iterable[bool]) -> Share:
    values = list(met)
    count = sum(values)
    return Share(count, len(values), *_rounded(share_interval(count, len(values))))


def _mrr(places: Sequence[int]) -> float:
    return round(float(np.mean([_reciprocal(place) for place in places])), 4) if places else 0.0


def _reciprocal(place: int) -> float:
    return 1 / place if place else 0.0


def _rounded(interval: tuple[float, float]) -> tuple[float, float]:
    return round(interval[0], 4), round(interval[1], 4)
