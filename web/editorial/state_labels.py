"""Where documents and reviews stand, in words, and why a step was refused."""

from kb.documents.state import State
from kb.editorial.review import Recommendation, Side, Stage
from kb.editorial.workflow import MoveError
from web.editorial.transitions import REFUSALS
from web.http.context import RequestContext
from web.http.form_errors import Fault
from web.i18n.locales import _

# The state in a few words, and what it means to the person who sent the document in.
STATES: dict[State, tuple[str, str]] = {
    State.RECEIVED: (_("Received"), _("It is being read. Nothing is asked of you.")),
    State.DESCRIBED: (_("Being described"), _("A librarian checks its description. Nothing is asked of you.")),
    State.IN_REVIEW: (_("In review"), _("Reviewers read it. Nothing is asked of you.")),
    State.RETURNED: (_("Returned with questions"), _("It waits for your answer.")),
    State.PUBLISHED: (_("Published"), _("Everybody can find and read it.")),
    State.REJECTED: (_("Rejected"), _("It was not published; the reason stands below.")),
    State.WITHDRAWN: (_("Withdrawn"), _("It is not public; its address says so.")),
    State.SUPERSEDED: (_("Replaced"), _("A newer version took its place.")),
}
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
