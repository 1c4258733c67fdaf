"""What matching gives for a request: people, best first, with paired sentences, and who was left out."""

from dataclasses import dataclass

from kb.experts.expert import Expert
from kb.experts.works import titled
from kb.matching.eligibility import Exclusion
from kb.requests.request import Request

Span = tuple[int, int]
Marks = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class WorkText:
    """A work as it is compared: whose it is, and its text, title first."""

    id: int
    person: int
    title: str
    body: str
    language: str

    @property
    def text(self) -> str:
        """Title and body; sentences are cut from it and passages point into it."""
        return titled(self.title, self.body)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A sentence of the request, `asked`, beside one of a work, `said`: spans into the request and the work's text.

    Marks are the words that answer each other, offsets into the same texts.
    """

    work: WorkText
    asked: Span
    said: Span
    nearness: float
    asked_marks: Marks = ()
    said_marks: Marks = ()


@dataclass(frozen=True, slots=True)
class MatchedExpert:
    """A person who may be proposed. `stated`: they have no works and are matched by what they say of themselves."""

    rank: int
    expert: Expert
    affinity: float
    pairings: tuple[Pairing, ...]
    stated: bool


@dataclass(frozen=True, slots=True)
class Match:
    """People for a request, best first, and who was left out and why. `eligible` is how many passed the rules."""

    request: Request
    proposals: tuple[MatchedExpert, ...]
    exclusions: tuple[Exclusion, ...]
    eligible: int
    meaning: bool  # whether an encoder had its part
    fit: float | None  # how well the nearest fits, see index.matching.abstention; None where that cannot be told
    nobody_fits: bool  # even the nearest are not near
    took_ms: float

    @property
    def affinities(self) -> list[tuple[Expert, float]]:
        """The people with their affinity, best first."""
        return [(each.expert, each.affinity) for each in self.proposals]
