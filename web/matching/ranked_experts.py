"""The people of a ranking as the secretariat sees them: paired sentences, rules passed, what speaks against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.experts.expert import Expert, may_be_named
from kb.experts.labels import SUPPORTS
from kb.experts.works import Work
from kb.i18n.catalogue import _
from kb.matching.eligibility import ExclusionReason, MatchingContext, check_eligibility
from kb.matching.match import Marks, Span
from kb.matching.ranking import RankedPair, Ranking
from kb.requests.request import Request
from web.http.context import RequestContext
from web.requests.labels import GROUNDS, KINDS
from web.search.snippets import Quote, quote

_PAIRS = 2  # shown of a person


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence of the request beside one of a work."""

    asked: Quote
    said: Quote
    title: str
    language: str
    language_name: str
    link: str


@dataclass(frozen=True, slots=True)
class Row:
    """A person of the list. `gone` says why they cannot be proposed any more, though they could when it was made."""

    expert: int
    rank: int
    name: str
    organisation: str
    kind: str
    country: str
    languages: str
    sample: bool
    pairs: tuple[Pair, ...]
    passed: tuple[str, ...]
    against: tuple[str, ...]
    gone: str
    ticked: bool
    alternates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A person who is left out, and why."""

    name: str
    organisation: str
    reasons: str


def ranked_rows(
    context: RequestContext, request: Request, ranking: Ranking, people: Mapping[int, Expert], now: MatchingContext
) -> tuple[Row, ...]:
    """Those who may be named, in the order of the ranking; the rules are asked again as they are now."""
    slate = ranking.slate
    found = []
    for each in ranking.people:
        expert = people.get(each.expert)
        if expert is None or not may_be_named(expert, now.today):
            continue
        excluded = check_eligibility(request, [expert], now).exclusions
        gone = _reasons(context, [reason for reason, _detail in excluded[0].reasons]) if excluded else ""
        alternates = (people.get(n) for n in slate.alternates.get(expert.id, ()))
        found.append(
            Row(
                expert.id,
                each.rank,
                expert.name,
                expert.organisation,
                context.say(KINDS[expert.kind]),
                context.interface.country(expert.country),
                ", ".join(context.interface.language(code) for code, _level in expert.languages),
                expert.sample,
                tuple(_pairs(context, request, expert, each.pairs)),
                () if gone else _passed(context, request, expert, now),
                _against(context, request, expert, stated=each.stated),
                gone,
                expert.id in slate.chosen and not gone,
                tuple(
                    a.name for a in alternates if a is not None and not check_eligibility(request, [a], now).exclusions
                ),
            )
        )
    return tuple(found)


def excluded_people(
    context: RequestContext, ranking: Ranking, people: Mapping[int, Expert], now: MatchingContext
) -> tuple[tuple[LeftOut, ...], int]:
    """Who was left out and why, and how many more there are who may not be named."""
    named, hidden = [], ranking.hidden
    for each in ranking.excluded:
        expert = people.get(each.expert)
        if expert is None or not may_be_named(expert, now.today):
            hidden += 1
        else:
            named.append(LeftOut(expert.name, expert.organisation, _reasons(context, each.reasons)))
    return tuple(named), hidden


def _reasons(context: RequestContext, reasons: Iterable[ExclusionReason]) -> str:
    return ", ".join(context.say(GROUNDS[reason]) for reason in dict.fromkeys(reasons))


def _pairs(context: RequestContext, request: Request, expert: Expert, kept: Iterable[RankedPair]) -> list[Pair]:
    works = {work.id: work for work in expert.works}
    found = []
    for pair in kept:
        work = works.get(pair.work)
        if work is None or pair.said[1] > len(work.text) or pair.asked[1] > len(request.whole):
            continue  # the person changed or took back this work since
        asked = _cut(request.whole, pair.asked, pair.asked_marks, request.language)
        said = _cut(work.text, pair.said, pair.said_marks, work.language)
        found.append(
            Pair(asked, said, work.title, work.language, context.interface.language(work.language), _safe(work))
        )
    return found[:_PAIRS]


def _cut(text: str, span: Span, marks: Marks, language: str) -> Quote:
    start, end = span
    inside = [(max(first, start) - start, min(last, end) - start) for first, last in marks]
    return quote(text[start:end], [mark for mark in inside if mark[0] < mark[1]], language)


def _safe(work: Work) -> str:
    return work.link if work.link.startswith(("https://", "http://", "/documents/")) else ""


def _passed(context: RequestContext, request: Request, expert: Expert, now: MatchingContext) -> tuple[str, ...]:
    given = expert.consent.given
    load = {"count": now.loads.get(expert.id, 0), "most": expert.availability.monthly_limit}
    said = [context.say(_("agreed to be proposed on %(day)s")) % {"day": context.interface.date(str(given or ""))}]
    said.append(context.say(_("%(count)s of %(most)s proposals this month")) % load)
    concerned = [name for name in (request.organisation, *request.concerns) if name]
    if concerned:
        said.append(context.say(_("no conflict found with: %(names)s")) % {"names": ", ".join(concerned)})
    if request.spoken:
        spoken = [context.interface.language(code) for code in request.spoken if expert.speaks(code)]
        said.append(context.say(_("speaks %(languages)s")) % {"languages": ", ".join(spoken)})
    return tuple(said)


def _against(context: RequestContext, request: Request, expert: Expert, *, stated: bool) -> tuple[str, ...]:
    said = []
    if stated:
        said.append(context.say(_("no works here: matched by what they say of themselves")))
    if request.language != "und" and not expert.speaks(request.language):
        language = context.interface.language(request.language)
        said.append(
            context.say(_("does not say that they work in the language of the request: %(name)s")) % {"name": language}
        )
    if request.country and request.country not in (expert.country, *expert.countries):
        country = context.interface.country(request.country)
        said.append(context.say(_("no experience stated of %(country)s")) % {"country": country})
    if request.support is not None and request.support not in expert.supports:
        support = context.say(SUPPORTS[request.support])
        said.append(context.say(_("does not state to offer: %(support)s")) % {"support": support})
    return tuple(said)
