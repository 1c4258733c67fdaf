"""Whom to ask for a review: by what they know, less their load, in the balance that the rule asks for."""

import pytest

from kb.accounts.account import Account, Role
from kb.editorial.review import Needed, Side
from kb.editorial.reviewer_choice import Reviewer, propose_reviewers, rank_reviewers, side_of
from kb.experts.expert import Expert, LanguageLevel, OrganisationKind

UN = frozenset({"IOM", "Organización Internacional para las Migraciones", "UNHCR"})


def person(
    number: int,
    organisation: str = "",
    language: str = "en",
    waiting: int = 0,
    late: int = 0,
    profile: Expert | None = None,
    **known: int,
) -> Reviewer:
    account = Account(number, f"p{number}@example.org", "", language, (Role.REVIEWER,), organisation)
    return Reviewer(
        account, side_of(organisation, UN, profile), {k[1:]: n for k, n in known.items()}, waiting, late, profile
    )


@pytest.mark.parametrize(
    ("organisation", "side"),
    [
        ("OIM", Side.INTERNAL),
        ("OIM Perú", Side.INTERNAL),
        ("International Organization for Migration", Side.INTERNAL),
        ("ACNUR", Side.INTERNAL),  # another language's acronym of a name that is known
        ("University of Cuenca", Side.EXTERNAL),
        ("", Side.EXTERNAL),
        ("  ", Side.EXTERNAL),
    ],
)
def test_the_side_follows_from_the_organisation(organisation: str, side: Side) -> None:
    assert side_of(organisation, UN) is side


def test_those_who_know_most_come_first_and_load_pushes_back() -> None:
    people = [person(1), person(2, o13=1), person(3, o13=9, o7=1), person(4, o13=1, waiting=4), person(5, waiting=1)]
    assert [r.account.id for r in rank_reviewers(people, ["13", "7"])] == [3, 2, 4, 1, 5]
    assert people[2].shared(["7", "13", "20"]) == ("7", "13")
    assert rank_reviewers(people, [])[-1].account.id == 4  # nothing is known of the document: load alone counts


RULE = Needed(1, 2)


@pytest.mark.parametrize(
    ("people", "needed", "chosen", "given_up"),
    [
        # one of the UN even where two from outside know more
        ([person(1, "IOM"), person(2, o13=1), person(3, o13=1), person(4, o13=1)], RULE, {1}, ()),
        # not two of one house
        ([person(1, "IOM"), person(2, "A", o13=1), person(3, "A", o13=1), person(4, "B")], RULE, {1, 4}, ()),
        # nobody who is late, if it can be helped
        ([person(1, "IOM"), person(2, late=1, o13=1), person(3), person(4)], RULE, {1, 3, 4}, ()),
        ([person(1, "IOM", late=1), person(2), person(3)], RULE, {1, 2, 3}, ("late",)),
        # nobody of the UN there
        ([person(1), person(2), person(3)], RULE, {1, 2, 3}, ("sides",)),
        # a fourth may be of either side
        ([person(1), person(2, o13=1)], Needed(0, 0, 1), {2}, ()),
        ([person(1)], Needed(), set(), ()),
        ([], RULE, set(), ()),
    ],
)
def test_those_proposed_keep_the_balance(
    people: list[Reviewer], needed: Needed, chosen: set[int], given_up: tuple[str, ...]
) -> None:
    slate = propose_reviewers(people, needed, ["13"], "en")
    assert chosen <= set(slate.chosen)
    assert len(slate.chosen) == min(len(people), needed.internal + needed.external + needed.further)
    assert [name for name in slate.relaxed if name != "gender"] == list(given_up)  # nobody here says it


def test_half_of_them_read_the_language_of_the_document() -> None:
    people = [person(1, "IOM", "fr", o13=1), *(person(n, "", "en", o13=1) for n in (2, 3)), person(4, "", "fr")]
    assert 4 in propose_reviewers(people, RULE, ["13"], "fr").chosen


def stated(
    number: int,
    gender: str,
    country: str = "PER",
    language: str = "en",
    kind: OrganisationKind = OrganisationKind.STATE,
) -> Reviewer:
    """Somebody with a profile; the lower the number, the more they know."""
    spoken = ((language, LanguageLevel.FLUENT),)
    profile = Expert(number, "", "", kind, country, gender=gender, languages=spoken)
    return person(number, profile=profile, waiting=number)


def test_what_people_stated_is_balanced() -> None:
    men = [stated(n, "man") for n in (2, 3, 4)]
    people = [
        stated(1, "man", kind=OrganisationKind.UN),
        *men,
        stated(5, "woman", "KEN"),
        stated(6, "man", "FRA", "fr"),
    ]
    slate = propose_reviewers(people, RULE, [], "en")
    assert set(slate.chosen) == {1, 2, 5}  # one of the UN, a woman, and not all three from one region
    assert slate.relaxed == ()
