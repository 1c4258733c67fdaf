"""Where librarians add terms to the glossary, correct them, and take them out or in again."""

from dataclasses import dataclass, field
from typing import Annotated

import regex
from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from kb.errors import NotFoundError
from kb.i18n.catalogue import _
from kb.terms.glossary import SCHEME, URN, Glossary, forms_of, objectives_of
from kb.terms.store import terms
from kb.text.folding import fold
from kb.text.language import ASKED_IN
from kb.vocabularies.concept import Concept
from web import urls
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import OneLine
from web.terms.glossary import TermId

_DEFINED_IN = ("es", "en", "fr", "pt")
_LONGEST = 100  # characters of an id
_ID = regex.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OBJECTIVE = "urn:gcm-kb:objectives:"


class TermForm(BaseModel, frozen=True):
    """A term as it is sent: forms of a language apart by semicolons, the preferred one first."""

    id: OneLine = ""
    es: OneLine = ""
    en: OneLine = ""
    fr: OneLine = ""
    pt: OneLine = ""
    ar: OneLine = ""
    zh: OneLine = ""
    ru: OneLine = ""
    definition_es: OneLine = ""
    definition_en: OneLine = ""
    definition_fr: OneLine = ""
    definition_pt: OneLine = ""
    broader: OneLine = ""
    related: OneLine = ""
    objectives: OneLine = ""


@dataclass(frozen=True, slots=True)
class ChangedTerm:
    """A term that differs here from the glossary that is shipped."""

    name: str
    path: str
    retired: bool


