"""The page on which a document is described: its text at one side, what is suggested about it at the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote

from fastapi import Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.documents.models import Description, Evidence, StoredDocument, TagState, Verdict
from kb.documents.speaks_of import SCHEME
from kb.documents.state import PUBLIC
from kb.documents.store import (
    documents,
    tags,
)
from kb.documents.store.tag_decisions import TagPlace
from kb.editorial.store import description_page, editing
from kb.editorial.store.description_page import DocumentForDescription
from kb.editorial.workflow import may_describe
from kb.errors import NotFoundError, RefusedError
from kb.i18n.catalogue import _
from kb.store.transaction import Transaction
from web import urls
from web.documents.citations import Facts, facts_of
from web.documents.history import FIELDS, HistoryEntry, history_entries
from web.documents.state_labels import MOVE_LABELS, STATE_LABELS
from web.documents.stated_lines import SpokenView, as_claims, spoken_views
from web.documents.tag_evidence import highlighted_evidence
from web.documents.text_layout import Layout, lay_out
from web.editorial.checks import Look, check_lines
from web.editorial.description_evidence import places_by_field, share
from web.editorial.description_form import Fields, faults_of, fields_of, with_countries
from web.editorial.tag_suggestions import Suggestions, addable, in_order, key_of, suggestions, verdict_of, waiting_after
from web.editorial.transitions import MoveForm, move_forms, refusal_response
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import FormLine, Number, OneLine
from web.i18n.labels import Labels

_SAID = {
    "description": _("The description was saved."),
    "confirmed": _("The description was confirmed as it is."),
    "undone": _("Those suggestions are undecided again."),
    "added": _("The concept was added."),
} | {move.value: labels.done for move, labels in MOVE_LABELS.items()}


class DescriptionForm(BaseModel, frozen=True):
    """What is sent to describe a document; `seen` is the change after which its page was read."""

    title: Annotated[str, Field(max_length=20_000)] = ""
    type: OneLine = ""
    language: OneLine = ""
    date: OneLine = ""
    country: Annotated[tuple[str, ...], Field(max_length=300)] = ()
    others: OneLine = ""
    seen: Annotated[int, Field(ge=0, lt=2**31)] = 0
    reason: OneLine = ""


class ObjectivesForm(BaseModel, frozen=True):
    """Objectives that were ticked, by number."""

    objective: Annotated[tuple[str, ...], Field(max_length=100)] = ()


@dataclass(frozen=True, slots=True)
class DescribeView:
    """What the page shows. `undo` are the numbers of decisions that can be taken back in one go, "from-to"."""

    facts: Facts
    state: str
    standing: str
    open: bool
    fields: Fields
    suggestions: Suggestions
    spoken: tuple[SpokenView, ...]
    lit_label: str
    stated: dict[str, int]
    share: int
    checked: str
    layout: Layout
    looks: tuple[Look, ...]
    focal_point: str
    addable: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    moves: tuple[MoveForm, ...]
    history: tuple[HistoryEntry, ...]
    previous: int | None
    reviewing: bool
    public: bool
    encoding: bool
    focused: bool
    said: str
    undo: str
    undone: int
    faults: tuple[Fault, ...]


def describe_page(context: Context, number: Number) -> Response:
    """A document to describe, by whoever may."""
    return _page(context, number)


def save(context: Context, number: Number, form: Annotated[DescriptionForm, Form()]) -> Response:
    """Store the description, or confirm it as it is."""
    stored = _found(context, number)
    described = replace(
        stored.description,
        title=" ".join(form.title.split()),
        type=form.type,
        language=form.language,
        date=form.date.strip(),
    )
    described, unknown = with_countries(described, form.country, form.others)
    faults = faults_of(context, described, unknown)
    if faults:
        return _page(context, number, faults, 422, described, ", ".join(unknown), form.seen)
    try:
        with context.site.database.write() as connection:
            changed = editing.describe(connection, context.actor, number, described, form.reason, form.seen)
    except RefusedError as error:
        fault, status = refusal_response(context, error)
        return _page(context, number, (fault,), status, described)
    return _back(context, number, f"?said={'description' if changed else 'confirmed'}")


def decide(context: Context, number: Number, tag: FormLine = "", verdict: FormLine = "") -> Response:
    """Accept or reject one suggestion, or make it undecided again; the next one that waits comes up."""
    _found(context, number)
    chosen = verdict_of(verdict)
    if chosen is None:
        return _page(context, number, (Fault("", context.say(_("Press one of the buttons."))),), 422)
    with context.site.database.write() as connection:
        said = _decide(context, connection, number, [tag], chosen)
        claims = tags.all_of_document(connection, number)
    following = waiting_after(claims, tag) if chosen is not Verdict.WITHDRAWN else tag
    query = f"&tag={quote(following)}" if following else ""
    return _back(context, number, f"?undo={said[0]}-{said[-1]}{query}" if said else "")


def decide_all(context: Context, number: Number, level: Annotated[int, Form(ge=0, le=100)] = 101) -> Response:
    """Accept every suggestion that waits and reaches a score, given in hundredths."""
    _found(context, number)
    with context.site.database.write() as connection:
        suggested = [t for t in in_order(tags.all_of_document(connection, number)) if t.state is TagState.SUGGESTED]
        waiting = [key_of(tag) for tag in suggested if round(100 * tag.score) >= level]
        said = _decide(context, connection, number, waiting, Verdict.ACCEPTED)
    return _back(context, number, f"?undo={said[0]}-{said[-1]}" if said else "")


def add(context: Context, number: Number, tag: FormLine = "") -> Response:
    """Add a concept that was not suggested."""
    _found(context, number)
    scheme, _colon, notation = tag.partition(":")
    if context.site.taxonomy.find(scheme, notation) is None:
        return _page(context, number, (Fault("add", context.say(_("Choose a concept."))),), 422)
    with context.site.database.write() as connection:
        _decide(context, connection, number, [tag], Verdict.ADDED)
    return _back(context, number, f"?said=added&tag={quote(tag)}")


def add_objectives(context: Context, number: Number, form: Annotated[ObjectivesForm, Form()]) -> Response:
    """Add those objectives that lines of the document treat which were ticked."""
    _found(context, number)
    known = [n for n in dict.fromkeys(form.objective) if context.site.taxonomy.find(SCHEME, n) is not None]
    if not known or len(known) < len(set(form.objective)):
        return _page(context, number, (Fault("objectives", context.say(_("Tick at least one objective."))),), 422)
    with context.site.database.write() as connection:
        said = _decide(context, connection, number, [f"{SCHEME}:{n}" for n in known], Verdict.ADDED)
    return _back(context, number, f"?undo={said[0]}-{said[-1]}")


def undo(
    context: Context,
    number: Number,
    first: Annotated[int, Form(ge=0, lt=2**31)] = 0,
    last: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:
    """Take one's own decisions back, by their numbers."""
    _found(context, number)
    with context.site.database.write() as connection:
        editing.undo(
            connection, context.actor, context.site.taxonomy, number, range(first, min(last, first + 1000) + 1)
        )
    return _back(context, number, "?said=undone")


