"""Where reviews stand and what reviewers advise, in words, and why a step was refused."""

from kb.editorial.review import Recommendation, Side, Stage
from kb.editorial.workflow import MoveError
from web.editorial.transitions import REFUSALS
from web.http.context import RequestContext
from web.http.form_errors import Fault
from web.i18n.locales import _

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


def refusal_fault(visit: RequestContext, error: MoveError, field: str = "") -> Fault:
    """Why a step was refused, at the field it is about."""
    return Fault(field, visit.say(REFUSALS[error.what]))
