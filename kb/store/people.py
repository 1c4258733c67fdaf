"""Experts in the store: profiles, works and what an encoder made of them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select, update

from kb.people import Expert
from kb.profiles import profile_json, read_profile
from kb.store.database import Database
from kb.store.moment import now
from kb.store.people_tables import expert_works, experts, work_vectors
from kb.store.schema import AnyRow
from kb.works import EncodedWork, Work

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
        kept = [_insert_work(connection, number, work) for work in expert.works]
        _put_vectors(connection, encoder, list(zip(kept, works, strict=False)))
        return number


def put_vectors(database: Database, encoder: str, prepared: Sequence[tuple[int, PreparedWork]]) -> None:
    """Store vectors of works, by id, instead of those there were."""
    with database.write() as connection:
        _put_vectors(connection, encoder, prepared)


def everyone(database: Database) -> list[Expert]:
    """All experts with their works, whoever may see them; by id."""
    with database.read() as connection:
        works: defaultdict[int, list[Work]] = defaultdict(list)
        for row in connection.execute(select(expert_works).order_by(expert_works.c.id)):
            works[row.expert].append(_work(row))
        found = connection.execute(select(experts.c.id, experts.c.profile).order_by(experts.c.id))
        return [read_profile(row.profile, row.id, works[row.id]) for row in found]


def facts(database: Database, encoder: str) -> dict[int, WorkFacts]:
    """What an index holds of each work that `encoder` encoded."""
    columns = work_vectors.c
    query = select(columns.work, columns.vector, columns.concepts, columns.method)
    with database.read() as connection:
        rows = connection.execute(query.where(work_vectors.c.encoder == encoder))
        return {row.work: WorkFacts(np.frombuffer(row.vector, "<f2"), tuple(row.concepts), row.method) for row in rows}


def reader(database: Database, works: Sequence[int], dimension: int) -> Callable[[Sequence[int]], list[EncodedWork]]:
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
    old = select(expert_works.c.id).where(expert_works.c.expert == known)
    connection.execute(delete(work_vectors).where(work_vectors.c.work.in_(old)))
    connection.execute(delete(expert_works).where(expert_works.c.expert == known))
    return known


def _insert_work(connection: Connection, expert: int, work: Work) -> int:
    row = insert(expert_works).values(
        expert=expert,
        title=work.title,
        body=work.body,
        language=work.language,
        kind=work.kind,
        year=work.year,
        link=work.link,
    )
    return int(connection.execute(row.returning(expert_works.c.id)).scalar_one())


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


def _work(row: AnyRow) -> Work:
    return Work(row.id, row.title, row.body, row.language, row.kind, row.year, row.link)


def _encoded(row: AnyRow, dimension: int) -> EncodedWork:
    sentences = np.frombuffer(row.sentences, "<f2").reshape(-1, dimension)
    return EncodedWork(np.frombuffer(row.vector, "<f2"), sentences, row.tokens)
