"""What an admin sees and changes of accounts: the list of all, and each."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Form, Path
from pydantic import BaseModel
from starlette.responses import Response

from kb.accounts.account import Account, AccountRefusal, Role
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import accounts, audit_trail, one_time_links, sessions
from kb.accounts.store.one_time_links import Purpose
from kb.accounts.store.sessions import Session
from kb.errors import NotFoundError, RefusedError
from kb.i18n.catalogue import LANGUAGES, _
from web import urls
from web.accounts.audit_trail import Line, lines
from web.accounts.one_time_links import link_address, post_link
from web.accounts.role_labels import ROLES
from web.accounts.sign_in import named
from web.http import session_cookies
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import Number, OneLine, Several

_ROWS = 100
FAULTS: dict[StrEnum, tuple[str, str]] = {
    AccountRefusal.ADDRESS: ("email", _("This is no e-mail address. It has the form name@example.org.")),
    AccountRefusal.TAKEN: ("email", _("There is an account with this e-mail address already.")),
    AccountRefusal.LAST_ADMIN: (
        "role-admin",
        _("This is the only account that administers the site. Make another one an administrator first."),
    ),
}
_DONE = {
    "saved": _("The account was saved."),
    "session": _("The session was ended."),
    "sessions": _("All sessions of this account were ended."),
}


class InviteForm(BaseModel, frozen=True):
    """What is sent to make an account."""

    email: OneLine = ""
    name: OneLine = ""
    language: OneLine = ""
    roles: Several = ()


class AccountForm(InviteForm, frozen=True):
    """What is sent to change an account."""

    organisation: OneLine = ""
    active: OneLine = ""


@dataclass(frozen=True, slots=True)
class HandedLink:
    """A link that was made: its address when the admin has to pass it on, "" when it went by mail."""

    account: Account
    address: str


@dataclass(frozen=True, slots=True)
class AccountsView:
    """What the list of accounts shows."""

    accounts: tuple[Account, ...]
    roles: tuple[tuple[str, str, str], ...]
    languages: tuple[str, ...]
    asked: Account
    handed: HandedLink | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberView:
    """What the page of one account shows."""

    account: Account
    sessions: tuple[Session, ...]
    history: tuple[Line, ...]
    roles: tuple[tuple[str, str, str], ...]
    languages: tuple[str, ...]
    done: str = ""
    handed: HandedLink | None = None
    faults: tuple[Fault, ...] = ()


def list_page(context: Context) -> Response:
    """All accounts."""
    return _list(context)


def invite(context: Context, form: Annotated[InviteForm, Form()]) -> Response:
    """Make an account and send, or show, the link with which its owner chooses a password."""
    asked = Account(0, form.email.strip()[:254], form.name, form.language, _known(form.roles))
    try:
        with context.site.database.write() as connection:
            account = accounts.create(
                connection, context.actor, form.email, asked.roles, form.name.strip()[:200], _tongue(form.language)
            )
            token = one_time_links.make(connection, context.actor, account.id, Purpose.INVITATION)
            post_link(context, connection, account, Purpose.INVITATION)
    except RefusedError as error:
        return _list(context, asked, faults=(_fault(context, error),))
    return _list(context, handed=_handed(context, account, token))


def member(context: Context, number: Number, done: str = "") -> Response:
    """One account; that it was looked at is on record."""
    account = _certain(context, number)
    audit_trail.record_seen(context.site.database, context.actor, audit_trail.Seen(AuditKind.ACCOUNT, number))
    return _member(context, account, done=context.say(_DONE.get(done, "")))


def save(context: Context, number: Number, form: Annotated[AccountForm, Form()]) -> Response:
    """Save what an admin changed of an account."""
    changed = dataclasses.replace(
        named(_certain(context, number), form.name, form.language),
        email=form.email.strip(),
        organisation=" ".join(form.organisation.split())[:200],
        roles=_known(form.roles),
        active=bool(form.active),
    )
    try:
        with context.site.database.write() as connection:
            accounts.change(connection, context.actor, changed)
    except RefusedError as error:
        return _member(context, changed, faults=(_fault(context, error),))
    return context.redirect(f"{urls.account(number)}?done=saved")


def to_member(context: Context, number: Number) -> Response:
    """The page that holds the form of this address."""
    return context.redirect(urls.account(number))


def new_link(context: Context, number: Number) -> Response:
    """A new one-time link for an account."""
    account = _certain(context, number)
    if not account.active:
        raise NotFoundError("The account is disabled.")
    with context.site.database.write() as connection:
        purpose = Purpose.RESET if accounts.password_of(connection, number) else Purpose.INVITATION
        token = one_time_links.make(connection, context.actor, number, purpose)
        post_link(context, connection, account, purpose)
    return _member(context, account, handed=_handed(context, account, token))


def end_session(context: Context, number: Number, session: Annotated[int, Path(ge=0)]) -> Response:
    """End one session of an account."""
    _certain(context, number)
    with context.site.database.write() as connection:
        if session >= 2**31 or sessions.owner(connection, session) != number:
            raise NotFoundError(f"There is no session {session} of this account.")
        sessions.end(connection, context.actor, session)
    return context.redirect(f"{urls.account(number)}?done=session")


def end_sessions(context: Context, number: Number) -> Response:
    """End all sessions of an account."""
    _certain(context, number)
    with context.site.database.write() as connection:
        sessions.end_all(connection, context.actor, number)
    return context.redirect(f"{urls.account(number)}?done=sessions")


def _list(
    context: RequestContext,
    asked: Account | None = None,
    handed: HandedLink | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    with context.site.database.read() as connection:
        found = tuple(accounts.list_accounts(connection))
    audit_trail.record_seen(
        context.site.database, context.actor, audit_trail.Seen(AuditKind.ACCOUNTS, "all", len(found))
    )
    empty = Account(0, "", "", context.code, ())
    view = AccountsView(found, _named_roles(context), LANGUAGES, asked or empty, handed, faults)
    return context.page("accounts/accounts.html", view)


def _member(
    context: RequestContext,
    account: Account,
    done: str = "",
    handed: HandedLink | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    history = lines(context, reversed(audit_trail.history_of(context.site.database, "account", account.id)[-_ROWS:]))
    with context.site.database.read() as connection:
        opened = tuple(sessions.of_account(connection, account.id, session_cookies.lifetimes(context.site.settings)))
    view = MemberView(account, opened, history, _named_roles(context), LANGUAGES, done, handed, faults)
    return context.page("accounts/member.html", view)


def _handed(context: RequestContext, account: Account, token: str) -> HandedLink:
    """The link as the admin sees it: the address itself only where the site sends no mail."""
    shown = "" if context.site.settings.smtp_host else link_address(context, token, account.language)
    return HandedLink(account, shown)


def _certain(context: RequestContext, number: int) -> Account:
    with context.site.database.read() as connection:
        account = accounts.get(connection, number) if number < 2**31 else None
    if account is None:
        raise NotFoundError(f"There is no account {number}.")
    return account


def _fault(context: RequestContext, error: RefusedError) -> Fault:
    field, message = FAULTS[error.code]
    return Fault(field, context.say(message))


def _named_roles(context: RequestContext) -> tuple[tuple[str, str, str], ...]:
    return tuple((role.value, context.say(name), context.say(told)) for role, (name, told) in ROLES.items())


def _known(roles: Sequence[str]) -> tuple[Role, ...]:
    return tuple(role for role in Role if role.value in roles)


def _tongue(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]
