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
from kb.i18n.catalogue import LANGUAGES, _
from web.accounts.one_time_links import link_gone, send_way_back
from web.http import session_cookies
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, of_password
from web.http.form_fields import FormLine, OneLine


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


def sign_in_form(context: Context, next: str = "", out: str = "") -> Response:  # noqa: A002
    """Ask for e-mail address and password."""
    return context.page("accounts/sign_in.html", SignInView(safe_path(next), signed_out=bool(out)), private=True)


def sign_in(context: Context, form: Annotated[SignInForm, Form()]) -> Response:
    """Sign in; the same answer, after the same time, for a wrong password and an unknown address."""
    account, wait = _attempt(context, form.email)
    if wait:
        return _too_many(context, form.email, form.next, wait)
    with context.site.database.read() as connection:
        stored = accounts.password_of(connection, account.id) if account and account.active else ""
    if not context.house.passwords.matches(form.password, stored) or account is None:
        message = context.say(_("The e-mail address or the password is not right. Check both and try again."))
        view = SignInView(safe_path(form.next), form.email[:254], (Fault("email", message),))
        return context.page("accounts/sign_in.html", view, private=True)
    fresh = context.house.passwords.hash(form.password) if context.house.passwords.outdated(stored) else ""
    return _let_in(context, account, safe_path(form.next) or context.link("/"), fresh)


def sign_out(context: Context) -> Response:
    """End the session; the secret in the cookie opens nothing any more."""
    if context.signed_in is not None and context.signed_in.session is not None:
        with context.site.database.write() as connection:
            sessions.end(connection, context.actor, context.signed_in.session.id)
    response = context.redirect("/sign-in?out=1")
    session_cookies.take_away(response, context.request, context.site.settings)
    return response


def help_form(context: Context) -> Response:
    """Tell how to get back in."""
    return context.page(
        "accounts/sign_in_help.html", HelpView(bool(context.site.settings.smtp_host), False), private=True
    )


def help_sent(context: Context, email: FormLine = "") -> Response:
    """Send a link by mail if there is such an account; whether there is one, the answer does not tell."""
    if not context.site.settings.smtp_host:
        return help_form(context)
    response = context.page("accounts/sign_in_help.html", HelpView(True, True), private=True)
    response.background = BackgroundTask(send_way_back, context, email)
    return response


def welcome(context: Context, key: str = "") -> Response:
    """Show what a link is for, without using it up: mail programs open links before people do."""
    with context.site.database.read() as connection:
        link = one_time_links.find(connection, key)
    if link is None:
        return link_gone(context)
    return context.page("accounts/welcome.html", _welcome(context, key, link), private=True)


def choose(context: Context, form: Annotated[WelcomeForm, Form()], key: str = "") -> Response:
    """Use the link up: store the password, end what was open, and sign in."""
    with context.site.database.read() as connection:
        link = one_time_links.find(connection, key)
    if link is None:
        return link_gone(context)
    faults = of_password(context, form.password, form.again, link.account.email)
    if faults:
        return context.page("accounts/welcome.html", _welcome(context, key, link, faults), private=True)
    hashed = context.house.passwords.hash(form.password)
    with context.site.database.write() as connection:
        used = one_time_links.use_up(connection, key)
        if used is not None:
            by = used.account.actor
            if used.purpose is one_time_links.Purpose.INVITATION:
                accounts.change(connection, by, named(used.account, form.name, form.language))
            accounts.set_password(connection, by, used.account.id, hashed)
            sessions.end_all(connection, by, used.account.id)
    return (
        link_gone(context) if used is None else _let_in(context, used.account, context.link("/account?done=password"))
    )


def named(account: Account, name: str, language: str) -> Account:
    """The account with the name and language that its owner gives."""
    tongue = language if language in LANGUAGES else account.language
    return dataclasses.replace(account, name=" ".join(name.split())[:200] or account.name, language=tongue)


def safe_path(path: str) -> str:
    """An address of this site to go on to; "" when it is one of another, or none."""
    clean = not any(c <= " " or c == "\\" or c == "\x7f" for c in path)
    parts = urlsplit(path) if clean and path.startswith("/") and not path.startswith("//") else None
    return path if parts is not None and not parts.scheme and not parts.netloc else ""


def _attempt(context: RequestContext, email: str) -> tuple[Account | None, int]:
    """The account of this address, and how many seconds it is too early to try its password."""
    place = session_cookies.address_of(context.request)
    with context.site.database.write() as connection:
        account = accounts.by_email(connection, email)
        known = account is not None and sessions.signed_in_before(connection, account.id, place)
        counted = sign_in_attempts.counters(accounts.address_of(email), place, known)
        return account, sign_in_attempts.attempt(connection, counted)


def _let_in(context: RequestContext, account: Account, path: str, fresh_hash: str = "") -> Response:
    """Open a new session, whatever the browser brought along, and go on to `path`."""
    place, browser = session_cookies.address_of(context.request), context.request.headers.get("user-agent", "")
    before = context.signed_in.session if context.signed_in is not None else None
    with context.site.database.write() as connection:
        now = accounts.get(connection, account.id)
        if now is None or not now.active:  # disabled while the password was being checked
            raise ForbiddenError(f"Account {account.id} is disabled.")
        sign_in_attempts.forgive(connection, accounts.address_of(account.email), place)
        if before is not None:
            sessions.end(connection, context.actor, before.id)
        if fresh_hash:
            accounts.renew_hash(connection, account.id, fresh_hash)
        token = sessions.begin(connection, account, place, browser)
    response = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
    session_cookies.give(response, context.request, context.site.settings, token)
    return response


def _too_many(context: RequestContext, email: str, path: str, wait: int) -> Response:
    how_long = context.interface.duration(timedelta(seconds=wait))
    message = context.say(_("There were several wrong attempts. Wait %(time)s, then try again.")) % {"time": how_long}
    view = SignInView(safe_path(path), email[:254], (Fault("email", message),))
    response = context.page("accounts/sign_in.html", view, 429, private=True)
    response.headers["Retry-After"] = str(wait)
    return response


def _welcome(context: RequestContext, key: str, link: Link, faults: tuple[Fault, ...] = ()) -> WelcomeView:
    account, invited = link.account, link.purpose is one_time_links.Purpose.INVITATION
    return WelcomeView(key, account.email, account.name, context.code, invited, LANGUAGES, faults)
