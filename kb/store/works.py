"""Works: which documents are one text in several versions, languages or formats."""

import hashlib
from pathlib import PurePath

import numpy as np
from sqlalchemy import Connection, func, select

from kb.models import Description, PreparedDocument, Source, State
from kb.store.schema import documents

# Share of equal positions of two signatures from which two documents hold the same text. Formats of one document have
# 0.99 or more; terms of reference of two countries that share long sentences 0.17.
_SAME_TEXT = 0.7


def work_of(connection: Connection, prepared: PreparedDocument, previous: str | None) -> str:
    """The work of a new document: that of the version before, of its declared translations, or of the same text."""
    if previous is not None:
        return previous
    if prepared.description.translations or not prepared.signature:
        return _work(prepared.source, prepared.description)
    return _same_text(connection, prepared) or _work(prepared.source, prepared.description)


def _same_text(connection: Connection, prepared: PreparedDocument) -> str | None:
    """The work of the document in this language whose text is most nearly the same, if one is near enough."""
    query = select(documents.c.work, documents.c.signature).where(
        documents.c.language == prepared.description.language,
        documents.c.state.not_in([State.SUPERSEDED.value, State.WITHDRAWN.value, State.REJECTED.value]),
        func.length(documents.c.signature) == len(prepared.signature),
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    known = np.frombuffer(b"".join(row.signature for row in rows), "<u4").reshape(len(rows), -1)
    shared = (known == np.frombuffer(prepared.signature, "<u4")).mean(1)
    nearest = int(shared.argmax())
    return str(rows[nearest].work) if shared[nearest] >= _SAME_TEXT else None


def _work(source: Source, described: Description) -> str:
    """Translations name each other, so all of them agree on the first name in order; versions share an origin."""
    first = min([source.name, *(name for _, name in described.translations)])
    folder = str(PurePath(source.origin).parent)
    return hashlib.sha256(f"{folder}\n{first}".encode()).hexdigest()[:32]
