"""What each route needs: declared on the route, asked before it runs, and readable for whoever wants to check."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.params import Depends as Dependency
from starlette.routing import Mount

from kb.accounts.permissions import Action, may_ever
from kb.errors import ForbiddenError
from web.http.context import Context
from web.http.errors import SignInError


@dataclass(frozen=True, slots=True)
class Allowed:
    """Lets a request through when the person may do `action` to something; to this very thing asks the route itself.

    Asked before anything is looked up, so that what exists and what does not are answered alike.
    """

    action: Action

    def __call__(self, context: Context) -> None:
        if may_ever(context.actor, self.action):
            return
        if context.actor.signed_in:
            raise ForbiddenError(f"{context.actor.name} may not {self.action}.")
        raise SignInError("Sign in first.")


def allowed(action: Action) -> Any:
    """For `dependencies=[allowed(Action.…)]` of a route or a router."""
    return Depends(Allowed(action))


@dataclass(frozen=True, slots=True)
class Declared:
    """A route and the actions it declared."""

    path: str
    methods: frozenset[str]
    actions: frozenset[Action]


def declared(app: FastAPI) -> Iterator[Declared]:
    """Every route of the application."""
    return _declared(app.routes)


def _declared(routes: Iterable[Any], before: str = "") -> Iterator[Declared]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _declared(route.routes, before + route.path)
            continue
        contexts = getattr(route, "effective_route_contexts", None)
        inner: Iterable[Any] = [route] if contexts is None else contexts()
        for found in inner:
            needs = [d.dependency for d in getattr(found, "dependencies", ()) if isinstance(d, Dependency)]
            actions = frozenset(need.action for need in needs if isinstance(need, Allowed))
            yield Declared(before + found.path, frozenset(found.methods or ()), actions)
