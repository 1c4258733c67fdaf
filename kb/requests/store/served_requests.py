"""Requests that were served, kept as works of those who served them."""

from sqlalchemy import Connection, select

from kb.clock import now
from kb.experts.store import works
from kb.requests.case import ProposalStatus, RequestRecord
from kb.requests.served_request import assignment
from kb.store.tables.experts import expert_works, experts
from kb.store.tables.requests import proposals
from kb.vocabularies.skos import Taxonomy


def record(connection: Connection, case: RequestRecord, taxonomy: Taxonomy) -> None:
    """Note, of a request that closes, for everybody who served it, what it was about; once."""
    work = assignment(case.request, [each.objective for each in case.suggested], now().year, taxonomy)
    if work is None:
        return
    served = (proposals.c.request == case.id, proposals.c.standing == ProposalStatus.AGREED.value)
    there = select(proposals.c.expert).join(experts, experts.c.id == proposals.c.expert).where(*served).distinct()
    for number in connection.execute(there).scalars().all():
        mine = (expert_works.c.expert == number, expert_works.c.request == case.id)
        if connection.execute(select(expert_works.c.id).where(*mine)).first() is None:
            works.put(connection, number, work)
