"""Addresses at which letters are looked after."""

from kb.accounts.permissions import Action
from web.http.routes import get, post
from web.notifications import outbox_page

ROUTES = (
    get("/letters", outbox_page.letters_page, Action.CARE),
    post("/letters/again", outbox_page.try_again, Action.CARE),
)
