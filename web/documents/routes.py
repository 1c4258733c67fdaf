"""Addresses at which published documents are read."""

from kb.accounts.permissions import Action
from web.documents import page, similar_passages
from web.http.routes import get

ROUTES = (
    get("/documents/{number:int}", page.document, Action.READ_PUBLIC),
    get("/documents/{number:int}/passages/{place:int}", page.passage, Action.READ_PUBLIC),
    get("/documents/{number:int}/passages/{place:int}/similar", similar_passages.similar, Action.READ_PUBLIC),
)
