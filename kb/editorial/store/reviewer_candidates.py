"""Who could review a document, with what they reviewed or had published before, and what waits for them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Connection, select, union_all

from kb.accounts.account import Role
from kb.accounts.store import accounts
from kb.documents.store import tags
from kb.documents.store.state_conditions import is_public
from kb.editorial.reviewer_choice import Reviewer, side_of
from kb.editorial.store import reviews
from kb.editorial.workflow import DocumentCase
from kb.experts.expert import ConsentUse, Expert
from kb.experts.store import experts
from kb.store.tables.documents import documents
from kb.store.tables.editorial import reviews as review_rows


def list_candidates(connection: Connection, case: DocumentCase, un: frozenset[str], today: date) -> list[Reviewer]:
    """Accounts that may be asked in the round a document is in; `un` are names of entities of the United Nations.

    Experts are asked only if they agreed to; reviewers have the role for it.
    """
    asked = {review.reviewer for review in case.panel.reviews} | {case.owner}
    agreed = _agreed(connection, today)
    people = [
        account
        for account in accounts.list_accounts(connection)
        if account.active
        and account.id not in asked
        and (Role.REVIEWER in account.roles or (Role.EXPERT in account.roles and account.id in agreed))
    ]
    known = _known(connection, [account.id for account in people])
    open_ones = reviews.list_waiting(connection)
    waiting = Counter(review.reviewer for review in open_ones)
    late = Counter(review.reviewer for review in open_ones if review.due < today)
    return [
        Reviewer(
            account=account,
            side=side_of(account.organisation, un, profile := agreed.get(account.id)),
            known=known[account.id] + Counter(() if profile is None else profile.objectives),
            waiting=waiting[account.id],
            late=late[account.id],
            profile=profile,
        )
        for account in people
    ]


def _agreed(connection: Connection, today: date) -> dict[int, Expert]:
    """Profiles, by account, of those who agreed to be asked for reviews and can be asked today."""
    reached = {contact.account: number for number, contact in experts.contacts(connection).items()}
    held = experts.get_several(connection, list(reached.values()))
    profiles = {account: held[number] for account, number in reached.items() if account is not None and number in held}
    return {
        account: profile
        for account, profile in profiles.items()
        if profile.consent.covers(ConsentUse.REVIEW, today)
        and not profile.availability.paused
        and (profile.availability.available_from or today) <= today
    }


def _known(connection: Connection, people: Collection[int]) -> defaultdict[int, Counter[str]]:
    """How often each person had to do with an objective: in reviews they gave, and in what they had published."""
    given = select(review_rows.c.reviewer.label("person"), review_rows.c.document.label("document")).where(
        review_rows.c.reviewer.in_(people), review_rows.c.recommendation.is_not(None)
    )
    published = select(documents.c.owner.label("person"), documents.c.id.label("document")).where(
        documents.c.owner.in_(people), is_public()
    )
    pairs = [(row.person, row.document) for row in connection.execute(union_all(given, published))]
    concepts = tags.of_documents(connection, sorted({document for _person, document in pairs}))
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for person, document in pairs:
        found[person].update(_objectives(concepts.get(document, [])))
    return found


def _objectives(concepts: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (notation for scheme, notation in concepts if scheme == "objectives")
