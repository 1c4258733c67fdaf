"""One-time links: their addresses for who passes them on, and letters with them put into the outbox."""

from dataclasses import dataclass

from starlette.responses import Response

from kb.accounts.account import Account
from kb.accounts.store import accounts, sign_in_attempts
from kb.accounts.store.one_time_links import Purpose
from kb.accounts.store.sign_in_attempts import Counter
from kb.accounts.tokens import digest
from kb.mail.letter import Topic
from kb.mail.store import outbox
from kb.store.transaction import Transaction
from web import urls
from web.http import session_cookies
from web.http.context import RequestContext


@dataclass(frozen=True, slots=True)
class _GoneView:
    """The page needs nothing to be told."""


def link_gone(context: RequestContext) -> Response:
    """That a secret link does not open anything any more."""
    return context.page("accounts/link_gone.html", _GoneView(), 410, private=True)


def link_address(context: RequestContext, token: str, language: str) -> str:
    """The address of a one-time link, in the language of its receiver."""
    return context.address(urls.welcome(token), language)


def post_link(context: RequestContext, connection: Transaction, account: Account, purpose: Purpose) -> None:
    """Put a letter in with a link of its own, in the transaction that asks for it; where the site sends mail."""
    if context.site.settings.smtp_host:
        topic = Topic.WELCOME if purpose is Purpose.INVITATION else Topic.WAY_BACK
        outbox.put(connection, topic, account.id, account=account.id)


def send_way_back(context: RequestContext, email: str) -> None:
    """Send a link to whoever has this address, unless they were sent several lately."""
    counted = (
        Counter(digest(f"mail {accounts.address_of(email)}"), 3, 3600),
        Counter(digest(f"mail from {session_cookies.address_of(context.request)}"), 20, 600),
    )
    with context.site.database.write() as connection:
        account = accounts.by_email(connection, email)
        if sign_in_attempts.attempt(connection, counted) or account is None or not account.active:
            return
        chosen = bool(accounts.password_of(connection, account.id))
        post_link(context, connection, account, Purpose.RESET if chosen else Purpose.INVITATION)
