"""The page of results."""

from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from index.search.question import MAX_WORDS, QuestionError, QuestionFault, read_question
from kb.i18n.catalogue import _
from kb.search.answers import Answer, Filters
from kb.terms.glossary import Glossary
from kb.terms.suggestions import suggested
from kb.text.language import question_language
from kb.text.words import words
from kb.vocabularies.concept import Concept
from web import urls
from web.http.context import Context, RequestContext
from web.http.links import Link
from web.i18n.labels import Chip, Labels
from web.search.results import Card, FilterView, Paging, active_filters, cards, filters, paging
from web.search.search_url import BAD_YEAR, SearchAddress, YearError, read_search

_SHORT = 3  # words of a question for which terms are suggested
_MEANT = 5  # terms suggested
_CUT = "cut"  # says in an address that the question was longer


@dataclass(frozen=True, slots=True)
class SearchView:
    """What the page of results shows. `problem` says why there is no answer, if so."""

    address: SearchAddress
    hidden: tuple[tuple[str, str], ...] = ()  # what a new question sends along
    beside_years: tuple[tuple[str, str], ...] = ()  # what new years send along
    problem: str = ""
    shortened: int = 0  # words of a long question that were kept; 0 = all
    total: int = 0
    cards: tuple[Card, ...] = ()
    filters: tuple[FilterView, ...] = ()
    chosen: tuple[Link, ...] = ()
    paging: Paging | None = None
    by_relevance: str = ""
    by_date: str = ""
    api: str = ""
    answered: bool = True
    degraded: bool = False
    objectives: tuple[Chip, ...] = ()
    unfiltered: str = ""
    reading: tuple[Link, ...] = ()  # what was read into the words, each leading to that alone
    literally: str = ""
    together: str = ""  # the objectives and countries of the question, where no document here is about both
    samples: Link | None = None  # leaves invented examples out, or shows them again
    corrected: str = ""  # the question as it was searched, when its spelling was mended
    terms: tuple[Link, ...] = ()  # of the glossary that the question names
    meant: tuple[Link, ...] = ()  # questions for terms that a short question may mean
    support: str = ""  # a request for support in which the search stands already
    about_none: tuple[str, ...] = ()  # countries the question names that no document here is about


_PROBLEMS = {
    QuestionFault.TOO_LONG: _("The question is too long. Keep the paragraph that matters most and search again."),
    QuestionFault.NO_WORD: _("There is no word in the question. Write a few words about what you are looking for."),
}


def search(context: Context) -> Response:
    """Results of a question, or of browsing when nothing is asked."""
    try:
        address = read_search(context.request.query_params)
    except YearError:
        asked = SearchAddress(q=context.request.query_params.get("q", "").strip())
        return context.page("search/search.html", _refusal(asked, context.say(BAD_YEAR)), 400)
    problem = _problem(context, address.q)
    if problem:
        return context.page("search/search.html", _refusal(address, problem), 400)
    short = _shortened(address)
    if short != address:
        return RedirectResponse(context.link(f"{short.path}&{_CUT}=1"), 302)
    address, answer = _answer(context, address)
    return context.page("search/search.html", _view(context, address, answer))


def _answer(context: RequestContext, address: SearchAddress) -> tuple[SearchAddress, Answer]:
    """The answer; a page beyond the last gives the last."""
    answer = context.site.searcher.search(address.query(context.code))
    last = paging(answer, address).pages
    if address.page <= last:
        return address, answer
    address = address.on_page(last)
    return address, context.site.searcher.search(address.query(context.code))


def _shortened(address: SearchAddress) -> SearchAddress:
    """The address without the words of a long question that are not searched.

    Dozens of links of the page repeat the question: whole, a page pasted in would make megabytes of them.
    """
    last = next(islice(words(address.q), MAX_WORDS - 1, MAX_WORDS), None)
    if last is None or next(words(address.q[last.end :]), None) is None:
        return address
    return replace(address, q=address.q[: last.end])


def _problem(context: RequestContext, question: str) -> str:
    try:
        if question:
            read_question(question)
    except QuestionError as error:
        return context.say(_PROBLEMS[error.fault])
    return ""


def _refusal(address: SearchAddress, problem: str) -> SearchView:
    return SearchView(address, problem=problem)


