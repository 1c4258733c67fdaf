"""The glossary: terms by letter, by objective or by a word of them, and a page for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.errors import NotFoundError
from kb.terms.glossary import Glossary, forms_of, objectives_of
from kb.terms.suggestions import suggested
from kb.text.folding import fold
from kb.text.language import ASKED_IN
from kb.vocabularies.concept import Concept
from web import urls
from web.http.context import Context, RequestContext
from web.http.links import Link
from web.i18n.labels import Chip, Labels
from web.search.search_url import SearchAddress

_FOUND = 50  # terms a search within the glossary lists
Typed = Annotated[str, Query(max_length=200)]
Letter = Annotated[str, Query(max_length=4)]
TermId = Annotated[str, Path(alias="id", max_length=128)]


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term in a list; `form` is what was found of it, where that is not its name."""

    name: str
    path: str
    definition: str
    form: str = ""
    language: str = ""  # of the form


@dataclass(frozen=True, slots=True)
class GlossaryView:
    """The terms of a letter, of an objective, or those that a word is in."""

    q: str
    letter: str
    letters: tuple[Link, ...]
    objective: Chip | None
    objectives: tuple[Chip, ...]
    terms: tuple[TermLine, ...]
    total: int
    edit: bool


@dataclass(frozen=True, slots=True)
class Equivalents:
    """What a term is called in one language."""

    code: str
    language: str
    name: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermView:
    """What the page of a term shows."""

    name: str
    definition: str
    definition_language: str
    equivalents: tuple[Equivalents, ...]
    broader: tuple[Link, ...]
    narrower: tuple[Link, ...]
    related: tuple[Link, ...]
    objectives: tuple[Chip, ...]
    search: str
    edit: str  # where it is corrected, "" for whoever may not


def glossary_page(context: Context, q: Typed = "", letter: Letter = "", objective: Letter = "") -> Response:
    """Terms by their name in the language of the page."""
    glossary, code = context.site.glossary(), context.code
    by_letter: dict[str, list[Concept]] = {}
    for concept in sorted(glossary.concepts, key=lambda c: fold(c.label(code))):
        by_letter.setdefault(initial(concept, code), []).append(concept)
    objectives = Labels(context.interface, context.site.taxonomy).chips(context.site.taxonomy.notations("objectives"))
    chosen = next((chip for chip in objectives if chip.number == objective), None)
    q = " ".join(q.split())
    if q:
        found = suggested(glossary, q, code, _FOUND)
        lines = [_line(context, each.concept, each.form, each.language) for each in found]
    elif chosen:
        about = [c for concepts in by_letter.values() for c in concepts if objective in objectives_of(c)]
        lines = [_line(context, concept) for concept in about]
    else:
        letter = letter if letter in by_letter else next(iter(sorted(by_letter)), "")
        lines = [_line(context, concept) for concept in by_letter.get(letter, ())]
    letters = tuple(Link(each, urls.with_query("/glossary", letter=each)) for each in sorted(by_letter))
    view = GlossaryView(
        q=q,
        letter="" if q or chosen else letter,
        letters=letters,
        objective=None if q else chosen,
        objectives=objectives,
        terms=tuple(lines),
        total=len(glossary.concepts),
        edit=context.may(Action.EDIT_TERMS),
    )
    return context.page("terms/glossary.html", view)


def term_page(context: Context, term: TermId) -> Response:
    """One term."""
    glossary = context.site.glossary()
    concept = glossary.find(term)
    if concept is None:
        raise NotFoundError("There is no such term.")
    return context.page("terms/term.html", _view(context, glossary, concept))


def initial(concept: Concept, language: str) -> str:
    """The letter a term stands under; "#" for what begins with none."""
    first = fold(concept.label(language))[:1].upper()
    return first if first.isalpha() else "#"


def term_links(context: RequestContext, glossary: Glossary, concepts: Iterable[Concept | None]) -> tuple[Link, ...]:
    """Links to the pages of terms, by name; without those that are none any more."""
    known = {c.notation: c for c in concepts if c is not None and glossary.find(c.notation)}
    links = [Link(c.label(context.code), urls.term(c.notation)) for c in known.values()]
    return tuple(sorted(links, key=lambda link: fold(link.name)))


def _view(context: RequestContext, glossary: Glossary, concept: Concept) -> TermView:
    code = context.code
    spoken = dict(concept.definitions)
    language = code if code in spoken else "en" if "en" in spoken else next(iter(spoken), "")
    return TermView(
        name=concept.label(code),
        definition=spoken.get(language, ""),
        definition_language=language,
        equivalents=tuple(
            Equivalents(spoken_in, context.interface.language(spoken_in), names[0], names[1:])
            for spoken_in in ASKED_IN
            if (names := tuple(form for each, form in forms_of(concept) if each == spoken_in))
        ),
        broader=term_links(context, glossary, map(glossary.by_uri, concept.broader)),
        narrower=term_links(context, glossary, glossary.narrower.get(concept.uri, ())),
        related=term_links(context, glossary, map(glossary.by_uri, concept.related)),
        objectives=Labels(context.interface, context.site.taxonomy).chips(objectives_of(concept)),
        search=SearchAddress(q=concept.label(code)).path,
        edit=urls.edited_term(concept.notation) if context.may(Action.EDIT_TERMS) else "",
    )


def _line(context: RequestContext, concept: Concept, form: str = "", language: str = "") -> TermLine:
    name = concept.label(context.code)
    other = form if fold(form) != fold(name) else ""
    return TermLine(name, urls.term(concept.notation), concept.definition(context.code), other, language)
