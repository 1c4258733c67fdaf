"""The page on which the secretariat finds people for a request: ranks, chooses, invites."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated

from fastapi import Form, Query
from pydantic import BaseModel
from starlette.responses import Response

from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.errors import InstanceError, RefusedError
from kb.experts.store import experts
from kb.i18n.catalogue import _
from kb.matching.ranking import Ranking, ranking_of
from kb.matching.slates import NEAREST, slate_of
from kb.matching.store import proposals, rankings, shortlist
from kb.requests.case import RequestRecord, RequestRefusal
from kb.requests.request import Stage
from kb.requests.store import requests
from web import urls
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormLine, Id, Ids, LongText, Number, OneLine, as_id
from web.matching.peers import PeerLine, peer_lines
from web.matching.ranked_experts import LeftOut, Row, excluded_people, ranked_rows
from web.matching.secret_links import invitation_address
from web.requests.labels import REFUSALS, STAGES
from web.requests.people import Person, people_of, seen_people

_SIZE, _MOST = 3, 10  # people of a slate
_CHOOSING = (Stage.FILED, Stage.CLARIFIED, Stage.MATCHED, Stage.PROPOSED)
_BALANCE = {
    "un-and-others": _("one of the United Nations and one from elsewhere"),
    "gender": _("women and men"),
    "language": _("languages"),
    "region": _("regions"),
    "not-the-same-few": _("not always the same few"),
}
_SAID = {
    "chosen": _("They are on the slate. Invite them below."),
    "dropped": _("The step is on record."),
}


class SlateForm(BaseModel, frozen=True):
    """What is sent to put people on the slate; `at` is the stage in which the list was seen."""

    ranking: Id = None
    at: OneLine = ""
    expert: Ids = ()
    reason: LongText = ""
    by_hand: OneLine = ""
    why: LongText = ""


class InviteForm(BaseModel, frozen=True):
    """What is sent to invite people of the slate."""

    proposal: Ids = ()
    at: OneLine = ""


@dataclass(frozen=True, slots=True)
class HandedInvitation:
    """An invitation that was made: its address where the officer has to pass it on, "" when it went by mail."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MatchingView:
    """What the page shows; `ranked` is None until somebody ranked."""

    case: RequestRecord
    name: str
    stage: str
    ranked: int | None
    moment: str
    meaning: bool
    nobody_fits: bool
    eligible: int
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]
    hidden: int
    balanced: str  # rules of balance that the slate keeps at a cost
    relaxed: str  # those it could not keep
    people: tuple[Person, ...]
    peers: tuple[PeerLine, ...]
    choosing: bool
    size: int
    most: int
    handed: tuple[HandedInvitation, ...]
    said: str
    written: dict[str, str]
    faults: tuple[Fault, ...] = ()


def matching_page(
    context: Context, number: Number, listed: Annotated[int, Query(alias="list", ge=0, lt=2**31)] = 0, said: str = ""
) -> Response:
    """The newest ranking, or the one asked for; that personal data was seen is on record."""
    return _page(context, number, listed, said=context.say(_SAID.get(said, "")))


def rank(context: Context, number: Number, size: FormLine = "") -> Response:
    """Rank the experts as they are now, and keep the list as it stands."""
    asked = as_id(size) or 0
    wanted = asked if 1 <= asked <= _MOST else _SIZE
    with context.site.database.read() as connection:
        case = requests.seen_by(connection, context.actor, number)
        present = proposals.matching_context(connection)
    if context.site.matcher is None:
        raise InstanceError("This site was put together without experts.")
    found = context.site.matcher().match(case.request, present, NEAREST)
    ranking = ranking_of(found, slate_of(case.request, found.affinities, present, wanted))
    with context.site.database.write() as connection:
        made = rankings.keep(connection, context.actor, number, ranking)
    return context.redirect(urls.shortlist(number, made))


def choose(context: Context, number: Number, form: Annotated[SlateForm, Form()]) -> Response:
    """Put people on the slate; who differs from the one proposed says why."""
    listed, people = form.ranking or 0, set(form.expert)
    written = {"reason": form.reason, "by_hand": form.by_hand, "why": form.why}
    try:
        with context.site.database.write() as connection:
            hand = shortlist.ByHand(form.by_hand, form.why)
            shortlist.choose(connection, context.actor, number, listed, people, form.at, form.reason, hand)
    except RefusedError as error:
        fields: dict[StrEnum, str] = {
            RequestRefusal.REASON: "why" if form.by_hand.strip() else "reason",
            RequestRefusal.PERSON: "by_hand",
        }
        fault = refusal_fault(context, error, REFUSALS, fields.get(error.code, ""))
        return _page(context, number, listed, written, (fault,), ticked=people)
    return _back(context, number, listed, "chosen")


