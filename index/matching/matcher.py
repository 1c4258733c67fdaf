"""Who is proposed for a request: rules first, then affinity, then why; with who was left out."""

import time
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoding.instance_encoding import Encoding
from index.matching.abstention import fit
from index.matching.affinity import AffinityIndex, Meaning, RequestText
from index.matching.explanations import explain
from index.matching.request_encoding import encode_request, encode_works
from kb.experts.expert import Expert
from kb.experts.profile_json import STATEMENT
from kb.experts.store import encoded_experts
from kb.experts.store.encoded_experts import PreparedWork
from kb.experts.works import Work
from kb.matching.eligibility import MatchingContext, check_eligibility
from kb.matching.match import Match, MatchedExpert, Pairing, WorkText
from kb.requests.request import Request
from kb.store.database import Database


@dataclass(frozen=True, slots=True)
class Concepts:
    """How like texts are to each concept of a scheme, in [0, 1]; `method` names what tells it, and its version."""

    method: str
    of: Callable[[Sequence[str]], Sequence[tuple[float, ...]]]


class Matcher:
    """Experts with their works, ready for requests."""

    def __init__(
        self,
        experts: Iterable[Expert],
        encoding: Encoding | None = None,
        meaning: Meaning | None = None,
        concepts: Concepts | None = None,
        likeness: NDArray[np.float32] | None = None,
    ) -> None:
        """`meaning` and `likeness` (works, concepts) are of all works of all experts, in order."""
        self.experts = {expert.id: expert for expert in experts}
        works = [
            WorkText(work.id, expert.id, work.title, work.body, work.language)
            for expert in self.experts.values()
            for work in expert.works
        ]
        self._encoding, self._concepts = encoding, concepts
        self.index = AffinityIndex(works, meaning, likeness)

    def renewed(self, profiles: Iterable[Expert]) -> "Matcher":
        """The same works of people whose profiles changed; what was made of the works is kept."""
        found = copy(self)
        works = {number: expert.works for number, expert in self.experts.items()}
        found.experts = {each.id: replace(each, works=works.get(each.id, ())) for each in profiles}
        return found

    def match(self, request: Request, circumstances: MatchingContext, limit: int = 10) -> Match:
        """The best of those whom the rules allow, each with paired sentences."""
        began = time.perf_counter()
        sifted = check_eligibility(request, self.experts.values(), circumstances)
        asked = self.asked(request)
        ranked = self.index.rank(asked, [expert.id for expert in sifted.eligible])
        best = ranked.people[:limit].tolist()
        begins = len(request.whole) - len(request.text)
        pairings = explain(self.index, asked, ranked, best, self._encoding, begins=begins)
        proposals = tuple(
            MatchedExpert(place, self.experts[person], score, pairings[person], self._is_stated(person))
            for place, (person, score) in enumerate(zip(best, ranked.scores.tolist(), strict=False), 1)
        )
        meaning, near = self._encoding is not None, fit(self.index, asked, ranked, self._encoding)
        took = (time.perf_counter() - began) * 1000
        nobody = near is not None and near < self.index.weights.fits
        return Match(request, proposals, sifted.exclusions, len(sifted.eligible), meaning, near, nobody, took)

    def asked(self, request: Request) -> RequestText:
        """The request as it is compared."""
        encoded = encode_request(self._encoding, request.whole) if self._encoding is not None else None
        likeness = np.asarray(self._concepts.of([request.whole])[0], np.float32) if self._concepts is not None else None
        return RequestText(request.whole, request.language, encoded, likeness)

    def _is_stated(self, person: int) -> bool:
        return all(work.kind == STATEMENT for work in self.experts[person].works)


def open_matcher(
    database: Database, encoding: Encoding | None = None, make_concepts: Callable[[], Concepts] | None = None
) -> Matcher:
    """The experts of an instance as they are now.

    Words alone count without `encoding`, or while there are works that it has not encoded; concepts count when they are
    known of all works, by the method that `make_concepts` gives.
    """
    experts = encoded_experts.all_experts(database)
    numbers = [work.id for expert in experts for work in expert.works]
    facts = encoded_experts.work_facts(database, encoding.identity) if encoding is not None else {}
    if encoding is None or not numbers or any(number not in facts for number in numbers):
        return Matcher(experts)
    vectors = np.stack([facts[number].vector for number in numbers])
    meaning = Meaning(vectors, encoded_experts.work_reader(database, numbers, encoding.dimension))
    methods = {facts[number].method for number in numbers}
    # A tagger is slow to make: only where it can be of use.
    concepts = make_concepts() if make_concepts is not None and "" not in methods and len(methods) == 1 else None
    if concepts is None or concepts.method not in methods:
        return Matcher(experts, encoding, meaning)
    known = [facts[number].concepts for number in numbers]
    return Matcher(experts, encoding, meaning, concepts, np.asarray(known, np.float32))


def prepare_works(works: Sequence[Work], encoding: Encoding, concepts: Concepts | None) -> list[PreparedWork]:
    """Encode works for the store."""
    texts = [work.text for work in works]
    method = concepts.method if concepts is not None else ""
    likeness = concepts.of(texts) if concepts is not None and texts else [()] * len(texts)
    return [PreparedWork(e, c, method) for e, c in zip(encode_works(encoding, texts), likeness, strict=True)]


def match_json(match: Match) -> dict[str, Any]:
    """A match as `kb match --json` gives it. Spans of `asked` are offsets into the request, of `said` into the work.

    Of people who did not consent to be found nothing is said but how many they are.
    """
    return {
        "request": {"text": match.request.whole, "language": match.request.language},
        "took_ms": round(match.took_ms, 1),
        "meaning": match.meaning,
        "fit": None if match.fit is None else round(match.fit, 4),
        "nobody_fits": match.nobody_fits,
        "eligible": match.eligible,
        "experts": [_proposal_json(proposal, match.request) for proposal in match.proposals],
        "left_out": [
            {"expert": _expert_json(e.expert), "reasons": [{"reason": g.value, "detail": d} for g, d in e.reasons]}
            for e in match.exclusions
            if e.expert is not None
        ],
        "hidden": sum(exclusion.expert is None for exclusion in match.exclusions),
    }


def _expert_json(expert: Expert) -> dict[str, Any]:
    return {
        "id": expert.id,
        "name": expert.name,
        "organisation": expert.organisation,
        "kind": expert.kind.value,
        "country": expert.country,
        "languages": {language: level.name.lower() for language, level in expert.languages},
        "sample": expert.sample,
    }


def _proposal_json(proposal: MatchedExpert, request: Request) -> dict[str, Any]:
    return {
        "rank": proposal.rank,
        "score": round(proposal.affinity, 4),
        "expert": _expert_json(proposal.expert),
        "stated": proposal.stated,
        "pairs": [_pairing_json(pairing, request.whole) for pairing in proposal.pairings],
    }


def _pairing_json(pairing: Pairing, text: str) -> dict[str, Any]:
    work = pairing.work
    return {
        "asked": _span_json(text, pairing.asked, pairing.asked_marks),
        "said": {
            **_span_json(work.text, pairing.said, pairing.said_marks),
            "work": {"id": work.id, "title": work.title, "language": work.language},
        },
        "nearness": round(pairing.nearness, 4),
    }


def _span_json(text: str, span: tuple[int, int], marks: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """A sentence with its offsets; marks are offsets into the sentence."""
    start, end = span
    return {
        "text": text[start:end],
        "start": start,
        "end": end,
        "marks": [[first - start, last - start] for first, last in marks],
    }
