"""The address of the manual of the interface for programs."""

from kb.accounts.permissions import Action
from web.api import manual
from web.http.routes import get

ROUTES = (get("/docs", manual.manual, Action.READ_PUBLIC),)
