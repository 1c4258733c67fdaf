"""Documents: stored once, versioned, published, fetched."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from kb.errors import NotFoundError
from kb.models import (
    BlockKind,
    Description,
    DocumentFacts,
    Outcome,
    PlacedBlock,
    PreparedDocument,
    Section,
    Source,
    State,
    StoredDocument,
)
from kb.store import instance, passages, tags
from kb.store.database import Database
from kb.store.schema import AnyRow, documents
from kb.store.works import work_of

_REPLACEABLE = (State.RECEIVED, State.DESCRIBED, State.IN_REVIEW, State.RETURNED, State.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document that was handed to the store."""

    outcome: Outcome
    document: int
    name: str  # of the file that holds these bytes


def known(database: Database, source: Source, publish: bool) -> Stored | None:
    """What the store would say of these bytes without reading them; publishes a waiting twin when asked to."""
    with database.read() as connection:
        twin = _twin(connection, source.digest)
    if twin is not None and _waits(twin, publish):
        with database.write() as connection:
            twin = _twin(connection, source.digest)  # it may have been replaced meanwhile
            if twin is not None:
                return _met(connection, twin, source, publish)
    return None if twin is None else _as_stored(twin, source)


def add(database: Database, prepared: PreparedDocument, publish: bool) -> Stored:
    """Store a prepared document in one transaction; everything of it or nothing.

    Raises InstanceError when the vectors come from another encoder than the instance's.
    """
    with database.write() as connection:
        twin = _twin(connection, prepared.source.digest)
        if twin is not None:  # another process was quicker
            return _met(connection, twin, prepared.source, publish)
        instance.claim_encoder(connection, prepared.encoder)
        previous = _previous(connection, prepared.source)
        work = work_of(connection, prepared, None if previous is None else previous.work)
        number = _insert(connection, prepared, work, previous)
        passages.add(connection, number, prepared)
        tags.add_to_document(connection, number, prepared.tags)
        if publish:
            publish_document(connection, number)
        elif previous is not None and State(previous.state) != State.PUBLISHED:
            _set_state(connection, previous.id, State.SUPERSEDED)
    outcome = Outcome.STORED if previous is None else Outcome.NEW_VERSION
    return Stored(outcome, number, prepared.source.name)


def publish_document(connection: Connection, document: int) -> None:
    """Make a document public in place of the versions before it."""
    row = connection.execute(select(documents).where(documents.c.id == document)).one()
    revision = instance.next_revision(connection)
    connection.execute(
        update(documents)
        .where(
            documents.c.origin == row.origin,
            documents.c.id != document,
            documents.c.state.in_([s.value for s in _REPLACEABLE]),
            documents.c.id < document,
        )
        .values(state=State.SUPERSEDED, revision=revision)
    )
    connection.execute(
        update(documents).where(documents.c.id == document).values(state=State.PUBLISHED.value, revision=revision)
    )


