"""What is wrong with a form that was sent: told on top, and at the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb.accounts.passwords import fault
from kb.errors import RefusedError
from kb.i18n.catalogue import _
from web.http.context import RequestContext


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend in a field; `field` is its id on the page, "" when it is about the whole form."""

    field: str
    message: str


def refusal_fault(
    context: RequestContext, error: RefusedError, messages: Mapping[StrEnum, str], field: str = ""
) -> Fault:
    """Why a step was refused, in the words that its feature has for it, at the field it is about."""
    return Fault(field, context.say(messages[error.code]))


_OF_PASSWORDS = {
    "short": _("Choose a password of at least 12 characters. A few words in a row are easy to remember."),
    "long": _("Choose a password of at most 1,000 characters."),
    "plain": _("Choose a password that does not repeat the same few characters."),
    "email": _("Choose a password other than the e-mail address."),
}


def of_password(context: RequestContext, password: str, again: str, email: str) -> tuple[Fault, ...]:
    """What is wrong with a password that was chosen and repeated."""
    found = fault(password, email)
    if found:
        return (Fault("password", context.say(_OF_PASSWORDS[found])),)
    if password != again:
        return (Fault("again", context.say(_("The two passwords differ. Type the same one twice."))),)
    return ()
