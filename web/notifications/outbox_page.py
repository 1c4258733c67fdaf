"""Letters as an admin sees them: how many went out, and which could not, and why."""

from dataclasses import dataclass

from starlette.responses import Response

from kb.accounts.audit_actions import AuditKind, InstanceAction
from kb.accounts.store import audit_trail
from kb.i18n.catalogue import _
from kb.mail.letter import RECENT, DeliveryStatus, Letter
from kb.mail.store import outbox
from web.http.context import Context, RequestContext
from web.notifications.messages import LINES

_STATES = {
    DeliveryStatus.WAITING: _("to be sent"),
    DeliveryStatus.SENT: _("sent"),
    DeliveryStatus.SHOWN: _("shown in inboxes only, as this site sent no mail"),
    DeliveryStatus.FAILED: _("given up"),
    DeliveryStatus.VOID: _("not needed any more when they were to be sent"),
}


@dataclass(frozen=True, slots=True)
class UnsentLine:
    """A letter that could not be sent. `reason` is in English; `account` is None for who has none."""

    line: str
    moment: str
    stands: str
    reason: str
    account: int | None


@dataclass(frozen=True, slots=True)
class LettersView:
    """What the page shows."""

    mails: bool
    days: int
    tallies: tuple[tuple[str, str], ...]
    unsent: tuple[UnsentLine, ...]
    given_up: bool
    done: str


def letters_page(context: Context, done: str = "") -> Response:
    """What became of letters."""
    with context.site.database.read() as connection:
        counted = outbox.counts(connection)
        unsent = outbox.unsent(connection)
    view = LettersView(
        mails=bool(context.site.settings.smtp_host),
        days=RECENT.days,
        tallies=tuple(
            (context.say(_STATES[s]), context.interface.number(counted[s])) for s in DeliveryStatus if counted.get(s)
        ),
        unsent=tuple(_line(context, letter) for letter in unsent),
        given_up=any(letter.state is DeliveryStatus.FAILED for letter in unsent),
        done=context.say(_("The letters are tried again.")) if done else "",
    )
    return context.page("notifications/outbox.html", view)


def try_again(context: Context) -> Response:
    """Let what was given up be tried again."""
    with context.site.database.write() as connection:
        count = outbox.again(connection)
        audit_trail.record(
            connection, context.actor, InstanceAction.LETTERS_RETRIED, AuditKind.INSTANCE, "letters", {"count": count}
        )
    return context.redirect("/letters?done=again")


def _line(context: RequestContext, letter: Letter) -> UnsentLine:
    line = LINES[letter.topic] or _("A letter with a secret address")
    stands = context.say(_STATES[letter.state])
    return UnsentLine(
        context.say(line), context.interface.moment(letter.created), stands, letter.reason, letter.account
    )
