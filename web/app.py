"""The web application over the parts of one instance."""

from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from kb.accounts.account import Action
from kb.accounts.passwords import Passwords
from web.administration import administration_routes
from web.api import api_routes
from web.api_jobs import job_api_routes
from web.assets import asset_routes, load_assets
from web.assigning import assigning_routes
from web.board import board_routes
from web.consenting import consent_routes
from web.coverage import coverage_routes
from web.describe import describe_routes
from web.documents import document_routes
from web.doors import door_routes
from web.errors import add_error_handlers
from web.expert_files import expert_file_routes
from web.experts import expert_routes
from web.forgery import OwnFormsOnly
from web.importing import importing_routes
from web.inbox import inbox_routes
from web.interface import LANGUAGES, load_interfaces
from web.invitations import invitation_routes
from web.jobs import job_routes
from web.joining import join_routes
from web.likenesses import likeness_routes
from web.manual import manual_routes
from web.matching import matching_routes
from web.nearest import NearestObjectives
from web.objectives import objective_routes
from web.organisations import organisation_routes
from web.overrides import override_routes
from web.own_account import own_account_routes
from web.pages import page_routes, robots
from web.permissions import allowed
from web.postbox import postbox_routes
from web.practice_form import practice_routes
from web.quality import quality_routes
from web.request_form import request_form_routes
from web.requests import request_routes
from web.reviewing import review_routes
from web.search import search_routes
from web.security import SecurityHeaders
from web.similar import similar_routes
from web.site import Site
from web.submissions import submission_routes
from web.trail import trail_routes
from web.upload import upload_routes
from web.versions import version_routes
from web.visit import House, load_templates

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
_PREFIXES = ("", *(f"/{code}" for code in LANGUAGES))


def create_app(site: Site) -> FastAPI:
    """The application that serves `site`."""
    app = FastAPI(
        title=site.settings.name, version=site.version or "0", docs_url=None, redoc_url=None, openapi_url=None
    )
    assets = load_assets()
    app.state.house = House(
        site,
        load_interfaces(),
        load_templates(),
        assets,
        NearestObjectives(site.taxonomy),
        Passwords(site.settings.password_memory_mb),
    )
    app.router.routes.extend(_pages().routes)
    uploading = upload_routes(site.settings)
    for prefix in _PREFIXES:
        app.include_router(uploading, prefix=prefix)
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


@cache
def _pages() -> APIRouter:
    """The pages in every language. They know no site: making them is most of the time an application takes to start."""
    pages = APIRouter()
    families = [(make(), _PUBLIC) for make in _OPEN] + [(make(), []) for make in _GUARDED]
    for prefix in _PREFIXES:
        for family, needs in families:
            pages.include_router(family, prefix=prefix, dependencies=needs)
    return pages
