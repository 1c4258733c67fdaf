"""Whether anything here clearly answers a question: what the best candidates give it, beside what any text gives it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.search.backend import VectorBackend
from index.search.background import Background, BackgroundSimilarity
from index.search.late_interaction import align
from index.search.ranker import EncodedQuestion, Ranked
from index.search.weights import SupportWeights

_CALIBRATED_FOR = "multilingual-e5-small"
_FILE = Path(__file__).parent / "answerability.json"
_LEADING = 10  # candidates whose scores tell how clearly the best one leads
FAR = ("ar", "ru", "zh")  # languages in other scripts than most libraries', which are matched less closely


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer: its token codes and language, and how much of the question stands in it."""

    code: bytes
    language: str
    covered: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Of the best candidates: token-level scores, best first, deviation and cosine of the nearest passage, and the
    best lexical score."""

    late: Sequence[float]
    deviation: float
    cosine: float
    lexical: float = 0.0

    @classmethod
    def of(cls, ranked: Ranked, vectors: VectorBackend, encoded: EncodedQuestion) -> "Scores | None":
        """The scores of a ranking; None when an arm took no part."""
        if ranked.dense is None or ranked.late is None or not len(ranked.dense.ids):
            return None
        of_tokens = dict(zip(ranked.late.ids.tolist(), ranked.late.scores.tolist(), strict=True))
        late = [of_tokens[i] for i in ranked.final.ids[:_LEADING].tolist() if i in of_tokens]
        nearest = vectors.vectors(ranked.dense.ids[:_LEADING].tolist())
        lexical = float(ranked.lexical.scores.max(initial=0.0))
        return cls(late, float(ranked.dense.scores.max()), float((nearest @ encoded.vector).max()), lexical)


@dataclass(frozen=True, slots=True)
class Asking:
    """The question's language: whether it is told by its words, is one of the library's, is written in another script.

    `units` is the number of things it asks for.
    """

    told: bool
    spoken: bool
    far: bool
    units: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer. Similarities are of the question's telling tokens with the best candidate."""

    matched: float  # mean similarity
    answered: float  # share of similarities that count as answers
    weakest: float  # the least similarity
    beyond: float  # mean similarity above what the background gives that token
    beyond_weakest: float
    beyond_share: float  # share of tokens that are clearly above it
    background: float  # what the nearest passages of the background give
    background_usual: float
    late: float  # the best token-level score
    late_lead: float  # … above the middle of the best candidates'
    deviation: float  # of the nearest passage from what the library usually has with the question
    cosine_lead: float  # of the nearest passage above the background's
    background_cosine: float
    covered: float  # share of what is asked for that stands in one candidate
    lexical: float  # share of the question's rarity that a passage covers
    spoken: float
    far: float
    told: float
    units: float


@dataclass(frozen=True, slots=True)
class Judge:
    """A few small networks that were shown answerable and unanswerable questions (see benchmarks/answerability.py).

    Evidence is brought to mean 0 and deviation 1, shapes (n,); each network has one hidden layer, shapes (nets, n, h),
    (nets, h), and gives a number, by (nets, h) and (nets,). Their mean counts, from `least` on.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    hidden: NDArray[np.float64]
    hidden_bias: NDArray[np.float64]
    out: NDArray[np.float64]
    out_bias: NDArray[np.float64]
    least: float

    def confidence(self, evidence: Evidence) -> float:
        """How sure it is that the question is answered: above 0 it is more so than the least that counts."""
        values = (np.asarray(astuple(evidence)) - self.mean) / self.deviation
        layer = np.tanh(np.einsum("i,nih->nh", values, self.hidden) + self.hidden_bias)
        return float(((layer * self.out).sum(1) + self.out_bias).mean()) - self.least


def judge_file() -> Path:
    """Where the judge that is shipped is kept."""
    return _FILE


@lru_cache(maxsize=1)
def open_judge() -> Judge:
    """The judge that is shipped."""
    stored = json.loads(_FILE.read_text("utf-8"))
    named = [field.name for field in fields(Evidence)]
    if stored["evidence"] != named:
        raise ValueError(f"{_FILE} was trained on other evidence: train it again with benchmarks/answerability.py")
    return judge_of(stored)


def judge_of(stored: Mapping[str, Any]) -> Judge:
    """A judge from what is kept of it."""
    return Judge(
        mean=np.asarray(stored["mean"], np.float64),
        deviation=np.asarray(stored["deviation"], np.float64),
        hidden=np.asarray(stored["hidden"], np.float64),
        hidden_bias=np.asarray(stored["hidden_bias"], np.float64),
        out=np.asarray(stored["out"], np.float64),
        out_bias=np.asarray(stored["out_bias"], np.float64),
        least=stored["least"],
    )


def gather(
    encoded: EncodedQuestion,
    candidates: Sequence[Candidate],
    scores: Scores | None,
    asking: Asking,
    background: Background,
    weights: SupportWeights,
) -> Evidence | None:
    """The evidence of the best candidates; None when it cannot be told (no token vectors)."""
    if encoded.tokens is None or encoded.weights is None or not len(encoded.weights):
        return None
    if not candidates or scores is None:
        return None
    telling = encoded.weights >= encoded.weights.max()
    best = _best(encoded.tokens, candidates, telling, weights.answered)
    if best is None:
        return None
    usual: BackgroundSimilarity = background.similarity(encoded.vector, encoded.tokens, telling)
    beyond = best - usual.tokens[telling]
    late = np.asarray(scores.late or (0.0,), np.float32)
    return Evidence(
        matched=float(best.mean()),
        answered=float((best >= weights.answered).mean()),
        weakest=float(best.min()),
        beyond=float(beyond.mean()),
        beyond_weakest=float(beyond.min()),
        beyond_share=float((beyond > weights.clearly).mean()),
        background=usual.matched,
        background_usual=usual.usual,
        late=float(late.max()),
        late_lead=float(late.max() - np.median(late)),
        deviation=scores.deviation,
        cosine_lead=scores.cosine - usual.cosine,
        background_cosine=usual.cosine,
        covered=max(each.covered for each in candidates),
        lexical=scores.lexical,
        spoken=float(asking.spoken),
        far=float(asking.far),
        told=float(asking.told),
        units=float(min(asking.units, weights.most_units)),
    )


def is_calibrated_for(encoder: str) -> bool:
    """Whether evidence of this encoder can be judged: others have other scales."""
    return encoder.startswith(_CALIBRATED_FOR)


def is_answered(evidence: Evidence | None, country_absent: bool, weights: SupportWeights) -> bool:
    """Whether the evidence is enough; True when it cannot be told, or all that is asked for stands in one passage.

    `country_absent` says that none of the best is about, or names, the country that is asked of.
    """
    if evidence is None:
        return True
    if evidence.covered >= 1.0 and not country_absent:
        return True
    return open_judge().confidence(evidence) >= weights.absent_country * country_absent


def _best(
    tokens: NDArray[np.float32], candidates: Sequence[Candidate], telling: NDArray[np.bool_], enough: float
) -> NDArray[np.float32] | None:
    """What the best candidate gives each telling token, shape (telling tokens,)."""
    found: list[tuple[float, NDArray[np.float32]]] = []
    for candidate in candidates:
        similarity, spans = align(tokens, candidate.code)
        if len(spans.starts):
            given = similarity.max(1)[telling]
            found.append((float(given.mean()) + 0.2 * float((given >= enough).mean()), given))
    return max(found, key=lambda pair: pair[0], default=(0.0, None))[1]
