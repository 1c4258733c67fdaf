"""Two documents that seem to be one, side by side with the passages that differ; a person confirms or rejects."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from ingest.duplicates.comparison import Change, Pair, Piece, Stretch, compare
from kb.accounts.permissions import Action
from kb.documents.duplicate import Link, LinkKind, LinkStatus
from kb.documents.models import StoredDocument
from kb.documents.state import PUBLIC
from kb.documents.store import documents, duplicates
from kb.i18n.catalogue import _
from web import urls
from web.documents.state_labels import STATE_LABELS
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import FormLine, Number
from web.i18n.labels import Labels
from web.i18n.locales import direction

_MOST = 60  # pairs that differ which are shown at once
_SAYS: dict[LinkKind, tuple[str, str]] = {
    LinkKind.OTHER_FORMAT: (
        _("The same work in another format"),
        _("Their texts agree but for signs of the format. Confirmed, they count once."),
    ),
    LinkKind.VERSION: (_("A version of the other"), _("Most of the text is the same. Confirmed, they count once.")),
    LinkKind.TRANSLATION: (
        _("A translation of the other"),
        _("Their passages agree in meaning across languages. Confirmed, they count once."),
    ),
    LinkKind.EXCERPT: (
        _("An excerpt of the other"),
        _("All of it stands in the other, which holds more. Both still count."),
    ),
    LinkKind.NEARLY_SAME: (_("Nearly the same"), _("Few words differ. Confirmed, they count once.")),
}
STANDINGS = {
    LinkStatus.SUGGESTED: _("Waits for a decision"),
    LinkStatus.CONFIRMED: _("Confirmed"),
    LinkStatus.REJECTED: _("Rejected: two works"),
}


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One of the two documents. `path` is where it is read or worked on."""

    title: str
    name: str
    language: str
    direction: str
    language_name: str
    standing: str
    type: str
    path: str


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words as one side shows it; `differs` when the other side has it not."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Stretches that correspond, as each side shows them; empty where one has nothing of the kind."""

    first: tuple[Part, ...]
    second: tuple[Part, ...]
    first_page: int | None
    second_page: int | None


@dataclass(frozen=True, slots=True)
class LikenessView:
    """What the page shows. `rows` are the pairs that differ, `same` counts the others."""

    number: int
    kind: str
    told: str
    standing: LinkStatus
    stands: str
    sides: tuple[ComparedSide, ComparedSide]
    rows: tuple[Row, ...]
    same: int
    further: int
    translated: bool
    faults: tuple[Fault, ...] = ()


def likeness_page(context: Context, number: Number) -> Response:
    """The two documents side by side."""
    return _page(context, found_link(context, number))


def decide(context: Context, number: Number, verdict: FormLine = "") -> Response:
    """Confirm or reject, or open the question again."""
    link = found_link(context, number)
    if verdict not in list(LinkStatus):
        return _page(context, link, faults=(Fault("verdict", context.say(_("Choose one of the two."))),))
    with context.site.database.write() as connection:
        duplicates.decide(connection, number, LinkStatus(verdict), context.actor)
    return context.redirect(urls.likeness(number))


def found_link(context: RequestContext, number: int) -> Link:
    """A link whose two documents this person may describe. Raises NotFoundError, ForbiddenError."""
    with context.site.database.read() as connection:
        link = duplicates.get(connection, number)
        for document in (link.document, link.other):
            context.require(Action.DESCRIBE, documents.get(connection, document).owner)
    return link


def _page(context: RequestContext, link: Link, faults: tuple[Fault, ...] = ()) -> Response:
    compared = compare(context.site.database, link.document, link.other)
    shown = compared.pairs if compared.translated else compared.differing
    kind, told = _SAYS[link.kind]
    view = LikenessView(
        number=link.id,
        kind=context.say(kind),
        told=context.say(told),
        standing=link.standing,
        stands=context.say(STANDINGS[link.standing]),
        sides=(_side(context, link.document), _side(context, link.other)),
        rows=tuple(row_of(pair) for pair in shown[:_MOST]),
        same=len(compared.pairs) - len(compared.differing),
        further=max(0, len(shown) - _MOST),
        translated=compared.translated,
        faults=faults,
    )
    return context.page("editorial/duplicates.html", view)


def _side(context: RequestContext, number: int) -> ComparedSide:
    with context.site.database.read() as connection:
        found: StoredDocument = documents.get(connection, number)
    described = found.description
    public = found.state in PUBLIC
    return ComparedSide(
        title=described.title,
        name=found.source.name,
        language=described.language,
        direction=direction(described.language),
        language_name=context.interface.language(described.language),
        standing=context.say(STATE_LABELS[found.state].name),
        type=Labels(context.interface, context.site.taxonomy).type(described.type),
        path=urls.document(number) if public else urls.workbench(number),
    )


def row_of(pair: Pair) -> Row:
    """A pair as the two sides show it."""
    return Row(
        first=_parts(pair.first, pair.pieces, Change.REMOVED),
        second=_parts(pair.second, pair.pieces, Change.ADDED),
        first_page=None if pair.first is None else pair.first.page,
        second_page=None if pair.second is None else pair.second.page,
    )


def _parts(stretch: Stretch | None, pieces: Sequence[Piece], own: Change) -> tuple[Part, ...]:
    """What one side shows: the words both have, and its own."""
    if stretch is None:
        return ()
    if not pieces:
        return (Part(stretch.text, False),)
    return tuple(Part(p.text, p.change is own) for p in pieces if p.change in (Change.SAME, own))
