"""Whom to ask for a review: expertise, load, and the balance of those who are asked together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.accounts.account import Account
from kb.editorial.review import Needed, Side
from kb.experts.expert import Expert, OrganisationKind
from kb.experts.organisations import same_organisation
from kb.matching.ranking import Slate
from kb.matching.slates import Candidate, Rule, best_slate
from kb.places.regions import CONTINENTS, widened

_LOAD = 0.1  # of affinity that each review which waits takes away: nobody is asked time and again


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who could review: `known` counts, by objective, what they stated, reviewed or had published before.

    `waiting` are reviews they have not given yet, `late` those of them that are overdue. `profile` is what they say of
    themselves, where they agreed to its use for reviews.
    """

    account: Account
    side: Side
    known: Mapping[str, int]
    waiting: int = 0
    late: int = 0
    profile: Expert | None = None

    @property
    def gender(self) -> str:
        return "" if self.profile is None else self.profile.counted_gender

    @property
    def continent(self) -> str:
        """M49 code; "" where no country is stated."""
        held = widened((self.profile.country,)) if self.profile is not None else ()
        return next((region for region in held if region in CONTINENTS), "")

    def reads(self, language: str) -> bool:
        return self.account.language == language or (self.profile is not None and self.profile.speaks(language))

    def shared(self, objectives: Iterable[str]) -> tuple[str, ...]:
        """Those of these objectives that they know."""
        return tuple(o for o in objectives if self.known.get(o))

    def affinity(self, objectives: Sequence[str]) -> float:
        """Share of the objectives they know, less what their load takes."""
        share = len(self.shared(objectives)) / len(objectives) if objectives else 0.0
        return share - _LOAD * self.waiting


def rank_reviewers(reviewers: Iterable[Reviewer], objectives: Sequence[str]) -> list[Reviewer]:
    """Reviewers, the best first; of two who know as much the one who was asked less often."""
    return sorted(reviewers, key=lambda r: (-r.affinity(objectives), r.waiting, r.account.email))


def propose_reviewers(reviewers: Sequence[Reviewer], needed: Needed, objectives: Sequence[str], language: str) -> Slate:
    """Those who should be asked, in balance: the sides by the rule, then in the order of `_rules`.

    Gender and region are known of those alone who stated them in a profile.
    """
    size = needed.internal + needed.external + needed.further
    people = [Candidate(r.account.id, r.affinity(objectives)) for r in reviewers]
    return best_slate(people, size, _rules(reviewers, needed, size, language))


def side_of(organisation: str, un: frozenset[str], profile: Expert | None = None) -> Side:
    """Where somebody of this organisation stands; `un` are names of what belongs to the United Nations."""
    stated = profile is not None and profile.kind is OrganisationKind.UN
    return Side.INTERNAL if stated or (organisation.strip() and _is_of(organisation, un)) else Side.EXTERNAL


def _rules(reviewers: Sequence[Reviewer], needed: Needed, size: int, language: str) -> list[Rule]:
    def of(name: str, members: Iterable[Reviewer], least: int = 0, most: int | None = None) -> Rule:
        return Rule(name, frozenset(r.account.id for r in members), least, most)

    inside = [r for r in reviewers if r.side is Side.INTERNAL]
    houses = {r.account.organisation.casefold().strip() for r in reviewers} - {""}
    return [
        of("sides", inside, needed.internal, size - needed.external),
        of("late", (r for r in reviewers if r.late), 0, 0),
        of("language", (r for r in reviewers if r.reads(language)), (size + 1) // 2),
        *(of("gender", (r for r in reviewers if r.gender == gender), 2 * size // 5) for gender in ("woman", "man")),
        *(
            of("region", (r for r in reviewers if r.continent == region), 0, (size + 1) // 2)
            for region in sorted({r.continent for r in reviewers} - {""})
        ),
        *(
            of("organisation", (r for r in reviewers if r.account.organisation.casefold().strip() == house), 0, 1)
            for house in sorted(houses)
        ),
    ]


@lru_cache(maxsize=1024)
def _is_of(organisation: str, un: frozenset[str]) -> bool:
    return any(same_organisation(organisation, name) for name in un)