def _view(context: RequestContext, address: SearchAddress, answer: Answer) -> SearchView:
    labels = Labels(context.interface, context.site.taxonomy)
    glossary = context.site.glossary()
    return SearchView(
        address=address,
        hidden=tuple(pair for pair in address.pairs() if pair[0] not in ("q", "page")),
        beside_years=tuple(address.without("year").pairs()),
        total=answer.total,
        cards=cards(context.site.database, answer, labels),
        filters=filters(answer, address, labels),
        chosen=active_filters(address, labels),
        paging=paging(answer, address),
        by_relevance=address.sorted_by("relevance").path,
        by_date=address.sorted_by("date").path,
        api=f"/api/search{address.string()}",
        shortened=MAX_WORDS if _CUT in context.request.query_params else 0,
        answered=answer.answered and bool(answer.total),
        degraded=answer.degraded,
        objectives=() if answer.answered and answer.total else _objectives(context, labels, address),
        unfiltered=address.unfiltered().path if address.filtered else "",
        reading=_reading(context, answer, address, labels),
        about_none=tuple(labels.of("country", c) for c in answer.reading.countries if not _held(context, c)),
        together=_apart(context, answer, labels),
        samples=_samples(context, answer, address),
        literally=address.read_literally().path,
        corrected=answer.reading.corrected,
        terms=_terms(context, glossary, answer),
        meant=_meant(context, glossary, answer) if _is_vague(address, answer) else (),
        support=_support(answer, address),
    )


def _terms(context: RequestContext, glossary: Glossary, answer: Answer) -> tuple[Link, ...]:
    """The pages of the terms that the question names."""
    named = [concept for term in answer.reading.terms if (concept := glossary.find(term)) is not None]
    return tuple(Link(concept.label(context.code), urls.term(concept.notation)) for concept in named)


def _is_vague(address: SearchAddress, answer: Answer) -> bool:
    """Whether a term near the question may be what is meant: it names none itself, or nothing clearly answers it."""
    return bool(address.q) and not address.literal and not (answer.reading.terms and answer.answered)


def _meant(context: RequestContext, glossary: Glossary, answer: Answer) -> tuple[Link, ...]:
    """Questions for terms that begin as a short question does, or have its words; none of those that it names."""
    asked = answer.reading.corrected or answer.query.text
    if len(list(words(asked))) > _SHORT:
        return ()
    near = suggested(glossary, asked, context.code, _MEANT + len(answer.reading.terms))
    found = [each for each in near if each.concept.notation not in answer.reading.terms][:_MEANT]
    return tuple(
        Link(each.concept.label(context.code), SearchAddress(q=each.concept.label(context.code)).path) for each in found
    )


def _apart(context: RequestContext, answer: Answer, labels: Labels) -> str:
    """The names of the objectives and countries of a question, where documents are about either and none about both."""
    objectives, countries = answer.reading.objectives, answer.reading.countries
    if not objectives or not any(_held(context, country) for country in countries):
        return ""
    catalogue = context.site.searcher.catalogue
    if len(catalogue.documents_with(Filters(objectives=objectives, countries=countries))):
        return ""
    named = [("objective", n) for n in objectives] + [("country", c) for c in countries]
    return ", ".join(labels.of(field, value) for field, value in named)


def _samples(context: RequestContext, answer: Answer, address: SearchAddress) -> Link | None:
    """The link that leaves invented examples out, where some are among the results, or shows them again."""
    if not address.samples:
        return Link(context.say(_("Show invented examples, too")), address.with_samples(True).path)
    if any(hit.record.document.sample for hit in answer.hits):
        return Link(context.say(_("Leave out invented examples")), address.with_samples(False).path)
    return None


def _held(context: RequestContext, country: str) -> bool:
    """Whether a document here is about the country."""
    return len(context.site.searcher.catalogue.documents_with(Filters(countries=(country,)))) > 0


def _reading(context: RequestContext, answer: Answer, address: SearchAddress, labels: Labels) -> tuple[Link, ...]:
    """What the question names, with links that leave nothing else; what is chosen already is not offered again."""
    named = [("objective", n) for n in answer.reading.objectives]
    named += [("country", c) for c in answer.reading.countries if _held(context, c)]
    return tuple(
        Link(labels.named(field, labels.of(field, value)), address.choosing(field, value).path)
        for field, value in named
        if value not in address.values(field)
    )


def _support(answer: Answer, address: SearchAddress) -> str:
    """Where support is asked for what was searched in vain: the question, what it names and what was chosen."""
    countries = dict.fromkeys((*address.values("country"), *answer.reading.countries))
    objectives = dict.fromkeys((*address.values("objective"), *answer.reading.objectives))
    told = [("q", address.q), ("language", question_language(address.q))]
    told += [("country", code) for code in countries]
    told += [("objective", notation) for notation in objectives]
    return f"/requests/new?{urlencode([pair for pair in told if pair[1]])}" if address.q or address.chosen else ""


def _objectives(context: RequestContext, labels: Labels, address: SearchAddress) -> tuple[Chip, ...]:
    concepts: tuple[Concept, ...] = context.house.nearest.of(address.q)
    return tuple(labels.chip(concept) for concept in concepts)
