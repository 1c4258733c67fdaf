"""The address of the page of results."""

from kb.accounts.permissions import Action
from web.http.routes import get
from web.search import page

ROUTES = (get("/search", page.search, Action.READ_PUBLIC),)
