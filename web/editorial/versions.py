"""Two versions of a document side by side: what is described otherwise, and the words that differ."""

from dataclasses import dataclass

from starlette.responses import Response

from ingest.duplicates.comparison import compare
from kb.accounts.permissions import Action
from kb.documents.models import StoredDocument
from kb.documents.store import documents
from kb.editorial.description import differences
from web.documents.history import FIELDS, value_in_words
from web.editorial.duplicates import Row, row_of
from web.http.context import Context, RequestContext
from web.http.form_fields import Number
from web.i18n.labels import Labels
from web.i18n.locales import direction

_MOST = 200  # places that differ which are shown at once


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two."""

    number: int
    version: int
    title: str
    name: str
    language: str
    direction: str
    moment: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A field of the description that differs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionsView:
    """What the page shows. `rows` are the places that differ, `same` counts the passages that do not."""

    number: int
    older: Version
    newer: Version
    described: tuple[Otherwise, ...]
    rows: tuple[Row, ...]
    same: int
    further: int
    translated: bool


def versions(context: Context, number: Number, other: int) -> Response:
    """The document beside another one, the older first."""
    shown = [_found(context, each) for each in sorted((number, min(other, 2**31 - 1)))]
    older, newer = shown
    compared = compare(context.site.database, older.id, newer.id)
    differing = compared.pairs if compared.translated else compared.differing
    labels = Labels(context.interface, context.site.taxonomy)
    view = VersionsView(
        number=number,
        older=_version(context, older),
        newer=_version(context, newer),
        described=tuple(
            Otherwise(
                context.say(FIELDS[each.field]),
                value_in_words(each.field, each.before, labels),
                value_in_words(each.field, each.after, labels),
            )
            for each in differences(older.description, newer.description)
        ),
        rows=tuple(row_of(pair) for pair in differing[:_MOST]),
        same=len(compared.pairs) - len(compared.differing),
        further=max(0, len(differing) - _MOST),
        translated=compared.translated,
    )
    return context.page("editorial/versions.html", view)


def _found(context: RequestContext, number: int) -> StoredDocument:
    with context.site.database.read() as connection:
        found = documents.get(connection, number)
    context.require(Action.SEE_HISTORY, found.owner)
    return found


def _version(context: RequestContext, stored: StoredDocument) -> Version:
    described = stored.description
    return Version(
        stored.id,
        stored.version,
        described.title,
        stored.source.name,
        described.language,
        direction(described.language),
        context.interface.moment(stored.created),
    )
