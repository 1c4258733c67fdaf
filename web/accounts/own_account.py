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
from kb.i18n.catalogue import LANGUAGES, _
from web.accounts.sign_in import named
from web.http import session_cookies
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, of_password
from web.http.form_fields import FormLine, Number, OneLine

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


def own_account(context: Context, done: str = "") -> Response:
    """One's own account."""
    return _page(context, done=context.say(_DONE.get(done, "")))


def to_own_account(context: Context) -> Response:
    """The page that holds the form of this address."""
    return context.redirect("/account")


def change_details(context: Context, form: Annotated[DetailsForm, Form()]) -> Response:
    """Save name, organisation and language."""
    account = named(_account(context), form.name, form.language)
    changed = dataclasses.replace(account, organisation=" ".join(form.organisation.split())[:200])
    with context.site.database.write() as connection:
        accounts.change(connection, context.actor, changed)
    return context.redirect("/account?done=details")


def change_password(context: Context, form: Annotated[PasswordForm, Form()]) -> Response:
    """Store another password; every session but this one ends."""
    account, database = _account(context), context.site.database
    place = session_cookies.address_of(context.request)
    with database.write() as connection:
        wait = sign_in_attempts.attempt(
            connection, sign_in_attempts.counters(accounts.address_of(account.email), place, known=True)
        )
        stored = accounts.password_of(connection, account.id)
    if wait or not context.house.passwords.matches(form.old, stored):
        return _page(context, (Fault("old", context.say(_("The present password is not right."))),))
    faults = of_password(context, form.password, form.again, account.email)
    if faults:
        return _page(context, faults)
    hashed = context.house.passwords.hash(form.password)
    with database.write() as connection:
        sign_in_attempts.forgive(connection, accounts.address_of(account.email), place)
        accounts.set_password(connection, context.actor, account.id, hashed)
        sessions.end_all(connection, context.actor, account.id)
        token = sessions.begin(connection, account, place, context.request.headers.get("user-agent", ""))
    response = context.redirect("/account?done=password")
    session_cookies.give(response, context.request, context.site.settings, token)
    return response


def end_session(context: Context, number: Number) -> Response:
    """End one of one's own sessions."""
    with context.site.database.write() as connection:
        context.require(Action.OWN_ACCOUNT, sessions.owner(connection, number))
        sessions.end(connection, context.actor, number)
    return context.redirect("/account?done=session")


def end_other_sessions(context: Context) -> Response:
    """End all of one's own sessions but this one."""
    with context.site.database.write() as connection:
        sessions.end_all(connection, context.actor, _account(context).id, but=_current(context))
    return context.redirect("/account?done=sessions")


def make_token(context: Context, name: FormLine = "") -> Response:
    """A token for a program, shown once."""
    account, label = _account(context), " ".join(name.split())[:100]
    with context.site.database.write() as connection:
        held = len(api_tokens.of_account(connection, account.id))
        token = ""
        if label and held < _MOST_TOKENS:
            token = api_tokens.make(connection, context.actor, account.id, label)
    if token:
        return _page(context, token=token)
    few = context.say(_("You have as many tokens as one may have. End one that is no longer needed."))
    unnamed = context.say(_("Name the program that will use the token, so that you know it again."))
    return _page(context, (Fault("token", few if label else unnamed),))


def end_token(context: Context, number: Number) -> Response:
    """End one of one's own tokens."""
    with context.site.database.write() as connection:
        context.require(Action.OWN_ACCOUNT, api_tokens.owner(connection, number))
        api_tokens.end(connection, context.actor, number)
    return context.redirect("/account?done=token")


def _page(context: RequestContext, faults: tuple[Fault, ...] = (), done: str = "", token: str = "") -> Response:
    account, settings = _account(context), context.site.settings
    with context.site.database.read() as connection:
        opened = tuple(sessions.of_account(connection, account.id, session_cookies.lifetimes(settings)))
        tokens = tuple(api_tokens.of_account(connection, account.id))
    view = AccountView(account, opened, _current(context), tokens, LANGUAGES, done, token, faults)
    return context.page("accounts/account.html", view)


def _account(context: RequestContext) -> Account:
    """The account that is signed in; the door of these pages let nobody else in."""
    context.require(Action.OWN_ACCOUNT, context.actor.account)
    return context.account  # type: ignore[return-value]


def _current(context: RequestContext) -> int:
    session = None if context.signed_in is None else context.signed_in.session
    return 0 if session is None else session.id
