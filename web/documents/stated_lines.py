"""Lines that state which objectives they treat, as pages quote them: the words, where they stand, the way there."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.documents.models import Evidence, EvidenceKind, Passage, Statement, StoredDocument, Tag
from kb.documents.speaks_of import SCHEME
from kb.vocabularies.skos import natural
from web import urls
from web.i18n.labels import Chip, Labels
from web.search.snippets import EXCERPT, Quote, excerpt


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with the number of the objective marked; `path` leads to the passage it stands in."""

    quote: Quote
    heading: str
    above: str  # the innermost heading
    page: int | None
    passage: int
    path: str


@dataclass(frozen=True, slots=True)
class SpokenView:
    """An objective that lines of a document treat, with the first of them."""

    chip: Chip
    lines: tuple[LineView, ...]
    further: int


def line_view(
    document: int, statement: Statement, title: str, heading: Sequence[str], language: str, page: int | None
) -> LineView:
    """A line of a document called `title`."""
    start, end = statement.said
    marks = ((start - statement.start, end - statement.start),)
    above = [part for part in heading if part not in (title, statement.text)]
    path = urls.passage(document, statement.passage)
    return LineView(
        excerpt(statement.text, marks, language, EXCERPT),
        " › ".join(above),
        (above or [""])[-1],
        page,
        statement.passage,
        path,
    )


def spoken_views(
    stored: StoredDocument, spoken: Sequence[Statement], passages: Sequence[Passage], labels: Labels, most: int
) -> tuple[SpokenView, ...]:
    """The objectives that lines of a document treat beside those it is about, each with `most` lines at most."""
    numbered = {passage.number: passage for passage in passages}
    found: dict[str, list[LineView]] = {}
    for one in spoken:
        passage = numbered[one.passage]
        view = line_view(stored.id, one, stored.description.title, passage.heading, passage.language, passage.page)
        found.setdefault(one.notation, []).append(view)
    return tuple(
        SpokenView(chip, tuple(lines[:most]), max(0, len(lines) - most))
        for notation, lines in sorted(found.items(), key=lambda item: natural(item[0]))
        for chip in labels.chips((notation,))
    )


def as_claims(spoken: Sequence[Statement]) -> list[tuple[int | None, Tag]]:
    """The numbers of objectives as evidence of them, so that they light up in the text as other evidence does."""
    return [
        (one.passage, Tag(SCHEME, one.notation, 1.0, (Evidence(*one.said, EvidenceKind.EXPLICIT),))) for one in spoken
    ]
