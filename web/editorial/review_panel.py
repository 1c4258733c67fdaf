"""Reviewers as a librarian reads of them: those who were asked, those who could be, and what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.accounts.account import Account
from kb.clock import now
from kb.editorial.review import Needed, Panel, Review, Stage, days_late
from kb.editorial.reviewer_choice import Reviewer
from kb.editorial.store.comments import Comment
from kb.i18n.catalogue import _
from kb.matching.ranking import Slate
from web.editorial.review_labels import RECOMMENDATIONS, SIDES, STAGES
from web.http.context import RequestContext
from web.i18n.labels import Chip, Labels

_GIVEN_UP = {
    "sides": _("There are not enough people of the United Nations, or not enough from outside."),
    "language": _("Fewer than half of them are written to in the language of the document."),
    "gender": _("Women and men are not balanced, or too few say in a profile which they are."),
    "region": _("More than half of them work in one region of the world."),
    "organisation": _("Several of them are of one organisation."),
    "late": _("Among them is somebody who is late with another review."),
}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One reviewer who was asked. `letter`, `interests` and `comments` are empty for who may not read them."""

    id: int
    name: str
    organisation: str
    side: str
    standing: str
    due: str
    late: int
    waits: bool
    advice: str
    letter: str
    interests: str
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """Somebody who could be asked. `shared` are objectives of the document that they know."""

    account: int
    name: str
    organisation: str
    side: str
    language: str
    shared: tuple[Chip, ...]
    waiting: int
    late: int
    proposed: bool


def review_lines(
    context: RequestContext,
    panel: Panel,
    people: Mapping[int, Account | None],
    made: Sequence[Comment],
    *,
    closed: bool,
) -> tuple[ReviewLine, ...]:
    """Those who were asked in this round; `closed` to who sent the document in or reviews it, too."""
    return tuple(_line(context, review, people.get(review.reviewer), made, closed) for review in panel.reviews)


def candidate_line(reviewer: Reviewer, about: Sequence[str], labels: Labels, chosen: bool) -> CandidateLine:
    account = reviewer.account
    return CandidateLine(
        account=account.id,
        name=account.name or account.email,
        organisation=account.organisation,
        side=reviewer.side.value,
        language=labels.interface.language(account.language),
        shared=labels.chips(reviewer.shared(about)),
        waiting=reviewer.waiting,
        late=reviewer.late,
        proposed=chosen,
    )


def needed_sentence(context: RequestContext, needed: Needed) -> str:
    """Whom the rule still asks for, in a sentence; "" when all were asked."""
    if not needed:
        return ""
    if needed.further and not (needed.internal or needed.external):
        return context.say(_("They disagree: one more reviewer is to be asked, from either side."))
    text = context.say(_("To be asked: %(internal)s of the United Nations, %(external)s from outside."))
    return text % {
        "internal": context.interface.number(needed.internal),
        "external": context.interface.number(needed.external),
    }


def balance_of(context: RequestContext, slate: Slate, people: Sequence[Reviewer], needed: Needed) -> tuple[str, ...]:
    """What the proposal could not keep."""
    if not needed:
        return ()
    found = [context.say(_GIVEN_UP[name]) for name in slate.relaxed]
    if len(people) < needed.internal + needed.external + needed.further:
        found.append(context.say(_("Fewer people can be asked than are needed. Invite reviewers first.")))
    return tuple(found)


def _line(
    context: RequestContext, review: Review, account: Account | None, made: Sequence[Comment], closed: bool
) -> ReviewLine:  # fmt: skip
    moment = context.interface.moment(review.given or review.asked)
    counts = review.recommendation is not None and not closed
    return ReviewLine(
        id=review.id,
        name="" if account is None else account.name or account.email,
        organisation="" if account is None else account.organisation,
        side=context.say(SIDES[review.side]),
        standing=context.say(STAGES[review.stage]) % {"moment": moment},
        due=context.interface.date(review.due.isoformat()) if review.waits else "",
        late=days_late(review, now().date()),
        waits=review.stage in (Stage.ASKED, Stage.CLEARED, Stage.CONFLICTED),
        advice=context.say(RECOMMENDATIONS[review.recommendation]) if counts and review.recommendation else "",
        letter=review.letter if counts else "",
        interests="" if closed else review.interests,
        comments=tuple(each for each in made if each.review == review.id),
    )
