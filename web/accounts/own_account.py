"""What a person sees and changes of their own account: details, password, sessions, tokens."""

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from kb.accounts.account import Account
from kb.accounts.permissions import Action
from kb.accounts.store import accounts, api_tokens, sessions, sign_in_attempts
from kb.accounts.store.api_tokens import ApiToken
from kb.accounts.store.sessions import Session
from web.accounts.sign_in import named
from web.http import session_cookies
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault, of_password
from web.http.form_fields import FormLine, Number, OneLine
from web.i18n.locales import LANGUAGES, _

_MOST_TOKENS = 20
_DONE = {
    "details": _("Your details were saved."),
    "password": _("Your password is set. Other sessions were ended."),
    "session": _("The session was ended."),
    "sessions": _("All other sessions were ended."),
    "token": _("The token was ended; programs that use it are refused."),
}


class DetailsForm(BaseModel, frozen=True):
    """What is sent to change who one is here."""

    name: OneLine = ""
    organisation: OneLine = ""
    language: OneLine = ""


class PasswordForm(BaseModel, frozen=True):
    """What is sent to change one's password."""

    old: OneLine = ""
    password: OneLine = ""
    again: OneLine = ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """What the page of one's own account shows. `token` is a new secret, shown this once."""

    account: Account
    sessions: tuple[Session, ...]
    current: int
    tokens: tuple[ApiToken, ...]
    languages: tuple[str, ...]
    done: str = ""
    token: str = ""
    faults: tuple[Fault, ...] = ()


def own_account(visit: Visiting, done: str = "") -> Response:
    """One's own account."""
    return _page(visit, done=visit.say(_DONE.get(done, "")))


def to_own_account(visit: Visiting) -> Response:
    """The page that holds the form of this address."""
    return visit.redirect("/account")


def change_details(visit: Visiting, form: Annotated[DetailsForm, Form()]) -> Response:
    """Save name, organisation and language."""
    account = named(_account(visit), form.name, form.language)
    changed = dataclasses.replace(account, organisation=" ".join(form.organisation.split())[:200])
    with visit.site.database.write() as connection:
        accounts.change(connection, visit.actor, changed)
    return visit.redirect("/account?done=details")


def change_password(visit: Visiting, form: Annotated[PasswordForm, Form()]) -> Response:
    """Store another password; every session but this one ends."""
    account, database = _account(visit), visit.site.database
    place = session_cookies.address_of(visit.request)
    with database.write() as connection:
        wait = sign_in_attempts.attempt(
            connection, sign_in_attempts.counters(accounts.address_of(account.email), place, known=True)
        )
        stored = accounts.password_of(connection, account.id)
    if wait or not visit.house.passwords.matches(form.old, stored):
        return _page(visit, (Fault("old", visit.say(_("The present password is not right."))),))
    faults = of_password(visit, form.password, form.again, account.email)
    if faults:
        return _page(visit, faults)
    hashed = visit.house.passwords.hash(form.password)
    with database.write() as connection:
        sign_in_attempts.forgive(connection, accounts.address_of(account.email), place)
        accounts.set_password(connection, visit.actor, account.id, hashed)
        sessions.end_all(connection, visit.actor, account.id)
        token = sessions.begin(connection, account, place, visit.request.headers.get("user-agent", ""))
    response = visit.redirect("/account?done=password")
    session_cookies.give(response, visit.request, visit.site.settings, token)
    return response


def end_session(visit: Visiting, number: Number) -> Response:
    """End one of one's own sessions."""
    with visit.site.database.write() as connection:
        visit.require(Action.OWN_ACCOUNT, sessions.owner(connection, number))
        sessions.end(connection, visit.actor, number)
    return visit.redirect("/account?done=session")


def end_other_sessions(visit: Visiting) -> Response:
    """End all of one's own sessions but this one."""
    with visit.site.database.write() as connection:
        sessions.end_all(connection, visit.actor, _account(visit).id, but=_current(visit))
    return visit.redirect("/account?done=sessions")


def make_token(visit: Visiting, name: FormLine = "") -> Response:
    """A token for a program, shown once."""
    account, label = _account(visit), " ".join(name.split())[:100]
    with visit.site.database.write() as connection:
        held = len(api_tokens.of_account(connection, account.id))
        token = ""
        if label and held < _MOST_TOKENS:
            token = api_tokens.make(connection, visit.actor, account.id, label)
    if token:
        return _page(visit, token=token)
    few = visit.say(_("You have as many tokens as one may have. End one that is no longer needed."))
    unnamed = visit.say(_("Name the program that will use the token, so that you know it again."))
    return _page(visit, (Fault("token", few if label else unnamed),))


def end_token(visit: Visiting, number: Number) -> Response:
    """End one of one's own tokens."""
    with visit.site.database.write() as connection:
        visit.require(Action.OWN_ACCOUNT, api_tokens.owner(connection, number))
        api_tokens.end(connection, visit.actor, number)
    return visit.redirect("/account?done=token")


def _page(visit: RequestContext, faults: tuple[Fault, ...] = (), done: str = "", token: str = "") -> Response:
    account, settings = _account(visit), visit.site.settings
    with visit.site.database.read() as connection:
        opened = tuple(sessions.of_account(connection, account.id, session_cookies.lifetimes(settings)))
        tokens = tuple(api_tokens.of_account(connection, account.id))
    view = AccountView(account, opened, _current(visit), tokens, LANGUAGES, done, token, faults)
    return visit.page("accounts/account.html", view)


def _account(visit: RequestContext) -> Account:
    """The account that is signed in; the door of these pages let nobody else in."""
    visit.require(Action.OWN_ACCOUNT, visit.actor.account)
    return visit.account  # type: ignore[return-value]


def _current(visit: RequestContext) -> int:
    session = None if visit.signed_in is None else visit.signed_in.session
    return 0 if session is None else session.id
