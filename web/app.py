"""The web application over the parts of one instance."""

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from web.api import api_routes
from web.assets import asset_routes, load_assets
from web.documents import document_routes
from web.errors import add_error_handlers
from web.interface import LANGUAGES, load_interfaces
from web.manual import manual_routes
from web.nearest import NearestObjectives
from web.objectives import objective_routes
from web.pages import page_routes, robots
from web.search import search_routes
from web.security import SecurityHeaders
from web.site import Site
from web.visit import House, load_templates

__all__ = ["Site", "create_app"]


def create_app(site: Site) -> FastAPI:
    """The application that serves `site`."""
    app = FastAPI(
        title=site.settings.name, version=site.version or "0", docs_url=None, redoc_url=None, openapi_url=None
    )
    interfaces, assets = load_interfaces(), load_assets()
    app.state.house = House(site, interfaces, load_templates(interfaces), assets, NearestObjectives(site.taxonomy))
    for routes in (page_routes, search_routes, document_routes, objective_routes, manual_routes):
        for prefix in ("", *(f"/{code}" for code in LANGUAGES)):
            app.include_router(routes(), prefix=prefix)
    app.include_router(api_routes())
    app.include_router(asset_routes(assets))
    app.add_api_route("/robots.txt", robots, methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    add_error_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=700, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    return app
