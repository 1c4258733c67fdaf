"""Everything an instance holds of an expert, for the person to take along."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kb.experts.profile_json import profile_json
from kb.experts.store import works as works_store
from kb.experts.store.experts import contact, get
from kb.experts.works import Work
from kb.requests.case import RequestEventKind
from kb.store.tables.experts import experts
from kb.store.tables.metadata import AnyRow
from kb.store.tables.requests import proposals, request_events


def export(connection: Connection, number: int) -> dict[str, Any]:
    """Everything that is kept of a person."""
    expert = get(connection, number)
    reached, files = contact(connection, number), works_store.files(connection, number)
    rows = connection.execute(select(proposals).where(proposals.c.expert == number).order_by(proposals.c.id)).all()
    happened = select(request_events).where(request_events.c.expert == number).order_by(request_events.c.id)
    row = connection.execute(select(experts).where(experts.c.id == number)).one()
    return {
        "code": row.code,
        "created": row.created.isoformat(),
        "changed": row.changed.isoformat(),
        "profile": profile_json(expert),
        "works": [_work_json(work) for work in expert.works],
        "files": [{"name": f.name, "kind": f.kind, "added": f.added.isoformat()} for f in files],
        "contact": {"email": reached.email, "language": reached.language} if reached else None,
        "hidden": list(reached.hidden) if reached else [],
        "proposals": [_proposal_json(row) for row in rows],
        "happened": [_event_json(row) for row in connection.execute(happened)],
    }


def _work_json(work: Work) -> Mapping[str, Any]:
    return {
        "title": work.title,
        "body": work.body,
        "language": work.language,
        "kind": work.kind,
        "year": work.year,
        "link": work.link,
        "file": work.file,
        "shown": work.shown,
    }


_OWN_WORDS = (
    RequestEventKind.ACCEPTED,
    RequestEventKind.DECLINED,
    RequestEventKind.FEEDBACK,
)  # what others said is theirs to tell


def _event_json(row: AnyRow) -> Mapping[str, Any]:
    said = row.text if row.kind in _OWN_WORDS else ""
    return {"request": row.request, "at": row.at.isoformat(), "what": row.kind, "text": said}


def _proposal_json(row: AnyRow) -> Mapping[str, Any]:
    def told(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "request": row.request,
        "rank": row.rank,
        "reason": row.reason,
        "standing": row.standing,
        "invited": told(row.invited),
        "answered": told(row.answered),
        "why": row.why,
        "answer": row.answer,
    }
