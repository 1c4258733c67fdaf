"""Encodes the passages of documents again whose title or language a person corrected."""

import numpy as np

from ingest.pipeline import PassageEncoder
from kb.documents.models import EncodedPassages
from kb.documents.store import pending_encodings
from kb.documents.store.passages import context
from kb.store.database import Database
from kb.text.language import language_of

_BATCH = 256  # passages encoded at a time


def encode_again(database: Database, encoder: PassageEncoder) -> int | None:
    """Encode the next document that is due as if it had come with the title it has now; its number, None if none is.

    The old vectors are there, and are searched, until the new ones take their place in one transaction; a document on
    which a worker dies stays due. Passages in which their language is hard to tell take that of the document.
    """
    with database.write() as connection:
        due = pending_encodings.begin(connection)
    if due is None:
        return None
    title, language, held = pending_encodings.document_texts(database, due)
    parts = []
    for first in range(0, len(held), _BATCH):
        some = [passage for _number, passage in held[first : first + _BATCH]]
        parts.append(encoder.encode([context(title, p.heading) for p in some], [p.text for p in some]))
    languages = {number: language_of(passage.text, language) for number, passage in held}
    with database.write() as connection:
        pending_encodings.finish(connection, due, encoder.identity, _joined(parts), languages)
    return due.document


def _joined(parts: list[EncodedPassages]) -> EncodedPassages:
    if not parts:
        return EncodedPassages(np.zeros((0, 0), np.float32))
    return EncodedPassages(np.concatenate([p.vectors for p in parts]), tuple(code for p in parts for code in p.tokens))
