"""What an encoder makes of a request and of a work: vectors of the whole, of its sentences, and of its tokens."""

from collections.abc import Callable, Sequence

import numpy as np

from index.encoding.instance_encoding import Encoding
from index.matching.affinity import EncodedRequest, Meaning
from index.matching.sentences import extent, sentences
from kb.experts.works import EncodedWork

_MOST_SENTENCES = 40  # of a work or request that are encoded
_BATCH = 128  # works encoded between two steps of a progress bar


def encode_request(encoding: Encoding, text: str) -> EncodedRequest:
    """Encode a request as works are, and its tokens as those of a question where they will be needed."""
    return encode_requests(encoding, [text])[0]


def encode_requests(
    encoding: Encoding, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None
) -> list[EncodedRequest]:
    """Encode several requests, in larger batches than one by one."""
    found = []
    for text, work in zip(texts, encode_works(encoding, texts, progress, tokens=False), strict=True):
        vectors = work.vector.astype(np.float32), work.sentences.astype(np.float32)
        length = extent(text)
        if encoding.codec is None or length == 1:
            found.append(EncodedRequest(*vectors, 1.0))
        else:
            found.append(EncodedRequest(*vectors, length, encoding.question(text)))
    return found


def encode_works(
    encoding: Encoding,
    texts: Sequence[str],
    progress: Callable[[int], None] = lambda _: None,
    tokens: bool = True,
) -> list[EncodedWork]:
    """Encode works, title first. What is longer than 512 tokens is cut for the whole and the tokens."""
    found: list[EncodedWork] = []
    for first in range(0, len(texts), _BATCH):
        batch = texts[first : first + _BATCH]
        cut = [[text[a:b] for a, b in sentences(text)[:_MOST_SENTENCES]] or [text] for text in batch]
        own = encoding.vectors([sentence for each in cut for sentence in each]).astype(np.float16)
        codes: Sequence[bytes] = [b""] * len(batch)
        if tokens and encoding.codec is not None:
            whole = encoding.encode([""] * len(batch), batch)
            vectors, codes = whole.vectors.astype(np.float16), whole.tokens
        else:
            vectors = encoding.vectors(batch).astype(np.float16)
        ends = np.cumsum([len(each) for each in cut]).tolist()
        for place, end in enumerate(ends):
            found.append(EncodedWork(vectors[place], own[end - len(cut[place]) : end], codes[place]))
        progress(len(batch))
    return found


def in_memory(works: Sequence[EncodedWork]) -> Meaning | None:
    """Encoded works that are all at hand; None when there are none."""
    if not works:
        return None
    return Meaning(np.stack([work.vector for work in works]), lambda rows: [works[row] for row in rows])
