"""The story of a request as a timeline, and the objectives it seems to be about with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.clock import now
from kb.experts.expert import may_be_named
from kb.experts.store import experts
from kb.i18n.catalogue import _
from kb.requests.case import Event, FeedbackSide, Outcome, RequestEventKind, RequestRecord
from kb.requests.request import next_stages
from kb.store.transaction import Transaction
from web.http.context import RequestContext
from web.i18n.labels import Chip, Labels
from web.requests.labels import HAPPENINGS, OUTCOMES, STAGES, WHYS
from web.requests.practice_draft import path_of
from web.search.snippets import Quote, excerpt

_OFFICE_ALONE = (RequestEventKind.RANKED, RequestEventKind.CHOSEN)
_OF_EXPERTS = (RequestEventKind.ACCEPTED, RequestEventKind.DECLINED)
_EXCERPT = 160
_MOST = 3  # objectives by words alone


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened. `about` is the person it is about, "" where nobody is named; `path` what came of it."""

    moment: str
    who: str
    what: str
    text: str
    about: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """An objective the problem seems to be about, with the words that say so; `ticked` when it was chosen."""

    chip: Chip
    evidence: tuple[Quote, ...]
    ticked: bool


def timeline(
    context: RequestContext, connection: Transaction, case: RequestRecord, events: Sequence[Event], *, officer: bool
) -> tuple[Line, ...]:
    """What happened, oldest first. Whom the secretariat asked, and what they said, is for the secretariat."""
    people = experts.get_several(connection, {e.expert for e in events if e.expert is not None}) if officer else {}
    today = now().date()
    lines = []
    for event in events:
        if event.kind in _OFFICE_ALONE and not officer:
            continue
        person = people.get(event.expert or 0)
        about = person.name if person is not None and may_be_named(person, today) else ""
        hidden = event.expert is not None and event.kind is not RequestEventKind.REFUSED and not (officer and about)
        lines.append(
            Line(
                context.interface.moment(event.at),
                _who(context, case, event),
                _what(context, event),
                "" if hidden else event.text,
                about,
                path_of(context, connection, str(event.details["upload"]))
                if event.kind is RequestEventKind.PRACTICE
                else "",
            )
        )
    return tuple(lines)


def suggested_objectives(context: RequestContext, case: RequestRecord) -> tuple[Suggested, ...]:
    """Objectives to choose from; without a tagger those whose names share words with the problem."""
    if not next_stages(case.stage):
        return ()
    labels = Labels(context.interface, context.site.taxonomy)
    evidence = {each.objective: each.evidence for each in case.suggested}
    if not evidence:
        evidence = {concept.notation: () for concept in context.house.nearest.of(case.request.text)[:_MOST]}
    chosen = case.request.objectives
    text, language = case.request.text, case.request.language
    return tuple(
        Suggested(
            chip,
            tuple(excerpt(text, [span], language, _EXCERPT) for span in evidence[chip.number][:2]),
            chip.number in chosen,
        )
        for chip in labels.chips(tuple(evidence))
    )


def _who(context: RequestContext, case: RequestRecord, event: Event) -> str:
    if event.kind in _OF_EXPERTS or event.details.get("side") == FeedbackSide.EXPERT:
        return context.say(_("the expert"))
    if event.account is not None and event.account == case.owner:
        return context.say(_("the one who asks"))
    return context.say(_("the secretariat")) if event.account is not None else ""


def _what(context: RequestContext, event: Event) -> str:
    named = context.say(HAPPENINGS[event.kind])
    if event.kind is RequestEventKind.STAGE and event.stage is not None:
        return f"{named} {context.say(STAGES[event.stage][0])}"
    if event.kind is RequestEventKind.FEEDBACK:
        return f"{named} – {context.say(OUTCOMES[Outcome(str(event.details['outcome']))])}"
    if event.kind is RequestEventKind.DECLINED:
        why = {w.value: name for w, name in WHYS.items()}.get(str(event.details.get("why", "")), "")
        return f"{named} – {context.say(why)}" if why else named
    return named
