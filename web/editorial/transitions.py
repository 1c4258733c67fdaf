"""Moves of a document from state to state as forms: sent to review, published, returned, rejected, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path
from starlette.responses import RedirectResponse, Response

from kb.accounts.permissions import Action
from kb.documents.state import TAKEN_AWAY, Move, State
from kb.editorial.review import is_outvoted, missing_recommendations
from kb.editorial.store import transitions
from kb.editorial.workflow import DocumentCase, MoveError, Step, steps
from web.accounts.sign_in import Field
from web.documents.state_labels import MOVE_LABELS
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault
from web.i18n.locales import _

Number = Annotated[int, Path(alias="id", ge=0, lt=2**31)]
REFUSALS = {
    "state": _("In the state the document is in, this cannot be done."),
    "changed": _("Somebody was quicker: meanwhile the document was moved or described otherwise. Look at it again."),
    "reason": _("Say why. The reason stays on record."),
    "rule": _(
        "The recommendations of one internal and two external reviewers are needed, and of one more when they disagree."
    ),
    "against": _("More reviewers advise against publishing than for it."),
    "reviewed": _("It was sent to review, so only a review can publish it."),
    "newer": _("A newer version is public. Withdraw that one first."),
    "own": _("Nobody reviews what they submitted themselves."),
    "twice": _("This person was asked already."),
    "reviewer": _("Whoever was asked to review a document does not decide on it, too."),
    "undeclared": _("Declare first whether you have a conflict of interests, then open the file."),
    "conflict": _("You declared a conflict of interests, so the file stays closed."),
    "given": _("The recommendation was given; it stays."),
    "ended": _("This review has ended."),
    "nothing": _("Write what you have to say."),
}
# Shows the page of a document with what stands against a move, beside the field named last.
Show = Callable[[RequestContext, int, MoveError, str], Response]
_QUICKER = ("state", "changed")


@dataclass(frozen=True, slots=True)
class MoveForm:
    """A move that can be made now. `barred` says why it cannot be yet."""

    move: str
    name: str
    hint: str
    asked: str
    reason: bool
    barred: str
    grave: bool


def move_forms(visit: RequestContext, case: DocumentCase) -> tuple[MoveForm, ...]:
    """The moves this person may make, those that lead on first."""
    return tuple(_form(visit, step, case) for step in steps(visit.actor, case))


def refusal_response(visit: RequestContext, error: MoveError, field: str = "") -> tuple[Fault, int]:
    """What stands against a move, in words, and the status of the answer."""
    return Fault(field, visit.say(REFUSALS[error.what])), 409 if error.what in _QUICKER else 422


@dataclass(frozen=True, slots=True)
class Mover:
    """Makes one kind of move; `show` is the page that says what stands against it."""

    step: Step
    show: Show

    def __call__(self, visit: Visiting, number: Number, reason: Field = "", expected: Field = "") -> Response:
        state = State(expected) if expected in list(State) else min(self.step.before)
        try:
            with visit.site.database.write() as connection:
                transitions.move(connection, visit.actor, number, self.step.move, reason, state)
        except MoveError as error:
            return self.show(visit, number, error, f"reason-{self.step.move}")
        after = "/review" if self.step.move is Move.SEND_TO_REVIEW and visit.may(Action.ASSIGN) else ""
        address = visit.link(f"/workbench/documents/{number}{after}?done={self.step.move}")
        return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def _form(visit: RequestContext, step: Step, case: DocumentCase) -> MoveForm:
    barred, labels = "", MOVE_LABELS[step.move]
    if step.move is Move.PUBLISH and (missing_recommendations(case.panel) or is_outvoted(case.panel)):
        barred = visit.say(REFUSALS["rule" if missing_recommendations(case.panel) else "against"])
    return MoveForm(
        move=step.move.value,
        name=visit.say(labels.button),
        hint=visit.say(labels.hint),
        asked=visit.say(labels.asked),
        reason=step.reason,
        barred=barred,
        grave=step.after in TAKEN_AWAY,
    )
