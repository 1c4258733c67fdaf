"""Measures of tagging: how well concepts are ranked and asserted on texts whose concepts are known."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kb.errors import UsageError


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text of an Annif JSON lines file. `subjects` are notations; those not listed may still be right."""

    id: str
    text: str
    title: str
    language: str
    subjects: frozenset[str]
    primary: frozenset[str]  # what the text is mainly about; empty where the file does not say


class Claimed(Protocol):
    """A concept that a tagger asserts."""

    @property
    def scheme(self) -> str: ...
    @property
    def notation(self) -> str: ...


class Tagged(Protocol):
    """What a tagger says of one text: concepts it asserts, and every concept of each scheme, best first."""

    @property
    def concepts(self) -> Sequence[Claimed]: ...
    @property
    def ranking(self) -> Sequence[tuple[str, Sequence[tuple[str, float]]]]: ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a tagger says of a text in one scheme: every notation, best first, and those it asserts."""

    ranking: tuple[str, ...]
    asserted: frozenset[str]


@dataclass(frozen=True, slots=True)
class TagMeasures:
    """Shares of texts (top1, hit@3), mean reciprocal rank, and micro-averaged measures of what was asserted.

    `primary_top1` is the share of texts whose first concept is a primary one, None where the file names none.
    """

    texts: int
    top1: float
    hit_at_3: float
    mrr: float
    precision: float
    recall: float
    f1: float
    asserted: int
    primary_top1: float | None = None


@dataclass(frozen=True, slots=True)
class TagEvaluation:
    """Measures of a file as a whole and by language of the text, in one scheme."""

    scheme: str
    overall: TagMeasures
    by_language: tuple[tuple[str, TagMeasures], ...]


def evaluate(texts: Sequence[LabelledText], tagged: Sequence[Tagged], scheme: str = "") -> TagEvaluation:
    """Measure tags beside what is known. Texts without subjects count for precision alone.

    `scheme` is the one the subjects belong to; left out, it is the one that has most of them.
    """
    scheme = scheme or _scheme_of(texts, tagged)
    judged = [(text, _in_scheme(each, scheme)) for text, each in zip(texts, tagged, strict=True)]
    by_language: dict[str, list[tuple[LabelledText, Suggestion]]] = defaultdict(list)
    for text, suggestion in judged:
        by_language[text.language or "und"].append((text, suggestion))
    measured = tuple((language, measure(several)) for language, several in sorted(by_language.items()))
    return TagEvaluation(scheme, measure(judged), measured)


def report_json(evaluation: TagEvaluation) -> dict[str, object]:
    """The measures as `kb eval tags --json` prints them."""
    languages = {language: _measures_json(each) for language, each in evaluation.by_language}
    return {"scheme": evaluation.scheme, **_measures_json(evaluation.overall), "languages": languages}


def measure(judged: Sequence[tuple[LabelledText, Suggestion]]) -> TagMeasures:
    """Measures of suggestions beside what is known."""
    ranks = [_first_right(s.ranking, text.subjects) for text, s in judged if text.subjects]
    right = sum(len(s.asserted & text.subjects) for text, s in judged)
    asserted = sum(len(s.asserted) for _, s in judged)
    precision, recall = _share(right, asserted), _share(right, sum(len(text.subjects) for text, _ in judged))
    primary = [s.ranking[:1] and s.ranking[0] in text.primary for text, s in judged if text.primary]
    return TagMeasures(
        texts=len(judged),
        top1=_share(sum(rank == 1 for rank in ranks), len(ranks)),
        hit_at_3=_share(sum(0 < rank <= 3 for rank in ranks), len(ranks)),
        mrr=_share(sum(1 / rank for rank in ranks if rank), len(ranks)),
        precision=precision,
        recall=recall,
        f1=_share(2 * precision * recall, precision + recall),
        asserted=asserted,
        primary_top1=_share(sum(map(bool, primary)), len(primary)) if primary else None,
    )


def read_labelled(path: Path) -> tuple[LabelledText, ...]:
    """The texts of an Annif JSON lines file; raises UsageError naming the line that cannot be used."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # a JSON text may hold other line separators
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    return tuple(_labelled(line, path, number) for number, line in enumerate(lines, 1) if line.strip())


def _labelled(line: str, path: Path, number: int) -> LabelledText:
    try:
        read = json.loads(line)
        return LabelledText(
            id=str(read.get("document_id", number)),
            text=str(read["text"]),
            title=str(read.get("title") or ""),
            language=str(read.get("language") or ""),
            subjects=frozenset(str(subject["notation"]) for subject in read.get("subjects", ())),
            primary=frozenset(map(str, read.get("primary") or ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f'{path}, line {number}: each line must be like {{"text": "…", "subjects": [{{"notation": "13"}}]}}.'
        ) from error


def _scheme_of(texts: Sequence[LabelledText], tagged: Sequence[Tagged]) -> str:
    """The scheme that ranks most of the subjects; of several such, the first one."""
    known = frozenset(subject for text in texts for subject in text.subjects)
    schemes = {scheme: {n for n, _ in ranked} for scheme, ranked in tagged[0].ranking} if tagged else {}
    return max(schemes, key=lambda scheme: len(known & schemes[scheme]), default="")


def _in_scheme(tagged: Tagged, scheme: str) -> Suggestion:
    ranking = tuple(notation for name, ranked in tagged.ranking if name == scheme for notation, _ in ranked)
    return Suggestion(ranking, frozenset(each.notation for each in tagged.concepts if each.scheme == scheme))


def _measures_json(measures: TagMeasures) -> dict[str, object]:
    named = {
        "texts": measures.texts,
        "top1": measures.top1,
        "hit@3": measures.hit_at_3,
        "mrr": measures.mrr,
        "precision": measures.precision,
        "recall": measures.recall,
        "f1": measures.f1,
        "asserted": measures.asserted,
        "primary_top1": measures.primary_top1,
    }
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in named.items()}


def _first_right(ranking: Sequence[str], subjects: frozenset[str]) -> int:
    """Rank of the first right notation, from 1; 0 where none is in the ranking."""
    return next((rank for rank, notation in enumerate(ranking, 1) if notation in subjects), 0)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
