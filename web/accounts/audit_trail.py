"""The audit trail as an admin reads it: what was done, in words, and whether the trail holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from kb.accounts.store import audit_trail
from kb.accounts.store.audit_trail import Entry
from kb.i18n.catalogue import _
from web.accounts.audit_labels import ACTIONS, KINDS
from web.http.context import Context, RequestContext

_ROWS = 100
_WRONG = {
    "edited": _("Row %(row)s was edited after it was written."),
    "missing": _("Row %(row)s is missing."),
    "rebound": _("Row %(row)s does not follow the row before it: a row was edited, moved or put in."),
    "cut": _("Rows from %(row)s on are missing at the end, or were added without being recorded."),
    "not-the-one-noted": _("The trail does not hold the row that was noted down."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the trail in words."""

    number: int
    moment: str
    actor: str
    account: int | None
    action: str
    kind: str
    key: str
    details: str


@dataclass(frozen=True, slots=True)
class TrailView:
    """What the page of the trail shows; once `checked`, `problem` says where it does not hold."""

    lines: tuple[Line, ...]
    checked: bool
    problem: str
    older: int | None


def trail(context: Context, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None, check: str = "") -> Response:
    """The trail, newest first; with `check`, whether it holds, which takes a second for some 25,000 rows."""
    entries = audit_trail.newest(context.site.database, _ROWS, before)
    found = audit_trail.verify(context.site.database) if check else None
    problem = "" if found is None else context.say(_WRONG[found.what]) % {"row": context.interface.number(found.row)}
    older = entries[-1].id if len(entries) == _ROWS else None
    return context.page("accounts/audit_trail.html", TrailView(lines(context, entries), bool(check), problem, older))


def lines(context: RequestContext, entries: Iterable[Entry]) -> tuple[Line, ...]:
    """Rows in words, in the language of the request."""
    return tuple(_line(context, entry) for entry in entries)


def _line(context: RequestContext, entry: Entry) -> Line:
    details = ", ".join(f"{name}: {value}" for name, value in sorted(entry.details.items()) if value is not None)
    action = context.say(ACTIONS.get(entry.action, "")) or entry.action
    kind = context.say(KINDS.get(entry.kind, "")) or entry.kind
    moment = context.interface.moment(entry.time)
    return Line(entry.id, moment, entry.actor, entry.account, action, kind, entry.key, details)
