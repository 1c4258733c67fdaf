"""Where reviews stand and what reviewers advise, in words, and why a step was refused."""

from enum import StrEnum

from kb.editorial.review import Recommendation, Side, Stage
from kb.editorial.workflow import EditorialRefusal
from kb.i18n.catalogue import _

SIDES = {Side.INTERNAL: _("of the United Nations"), Side.EXTERNAL: _("from outside")}
RECOMMENDATIONS = {
    Recommendation.PUBLISH: _("Publish it"),
    Recommendation.REVISE: _("Return it with questions"),
    Recommendation.REJECT: _("Do not publish it"),
}
STAGES = {
    Stage.ASKED: _("Waiting for the declaration of conflicts since %(moment)s"),
    Stage.CLEARED: _("No conflict declared; waiting for the recommendation"),
    Stage.GIVEN: _("Recommendation given on %(moment)s"),
    Stage.CONFLICTED: _("Declared a conflict of interests; does not review"),
    Stage.DECLINED: _("Declined"),
    Stage.RELEASED: _("Not waited for any more"),
}
REFUSALS: dict[StrEnum, str] = {
    EditorialRefusal.STATE: _("In the state the document is in, this cannot be done."),
    EditorialRefusal.CHANGED: _(
        "Somebody was quicker: meanwhile the document was moved or described otherwise. Look at it again."
    ),
    EditorialRefusal.REASON: _("Say why. The reason stays on record."),
    EditorialRefusal.RULE: _(
        "The recommendations of one internal and two external reviewers are needed, and of one more when they disagree."
    ),
    EditorialRefusal.AGAINST: _("More reviewers advise against publishing than for it."),
    EditorialRefusal.REVIEWED: _("It was sent to review, so only a review can publish it."),
    EditorialRefusal.NEWER: _("A newer version is public. Withdraw that one first."),
    EditorialRefusal.OWN: _("Nobody reviews what they submitted themselves."),
    EditorialRefusal.TWICE: _("This person was asked already."),
    EditorialRefusal.REVIEWER: _("Whoever was asked to review a document does not decide on it, too."),
    EditorialRefusal.UNDECLARED: _("Declare first whether you have a conflict of interests, then open the file."),
    EditorialRefusal.CONFLICT: _("You declared a conflict of interests, so the file stays closed."),
    EditorialRefusal.GIVEN: _("The recommendation was given; it stays."),
    EditorialRefusal.ENDED: _("This review has ended."),
    EditorialRefusal.NOTHING: _("Write what you have to say."),
}
