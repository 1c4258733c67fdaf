"""Rankings in the store: kept as they stood, read again, the newest of a request."""

import hashlib
import json

from sqlalchemy import Connection, insert, select

from kb.accounts.account import Actor
from kb.accounts.permissions import Action, require
from kb.clock import now
from kb.errors import NotFoundError
from kb.matching.ranking import Ranking, RankingRecord
from kb.requests.case import RequestEventKind
from kb.requests.store import requests
from kb.store.tables.metadata import AnyRow
from kb.store.tables.requests import matches


def keep(connection: Connection, actor: Actor, request: int, ranking: Ranking) -> int:
    """Store a ranking as it stands, with its SHA-256 in the audit trail; its number."""
    require(actor, Action.MATCH)
    content = ranking.to_json()
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    values = {"request": request, "ranking": content, "created": now()}
    number = int(connection.execute(insert(matches).values(**values).returning(matches.c.id)).scalar_one())
    told: dict[str, str | int | None] = {"ranking": number, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    requests.happen(connection, actor, request, RequestEventKind.RANKED, details=told)
    return number


def get(connection: Connection, number: int, request: int | None = None) -> RankingRecord:
    """A ranking as it stood; where a request is given, one of that. Raises NotFoundError."""
    row = connection.execute(select(matches).where(matches.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no ranking {number}.")
    if request not in (None, row.request):
        raise NotFoundError("This ranking is of another request.")
    return _record(row)


def newest(connection: Connection, request: int) -> int | None:
    """The number of the newest ranking of a request."""
    query = select(matches.c.id).where(matches.c.request == request).order_by(matches.c.id.desc()).limit(1)
    return connection.execute(query).scalar()


def all_rankings(connection: Connection) -> list[RankingRecord]:
    """Every ranking there was, oldest first."""
    return [_record(row) for row in connection.execute(select(matches).order_by(matches.c.id))]


def _record(row: AnyRow) -> RankingRecord:
    return RankingRecord(row.id, row.request, Ranking.from_json(row.ranking), row.created)
