"""Letters of the connection hub: an invitation to help, and one to decide on one's own profile."""

import logging

from kb import mail
from kb.errors import KbError
from kb.store.experts import Contact
from web.interface import _
from web.visit import Visit

_log = logging.getLogger("kb.web")

_INVITATION = _(
    "%(site)s asks whether you can help with a request for support.\n\nRead it, and accept or decline, here:\n\n"
    "%(link)s\n\nThe address is for you alone and can be answered within 10 days. Your contact details pass to nobody "
    "before both sides agreed."
)
_CONSENT = _(
    "There is a profile of you as an expert on %(site)s. Nobody sees it before you agree.\n\nRead it, and decide "
    "what it may be used for or have it erased, here:\n\n%(link)s\n\nThe address works for 30 days. If you do "
    "nothing, nobody ever sees it."
)


def invitation_address(visit: Visit, token: str, language: str) -> str:
    """The address of an invitation, in the language of its receiver."""
    return _address(visit, f"/{_spoken(visit, language)}/invitation?key={token}")


def consent_address(visit: Visit, token: str, language: str) -> str:
    """The address at which an invited person decides on their profile."""
    return _address(visit, f"/{_spoken(visit, language)}/consent?key={token}")


def send_invitation(visit: Visit, to: Contact, token: str) -> None:
    """Send an invitation to help."""
    _send(visit, to, _INVITATION, invitation_address(visit, token, to.language))


def send_consent(visit: Visit, to: Contact, token: str) -> None:
    """Send the link by which a person consents."""
    _send(visit, to, _CONSENT, consent_address(visit, token, to.language))


def _send(visit: Visit, to: Contact, text: str, link: str) -> None:
    """A failure is for the log, as nobody waits for the answer."""
    spoken = visit.house.interfaces[_spoken(visit, to.language)]
    site = visit.site.settings.name
    try:
        mail.send(visit.site.settings, to.email, site, spoken.say(text) % {"site": site, "link": link})
    except KbError as error:
        _log.error("%s", error)


def _spoken(visit: Visit, language: str) -> str:
    return language if language in visit.house.interfaces else visit.code


def _address(visit: Visit, path: str) -> str:
    return (visit.site.settings.public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")) + path
