"""What was measured of the search of an instance, as it is stored and shown."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

FORMAT = 1  # of the stored text; another one is read as no measurement
ALL, SAME, OTHER = "all", "same", "other"  # names of slices that are no language


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` questions, with the 95 % interval of the share (Wilson)."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Slice:
    """Figures of the questions in one language, or of those where a text that answers is (SAME) or is not (OTHER) there
    in the language of the question, or of ALL. What is shown counts as found, whether or not it is said to answer."""

    name: str
    first: Share  # a text that answers came first
    among: Share  # … was among the first few
    mrr: float  # mean reciprocal place of the first text that answers, 0 beyond the tenth
    refused: Share  # of the questions with an answer: told that nothing answers
    told: Share  # of the questions without an answer: told that nothing answers


@dataclass(frozen=True, slots=True)
class Arm:
    """One ranking by itself, over the questions with an answer, and how the final ranking differs from it."""

    name: str  # final | lexical | dense | fused | late
    first: Share
    among: Share
    mrr: float
    difference: float = 0.0  # of the mean reciprocal place, final minus this one
    interval: tuple[float, float] = (0.0, 0.0)  # 95 %, paired bootstrap over questions
    won: int = 0  # questions the final ranking answers earlier
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that went wrong. `expected` are titles of texts that answer (none = nothing answers it), `place` is
    where the first of them came (0 = beyond the tenth), `came` the title that came first instead."""

    id: str
    language: str
    question: str
    expected: tuple[str, ...] = ()
    place: int = 0
    refused: bool = False
    came: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures of one instance at one moment. `left_out` are questions whose texts are not in the instance."""

    date: str  # YYYY-MM-DD
    version: str
    encoder: str
    revision: int
    documents: int
    passages: int
    depth: int  # how many first places `among` means
    questions: int
    left_out: int
    milliseconds: float  # median time of a search
    slices: tuple[Slice, ...]
    arms: tuple[Arm, ...]
    missed: tuple[Miss, ...]

    def slice(self, name: str) -> Slice | None:
        return next((one for one in self.slices if one.name == name), None)


def to_text(measurement: Measurement) -> str:
    """The measurement as it is stored."""
    return json.dumps({"format": FORMAT} | asdict(measurement), ensure_ascii=False)


def from_text(text: str) -> Measurement | None:
    """A stored measurement; None when another version of the software wrote it in a form that is not known here."""
    value = json.loads(text)
    if value.pop("format", None) != FORMAT:
        return None
    found = Measurement(**value)
    return replace(
        found,
        slices=tuple(_slice(one) for one in value["slices"]),
        arms=tuple(_arm(one) for one in value["arms"]),
        missed=tuple(Miss(**{**one, "expected": tuple(one["expected"])}) for one in value["missed"]),
    )


def _slice(value: Mapping[str, Any]) -> Slice:
    shares = {name: Share(**value[name]) for name in ("first", "among", "refused", "told")}
    return Slice(value["name"], mrr=value["mrr"], **shares)


def _arm(value: Mapping[str, Any]) -> Arm:
    shares = {name: Share(**value[name]) for name in ("first", "among")}
    low, high = value["interval"]
    return Arm(**{**value, **shares, "interval": (low, high)})
