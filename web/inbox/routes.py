"""Addresses of the inbox."""

from kb.accounts.permissions import Action
from web.http.routes import get, post
from web.inbox import page

ROUTES = (
    get("/inbox", page.inbox_page, Action.SEE_INBOX),
    post("/inbox/ask", page.ask, Action.SEE_INBOX),
    post("/inbox/do", page.act, Action.SEE_INBOX),
    post("/inbox/undo", page.undo, Action.SEE_INBOX),
)
