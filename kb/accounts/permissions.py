"""What each role may do to its own and to others' objects."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kb.accounts.account import SYSTEM, Actor, Role
from kb.errors import ForbiddenError


class Action(StrEnum):
    """What can be done. Every route of the site declares the one it needs."""

    READ_PUBLIC = "read-public"  # what is published, and the pages that explain the site
    SIGN_IN = "sign-in"  # sign in, out, and open a one-time link
    OWN_ACCOUNT = "own-account"  # own name, password, sessions, tokens
    SEE_INBOX = "see-inbox"
    SUBMIT = "submit"  # upload files, fill in the form of a practice
    SEE_SUBMISSION = "see-submission"  # a document that is not public, its jobs, checks and where it stands
    TAKE_BACK = "take-back"  # a submission that is not published yet
    DESCRIBE = "describe"  # title, type, dates, tags, links to other documents; retry and cancel jobs
    PUBLISH = "publish"  # by a librarian alone, where the collection is trusted
    ASSIGN = "assign"  # choose reviewers
    REVIEW = "review"  # declare conflicts, read, comment, recommend; the owner is the reviewer who was asked
    SEE_REVIEWS = "see-reviews"
    DECIDE = "decide"  # the editor's decision after review
    WITHDRAW = "withdraw"  # a published document
    SEE_HISTORY = "see-history"
    EDIT_PERSON = "edit-person"  # an expert's profile, consents, availability; export and erase
    SEE_PERSON = "see-person"  # personal data of an expert; the owner is the expert
    INVITE_PERSON = "invite-person"
    FILE_REQUEST = "file-request"
    SEE_REQUEST = "see-request"
    OWN_REQUEST = "own-request"  # answer questions, agree to a person, give feedback, withdraw it
    MATCH = "match"  # rank and shortlist experts for a request
    DECIDE_REQUEST = "decide-request"  # clarify, propose, decline, close
    SEE_OVERRIDES = "see-overrides"  # where officers went against rankings
    ANSWER_PROPOSAL = "answer-proposal"  # accept or decline; the owner is the expert who was asked
    MANAGE_ACCOUNTS = "manage-accounts"
    READ_AUDIT = "read-audit"
    EDIT_TERMS = "edit-terms"  # of the glossary
    CARE = "care"  # of the instance: its jobs, backups, what is wrong


@dataclass(frozen=True, slots=True)
class Rule:
    """Roles that may do an action to what is their own, and to what is another's or nobody's."""

    own: frozenset[Role] = frozenset()
    others: frozenset[Role] = frozenset()


def _to(*roles: Role) -> Rule:
    """A rule that does not ask whose the object is."""
    return Rule(frozenset(roles), frozenset(roles))


def _own(own: Iterable[Role], others: Iterable[Role] = ()) -> Rule:
    return Rule(frozenset(own), frozenset(others))


_PEOPLE = tuple(role for role in Role if role is not Role.READER)  # whoever has an account with a task


_SUBMITTERS = (Role.CONTRIBUTOR, Role.OFFICIAL, Role.EXPERT, Role.LIBRARIAN, Role.REVIEWER, Role.SECRETARIAT)


# An object of nobody (`owner` None: read in on the command line) counts as another's. A person holds what any of their
# roles gives them. `reader` is also what everybody is who is not signed in.
RULES: dict[Action, Rule] = {
    Action.READ_PUBLIC: _to(*Role),
    Action.SIGN_IN: _to(*Role),
    Action.OWN_ACCOUNT: _own(Role),
    Action.SEE_INBOX: _own(Role),
    Action.SUBMIT: _to(*_SUBMITTERS),
    Action.SEE_SUBMISSION: _own(_SUBMITTERS, [Role.LIBRARIAN]),
    Action.TAKE_BACK: _own(_SUBMITTERS),
    Action.DESCRIBE: _own(_SUBMITTERS, [Role.LIBRARIAN]),
    Action.PUBLISH: _to(Role.LIBRARIAN),
    Action.ASSIGN: _to(Role.LIBRARIAN),
    Action.REVIEW: _own([Role.REVIEWER, Role.EXPERT]),
    Action.SEE_REVIEWS: _own([Role.REVIEWER, Role.EXPERT], [Role.LIBRARIAN]),
    Action.DECIDE: _own([], [Role.LIBRARIAN]),  # nobody decides on what they submitted themselves
    Action.WITHDRAW: _to(Role.LIBRARIAN),
    Action.SEE_HISTORY: _own(_SUBMITTERS, [Role.LIBRARIAN, Role.SECRETARIAT]),
    Action.EDIT_PERSON: _own([Role.EXPERT]),
    Action.SEE_PERSON: _own([Role.EXPERT], [Role.SECRETARIAT]),
    Action.INVITE_PERSON: _to(Role.SECRETARIAT),
    Action.FILE_REQUEST: _to(Role.OFFICIAL, Role.SECRETARIAT),
    Action.SEE_REQUEST: _own([Role.OFFICIAL, Role.SECRETARIAT], [Role.SECRETARIAT]),
    Action.OWN_REQUEST: _own([Role.OFFICIAL, Role.SECRETARIAT]),
    Action.MATCH: _to(Role.SECRETARIAT),
    Action.DECIDE_REQUEST: _to(Role.SECRETARIAT),
    Action.SEE_OVERRIDES: _to(Role.SECRETARIAT, Role.ADMIN),
    Action.ANSWER_PROPOSAL: _own([Role.EXPERT]),
    Action.MANAGE_ACCOUNTS: _to(Role.ADMIN),
    Action.READ_AUDIT: _to(Role.ADMIN),
    Action.EDIT_TERMS: _to(Role.LIBRARIAN),
    Action.CARE: _to(Role.ADMIN),
}


_ONLY_SIGNED_IN = frozenset(Action) - {Action.READ_PUBLIC, Action.SIGN_IN}


def may(actor: Actor, action: Action, owner: int | None = None) -> bool:
    """Whether `actor` may do `action` to an object of the account `owner` (None: nobody's, treated as another's)."""
    if not _is_there(actor, action):
        return False
    rule = RULES[action]
    mine = owner is not None and owner == actor.account
    return not (rule.own if mine else rule.others).isdisjoint(actor.roles)


def may_ever(actor: Actor, action: Action) -> bool:
    """Whether there can be an object that `actor` may do `action` to: the question at the door of a page."""
    rule = RULES[action]
    return _is_there(actor, action) and not (rule.own | rule.others).isdisjoint(actor.roles)


def require(actor: Actor, action: Action, owner: int | None = None) -> None:
    """Raise ForbiddenError unless `may(actor, action, owner)`."""
    if not may(actor, action, owner):
        raise ForbiddenError(f"{actor.name} may not {action}.")


def _is_there(actor: Actor, action: Action) -> bool:
    return actor.signed_in or actor == SYSTEM or action not in _ONLY_SIGNED_IN
