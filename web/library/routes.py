"""Addresses of the pages about the library as a whole."""

from kb.accounts.permissions import Action
from web.http.routes import get
from web.library import coverage, home, objectives, quality

ROUTES = (
    get("/", home.home, Action.READ_PUBLIC),
    get("/about", home.about, Action.READ_PUBLIC),
    get("/objectives", objectives.objectives, Action.READ_PUBLIC),
    get("/objectives/{number:int}", objectives.objective, Action.READ_PUBLIC),
    get("/coverage", coverage.coverage, Action.READ_PUBLIC),
    get("/coverage.csv", coverage.coverage_csv, Action.READ_PUBLIC),
    get("/quality", quality.quality, Action.READ_PUBLIC),
)