@dataclass(frozen=True, slots=True)
class TermsView:
    """What was changed here."""

    changed: tuple[ChangedTerm, ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """A field of a language: its name, and what stands in it."""

    field: str
    code: str
    language: str
    value: str


@dataclass(frozen=True, slots=True)
class EditView:
    """The form of a term. `retired` says that it is out of the glossary; `known` that it is one already."""

    form: TermForm
    known: bool
    retired: bool
    tongues: tuple[Tongue, ...]
    definitions: tuple[Tongue, ...]
    path: str
    public: str
    faults: tuple[Fault, ...] = field(default=())


def terms_page(context: Context) -> Response:
    """What was changed here, and the way to a new term."""
    with context.site.database.read() as connection:
        made = terms.changes(connection)
    glossary = context.site.glossary()
    named = [(change, change.concept or glossary.find(change.term)) for change in made]
    changed = tuple(
        ChangedTerm(
            concept.label(context.code) if concept else change.term, urls.edited_term(change.term), change.retired
        )
        for change, concept in named
    )
    return context.page("terms/terms.html", TermsView(changed), private=True)


def new_term(context: Context) -> Response:
    """The empty form."""
    return context.page("terms/edit.html", _view(context, TermForm(), known=False), private=True)


def edit_term(context: Context, term: TermId) -> Response:
    """The form of a term as it is."""
    concept, retired = _find(context, term)
    view = _view(context, _form(concept, term), known=True, retired=retired)
    return context.page("terms/edit.html", view, private=True)


def save_new(context: Context, form: Annotated[TermForm, Form()]) -> Response:
    """Take a new term in."""
    taken = context.site.glossary().find(form.id.strip()) is not None
    return _save(context, form, form.id.strip(), known=False, taken=taken)


def save_term(context: Context, term: TermId, form: Annotated[TermForm, Form()]) -> Response:
    """Correct a term."""
    _find(context, term)
    return _save(context, form, term, known=True)


def retire_term(context: Context, term: TermId) -> Response:
    """Take a term out."""
    return _retire(context, term, retired=True)


def restore_term(context: Context, term: TermId) -> Response:
    """Take a term in again."""
    return _retire(context, term, retired=False)


def _retire(context: RequestContext, term: str, *, retired: bool) -> Response:
    _find(context, term)
    with context.site.database.write() as connection:
        terms.retire(connection, context.actor, term, retired)
    return context.redirect("/workbench/terms")


def _save(context: RequestContext, form: TermForm, term: str, *, known: bool, taken: bool = False) -> Response:
    faults = _faults(context, form, term, taken=taken)
    if faults:
        view = _view(context, form, known=known, faults=faults)
        return context.page("terms/edit.html", view, 422, private=True)
    before = context.site.glossary().find(term)
    with context.site.database.write() as connection:
        terms.save(connection, context.actor, _concept(form, term, before))
    return context.redirect(urls.term(term))


def _faults(context: RequestContext, form: TermForm, term: str, *, taken: bool) -> tuple[Fault, ...]:
    """What is to be mended: a form must stand for one term of a language."""
    glossary = context.site.glossary()
    found = []
    if not _ID.fullmatch(term) or len(term) > _LONGEST or term == "new":
        found.append(Fault("id", context.say(_("An identifier has small letters a to z, digits and hyphens."))))
    elif taken:
        found.append(Fault("id", context.say(_("There is a term with this identifier. Correct that one."))))
    if not any(_forms(getattr(form, code)) for code in ASKED_IN):
        found.append(Fault("en", context.say(_("Write what the term is called in one language at least."))))
    meant = {(code, folded): c.notation for folded, code, _, c in glossary.spelled if c.notation != term}
    for code in ASKED_IN:
        for each in _forms(getattr(form, code)):
            if other := meant.get((code, fold(each))):
                stands = context.say(_("“%(form)s” stands for another term already: %(term)s."))
                found.append(Fault(code, stands % {"form": each, "term": other}))
    found += _unknown(context, glossary, form)
    return tuple(found)


def _unknown(context: RequestContext, glossary: Glossary, form: TermForm) -> list[Fault]:
    """Links that lead nowhere."""
    objectives = context.site.taxonomy.notations("objectives")
    asked = [("broader", t, glossary.find(t) is not None) for t in _listed(form.broader)]
    asked += [("related", t, glossary.find(t) is not None) for t in _listed(form.related)]
    asked += [("objectives", n, n in objectives) for n in _listed(form.objectives)]
    unknown = context.say(_("There is none that is called %(name)s."))
    return [Fault(of, unknown % {"name": name}) for of, name, is_known in asked if not is_known]


def _find(context: RequestContext, term: str) -> tuple[Concept, bool]:
    """A term, also one that was taken out."""
    concept = context.site.glossary().find(term)
    if concept is not None:
        return concept, False
    with context.site.database.read() as connection:
        made = {change.term: change for change in terms.changes(connection)}
    shipped = context.site.taxonomy.find(SCHEME, term)
    known = made[term].concept or shipped if term in made else None
    if known is None:
        raise NotFoundError("There is no such term.")
    return known, True


def _concept(form: TermForm, term: str, before: Concept | None) -> Concept:
    """The term as it was sent; bodies it stands for are kept."""
    forms = {code: _forms(getattr(form, code)) for code in ASKED_IN}
    said = {code: getattr(form, f"definition_{code}").strip() for code in _DEFINED_IN}
    kept = [(name, uri) for name, uri in before.matches if not uri.startswith(_OBJECTIVE)] if before else []
    return Concept(
        uri=f"{URN}:{term}",
        scheme=SCHEME,
        notation=term,
        labels=tuple((code, each[0]) for code, each in forms.items() if each),
        alt_labels=tuple((code, other) for code, each in forms.items() for other in each[1:]),
        definitions=tuple((code, text) for code, text in said.items() if text),
        broader=tuple(f"{URN}:{each}" for each in _listed(form.broader) if each != term),
        related=tuple(f"{URN}:{each}" for each in _listed(form.related) if each != term),
        matches=(*kept, *(("broadMatch", f"{_OBJECTIVE}{number}") for number in _listed(form.objectives))),
    )


def _form(concept: Concept, term: str) -> TermForm:
    forms = {code: "; ".join(f for each, f in forms_of(concept) if each == code) for code in ASKED_IN}
    said = {f"definition_{code}": text for code, text in concept.definitions}
    links = {
        "broader": ", ".join(uri.rpartition(":")[2] for uri in concept.broader),
        "related": ", ".join(uri.rpartition(":")[2] for uri in concept.related),
        "objectives": ", ".join(objectives_of(concept)),
    }
    return TermForm(id=term, **forms, **said, **links)


def _view(
    context: RequestContext, form: TermForm, *, known: bool, retired: bool = False, faults: tuple[Fault, ...] = ()
) -> EditView:
    def tongues(codes: tuple[str, ...], prefix: str = "") -> tuple[Tongue, ...]:
        named = ((f"{prefix}{code}", code) for code in codes)
        return tuple(Tongue(n, code, context.interface.language(code), getattr(form, n)) for n, code in named)

    path = urls.edited_term(form.id) if known else "/workbench/terms"
    public = urls.term(form.id) if known and not retired else ""
    return EditView(form, known, retired, tongues(ASKED_IN), tongues(_DEFINED_IN, "definition_"), path, public, faults)


def _forms(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for each in text.split(";") if (form := " ".join(each.split()))))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.replace(",", " ").split()))
