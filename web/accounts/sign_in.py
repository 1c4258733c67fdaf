"""Doors of the site: signing in and out, one-time links, and asking for one."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Form
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from kb.accounts.account import Account
from kb.accounts.store import accounts, one_time_links, sessions, sign_in_attempts
from kb.accounts.store.one_time_links import Link
from kb.errors import ForbiddenError
from web.accounts.one_time_links import link_gone, send_way_back
from web.http import session_cookies
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault, of_password
from web.http.form_fields import FormLine, OneLine
from web.i18n.locales import LANGUAGES, _


class SignInForm(BaseModel, frozen=True):
    """What is sent to sign in; `next` is where to go on to."""

    email: OneLine = ""
    password: OneLine = ""
    next: OneLine = ""


class WelcomeForm(BaseModel, frozen=True):
    """What is sent from the page that a one-time link opens."""

    name: OneLine = ""
    language: OneLine = ""
    password: OneLine = ""
    again: OneLine = ""


@dataclass(frozen=True, slots=True)
class SignInView:
    """What the page to sign in shows."""

    next: str
    email: str = ""
    faults: tuple[Fault, ...] = ()
    signed_out: bool = False


@dataclass(frozen=True, slots=True)
class WelcomeView:
    """What a one-time link opens."""

    key: str
    email: str
    name: str
    language: str
    invited: bool
    languages: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpView:
    """What the page for those who cannot sign in shows."""

    mails: bool
    sent: bool


def sign_in_form(visit: Visiting, next: str = "", out: str = "") -> Response:  # noqa: A002
    """Ask for e-mail address and password."""
    return visit.page("accounts/sign_in.html", SignInView(safe_path(next), signed_out=bool(out)), private=True)


def sign_in(visit: Visiting, form: Annotated[SignInForm, Form()]) -> Response:
    """Sign in; the same answer, after the same time, for a wrong password and an unknown address."""
    account, wait = _attempt(visit, form.email)
    if wait:
        return _too_many(visit, form.email, form.next, wait)
    with visit.site.database.read() as connection:
        stored = accounts.password_of(connection, account.id) if account and account.active else ""
    if not visit.house.passwords.matches(form.password, stored) or account is None:
        message = visit.say(_("The e-mail address or the password is not right. Check both and try again."))
        view = SignInView(safe_path(form.next), form.email[:254], (Fault("email", message),))
        return visit.page("accounts/sign_in.html", view, private=True)
    fresh = visit.house.passwords.hash(form.password) if visit.house.passwords.outdated(stored) else ""
    return _let_in(visit, account, safe_path(form.next) or visit.link("/"), fresh)


def sign_out(visit: Visiting) -> Response:
    """End the session; the secret in the cookie opens nothing any more."""
    if visit.signed_in is not None and visit.signed_in.session is not None:
        with visit.site.database.write() as connection:
            sessions.end(connection, visit.actor, visit.signed_in.session.id)
    response = visit.redirect("/sign-in?out=1")
    session_cookies.take_away(response, visit.request, visit.site.settings)
    return response


def help_form(visit: Visiting) -> Response:
    """Tell how to get back in."""
    return visit.page("accounts/sign_in_help.html", HelpView(bool(visit.site.settings.smtp_host), False), private=True)


def help_sent(visit: Visiting, email: FormLine = "") -> Response:
    """Send a link by mail if there is such an account; whether there is one, the answer does not tell."""
    if not visit.site.settings.smtp_host:
        return help_form(visit)
    response = visit.page("accounts/sign_in_help.html", HelpView(True, True), private=True)
    response.background = BackgroundTask(send_way_back, visit, email)
    return response


def welcome(visit: Visiting, key: str = "") -> Response:
    """Show what a link is for, without using it up: mail programs open links before people do."""
    with visit.site.database.read() as connection:
        link = one_time_links.find(connection, key)
    if link is None:
        return link_gone(visit)
    return visit.page("accounts/welcome.html", _welcome(visit, key, link), private=True)


def choose(visit: Visiting, form: Annotated[WelcomeForm, Form()], key: str = "") -> Response:
    """Use the link up: store the password, end what was open, and sign in."""
    with visit.site.database.read() as connection:
        link = one_time_links.find(connection, key)
    if link is None:
        return link_gone(visit)
    faults = of_password(visit, form.password, form.again, link.account.email)
    if faults:
        return visit.page("accounts/welcome.html", _welcome(visit, key, link, faults), private=True)
    hashed = visit.house.passwords.hash(form.password)
    with visit.site.database.write() as connection:
        used = one_time_links.use_up(connection, key)
        if used is not None:
            by = used.account.actor
            if used.purpose is one_time_links.Purpose.INVITATION:
                accounts.change(connection, by, named(used.account, form.name, form.language))
            accounts.set_password(connection, by, used.account.id, hashed)
            sessions.end_all(connection, by, used.account.id)
    return link_gone(visit) if used is None else _let_in(visit, used.account, visit.link("/account?done=password"))


def named(account: Account, name: str, language: str) -> Account:
    """The account with the name and language that its owner gives."""
    tongue = language if language in LANGUAGES else account.language
    return dataclasses.replace(account, name=" ".join(name.split())[:200] or account.name, language=tongue)


def safe_path(path: str) -> str:
    """An address of this site to go on to; "" when it is one of another, or none."""
    clean = not any(c <= " " or c == "\\" or c == "\x7f" for c in path)
    parts = urlsplit(path) if clean and path.startswith("/") and not path.startswith("//") else None
    return path if parts is not None and not parts.scheme and not parts.netloc else ""


def _attempt(visit: RequestContext, email: str) -> tuple[Account | None, int]:
    """The account of this address, and how many seconds it is too early to try its password."""
    place = session_cookies.address_of(visit.request)
    with visit.site.database.write() as connection:
        account = accounts.by_email(connection, email)
        known = account is not None and sessions.signed_in_before(connection, account.id, place)
        counted = sign_in_attempts.counters(accounts.address_of(email), place, known)
        return account, sign_in_attempts.attempt(connection, counted)


def _let_in(visit: RequestContext, account: Account, path: str, fresh_hash: str = "") -> Response:
    """Open a new session, whatever the browser brought along, and go on to `path`."""
    place, browser = session_cookies.address_of(visit.request), visit.request.headers.get("user-agent", "")
    before = visit.signed_in.session if visit.signed_in is not None else None
    with visit.site.database.write() as connection:
        now = accounts.get(connection, account.id)
        if now is None or not now.active:  # disabled while the password was being checked
            raise ForbiddenError(f"Account {account.id} is disabled.")
        sign_in_attempts.forgive(connection, accounts.address_of(account.email), place)
        if before is not None:
            sessions.end(connection, visit.actor, before.id)
        if fresh_hash:
            accounts.renew_hash(connection, account.id, fresh_hash)
        token = sessions.begin(connection, account, place, browser)
    response = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
    session_cookies.give(response, visit.request, visit.site.settings, token)
    return response


def _too_many(visit: RequestContext, email: str, path: str, wait: int) -> Response:
    how_long = visit.interface.duration(timedelta(seconds=wait))
    message = visit.say(_("There were several wrong attempts. Wait %(time)s, then try again.")) % {"time": how_long}
    view = SignInView(safe_path(path), email[:254], (Fault("email", message),))
    response = visit.page("accounts/sign_in.html", view, 429, private=True)
    response.headers["Retry-After"] = str(wait)
    return response


def _welcome(visit: RequestContext, key: str, link: Link, faults: tuple[Fault, ...] = ()) -> WelcomeView:
    account, invited = link.account, link.purpose is one_time_links.Purpose.INVITATION
    return WelcomeView(key, account.email, account.name, visit.code, invited, LANGUAGES, faults)
