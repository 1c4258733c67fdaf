"""The page on which the secretariat finds people for a request: ranks, chooses, invites."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Query
from starlette.responses import RedirectResponse, Response

from kb.accounts.store import audit_trail
from kb.errors import InstanceError, NotFoundError
from kb.experts.store import experts
from kb.matching.store import proposals
from kb.requests.case import HubError, ProposalStatus, RequestRecord
from kb.requests.request import Stage
from kb.requests.store import notifications, requests
from kb.store.transaction import Transaction
from kb.text.words import fold
from web.accounts.sign_in import Field
from web.http.context import RequestContext, Visiting
from web.http.form_errors import Fault
from web.i18n.locales import _
from web.matching.peers import PeerLine, peer_lines
from web.matching.ranked_experts import LeftOut, Row, left_out, ranked_rows
from web.matching.ranking_record import RANKED, kept, proposed
from web.matching.secret_links import invitation_address
from web.requests.labels import STAGES, refusal_fault
from web.requests.page import Number, Several, Text
from web.requests.people import Person, people_of

_UNWELCOME = 422
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


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
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
    handed: tuple[IssuedInvitation, ...]
    said: str
    written: dict[str, str]
    faults: tuple[Fault, ...] = ()


def matching_page(
    visit: Visiting, number: Number, listed: Annotated[int, Query(alias="list", ge=0, lt=2**31)] = 0, said: str = ""
) -> Response:
    """The newest ranking, or the one asked for; that personal data was seen is on record."""
    return _page(visit, number, listed, said=visit.say(_SAID.get(said, "")))


def rank(visit: Visiting, number: Number, size: Field = "") -> Response:
    """Rank the experts as they are now, and keep the list as it stands."""
    wanted = int(size) if size.isdecimal() and 1 <= int(size) <= _MOST else _SIZE
    with visit.site.database.read() as connection:
        case = requests.seen_by(connection, visit.actor, number)
        present = proposals.circumstances(connection)
    if visit.site.matcher is None:
        raise InstanceError("This site was put together without experts.")
    content = kept(visit.site.matcher().match(case.request, present, RANKED), present, wanted)
    with visit.site.database.write() as connection:
        made = proposals.keep_ranking(connection, visit.actor, number, content)
    return RedirectResponse(visit.link(f"/requests/{number}/matching?list={made}"), 303, {"Cache-Control": "no-store"})


def choose(
    visit: Visiting,
    number: Number,
    ranking: Field = "",
    at: Field = "",
    expert: Several = [],  # noqa: B006
    reason: Text = "",
    by_hand: Field = "",
    why: Text = "",
) -> Response:
    """Put people on the slate; who differs from the one proposed says why."""
    listed = int(ranking) if ranking.isdecimal() and len(ranking) < 10 else 0
    written = {"reason": reason, "by_hand": by_hand, "why": why}
    try:
        with visit.site.database.write() as connection:
            case = requests.seen_by(connection, visit.actor, number)
            found = proposals.ranking(connection, listed)
            if found.request != case.id:
                raise NotFoundError("This ranking is of another request.")
            chosen = {int(each): "" for each in expert if each.isdecimal() and len(each) < 10}
            ranked = {int(each["expert"]) for each in found.content["people"]}
            if not set(chosen) <= ranked:
                raise HubError("person", "Somebody is not on the list.")
            if set(chosen) != set(proposed(found.content)) and not reason.strip() and not by_hand.strip():
                raise HubError("reason", "The slate differs from the one proposed.")
            if by_hand.strip():
                chosen[_by_name(connection, case, by_hand)] = why
            proposals.choose(connection, visit.actor, found, chosen, at, reason)
    except HubError as error:
        fields = {"reason": "why" if by_hand.strip() else "reason", "person": "by_hand"}
        fault = refusal_fault(visit, error, fields.get(error.what, ""))
        return _page(visit, number, listed, written, (fault,), ticked={int(n) for n in expert if n.isdecimal()})
    return _back(visit, number, listed, "chosen")


def invite(visit: Visiting, number: Number, proposal: Several = [], at: Field = "") -> Response:  # noqa: B006
    """Invite people of the slate. Whoever the rules leave out by now is not asked, and the officer is told."""
    handed: list[IssuedInvitation] = []
    faults: list[Fault] = []
    with visit.site.database.read() as connection:
        case = requests.seen_by(connection, visit.actor, number)
        mine = [p for p in proposals.of_request(connection, number) if str(p.id) in proposal]
        people = experts.get_several(connection, [p.expert for p in mine])
        reached = {p.expert: experts.contact(connection, p.expert) for p in mine}
    stage = at
    for each in mine:
        try:
            with visit.site.database.write() as connection:
                token = proposals.invite(connection, visit.actor, each.id, stage)
            stage = Stage.PROPOSED if case.stage is Stage.MATCHED else stage
        except HubError as error:
            faults.append(refusal_fault(visit, error))
            if error.what == "left-out":
                with visit.site.database.write() as connection:
                    proposals.lapse(connection, visit.actor, each.id)
            continue
        to = reached.get(each.expert)
        mailed = bool(visit.site.settings.smtp_host) and to is not None
        language = to.language if to else visit.code
        shown = "" if mailed else invitation_address(visit, token, language)
        handed.append(IssuedInvitation(people[each.expert].name, shown))
    return _page(visit, number, 0, {}, tuple(faults), tuple(handed))


def new_address(visit: Visiting, number: Number, proposal: Field = "") -> Response:
    """Another address for an invitation whose address was lost; the one before opens it no longer."""
    with visit.site.database.write() as connection:
        requests.seen_by(connection, visit.actor, number)
        mine = [p for p in proposals.of_request(connection, number) if str(p.id) == proposal]
        token = notifications.invitation_secret(connection, mine[0].id) if mine else None
        person = experts.get_several(connection, [p.expert for p in mine]).get(mine[0].expert) if mine else None
        reached = experts.contact(connection, mine[0].expert) if mine else None
        if token is not None:
            audit_trail.record(connection, visit.actor, "link-made", "proposal", mine[0].id)
    if token is None or person is None:
        return _page(visit, number, 0, {}, (refusal_fault(visit, HubError("expired", "It has run out.")),))
    address = invitation_address(visit, token, reached.language if reached else visit.code)
    return _page(visit, number, 0, handed=(IssuedInvitation(person.name, address),))


def drop(visit: Visiting, number: Number, proposal: Field = "") -> Response:
    """Take somebody off the slate, or wait no longer for their answer."""
    try:
        with visit.site.database.write() as connection:
            requests.seen_by(connection, visit.actor, number)
            for each in proposals.of_request(connection, number):
                if str(each.id) == proposal and each.standing is ProposalStatus.CHOSEN:
                    proposals.drop(connection, visit.actor, each.id)
                elif str(each.id) == proposal:
                    proposals.lapse(connection, visit.actor, each.id)
    except HubError as error:
        return _page(visit, number, 0, {}, (refusal_fault(visit, error),))
    return _back(visit, number, 0, "dropped")


def _by_name(connection: Transaction, case: RequestRecord, name: str) -> int:
    """The one person of this name whom the rules let be proposed."""
    wanted = fold(" ".join(name.split()))
    alike = [e.id for e in experts.profiles(connection) if fold(e.name) == wanted]
    eligible = proposals.left_out(connection, case.request, alike).eligible
    if len(eligible) != 1:
        raise HubError("person", "Nobody, or more than one, of this name can be proposed.")
    return eligible[0].id


def _back(visit: RequestContext, number: int, listed: int, said: str) -> Response:
    chosen = f"list={listed}&" if listed else ""
    address = visit.link(f"/requests/{number}/matching?{chosen}said={said}")
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def _page(
    visit: RequestContext,
    number: int,
    listed: int,
    written: dict[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
    handed: tuple[IssuedInvitation, ...] = (),
    said: str = "",
    ticked: Collection[int] | None = None,
) -> Response:
    with visit.site.database.write() as connection:
        case = requests.seen_by(connection, visit.actor, number)
        newest = listed or proposals.newest_ranking(connection, number)
        found = proposals.ranking(connection, newest) if newest else None
        if found is not None and found.request != number:
            raise NotFoundError("This ranking is of another request.")
        content = found.content if found else {}
        numbers = [int(e["expert"]) for e in (*content.get("people", ()), *content.get("left_out", ()))]
        people = experts.get_several(connection, numbers)
        present = proposals.circumstances(connection)
        on_slate = people_of(visit, connection, case, officer=True, mine=False)
        if people:
            audit_trail.record(
                connection, visit.actor, audit_trail.SEEN, "ranking", newest or 0, {"count": len(people)}
            )
    ranked = ranked_rows(visit, case.request, found, people, present) if found else ()
    if ticked is not None:  # what was ticked stays so on a page that says what is to be mended
        ranked = tuple(replace(row, ticked=row.expert in ticked and not row.gone) for row in ranked)
    out, hidden = left_out(visit, found, people, present) if found else ((), 0)
    slate = content.get("slate", {})
    view = MatchingView(
        case=case,
        name=case.request.heading,
        stage=visit.say(STAGES[case.stage][0]),
        ranked=found.id if found else None,
        moment=visit.interface.moment(found.created) if found else "",
        meaning=bool(content.get("meaning", True)),
        nobody_fits=bool(content.get("nobody_fits", False)),
        eligible=int(content.get("eligible", 0)),
        rows=ranked,
        left_out=out,
        hidden=hidden,
        balanced=_balance(visit, [name for name, cost in slate.get("costs", {}).items() if cost > 0]),
        relaxed=_balance(visit, slate.get("relaxed", ())),
        people=on_slate,
        peers=peer_lines(visit, case),
        choosing=case.stage in _CHOOSING,
        size=len(slate.get("chosen", ())) or _SIZE,
        most=_MOST,
        handed=handed,
        said=said,
        written=written or {},
        faults=faults,
    )
    return visit.page("matching/shortlist.html", view, _UNWELCOME if faults else 200)


def _balance(visit: RequestContext, names: Iterable[str]) -> str:
    return ", ".join(visit.say(_BALANCE[name]) for name in names if name in _BALANCE)
