"""Moves of a document from state to state as forms: sent to review, published, returned, rejected, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.documents.state import TAKEN_AWAY, Move, State
from kb.editorial.review import is_outvoted, missing_recommendations
from kb.editorial.store import transitions
from kb.editorial.workflow import DocumentCase, EditorialRefusal, Step, steps
from kb.errors import RefusedError
from web import urls
from web.documents.state_labels import MOVE_LABELS
from web.editorial.review_labels import REFUSALS
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormLine, Number

# Shows the page of a document with what stands against a move, beside the field named last.
Show = Callable[[RequestContext, int, RefusedError, str], Response]
_QUICKER = (EditorialRefusal.STATE, EditorialRefusal.CHANGED)


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


def move_forms(context: RequestContext, case: DocumentCase) -> tuple[MoveForm, ...]:
    """The moves this person may make, those that lead on first."""
    return tuple(_form(context, step, case) for step in steps(context.actor, case))


def refusal_response(context: RequestContext, error: RefusedError, field: str = "") -> tuple[Fault, int]:
    """What stands against a move, in words, and the status of the answer."""
    fault = refusal_fault(context, error, REFUSALS, field)
    return fault, 409 if error.code in _QUICKER else 422


@dataclass(frozen=True, slots=True)
class Mover:
    """Makes one kind of move; `show` is the page that says what stands against it."""

    step: Step
    show: Show

    def __call__(self, context: Context, number: Number, reason: FormLine = "", expected: FormLine = "") -> Response:
        state = State(expected) if expected in list(State) else min(self.step.before)
        try:
            with context.site.database.write() as connection:
                transitions.move(connection, context.actor, number, self.step.move, reason, state)
        except RefusedError as error:
            return self.show(context, number, error, f"reason-{self.step.move}")
        after = "/review" if self.step.move is Move.SEND_TO_REVIEW and context.may(Action.ASSIGN) else ""
        return context.redirect(f"{urls.workbench(number)}{after}?done={self.step.move}")


def _form(context: RequestContext, step: Step, case: DocumentCase) -> MoveForm:
    barred, labels = "", MOVE_LABELS[step.move]
    if step.move is Move.PUBLISH and (missing_recommendations(case.panel) or is_outvoted(case.panel)):
        barred = context.say(
            REFUSALS[EditorialRefusal.RULE if missing_recommendations(case.panel) else EditorialRefusal.AGAINST]
        )
    return MoveForm(
        move=step.move.value,
        name=context.say(labels.button),
        hint=context.say(labels.hint),
        asked=context.say(labels.asked),
        reason=step.reason,
        barred=barred,
        grave=step.after in TAKEN_AWAY,
    )
