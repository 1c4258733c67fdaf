"""What a person sees and changes of their own account: details, password, sessions, tokens."""

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Path
from starlette.responses import RedirectResponse, Response

from kb.accounts.account import Account
from kb.accounts.permissions import Action
from kb.accounts.store import accounts, api_tokens, sessions, sign_in_attempts
from kb.accounts.store.api_tokens import ApiToken
from kb.accounts.store.sessions import Session
from web.accounts.sign_in import Field, named
from web.http import session_cookies
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault, of_password
from web.i18n.locales import LANGUAGES, _

_UNWELCOME = 422
_MOST_TOKENS = 20
_DONE = {
    "details": _("Your details were saved."),
    "password": _("Your password is set. Other sessions were ended."),
    "session": _("The session was ended."),
    "sessions": _("All other sessions were ended."),
    "token": _("The token was ended; programs that use it are refused."),
}


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
    return RedirectResponse(visit.link("/account"), 303)


def change_details(visit: Visiting, name: Field = "", organisation: Field = "", language: Field = "") -> Response:
    """Save name, organisation and language."""
    account = named(_account(visit), name, language)
    changed = dataclasses.replace(account, organisation=" ".join(organisation.split())[:200])
    with visit.site.database.write() as connection:
        accounts.change(connection, visit.actor, changed)
    return _back(visit, "details")


def change_password(visit: Visiting, old: Field = "", password: Field = "", again: Field = "") -> Response:
    """Store another password; every session but this one ends."""
    account, database = _account(visit), visit.site.database
    place = session_cookies.address_of(visit.request)
    with database.write() as connection:
        wait = sign_in_attempts.attempt(
            connection, sign_in_attempts.counters(accounts.address_of(account.email), place, known=True)
        )
        stored = accounts.password_of(connection, account.id)
    if wait or not visit.house.passwords.matches(old, stored):
        return _page(visit, (Fault("old", visit.say(_("The present password is not right."))),))
    faults = of_password(visit, password, again, account.email)
    if faults:
        return _page(visit, faults)
    hashed = visit.house.passwords.hash(password)
    with database.write() as connection:
        sign_in_attempts.forgive(connection, accounts.address_of(account.email), place)
        accounts.set_password(connection, visit.actor, account.id, hashed)
        sessions.end_all(connection, visit.actor, account.id)
        token = sessions.begin(connection, account, place, visit.request.headers.get("user-agent", ""))
    response = _back(visit, "password")
    session_cookies.give(response, visit.request, visit.site.settings, token)
    return response


def end_session(visit: Visiting, number: Annotated[int, Path(alias="id", ge=0)]) -> Response:
    """End one of one's own sessions."""
    with visit.site.database.write() as connection:
        visit.require(Action.OWN_ACCOUNT, sessions.owner(connection, number))
        sessions.end(connection, visit.actor, number)
    return _back(visit, "session")


def end_other_sessions(visit: Visiting) -> Response:
    """End all of one's own sessions but this one."""
    with visit.site.database.write() as connection:
        sessions.end_all(connection, visit.actor, _account(visit).id, but=_current(visit))
    return _back(visit, "sessions")


def make_token(visit: Visiting, name: Annotated[str, Form(max_length=4000)] = "") -> Response:
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


def end_token(visit: Visiting, number: Annotated[int, Path(alias="id", ge=0)]) -> Response:
    """End one of one's own tokens."""
    with visit.site.database.write() as connection:
        visit.require(Action.OWN_ACCOUNT, api_tokens.owner(connection, number))
        api_tokens.end(connection, visit.actor, number)
    return _back(visit, "token")


def _page(visit: RequestContext, faults: tuple[Fault, ...] = (), done: str = "", token: str = "") -> Response:
    account, settings = _account(visit), visit.site.settings
    with visit.site.database.read() as connection:
        opened = tuple(sessions.of_account(connection, account.id, session_cookies.lifetimes(settings)))
        tokens = tuple(api_tokens.of_account(connection, account.id))
    view = AccountView(account, opened, _current(visit), tokens, LANGUAGES, done, token, faults)
    return visit.page("accounts/account.html", view, _UNWELCOME if faults else 200)


def _back(visit: RequestContext, done: str) -> Response:
    return RedirectResponse(visit.link(f"/account?done={done}"), 303, {"Cache-Control": "no-store"})


def _account(visit: RequestContext) -> Account:
    """The account that is signed in; the door of these pages let nobody else in."""
    visit.require(Action.OWN_ACCOUNT, visit.actor.account)
    return visit.account  # type: ignore[return-value]


def _current(visit: RequestContext) -> int:
    session = None if visit.signed_in is None else visit.signed_in.session
    return 0 if session is None else session.id