def invite(context: Context, number: Number, form: Annotated[InviteForm, Form()]) -> Response:
    """Invite people of the slate. Whoever the rules leave out by now is not asked, and the officer is told."""
    with context.site.database.write() as connection:
        found = shortlist.invite(connection, context.actor, number, set(form.proposal), form.at)
    faults = tuple(refusal_fault(context, error, REFUSALS) for error in found.refused)
    handed = tuple(_handed(context, each, mailed=bool(context.site.settings.smtp_host)) for each in found.issued)
    return _page(context, number, 0, {}, faults, handed)


def new_address(context: Context, number: Number, proposal: FormLine = "") -> Response:
    """Another address for an invitation whose address was lost; the one before opens it no longer."""
    try:
        with context.site.database.write() as connection:
            found = shortlist.renew(connection, context.actor, number, as_id(proposal) or 0)
    except RefusedError as error:
        return _page(context, number, 0, {}, (refusal_fault(context, error, REFUSALS),))
    return _page(context, number, 0, handed=(_handed(context, found, mailed=False),))


def drop(context: Context, number: Number, proposal: FormLine = "") -> Response:
    """Take somebody off the slate, or wait no longer for their answer."""
    try:
        with context.site.database.write() as connection:
            shortlist.take_off(connection, context.actor, number, as_id(proposal) or 0)
    except RefusedError as error:
        return _page(context, number, 0, {}, (refusal_fault(context, error, REFUSALS),))
    return _back(context, number, 0, "dropped")


def _handed(context: RequestContext, issued: shortlist.IssuedInvitation, *, mailed: bool) -> HandedInvitation:
    """An invitation as the officer sees it: the address itself only where it does not go by mail."""
    to = issued.contact
    language = to.language if to else context.code
    shown = "" if mailed and to is not None else invitation_address(context, issued.token, language)
    return HandedInvitation(issued.expert.name, shown)


def _back(context: RequestContext, number: int, listed: int, said: str) -> Response:
    chosen = f"list={listed}&" if listed else ""
    return context.redirect(f"{urls.shortlist(number)}?{chosen}said={said}")


def _page(
    context: RequestContext,
    number: int,
    listed: int,
    written: dict[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
    handed: tuple[HandedInvitation, ...] = (),
    said: str = "",
    ticked: Collection[int] | None = None,
) -> Response:
    with context.site.database.read() as connection:
        case = requests.seen_by(connection, context.actor, number)
        newest = listed or rankings.newest(connection, number)
        found = rankings.get(connection, newest, number) if newest else None
        ranking = found.ranking if found else Ranking(())
        people = experts.get_several(connection, ranking.experts)
        present = proposals.matching_context(connection)
        on_slate = people_of(context, connection, case, present, officer=True, mine=False)
    seen = [audit_trail.Seen(AuditKind.RANKING, newest or 0, len(people))] if people else []
    audit_trail.record_seen(context.site.database, context.actor, *seen_people(case, on_slate), *seen)
    ranked = ranked_rows(context, case.request, ranking, people, present)
    if ticked is not None:  # what was ticked stays so on a page that says what is to be mended
        ranked = tuple(replace(row, ticked=row.expert in ticked and not row.gone) for row in ranked)
    out, hidden = excluded_people(context, ranking, people, present)
    slate = ranking.slate
    view = MatchingView(
        case=case,
        name=case.request.heading,
        stage=context.say(STAGES[case.stage][0]),
        ranked=found.id if found else None,
        moment=context.interface.moment(found.created) if found else "",
        meaning=ranking.meaning,
        nobody_fits=ranking.nobody_fits,
        eligible=ranking.eligible,
        rows=ranked,
        left_out=out,
        hidden=hidden,
        balanced=_balance(context, [name for name, cost in slate.costs.items() if cost > 0]),
        relaxed=_balance(context, slate.relaxed),
        people=on_slate,
        peers=peer_lines(context, case),
        choosing=case.stage in _CHOOSING,
        size=len(slate.chosen) or _SIZE,
        most=_MOST,
        handed=handed,
        said=said,
        written=written or {},
        faults=faults,
    )
    return context.page("matching/shortlist.html", view)


def _balance(context: RequestContext, names: Iterable[str]) -> str:
    return ", ".join(context.say(_BALANCE[name]) for name in names if name in _BALANCE)
