"""The open door: asking for an account, and an admin's answers."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from kb.accounts.account import Role
from kb.accounts.store import account_requests, sign_in_attempts
from kb.accounts.store.account_requests import LONGEST, OPEN_TO_ASK, AccountRequest
from kb.accounts.store.one_time_links import Purpose
from kb.accounts.store.sign_in_attempts import Counter
from kb.accounts.tokens import digest
from kb.errors import RefusedError
from kb.i18n.catalogue import LANGUAGES, _
from web.accounts.administration import HandedLink
from web.accounts.one_time_links import link_address, post_link
from web.accounts.role_labels import ROLES
from web.http import session_cookies
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import Number, OneLine, Several

_FREE, _LONGEST_WAIT = 5, 3600  # wishes from one network address before it has to wait, and seconds at most
_ADDRESS = _("This is no e-mail address. It has the form name@example.org.")
_NAME = _("Say what your name is.")
_WHAT_FOR = _("Choose at least one thing you would like to do here.")
_WAIT = _("Several people asked from where you are. Wait an hour, then send this again.")
_FULL = _("More people have asked than can be answered just now. Try again in a few days.")
_NO_ROLE = _("Choose at least one role.")
_TAKEN = _("There is an account with this e-mail address already. Refuse this request; it is not needed.")
_REFUSED = _("The request was refused, and what was said in it is removed. No message was sent.")


class GrantForm(BaseModel, frozen=True):
    """What is sent to make the account that was asked for."""

    roles: Several = ()


class JoinForm(GrantForm, frozen=True):
    """What is sent to ask for an account."""

    email: OneLine = ""
    name: OneLine = ""
    organisation: OneLine = ""
    language: OneLine = ""
    words: OneLine = ""


@dataclass(frozen=True, slots=True)
class JoinView:
    """What the form shows: the wish as typed, and what may be asked for."""

    wish: AccountRequest
    roles: tuple[tuple[str, str, str], ...]
    languages: tuple[str, ...]
    longest: int
    mails: bool
    sent: bool = False
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class WishLine:
    """A wish that waits for an admin."""

    wish: AccountRequest
    asked: str


@dataclass(frozen=True, slots=True)
class WishesView:
    """What an admin sees of those who ask for an account."""

    lines: tuple[WishLine, ...]
    roles: tuple[tuple[str, str, str], ...]
    handed: HandedLink | None = None
    said: str = ""
    faults: tuple[Fault, ...] = ()


def join_form(context: Context) -> Response:
    """Ask who somebody is and what they would like to do."""
    if context.actor.signed_in:
        return context.redirect("/account")
    return _form(context, AccountRequest("", "", "", context.code, (), ""))


def join(context: Context, form: Annotated[JoinForm, Form()]) -> Response:
    """Write the wish down; the same answer whether there is an account of this address or not."""
    tongue = form.language if form.language in LANGUAGES else context.code
    roles = tuple(role for role in OPEN_TO_ASK if role.value in form.roles)
    wish = AccountRequest(form.email, form.name.strip(), form.organisation, tongue, roles, form.words)
    faults = _faults(context, wish)
    if not faults:
        faults = _written(context, wish)
    return _form(context, wish, faults=faults) if faults else _form(context, wish, sent=True)


def list_page(context: Context, said: str = "") -> Response:
    """Everybody who asks for an account."""
    return _list(context, said=context.say(_REFUSED) if said == "refused" else "")


def grant(context: Context, number: Number, form: Annotated[GrantForm, Form()]) -> Response:
    """Make the account and send, or show, the link with which its owner chooses a password."""
    held = tuple(role for role in Role if role.value in form.roles)
    if not held:
        return _list(context, faults=(Fault(f"wish-{number}", context.say(_NO_ROLE)),))
    try:
        with context.site.database.write() as connection:
            account, token = account_requests.grant(connection, context.actor, number, held)
            post_link(context, connection, account, Purpose.INVITATION)
    except RefusedError:
        return _list(context, faults=(Fault(f"wish-{number}", context.say(_TAKEN)),))
    shown = "" if context.site.settings.smtp_host else link_address(context, token, account.language)
    return _list(context, handed=HandedLink(account, shown))


def refuse(context: Context, number: Number) -> Response:
    """Take a wish away."""
    with context.site.database.write() as connection:
        account_requests.refuse(connection, context.actor, number)
    return context.redirect("/wishes?said=refused")


def _form(
    context: RequestContext, wish: AccountRequest, sent: bool = False, faults: tuple[Fault, ...] = ()
) -> Response:
    mails = bool(context.site.settings.smtp_host)
    view = JoinView(wish, _named(context, OPEN_TO_ASK), LANGUAGES, LONGEST, mails, sent, faults)
    return context.page("accounts/join.html", view, private=True)


def _faults(context: RequestContext, wish: AccountRequest) -> tuple[Fault, ...]:
    missing = (("name", _NAME, wish.name), ("role-contributor", _WHAT_FOR, wish.roles))
    return tuple(Fault(field, context.say(message)) for field, message, given in missing if not given)


def _written(context: RequestContext, wish: AccountRequest) -> tuple[Fault, ...]:
    """What kept the wish from being written down."""
    place = sign_in_attempts.network(session_cookies.address_of(context.request))
    counted = Counter(digest(f"wish from {place}"), _FREE, _LONGEST_WAIT)
    try:
        with context.site.database.write() as connection:
            if sign_in_attempts.attempt(connection, [counted]):
                return (Fault("", context.say(_WAIT)),)
            return () if account_requests.ask(connection, wish) else (Fault("", context.say(_FULL)),)
    except RefusedError:
        return (Fault("email", context.say(_ADDRESS)),)


def _list(
    context: RequestContext, handed: HandedLink | None = None, said: str = "", faults: tuple[Fault, ...] = ()
) -> Response:
    with context.site.database.read() as connection:
        found = account_requests.list_waiting(connection)
    lines = tuple(WishLine(wish, context.interface.moment(wish.asked) if wish.asked else "") for wish in found)
    view = WishesView(lines, _named(context, tuple(Role)), handed, said, faults)
    return context.page("accounts/account_requests.html", view, private=True)


def _named(context: RequestContext, roles: tuple[Role, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((role.value, context.say(ROLES[role][0]), context.say(ROLES[role][1])) for role in roles)
