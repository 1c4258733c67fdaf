"""Experts in the store: profiles, works and what an encoder made of them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from kb.clock import now
from kb.experts.expert import Expert
from kb.experts.profile_json import profile_json, read_profile
from kb.experts.store import works as works_store
from kb.experts.works import EncodedWork, Work
from kb.store import instance_facts
from kb.store.database import Database
from kb.store.tables.experts import expert_works, experts, work_vectors
from kb.store.tables.metadata import AnyRow

_BATCH = 500  # ids asked for at a time


@dataclass(frozen=True, slots=True)
class PreparedWork:
    """What is stored of an encoded work. `concepts` are likenesses in [0, 1] that `method` told, or empty."""

    encoded: EncodedWork
    concepts: tuple[float, ...]
    method: str = ""


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """Vector, (dimension,), and concepts of a work, as an index holds them; `method` told the concepts."""

    vector: NDArray[np.float16]
    concepts: tuple[float, ...]
    method: str


def put(database: Database, code: str, expert: Expert, encoder: str, works: Sequence[PreparedWork]) -> int:
    """Store an expert with works and their vectors, instead of who had this code before; the expert's id."""
    with database.write() as connection:
        number = _put_profile(connection, code, expert)
        kept = [works_store.put(connection, number, work) for work in expert.works]
        _put_vectors(connection, encoder, list(zip(kept, works, strict=False)))
        return number


def put_vectors(database: Database, encoder: str, prepared: Sequence[tuple[int, PreparedWork]]) -> None:
    """Store vectors of works, by id, instead of those there were; of works that were taken away meanwhile nothing."""
    with database.write() as connection:
        there = select(expert_works.c.id).where(expert_works.c.id.in_([work for work, _ in prepared]))
        kept = set(connection.execute(there).scalars())
        _put_vectors(connection, encoder, [each for each in prepared if each[0] in kept])


def all_experts(database: Database) -> list[Expert]:
    """All experts with their works, whoever may see them; by id."""
    with database.read() as connection:
        works: defaultdict[int, list[Work]] = defaultdict(list)
        for row in connection.execute(select(expert_works).order_by(expert_works.c.id)):
            works[row.expert].append(works_store.read(row))
        found = connection.execute(select(experts.c.id, experts.c.profile).order_by(experts.c.id))
        return [read_profile(row.profile, row.id, works[row.id]) for row in found]


def work_facts(database: Database, encoder: str) -> dict[int, WorkFacts]:
    """What an index holds of each work that `encoder` encoded."""
    columns = work_vectors.c
    query = select(columns.work, columns.vector, columns.concepts, columns.method)
    with database.read() as connection:
        rows = connection.execute(query.where(work_vectors.c.encoder == encoder))
        return {row.work: WorkFacts(np.frombuffer(row.vector, "<f2"), tuple(row.concepts), row.method) for row in rows}


def unencoded(database: Database, encoder: str, method: str | None = None) -> list[Work]:
    """Works that `encoder` has not encoded or, where it is given, whose concepts another `method` told; by id."""
    query = select(expert_works).where(_without(encoder, method)).order_by(expert_works.c.id)
    with database.read() as connection:
        return [works_store.read(row) for row in connection.execute(query)]


def count_unencoded(database: Database, encoder: str) -> int:
    """How many works `encoder` has not encoded."""
    query = select(func.count()).select_from(expert_works).where(_without(encoder, None))
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def methods(database: Database) -> set[str]:
    """By which methods concepts of works were told; "" where they were not."""
    with database.read() as connection:
        return set(connection.execute(select(work_vectors.c.method).distinct()).scalars())


def drop_vectors(connection: Connection) -> None:
    """Forget what was encoded of all works."""
    connection.execute(delete(work_vectors))
    instance_facts.count_works_encoded(connection)


def work_reader(
    database: Database, works: Sequence[int], dimension: int
) -> Callable[[Sequence[int]], list[EncodedWork]]:
    """A way to read what was encoded of some of `works`, given by their places in it."""

    def read(places: Sequence[int]) -> list[EncodedWork]:
        wanted = [works[place] for place in places]
        found: dict[int, EncodedWork] = {}
        with database.read() as connection:
            for first in range(0, len(wanted), _BATCH):
                ids = wanted[first : first + _BATCH]
                for row in connection.execute(select(work_vectors).where(work_vectors.c.work.in_(ids))):
                    found[row.work] = _encoded(row, dimension)
        nothing = EncodedWork(np.zeros(dimension, np.float16), np.zeros((1, dimension), np.float16))
        return [found.get(work, nothing) for work in wanted]

    return read


def _without(encoder: str, method: str | None) -> ColumnElement[bool]:
    ready = work_vectors.c.encoder == encoder
    if method is not None:
        ready &= work_vectors.c.method == method
    return expert_works.c.id.not_in(select(work_vectors.c.work).where(ready))


def _put_profile(connection: Connection, code: str, expert: Expert) -> int:
    profile = profile_json(expert)
    row = connection.execute(select(experts.c.id, experts.c.profile).where(experts.c.code == code)).one_or_none()
    if row is not None and not expert.sample:
        # What the person decided themselves is not undone by an import.
        profile |= {key: row.profile[key] for key in ("consent", "availability")}
    values = {"profile": profile, "sample": expert.sample, "changed": now()}
    if row is None:
        added = insert(experts).values(code=code, created=now(), **values).returning(experts.c.id)
        return int(connection.execute(added).scalar_one())
    known = int(row.id)
    connection.execute(update(experts).where(experts.c.id == known).values(**values))
    works_store.drop_all(connection, known)
    return known


def _put_vectors(connection: Connection, encoder: str, prepared: Sequence[tuple[int, PreparedWork]]) -> None:
    rows = [
        {
            "work": work,
            "encoder": encoder,
            "vector": np.ascontiguousarray(each.encoded.vector, "<f2").tobytes(),
            "sentences": np.ascontiguousarray(each.encoded.sentences, "<f2").tobytes(),
            "tokens": each.encoded.tokens,
            "concepts": list(each.concepts),
            "method": each.method,
        }
        for work, each in prepared
    ]
    if rows:
        connection.execute(delete(work_vectors).where(work_vectors.c.work.in_([work for work, _ in prepared])))
        connection.execute(insert(work_vectors), rows)
        instance_facts.count_works_encoded(connection)


def _encoded(row: AnyRow, dimension: int) -> EncodedWork:
    sentences = np.frombuffer(row.sentences, "<f2").reshape(-1, dimension)
    return EncodedWork(np.frombuffer(row.vector, "<f2"), sentences, row.tokens)
