"""Addresses of requests for support."""

from kb.accounts.permissions import Action
from web.http.routes import LONG_FORM, get, post
from web.requests import form, page

ROUTES = (
    get("/requests/new", form.request_form, Action.FILE_REQUEST),
    post("/requests/new", form.file_request, Action.FILE_REQUEST, LONG_FORM),
    get("/requests", page.list_page, Action.SEE_REQUEST),
    get("/requests/{id}", page.request_page, Action.SEE_REQUEST),
    post("/requests/{id}/answer", page.answer, Action.OWN_REQUEST, LONG_FORM),
    post("/requests/{id}/withdraw", page.withdraw, Action.OWN_REQUEST, LONG_FORM),
    post("/requests/{id}/settle", page.settle, Action.OWN_REQUEST, LONG_FORM),
    post("/requests/{id}/feedback", page.give_feedback, Action.OWN_REQUEST, LONG_FORM),
    post("/requests/{id}/objectives", page.describe, Action.SEE_REQUEST, LONG_FORM),
    post("/requests/{id}/title", page.entitle, Action.OWN_REQUEST, LONG_FORM),
    post("/requests/{id}/ask", page.ask, Action.DECIDE_REQUEST, LONG_FORM),
    post("/requests/{id}/step", page.step, Action.DECIDE_REQUEST, LONG_FORM),
    get("/requests/{id}/{step}", page.to_request, Action.SEE_REQUEST),
)
