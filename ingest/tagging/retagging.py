"""What tagging a stored document again would change: for review first, then written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.pipeline import DocumentTagger
from ingest.tagging.tagger import Tagger
from kb.documents.models import Document, Tag, TagState
from kb.documents.store import passages, tags
from kb.documents.store.encoded_documents import encoded_document
from kb.store.database import Database

Claim = tuple[int | None, Tag]  # passage id, None for the document as a whole


@dataclass(frozen=True, slots=True)
class Difference:
    """Claims that would come and go in one document; `claims` are all that the tagger makes now.

    `kept` counts those that a person decided on, which stay whatever the tagger says.
    """

    document: int
    title: str
    come: tuple[Claim, ...]
    go: tuple[Claim, ...]
    kept: int
    claims: tuple[Claim, ...]

    def __bool__(self) -> bool:
        return bool(self.come or self.go)


def difference(database: Database, tagger: Tagger, document: int, facets: DocumentTagger | None = None) -> Difference:
    """What tagging again would change in a stored document. Raises NotFoundError.

    `facets` is what adds to the tagger when documents are ingested; without it the tagger alone is asked.
    """
    stored, cut, encoded = encoded_document(database, document)
    whole = Document(stored.text, stored.blocks, stored.sections, stored.page_count)
    tagged, of_whole = (facets or tagger).tag_document(whole, stored.description, cut, encoded)
    with database.read() as connection:
        ids = [number for number, _ in passages.of_document(connection, document)]
        before = tags.all_of_document(connection, document)
    decided = [claim for claim in before if claim[1].state is not TagState.SUGGESTED]
    suggested = [claim for claim in before if claim[1].state is TagState.SUGGESTED]
    settled = {_key(claim) for claim in decided}
    claims: list[Claim] = [(i, tag) for i, each in zip(ids, tagged, strict=True) for tag in each.tags]
    claims += [(None, tag) for tag in _as_decided(tagger, of_whole, decided)]
    return Difference(
        document,
        stored.description.title,
        come=tuple(c for c in claims if _key(c) not in settled | {_key(b) for b in suggested}),
        go=tuple(b for b in suggested if _key(b) not in {_key(c) for c in claims}),
        kept=len(decided),
        claims=tuple(claims),
    )


def apply(database: Database, found: Difference) -> None:
    """Write the claims of a difference in one transaction; the public's view changes with them."""
    with database.write() as connection:
        tags.replace(connection, found.document, found.claims)


def _as_decided(tagger: Tagger, of_whole: Sequence[Tag], decided: Iterable[Claim]) -> tuple[Tag, ...]:
    """The document's tags, those that follow from others made of what persons left standing."""
    on_whole = {(tag.scheme, tag.notation): tag for passage, tag in decided if passage is None}
    standing = [tag for tag in of_whole if (tag.scheme, tag.notation) not in on_whole]
    standing += [tag for tag in on_whole.values() if tag.state is not TagState.REJECTED]
    regrouped = tagger.regrouped(standing)
    return tuple(
        replace(tag, state=TagState.SUGGESTED) for tag in regrouped if (tag.scheme, tag.notation) not in on_whole
    )


def _key(claim: Claim) -> tuple[int | None, str, str]:
    return claim[0], claim[1].scheme, claim[1].notation
