"""Documents: stored once, versioned, published, fetched."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select

from kb.accounts.account import SYSTEM, Actor
from kb.clock import now
from kb.documents.facts import DocumentFacts
from kb.documents.models import (
    BlockKind,
    Description,
    Outcome,
    PlacedBlock,
    PreparedDocument,
    Section,
    Source,
    StoredDocument,
)
from kb.documents.reading import remark_json, remark_of
from kb.documents.state import LIVE, PUBLIC, STATES, UNTOUCHED, Move, State
from kb.documents.store import carried_decisions, history, passages, practices, speaks_of, tags
from kb.documents.store.editions import work_of
from kb.documents.store.publishing import publish_document, supersede
from kb.documents.store.state_conditions import in_states, is_public
from kb.errors import NotFoundError
from kb.places.regions import widened
from kb.store import instance_facts
from kb.store.database import Database
from kb.store.tables.documents import documents
from kb.store.tables.metadata import AnyRow

Then = Callable[[Connection, int], None]  # what else belongs to the transaction that stores the document of this number


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document that was handed to the store."""

    outcome: Outcome
    document: int
    name: str  # of the file that holds these bytes
    message: str = ""  # why it was refused, and what can be done


def recognise_bytes(database: Database, source: Source, publish: bool) -> Stored | None:
    """What the store would say of these bytes without reading them; publishes a waiting twin when asked to."""
    with database.read() as connection:
        twin = _twin(connection, source.digest)
    if twin is not None and _waits(twin, publish):
        with database.write() as connection:
            twin = _twin(connection, source.digest)  # it may have been replaced meanwhile
            if twin is not None:
                return _met(connection, twin, source, publish)
    return None if twin is None else _as_stored(twin, source)


def add(database: Database, prepared: PreparedDocument, publish: bool, then: Then | None = None) -> Stored:
    """Store a prepared document in one transaction, with what `then` adds to it; everything of it or nothing.

    Raises InstanceError when the vectors come from another encoder than the instance's.
    """
    with database.write() as connection:
        twin = _twin(connection, prepared.source.digest)
        if twin is not None:  # another process was quicker
            return _met(connection, twin, prepared.source, publish)
        instance_facts.claim_encoder(connection, prepared.encoder)
        previous = _previous(connection, prepared.source)
        work = work_of(prepared, None if previous is None else previous.work)
        number = _insert(connection, prepared, work, previous)
        sender = prepared.owner if prepared.sender is None else prepared.sender
        actor = SYSTEM if sender is None else Actor(sender, "", ())
        history.read_in(connection, actor, number, None if previous is None else previous.id)
        passages.add(connection, number, prepared)
        tags.add_to_document(connection, number, prepared.tags)
        speaks_of.put(connection, number, prepared.statements)
        if prepared.practice:
            practices.put(connection, number, prepared.practice)
        if previous is not None:
            carried_decisions.carry(connection, actor, previous.id, number)
        if then is not None:
            then(connection, number)
        if publish:
            publish_document(connection, number, actor)
        elif previous is not None and previous.state not in PUBLIC:
            supersede(connection, actor, previous.id, State(previous.state))
    outcome = Outcome.STORED if previous is None else Outcome.NEW_VERSION
    return Stored(outcome, number, prepared.source.name)


def get(connection: Connection, document: int) -> StoredDocument:
    """A document in any state. Raises NotFoundError."""
    row = connection.execute(select(documents).where(documents.c.id == document)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no document {document}. Search for it by its title.")
    return _stored_document(row)


def published_facts(connection: Connection, since: int | None = None) -> list[DocumentFacts]:
    """Facts of the published documents, by id; with `since` only of those changed after that revision."""
    query = select(*_FACTS).where(is_public()).order_by(documents.c.id)
    if since is not None:
        query = query.where(documents.c.revision > since)
    rows = connection.execute(query).all()
    changed = [row.id for row in rows] if since is not None else None
    concepts, treated = tags.of_documents(connection, changed), speaks_of.of_documents(connection, changed)
    return [_facts(row, concepts.get(row.id, []), treated.get(row.id, ())) for row in rows]


def hidden_since(connection: Connection, since: int) -> list[int]:
    """Ids of documents that the public stopped seeing, or saw changed, after that revision."""
    return list(connection.scalars(select(documents.c.id).where(documents.c.revision > since)))


def translations(database: Database, work: str) -> list[tuple[str, int, str]]:
    """Published (language, document id, title) of one work, by language."""
    query = (
        select(documents.c.language, documents.c.id, documents.c.title)
        .where(documents.c.work == work, is_public())
        .order_by(documents.c.language)
    )
    with database.read() as connection:
        return [(row.language, row.id, row.title) for row in connection.execute(query)]


def published_successor(database: Database, document: int) -> int | None:
    """The published document that took the place of this one, if there is one."""
    newer = documents.alias()
    query = (
        select(newer.c.id)
        .join(documents, documents.c.origin == newer.c.origin)
        .where(documents.c.id == document, is_public(newer.c.state))
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


def _facts(row: AnyRow, concepts: list[tuple[str, str]], treated: tuple[str, ...]) -> DocumentFacts:
    about = tuple(n for scheme, n in concepts if scheme == "objectives")
    return DocumentFacts(
        id=row.id,
        work=row.work,
        title=row.title,
        source=row.name,
        language=row.language,
        type=row.type,
        date=row.date,
        countries=tuple(row.countries),
        objectives=about,
        areas=tuple(n for scheme, n in concepts if scheme == "areas"),
        sample=row.sample,
        paged=row.page_count is not None,
        regions=widened((*row.countries, *(n for scheme, n in concepts if scheme == "regions"))),
        entities=tuple(n for scheme, n in concepts if scheme == "entities"),
        speaks_of=tuple(n for n in treated if n not in about),
    )


def _twin(connection: Connection, digest: str) -> AnyRow | None:
    query = select(documents.c.id, documents.c.name, documents.c.state).where(
        documents.c.digest == digest, documents.c.state != State.SUPERSEDED.value
    )
    return connection.execute(query).one_or_none()


def _waits(twin: AnyRow, publish: bool) -> bool:
    return publish and twin.state not in PUBLIC


def _met(connection: Connection, twin: AnyRow, source: Source, publish: bool) -> Stored:
    """What becomes of bytes that are held already: published when they wait and nobody else has a say in it."""
    if not _waits(twin, publish):
        return _as_stored(twin, source)
    reviewed = history.times(connection, twin.id, Move.SEND_TO_REVIEW) > 0
    if twin.state not in UNTOUCHED or reviewed:
        todo = f"{STATES[State(twin.state)].held_back} on its page in the workbench."
        return Stored(Outcome.REFUSED, twin.id, twin.name, f"This file is already here as document {twin.id}. {todo}")
    publish_document(connection, twin.id)
    return _as_stored(twin, source)


def _as_stored(twin: AnyRow, source: Source) -> Stored:
    outcome = Outcome.UNCHANGED if twin.name == source.name else Outcome.DUPLICATE
    return Stored(outcome, twin.id, twin.name)


def _previous(connection: Connection, source: Source) -> AnyRow | None:
    query = (
        select(documents.c.id, documents.c.version, documents.c.state, documents.c.work)
        .where(documents.c.origin == source.origin, in_states(LIVE))
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
            warnings=list(map(remark_json, prepared.document.warnings)),
            created=now(),
            owner=prepared.owner,
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - an insert without a key would be a fault of the database driver
    return int(key[0])


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
        warnings=tuple(map(remark_of, row.warnings)),
        created=row.created,
        previous=row.previous,
        owner=row.owner,
    )
