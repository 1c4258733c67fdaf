"""Documents that speak of an objective without being about it: those whose lines treat it, those that list them all."""

from collections.abc import Iterable
from dataclasses import dataclass

from kb.documents.facts import DocumentFacts
from kb.documents.store import speaks_of
from kb.documents.store.speaks_of import StatedIn
from web import urls
from web.documents.stated_lines import LineView, line_view
from web.http.context import RequestContext
from web.i18n.locales import direction, unbroken

_LINES = 3  # of one document that are quoted


@dataclass(frozen=True, slots=True)
class SpokenIn:
    """A document with its lines that treat the objective."""

    title: str
    path: str
    language: str
    direction: str
    sample: bool
    lines: tuple[LineView, ...]
    further: int


def spoken_in(context: RequestContext, notation: str) -> tuple[tuple[SpokenIn, ...], tuple[SpokenIn, ...]]:
    """Documents with lines that treat an objective they are not about, and those that only list it among all.

    Translations of one text are shown once, in the reader's language where it is among them; samples stand last.
    """
    facts = context.site.searcher.catalogue.facts
    with context.site.database.read() as connection:
        stated = [one for one in speaks_of.of_objective(connection, notation) if one.document in facts]
    seen = {each.work for each in facts.values() if notation in each.objectives}
    treated = _documents(context, (one for one in stated if not one.statement.general), facts, seen)
    seen |= {facts[one.document].work for one in stated if not one.statement.general}
    return treated, _documents(context, (one for one in stated if one.statement.general), facts, seen)


def _documents(
    context: RequestContext, stated: Iterable[StatedIn], facts: dict[int, DocumentFacts], seen: set[str]
) -> tuple[SpokenIn, ...]:
    works: dict[str, dict[int, list[StatedIn]]] = {}
    for one in stated:
        work = facts[one.document].work
        if work not in seen:
            works.setdefault(work, {}).setdefault(one.document, []).append(one)
    shown = [min(several, key=lambda n: _distance(context, facts[n])) for several in works.values()]
    found = (_spoken_in(facts[n], works[facts[n].work][n]) for n in shown)
    return tuple(sorted(found, key=lambda each: each.sample))


def _distance(context: RequestContext, facts: DocumentFacts) -> tuple[bool, bool, int]:
    """From the reader's language."""
    return facts.language != context.code, facts.language != "en", facts.id


def _spoken_in(facts: DocumentFacts, stated: list[StatedIn]) -> SpokenIn:
    by_line = list({one.statement.start: one for one in stated}.values())
    lines = (line_view(facts.id, o.statement, facts.title, o.heading, o.language, o.page) for o in by_line[:_LINES])
    title = unbroken(facts.title, facts.language)
    way = direction(facts.language)
    further = max(0, len(by_line) - _LINES)
    return SpokenIn(title, urls.document(facts.id), facts.language, way, facts.sample, tuple(lines), further)
