"""Works of experts made ready for matching: encoded where the present encoder, or tagger, has not read them."""

from collections.abc import Callable

from index.encoding.instance_encoding import Encoding
from index.matching.matcher import Concepts, prepare_works
from kb.experts.store import encoded_experts
from kb.store.database import Database

_BATCH = 16  # works of one transaction, and of one step of a progress bar


def encode_new(
    database: Database,
    encoding: Encoding,
    concepts: Concepts | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> int:
    """Encode the works that the encoder has not encoded, or whose concepts others told than `concepts`; how many."""
    method = None if concepts is None else concepts.method
    works = encoded_experts.unencoded(database, encoding.identity, method)
    for first in range(0, len(works), _BATCH):
        batch = works[first : first + _BATCH]
        prepared = prepare_works(batch, encoding, concepts)
        encoded_experts.put_vectors(
            database, encoding.identity, [(w.id, each) for w, each in zip(batch, prepared, strict=True)]
        )
        advance(len(batch))
    return len(works)
