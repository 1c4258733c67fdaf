"""Files every page needs (style sheet, picture of the site), held in memory and addressed by their content."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb.errors import NotFoundError

_FOLDER = Path(__file__).parent.parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"  # the address changes with the content
_AN_HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file. `mark` changes with its content."""

    content: bytes
    type: str
    mark: str


def load_assets() -> dict[str, Asset]:
    """The static files by name."""
    return {path.name: _asset(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


def asset_routes(assets: dict[str, Asset]) -> APIRouter:
    """Routes that serve the static files."""
    router = APIRouter(include_in_schema=False)

    def serve(name: str, request: Request) -> Response:
        asset = assets.get(name)
        if asset is None:
            raise NotFoundError("There is no such file.")
        current = request.query_params.get("v") == asset.mark
        headers = {"Cache-Control": _FOREVER if current else _AN_HOUR, "ETag": f'"{asset.mark}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.type, headers=headers)

    @router.api_route("/static/{name}", methods=["GET", "HEAD"])
    def static(name: str, request: Request) -> Response:
        return serve(name, request)

    @router.api_route("/favicon.ico", methods=["GET", "HEAD"])
    def favicon(request: Request) -> Response:
        return serve("favicon.svg", request)

    return router


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, _TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:12])
