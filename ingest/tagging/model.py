"""The weights that make one score of the evidence, and what they were learnt from; read from and written as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

from kb.errors import InstanceError

SHIPPED = Path(__file__).parent / "model.json"

COLUMNS = ("nearness_in_text", "words_in_text", "terms", "nearness", "words")  # inputs; see scoring.Features
FULL, FEW_LABELS, WORDS = "full", "few-labels", "words"  # what a scheme offers; see scheme.SchemeTagger.kind


@dataclass(frozen=True, slots=True)
class Own:
    """What was learnt of one concept beyond its scheme: an addition to the logit, and a threshold of its own."""

    offset: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model: weights of `COLUMNS`, intercept, and the scores from which a concept is asserted.

    `of_best` is the least share of the best score of the same text. `own` is keyed by scheme and notation.
    """

    columns: tuple[float, ...]
    intercept: float
    threshold: float
    of_best: float = 0.0
    own: Mapping[tuple[str, str], Own] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a model was learnt from: training data by a digest and its size, decisions of persons by their number."""

    date: str
    encoder: str
    training: str  # digest of the training texts
    texts: int
    positives: int  # concepts that the texts are about
    decisions: int = 0
    last_decision: int = 0  # id of the newest one that was learnt from
    sources: tuple[tuple[str, int], ...] = ()  # texts by kind of source


@dataclass(frozen=True, slots=True)
class Model:
    """The weights for each kind of scheme. `method` names tagger and version in stored tags.

    `aligned` is how well a sentence must answer a concept to support it; see alignment.Alignment. In a passage of a
    document it is `aligned_in_passage`, since the passage's score owes something to title and headings.
    """

    method: str
    origin: Origin
    weights: Mapping[str, Weights]
    aligned: float = 0.0
    aligned_in_passage: float = 0.0


def to_json(model: Model) -> dict[str, object]:
    """The model as it is recorded."""
    return {
        "method": model.method,
        "origin": {**asdict(model.origin), "sources": dict(model.origin.sources)},
        "aligned": model.aligned,
        "aligned_in_passage": model.aligned_in_passage,
        "weights": {kind: _weights_json(each) for kind, each in model.weights.items()},
    }


def from_json(text: str) -> Model:
    """The model that `to_json` recorded. Raises InstanceError when it is of another make."""
    try:
        read = json.loads(text)
        origin = Origin(**{**read["origin"], "sources": tuple(read["origin"]["sources"].items())})
        weights = {kind: _weights(each) for kind, each in read["weights"].items()}
        aligned = float(read["aligned"]), float(read["aligned_in_passage"])
        return Model(str(read["method"]), origin, weights, *aligned)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InstanceError(
            "The tagging model was recorded in a way this version does not read. Run 'kb tag train --undo'."
        ) from error


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model that comes with the platform; see benchmarks/fit_tagger.py for how it is made."""
    return from_json(SHIPPED.read_text("utf-8"))


def _weights_json(weights: Weights) -> dict[str, object]:
    own: dict[str, dict[str, list[float]]] = {}
    for (scheme, notation), each in weights.own.items():
        own.setdefault(scheme, {})[notation] = [each.offset, each.threshold]
    return {
        "columns": dict(zip(COLUMNS, weights.columns, strict=True)),
        "intercept": weights.intercept,
        "threshold": weights.threshold,
        "of_best": weights.of_best,
        "concepts": own,
    }


def _weights(read: dict[str, dict[str, dict[str, list[float]]]]) -> Weights:
    values: dict[str, float] = read  # type: ignore[assignment]
    columns: dict[str, float] = read["columns"]  # type: ignore[assignment]
    return Weights(
        columns=tuple(float(columns[name]) for name in COLUMNS),
        intercept=float(values["intercept"]),
        threshold=float(values["threshold"]),
        of_best=float(values["of_best"]),
        own={
            (scheme, notation): Own(float(offset), float(threshold))
            for scheme, several in read["concepts"].items()
            for notation, (offset, threshold) in several.items()
        },
    )
