"""Addresses of the workbench: describing, reviewing, deciding."""

from kb.accounts.permissions import Action
from kb.editorial.workflow import STEPS
from web.editorial import describe, duplicates, review, reviewer_assignment, transitions, versions
from web.http.routes import LONG_FORM, get, post

ROUTES = (
    get("/workbench/documents/{id}/review", reviewer_assignment.panel_page, Action.ASSIGN),
    post("/workbench/documents/{id}/review", reviewer_assignment.send, Action.ASSIGN, LONG_FORM),
    post("/workbench/documents/{id}/review/ask", reviewer_assignment.ask, Action.ASSIGN, LONG_FORM),
    post("/workbench/documents/{id}/review/release", reviewer_assignment.release, Action.ASSIGN, LONG_FORM),
    post("/workbench/documents/{id}/review/decide", reviewer_assignment.decide, Action.DECIDE, LONG_FORM),
    get("/likenesses/{id}", duplicates.likeness_page, Action.DESCRIBE),
    post("/likenesses/{id}", duplicates.decide, Action.DESCRIBE),
    get("/reviews/{id}", review.review_page, Action.REVIEW),
    post("/reviews/{id}/declare", review.declare, Action.REVIEW, LONG_FORM),
    post("/reviews/{id}/decline", review.decline, Action.REVIEW, LONG_FORM),
    post("/reviews/{id}/comment", review.comment, Action.REVIEW, LONG_FORM),
    post("/reviews/{id}/take-back", review.take_back, Action.REVIEW, LONG_FORM),
    post("/reviews/{id}/recommend", review.recommend, Action.REVIEW, LONG_FORM),
    get("/workbench/documents/{id}", describe.describe_page, Action.DESCRIBE),
    post("/workbench/documents/{id}/description", describe.save, Action.DESCRIBE, LONG_FORM),
    post("/workbench/documents/{id}/tag", describe.decide, Action.DESCRIBE, LONG_FORM),
    post("/workbench/documents/{id}/tags", describe.decide_all, Action.DESCRIBE, LONG_FORM),
    post("/workbench/documents/{id}/add", describe.add, Action.DESCRIBE, LONG_FORM),
    post("/workbench/documents/{id}/objectives", describe.add_objectives, Action.DESCRIBE, LONG_FORM),
    post("/workbench/documents/{id}/undo", describe.undo, Action.DESCRIBE, LONG_FORM),
    get("/workbench/documents/{id}/compare/{other:int}", versions.versions, Action.SEE_HISTORY),
    *(
        post(
            f"/workbench/documents/{{id}}/{step.move}",
            transitions.Mover(step, describe.show_refusal),
            step.action,
            LONG_FORM,
        )
        for step in STEPS
    ),
)
