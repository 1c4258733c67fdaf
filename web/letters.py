"""Letters the site writes: an invitation, and a way back in."""

import logging

from kb import mail
from kb.accounts import ANYONE, Account
from kb.errors import KbError
from kb.store import accounts, attempts, links
from kb.store.attempts import Counter
from kb.store.links import Purpose
from kb.tokens import digest
from web import sessions as cookies
from web.interface import _
from web.visit import Visit

_log = logging.getLogger("kb.web")

_INVITATION = _(
    "You are invited to %(site)s.\n\nOpen this address within 7 days and choose a password:\n\n%(link)s\n\n"
    "The address works once. If you did not expect this letter, do nothing."
)
_WAY_BACK = _(
    "Somebody, probably you, asked for a way back in to %(site)s.\n\nOpen this address within 2 hours and choose a new "
    "password:\n\n%(link)s\n\nThe address works once. If it was not you, do nothing: your password stays as it is."
)


def link_address(visit: Visit, token: str, language: str) -> str:
    """The address of a one-time link, in the language of its receiver."""
    start = visit.site.settings.public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")
    return f"{start}/{language}/welcome?key={token}"


def send_invitation(visit: Visit, account: Account, token: str, purpose: Purpose) -> None:
    """Send a link to its receiver; a failure is for the log, as nobody waits for the answer."""
    spoken = visit.house.interfaces.get(account.language, visit.interface)
    site = visit.site.settings.name
    text = _INVITATION if purpose is Purpose.INVITATION else _WAY_BACK
    link = link_address(visit, token, spoken.code)
    try:
        mail.send(visit.site.settings, account.email, site, spoken.say(text) % {"site": site, "link": link})
    except KbError as error:
        _log.error("%s", error)


def send_way_back(visit: Visit, email: str) -> None:
    """Send a link to whoever has this address, unless they were sent several lately."""
    database = visit.site.database
    counted = (
        Counter(digest(f"mail {accounts.address_of(email)}"), 3, 3600),
        Counter(digest(f"mail from {cookies.address_of(visit.request)}"), 20, 600),
    )
    with database.write() as connection:
        account = accounts.by_email(connection, email)
        if attempts.attempt(connection, counted) or account is None or not account.active:
            return
        chosen = bool(accounts.password_of(connection, account.id))
        purpose = Purpose.RESET if chosen else Purpose.INVITATION
        token = links.make(connection, ANYONE, account.id, purpose)
    send_invitation(visit, account, token, purpose)