def _found(context: RequestContext, number: int) -> StoredDocument:
    """The document, for whoever may ever describe it. Raises NotFoundError, ForbiddenError."""
    with context.site.database.read() as connection:
        stored = documents.get(connection, number)
    context.require(Action.DESCRIBE, stored.owner)
    return stored


def _spoken(found: DocumentForDescription, labels: Labels) -> tuple[SpokenView, ...]:
    """Objectives that lines treat and nobody has decided on, each with a line."""
    taken = {tag.notation for place, tag in found.claims if place is None and tag.scheme == SCHEME}
    spoken = [one for one in found.statements if not one.general and one.notation not in taken]
    return spoken_views(found.stored, spoken, found.passages, labels, 1)


def _lit(
    context: RequestContext, shown: Suggestions, said: Mapping[str, tuple[Evidence, ...]], labels: Labels
) -> tuple[tuple[Evidence, ...], str]:
    """What lights up in the text, and what it speaks for: a field that was asked for, or the current suggestion."""
    field = context.request.query_params.get("tag", "")
    if said.get(field):
        return said[field], context.say(FIELDS[field])
    return shown.evidence, labels.concept(*shown.current.split(":", 1)) if shown.current else ""


def _decide(
    context: RequestContext, connection: Transaction, number: int, keys: Sequence[str], verdict: Verdict
) -> list[int]:
    places = [TagPlace(number, None, *key.split(":", 1)) for key in keys if ":" in key]
    if not places and keys:
        raise NotFoundError("There is no such tag.")
    return editing.decide_tags(connection, context.actor, context.site.taxonomy, places, verdict)


