"""The web application over the parts of one instance."""

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from index.search.related_objectives import NearestObjectives
from kb.accounts.passwords import Passwords
from kb.accounts.permissions import Action
from kb.config import Settings
from web.accounts.account_requests import join_routes
from web.accounts.administration import administration_routes
from web.accounts.audit_trail import trail_routes
from web.accounts.own_account import own_account_routes
from web.accounts.sign_in import door_routes
from web.api.documents import api_routes
from web.api.jobs import job_api_routes
from web.api.manual import manual_routes
from web.documents.page import document_routes
from web.documents.similar_passages import similar_routes
from web.editorial.describe import describe_routes
from web.editorial.duplicates import likeness_routes
from web.editorial.review import review_routes
from web.editorial.reviewer_assignment import assigning_routes
from web.editorial.versions import version_routes
from web.experts.csv_import import importing_routes
from web.experts.directory import consent_routes
from web.experts.files import expert_file_routes
from web.experts.organisations import organisation_routes
from web.experts.own_profile import expert_routes
from web.http.assets import asset_routes, load_assets
from web.http.context import AppContext, load_templates
from web.http.csrf import OwnFormsOnly
from web.http.errors import add_error_handlers
from web.http.permissions import allowed
from web.http.security_headers import SecurityHeaders
from web.i18n.locales import LANGUAGES, load_interfaces
from web.inbox.page import inbox_routes
from web.library.coverage import coverage_routes
from web.library.home import page_routes, robots
from web.library.objectives import objective_routes
from web.library.quality import quality_routes
from web.matching.board import board_routes
from web.matching.invitations import invitation_routes
from web.matching.overrides import override_routes
from web.matching.shortlist import matching_routes
from web.notifications.outbox_page import postbox_routes
from web.requests.form import request_form_routes
from web.requests.page import request_routes
from web.search.page import search_routes
from web.site import Site
from web.submissions.jobs import job_routes
from web.submissions.page import submission_routes
from web.submissions.practice_form import practice_routes
from web.submissions.upload import upload_routes

__all__ = ["Site", "create_app"]

_PUBLIC = [allowed(Action.READ_PUBLIC)]


# Families of pages that anybody may read, and those whose routes declare themselves what they need.
_OPEN = (
    page_routes,
    search_routes,
    document_routes,
    objective_routes,
    coverage_routes,
    manual_routes,
    quality_routes,
    similar_routes,
)
_GUARDED = (
    door_routes,
    join_routes,
    own_account_routes,
    administration_routes,
    trail_routes,
    postbox_routes,
    assigning_routes,
    inbox_routes,
    likeness_routes,
    review_routes,
    submission_routes,
    job_routes,
    describe_routes,
    version_routes,
    practice_routes,
    request_form_routes,
    matching_routes,
    request_routes,
    invitation_routes,
    expert_file_routes,
    expert_routes,
    importing_routes,
    organisation_routes,
    consent_routes,
    board_routes,
    override_routes,
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
    pages = _pages(site.settings)
    for code in LANGUAGES:
        app.mount(f"/{code}", pages)
    app.router.routes.extend(pages.routes)
    app.include_router(api_routes(), dependencies=_PUBLIC)
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
    app.add_middleware(OwnFormsOnly, public_url=site.settings.public_url)
    app.add_middleware(GZipMiddleware, minimum_size=700, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    return app


def _pages(settings: Settings) -> APIRouter:
    """The pages, which know no language: it is taken off the address before they are looked up."""
    pages = APIRouter()
    for family in _OPEN:
        pages.include_router(family(), dependencies=_PUBLIC)
    for family in _GUARDED:
        pages.include_router(family())
    pages.include_router(upload_routes(settings))
    return pages