def get(database: Database, document: int) -> StoredDocument:
    """A document in any state. Raises NotFoundError."""
    with database.read() as connection:
        row = connection.execute(select(documents).where(documents.c.id == document)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no document {document}. Search for it by its title.")
    return _stored_document(row)


def facts(connection: Connection, since: int | None = None) -> list[DocumentFacts]:
    """Facts of the published documents, by id; with `since` only of those changed after that revision."""
    query = select(*_FACTS).where(documents.c.state == State.PUBLISHED.value).order_by(documents.c.id)
    if since is not None:
        query = query.where(documents.c.revision > since)
    rows = connection.execute(query).all()
    concepts = tags.of_documents(connection, [row.id for row in rows] if since is not None else None)
    return [_facts(row, concepts.get(row.id, [])) for row in rows]


def hidden_since(connection: Connection, since: int) -> list[int]:
    """Ids of documents that the public stopped seeing, or saw changed, after that revision."""
    return list(connection.scalars(select(documents.c.id).where(documents.c.revision > since)))


def translations(database: Database, work: str) -> list[tuple[str, int, str]]:
    """Published (language, document id, title) of one work, by language."""
    query = (
        select(documents.c.language, documents.c.id, documents.c.title)
        .where(documents.c.work == work, documents.c.state == State.PUBLISHED.value)
        .order_by(documents.c.language)
    )
    with database.read() as connection:
        return [(row.language, row.id, row.title) for row in connection.execute(query)]


def current(database: Database, document: int) -> int | None:
    """The published document that took the place of this one, if there is one."""
    newer = documents.alias()
    query = (
        select(newer.c.id)
        .join(documents, documents.c.origin == newer.c.origin)
        .where(documents.c.id == document, newer.c.state == State.PUBLISHED.value)
        .order_by(newer.c.id.desc())
    )
    with database.read() as connection:
        return connection.execute(query.limit(1)).scalar()


def count_by_state(database: Database) -> dict[str, int]:
    """How many documents are in each state."""
    query = select(documents.c.state, func.count().label("number")).group_by(documents.c.state)
    with database.read() as connection:
        return {row.state: row.number for row in connection.execute(query)}


_FACTS = (
    documents.c.id,
    documents.c.work,
    documents.c.title,
    documents.c.name,
    documents.c.page_count,
    documents.c.language,
    documents.c.type,
    documents.c.date,
    documents.c.countries,
    documents.c.sample,
)


def _facts(row: AnyRow, concepts: list[tuple[str, str]]) -> DocumentFacts:
    return DocumentFacts(
        id=row.id,
        work=row.work,
        title=row.title,
        source=row.name,
        language=row.language,
        type=row.type,
        date=row.date,
        countries=tuple(row.countries),
        objectives=tuple(n for scheme, n in concepts if scheme == "objectives"),
        areas=tuple(n for scheme, n in concepts if scheme == "areas"),
        sample=row.sample,
        paged=row.page_count is not None,
    )


def _twin(connection: Connection, digest: str) -> AnyRow | None:
    query = select(documents.c.id, documents.c.name, documents.c.state).where(
        documents.c.digest == digest, documents.c.state != State.SUPERSEDED.value
    )
    return connection.execute(query).one_or_none()


def _waits(twin: AnyRow, publish: bool) -> bool:
    return publish and State(twin.state) != State.PUBLISHED


def _met(connection: Connection, twin: AnyRow, source: Source, publish: bool) -> Stored:
    """What becomes of bytes that are held already: published when they wait and that is asked for."""
    if _waits(twin, publish):
        publish_document(connection, twin.id)
    return _as_stored(twin, source)


def _as_stored(twin: AnyRow, source: Source) -> Stored:
    outcome = Outcome.UNCHANGED if twin.name == source.name else Outcome.DUPLICATE
    return Stored(outcome, twin.id, twin.name)


def _previous(connection: Connection, source: Source) -> AnyRow | None:
    query = (
        select(documents.c.id, documents.c.version, documents.c.state, documents.c.work)
        .where(documents.c.origin == source.origin, documents.c.state.in_([s.value for s in _REPLACEABLE]))
        .order_by(documents.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).one_or_none()


def _insert(connection: Connection, prepared: PreparedDocument, work: str, previous: AnyRow | None) -> int:
    described, source = prepared.description, prepared.source
    result = connection.execute(
        insert(documents).values(
            work=work,
            signature=prepared.signature,
            name=source.name,
            origin=source.origin,
            digest=source.digest,
            size=source.size,
            format=source.format,
            state=State.DESCRIBED.value,
            version=1 if previous is None else previous.version + 1,
            previous=None if previous is None else previous.id,
            revision=0,
            title=described.title,
            language=described.language,
            type=described.type,
            date=described.date,
            countries=list(described.countries),
            stated_objectives=None if described.objectives is None else list(described.objectives),
            translations=[list(pair) for pair in described.translations],
            provenance=described.provenance,
            sample=described.sample,
            text=prepared.document.text,
            blocks=[_block_row(b) for b in prepared.document.blocks],
            sections=[asdict(s) for s in prepared.document.sections],
            page_count=prepared.document.page_count,
            warnings=list(prepared.document.warnings),
            created=datetime.now(UTC),
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - an insert without a key would be a fault of the database driver
    return int(key[0])


def _set_state(connection: Connection, document: int, state: State) -> None:
    connection.execute(update(documents).where(documents.c.id == document).values(state=state.value))


def _block_row(block: PlacedBlock) -> list[object]:
    return [
        block.kind.value,
        block.start,
        block.end,
        block.page,
        block.page_end,
        block.level,
        block.row,
    ]


def _stored_document(row: AnyRow) -> StoredDocument:
    return StoredDocument(
        id=row.id,
        source=Source(row.name, row.origin, row.digest, row.size, row.format),
        state=State(row.state),
        version=row.version,
        work=row.work,
        description=Description(
            title=row.title,
            language=row.language,
            type=row.type,
            date=row.date,
            countries=tuple(row.countries),
            objectives=None if row.stated_objectives is None else tuple(row.stated_objectives),
            translations=tuple((lang, name) for lang, name in row.translations),
            provenance=row.provenance,
            sample=row.sample,
        ),
        text=row.text,
        blocks=tuple(PlacedBlock(BlockKind(kind), *rest) for kind, *rest in row.blocks),
        sections=tuple(Section(tuple(s["path"]), s["start"], s["end"], s["level"]) for s in row.sections),
        page_count=row.page_count,
        warnings=tuple(row.warnings),
        created=row.created.replace(tzinfo=UTC) if row.created.tzinfo is None else row.created,
        previous=row.previous,
    )
