"""How a feature lists its pages: a line an address, with what answers it and what one must be allowed to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from kb.accounts.permissions import Action
from web.http.permissions import allowed

SHORT_FORM = 64 * 1024  # bytes of a form
LONG_FORM = 256 * 1024  # the longest letter, each sign of it written as nine


@dataclass(frozen=True, slots=True)
class Route:
    """An address with what answers it. `largest` is how many bytes may be sent to it."""

    methods: tuple[str, ...]
    path: str
    answer: Callable[..., Any]
    needs: Action
    largest: int | None = None


def get(path: str, answer: Callable[..., Any], needs: Action) -> Route:
    return Route(("GET", "HEAD"), path, answer, needs)


def post(path: str, answer: Callable[..., Any], needs: Action, largest: int = SHORT_FORM) -> Route:
    return Route(("POST",), path, answer, needs, largest)


def page_router(routes: Iterable[Route]) -> APIRouter:
    """A router of pages; the first route that fits an address answers."""
    router = APIRouter(include_in_schema=False)
    for route in routes:
        router.add_api_route(
            route.path,
            route.answer,
            methods=list(route.methods),
            response_model=None,
            dependencies=[allowed(route.needs)],
            max_body_size=route.largest,
        )
    return router
