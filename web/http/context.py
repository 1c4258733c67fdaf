"""One request for a page: who serves it, in which language, and how it is written out."""

import dataclasses
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from index.search.related_objectives import NearestObjectives
from kb.accounts.account import ANYONE, Account, Actor
from kb.accounts.passwords import Passwords
from kb.accounts.permissions import Action, may, require
from kb.i18n.catalogue import LANGUAGES
from kb.inbox.store import inbox
from web.http.assets import Asset
from web.http.session_cookies import SignedIn, signed_in
from web.i18n.locales import Interface, direction, load_interfaces, own_name, preferred
from web.site import Site

_UNWELCOME = 422  # what was sent cannot be taken as it is


@dataclass(frozen=True, slots=True)
class AppContext:
    """What all requests share: the site, its languages with their templates, its static files."""

    site: Site
    interfaces: dict[str, Interface]
    templates: dict[str, Environment]
    assets: dict[str, Asset]
    nearest: NearestObjectives
    passwords: Passwords


@dataclass(frozen=True, slots=True)
class Choice:
    """A language the page can be read in, as the bar offers it. `path` is the path of the same page."""

    code: str
    name: str
    path: str
    href: str
    current: bool


@dataclass(frozen=True)
class RequestContext:
    """One request for a page."""

    house: AppContext
    request: Request

    @property
    def site(self) -> Site:
        return self.house.site

    @cached_property
    def signed_in(self) -> SignedIn | None:
        return signed_in(self.request, self.site.settings, self.site.database)

    @property
    def account(self) -> Account | None:
        """The account that is signed in; None for a reader."""
        return None if self.signed_in is None else self.signed_in.account

    @property
    def actor(self) -> Actor:
        """Who does what this request does."""
        return ANYONE if self.account is None else self.account.actor

    @cached_property
    def waiting(self) -> int:
        """How much waits in the inbox of this person."""
        if self.account is None:
            return 0
        with self.site.database.read() as connection:
            return inbox.count(connection, self.actor)

    def may(self, action: str, owner: int | None = None) -> bool:
        """Whether this person may do `action` to an object of `owner` (None: nobody's, or another's)."""
        return may(self.actor, Action(action), owner)

    def require(self, action: Action, owner: int | None = None) -> None:
        """Raise ForbiddenError unless this person may do `action` to an object of `owner`."""
        require(self.actor, action, owner)

    @cached_property
    def prefix(self) -> str:
        """The language in the address, with its slash; "" when the address leaves it to the browser."""
        first = self.request.url.path.split("/")[1]
        return f"/{first}" if first in LANGUAGES else ""

    @cached_property
    def interface(self) -> Interface:
        asked = self.prefix[1:] or preferred(self.request.headers.get("accept-language", ""))
        return self.house.interfaces[asked]

    @cached_property
    def path(self) -> str:
        """The path of the page without its language."""
        return quote(self.request.url.path.removeprefix(self.prefix) or "/")

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The same page in every language."""
        query = f"?{self.request.url.query}" if self.request.url.query else ""
        return tuple(
            Choice(code, own_name(code), f"/{code}{self.path}", f"/{code}{self.path}{query}", code == self.code)
            for code in LANGUAGES
        )

    @property
    def objective_count(self) -> int:
        """How many objectives the vocabulary has."""
        return len(self.site.taxonomy.notations("objectives"))

    @property
    def code(self) -> str:
        return self.interface.code

    def say(self, message: str) -> str:
        return self.interface.say(message)

    def link(self, path: str) -> str:
        """Address of a page of this site, in the language of this request."""
        return self.prefix + path

    def address(self, path: str, language: str) -> str:
        """The whole address of a page, in the language of who receives it."""
        start = self.site.settings.public_url.rstrip("/") or str(self.request.base_url).rstrip("/")
        return f"{start}/{language if language in self.house.interfaces else self.code}{path}"

    def asset(self, name: str) -> str:
        return f"/static/{name}?v={self.house.assets[name].mark}"

    def redirect(self, path: str) -> RedirectResponse:
        """On to a page of this site after something was done, in the language of this request."""
        return RedirectResponse(self.link(path), 303, {"Cache-Control": "no-store"})

    def page(self, template: str, view: object, status: int = 0, *, private: bool = False) -> HTMLResponse:
        """The page that `template` makes of `view`; the template sees its fields as names.

        Without a `status` a form in which something has to be mended is answered as not taken (422). A `private` page
        is kept by nobody on the way, as no page is of somebody who is signed in.
        """
        values: dict[str, Any] = {f.name: getattr(view, f.name) for f in dataclasses.fields(view)}  # type: ignore[arg-type]
        text = self.house.templates[self.code].get_template(template).render(context=self, ui=self.interface, **values)
        kept = "no-store" if private or self.account is not None else "no-cache"
        headers = {"Content-Language": self.code, "Cache-Control": kept}
        if not self.prefix:
            headers["Vary"] = "Accept-Language"
        return HTMLResponse(text, status or (_UNWELCOME if values.get("faults") else 200), headers)


@cache
def load_templates() -> dict[str, Environment]:
    """The templates for each language, compiled when first used and kept."""
    return {code: _environment(interface) for code, interface in load_interfaces().items()}


def request_context(request: Request) -> RequestContext:
    house: AppContext = request.app.state.house
    return RequestContext(house, request)


Context = Annotated[RequestContext, Depends(request_context)]


def _environment(interface: Interface) -> Environment:
    environment = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: interface.messages.gettext(message),
        lambda one, several, count: interface.messages.ngettext(one, several, count),
        newstyle=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(direction=direction, own_name=own_name)
    return environment