def _back(context: RequestContext, number: int, query: str = "") -> Response:
    return context.redirect(f"{urls.workbench(number)}{query}")


def show_refusal(context: RequestContext, number: int, error: RefusedError, field: str) -> Response:
    fault, status = refusal_response(context, error, field)
    with context.site.database.read() as connection:
        owner = documents.get(connection, number).owner
    if not context.may("describe", owner):
        raise error
    return _page(context, number, (fault,), status)


def _page(
    context: RequestContext,
    number: int,
    faults: tuple[Fault, ...] = (),
    status: int = 200,
    written: Description | None = None,
    others: str = "",
    seen: int | None = None,
) -> Response:
    with context.site.database.read() as connection:
        found = description_page.read(connection, context.actor, number)
    stored, case, claims = found.stored, found.case, found.claims
    labels = Labels(context.interface, context.site.taxonomy)
    asked = context.request.query_params
    evident = [*claims, *as_claims([one for one in found.statements if not one.general])]
    shown = suggestions(stored, evident, found.passages, labels, asked.get("tag", ""), found.carried)
    said = places_by_field(stored, context.site.taxonomy)
    evidence, lit_label = _lit(context, shown, said, labels)
    past = history_entries(context, found, labels)
    known = found.last_change if seen is None else seen
    first, _dash, last = asked.get("undo", "").partition("-")
    undoable = first.isdecimal() and last.isdecimal() and len(first + last) < 20
    view = DescribeView(
        facts=facts_of(context, stored, labels),
        state=stored.state.value,
        standing=context.say(STATE_LABELS[stored.state].name),
        open=may_describe(context.actor, case),
        fields=fields_of(context, written or stored.description, claims, others, known),
        suggestions=shown,
        spoken=_spoken(found, labels),
        lit_label=lit_label,
        stated={field: len(places) for field, places in said.items()},
        share=share(stored, (passage.language for passage in found.passages)),
        checked=next((f"{one.moment}, {one.actor}" for one in past if one.describes), ""),
        layout=lay_out(stored, found.passages, [], frozenset(), highlighted_evidence(evidence, labels)),
        looks=check_lines(context, found.checks, found.alike),
        focal_point=(found.practice or {}).get("focal-point", ""),
        addable=addable(context.site.taxonomy, claims, labels),
        moves=move_forms(context, case),
        history=past,
        previous=stored.previous,
        reviewing=context.may("assign", stored.owner) and case.panel.round > 0,
        public=stored.state in PUBLIC,
        encoding=found.encoding,
        focused=":" in asked.get("tag", "") and not faults,
        said=context.say(_SAID.get(asked.get("said", "") or asked.get("done", ""), "")),
        undo=f"{first}-{last}" if undoable else "",
        undone=int(last) - int(first) + 1 if undoable else 0,
        faults=faults,
    )
    return context.page("editorial/describe.html", view, status)
