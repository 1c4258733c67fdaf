"""The web application over the parts of one instance."""

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from index.search.related_objectives import NearestObjectives
from kb.accounts.passwords import Passwords
from kb.accounts.permissions import Action
from kb.i18n.catalogue import LANGUAGES
from web.accounts.routes import ROUTES as ACCOUNTS
from web.api.documents import api_routes
from web.api.jobs import job_api_routes
from web.api.routes import ROUTES as MANUAL
from web.api.terms import term_api_routes
from web.documents.routes import ROUTES as DOCUMENTS
from web.editorial.routes import ROUTES as EDITORIAL
from web.experts.routes import ROUTES as EXPERTS
from web.http.assets import asset_routes, load_assets
from web.http.context import AppContext, load_templates
from web.http.csrf import OwnFormsOnly
from web.http.errors import PageOfTooMuch, add_error_handlers
from web.http.permissions import allowed
from web.http.routes import page_router
from web.http.security_headers import SecurityHeaders
from web.i18n.locales import load_interfaces
from web.inbox.routes import ROUTES as INBOX
from web.library.home import robots
from web.library.routes import ROUTES as LIBRARY
from web.matching.routes import ROUTES as MATCHING
from web.notifications.routes import ROUTES as NOTIFICATIONS
from web.requests.routes import ROUTES as REQUESTS
from web.search.routes import ROUTES as SEARCH
from web.site import Site
from web.submissions.routes import ROUTES as SUBMISSIONS
from web.submissions.routes import upload_routes
from web.terms.routes import ROUTES as TERMS

__all__ = ["Site", "create_app"]

_PUBLIC = [allowed(Action.READ_PUBLIC)]
_PAGES = (
    *LIBRARY,
    *SEARCH,
    *DOCUMENTS,
    *MANUAL,
    *ACCOUNTS,
    *NOTIFICATIONS,
    *INBOX,
    *EDITORIAL,
    *SUBMISSIONS,
    *MATCHING,
    *REQUESTS,
    *EXPERTS,
    *TERMS,
)


def create_app(site: Site) -> FastAPI:
    """The application that serves `site`."""
    app = FastAPI(
        title=site.settings.name, version=site.version or "0", docs_url=None, redoc_url=None, openapi_url=None
    )
    assets = load_assets()
    app.state.house = AppContext(
        site,
        load_interfaces(),
        load_templates(),
        assets,
        NearestObjectives(site.taxonomy),
        Passwords(site.settings.password_memory_mb),
    )
    pages = page_router((*_PAGES, *upload_routes(site.settings)))
    for code in LANGUAGES:
        app.mount(f"/{code}", pages)
    app.router.routes.extend(pages.routes)
    app.include_router(api_routes(), dependencies=_PUBLIC)
    app.include_router(term_api_routes(), dependencies=_PUBLIC)
    app.include_router(job_api_routes(site.settings))
    app.include_router(asset_routes(assets), dependencies=_PUBLIC)
    app.add_api_route(
        "/robots.txt",
        robots,
        methods=["GET", "HEAD"],
        include_in_schema=False,
        response_model=None,
        dependencies=_PUBLIC,
    )
    add_error_handlers(app)
    app.add_middleware(PageOfTooMuch)
    app.add_middleware(OwnFormsOnly, public_url=site.settings.public_url)
    app.add_middleware(GZipMiddleware, minimum_size=700, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    return app
