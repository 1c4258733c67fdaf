"""The history of a document in words: who did what, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kb.documents.models import Verdict
from kb.documents.state import Move, State
from kb.documents.store import history
from kb.documents.store.carried_decisions import Carried
from kb.documents.store.history import Change, ChangeKind
from kb.documents.store.tag_decisions import Decision
from kb.editorial.store import reviews
from kb.editorial.store.description_page import DocumentForDescription
from kb.editorial.store.editing import CHECKED, account_in
from kb.i18n.catalogue import _
from web.documents.state_labels import MOVE_LABELS
from web.http.context import RequestContext
from web.i18n.labels import Labels

_VERDICTS = {
    Verdict.ACCEPTED: _("Accepted: %(tag)s"),
    Verdict.REJECTED: _("Rejected: %(tag)s"),
    Verdict.ADDED: _("Added: %(tag)s"),
    Verdict.WITHDRAWN: _("Undecided again: %(tag)s"),
}
_CARRIED = _("%(what)s, carried from version %(version)s")
_LEFT = _("Not carried from the version before, whose passage is not in this one: %(what)s")
FIELDS = {
    "title": _("Title"),
    "type": _("Type of document"),
    "language": _("Language"),
    "date": _("Date"),
    "countries": _("Countries it is about"),
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened. `before` and `after` are the values of a field, "" where there are none.

    `version` is the number of the version before, where a new one was stored; `describes` whether a person wrote, or
    confirmed, the description.
    """

    at: datetime
    moment: str
    actor: str
    what: str
    reason: str
    before: str = ""
    after: str = ""
    version: int | None = None
    describes: bool = False


def history_entries(
    context: RequestContext, document: DocumentForDescription, labels: Labels
) -> tuple[HistoryEntry, ...]:
    """All that happened to a document, newest first."""
    origins, names = document.origins, document.names
    changes = [_of_change(context, change, labels) for change in document.changes]
    decided = [_of_decision(context, d, origins.get(d.id), names, labels) for d in document.decisions]
    return tuple(sorted([*changes, *decided], key=lambda one: one.at, reverse=True))


def how_published(context: RequestContext, document: int) -> str:
    """Whether a public document was reviewed, and by how many; or which trusted collection it came with."""
    with context.site.database.read() as connection:
        change = history.last_move(connection, document, State.PUBLISHED)
        panel = reviews.panel_of(connection, document)
    if change is None:
        return ""
    if change.field == Move.PUBLISH:
        count = sum(review.counts for review in panel.reviews)
        return context.say(_("Peer-reviewed, by %(count)s reviewers")) % {"count": context.interface.number(count)}
    if not change.reason:
        return context.say(_("Not peer-reviewed"))
    said = context.say(
        _("Not peer-reviewed: published by a librarian as part of a trusted collection, “%(collection)s”")
    )
    return said % {"collection": change.reason}


def value_in_words(field: str, value: object, labels: Labels) -> str:
    """A value of a description."""
    if isinstance(value, list):
        return ", ".join(labels.interface.country(str(code)) for code in value)
    text = "" if value is None else str(value)
    if field == "type":
        return labels.type(text)
    if field == "language":
        return labels.interface.language(text)
    return labels.interface.date(text) if field == "date" else text


def _of_change(context: RequestContext, change: Change, labels: Labels) -> HistoryEntry:
    moment, actor = context.interface.moment(change.at), _actor(context, change.actor, change.account)
    if change.kind is ChangeKind.STATE:
        return HistoryEntry(
            change.at, moment, actor, context.say(MOVE_LABELS[Move(change.field)].history), change.reason
        )
    if change.kind is ChangeKind.TEXT:
        before = change.before if isinstance(change.before, int) else None
        what = _("Stored") if before is None else _("Stored as a new version")
        return HistoryEntry(change.at, moment, actor, context.say(what), change.reason, version=before)
    if change.kind is ChangeKind.TAG:
        return _left_behind(context, change, labels)
    if change.field == CHECKED:
        return HistoryEntry(
            change.at, moment, actor, context.say(_("Description confirmed as it is")), change.reason, describes=True
        )
    name = context.say(FIELDS[change.field])
    old, new = (value_in_words(change.field, value, labels) for value in (change.before, change.after))
    return HistoryEntry(change.at, moment, actor, name, change.reason, old, new, describes=True)


def _left_behind(context: RequestContext, change: Change, labels: Labels) -> HistoryEntry:
    """A decision that a new version did not take over, with the words it was about."""
    scheme, notation, verdict, words = change.before if isinstance(change.before, list) else ("", "", "", "")
    decided = context.say(_VERDICTS[Verdict(verdict)]) % {"tag": labels.concept(scheme, notation)}
    what = context.say(_LEFT) % {"what": decided}
    moment, actor = context.interface.moment(change.at), _actor(context, change.actor, change.account)
    return HistoryEntry(change.at, moment, actor, what, change.reason, words)


def _of_decision(
    context: RequestContext, decision: Decision, origin: Carried | None, names: Mapping[int, str], labels: Labels
) -> HistoryEntry:
    account = account_in(decision)
    actor = decision.who if account is None else names.get(account, "")
    tag = labels.concept(decision.place.scheme, decision.place.notation)
    what = context.say(_VERDICTS[decision.verdict]) % {"tag": tag}
    if origin is not None:
        what = context.say(_CARRIED) % {"what": what, "version": context.interface.number(origin.version)}
    moment = context.interface.moment(decision.at)
    return HistoryEntry(decision.at, moment, _actor(context, actor, account), what, decision.reason)


def _actor(context: RequestContext, name: str, account: int | None) -> str:
    if name == "system" and account is None:
        return context.say(_("the command line"))
    return name or context.say(_("somebody whose account is gone"))
