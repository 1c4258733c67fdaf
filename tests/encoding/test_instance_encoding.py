"""Encoding: an instance keeps to one encoder and one codec; encoding again changes both in one step."""

from pathlib import Path

import numpy as np
import pytest

from index.encoding.hashing_encoder import HashingEncoder
from index.encoding.instance_encoding import Encoding, open_encoding, reencode
from index.search.late_interaction import align
from kb.documents.store import passages
from kb.errors import InstanceError
from kb.search.answers import Query
from kb.store import instance_facts
from tests.support.documents import Instance, hashing, sample, use_vectors

TEXTS = ("Alternatives to detention for families", "Remittances cost less")


def nothing(_: int) -> None:
    """No progress bar."""


def test_the_context_counts_for_the_meaning_and_is_never_marked() -> None:
    encoding = hashing(late=True)
    with_title = encoding.encode(["Consular protection"], ["Officers visit."])
    without = encoding.encode([""], ["Officers visit."])
    asked = encoding.question("consular protection")
    assert with_title.vectors[0] @ asked.vector > without.vectors[0] @ asked.vector + 0.2
    assert asked.tokens is not None
    similarity, spans = align(asked.tokens, with_title.tokens[0])
    assert similarity.shape[1] == 4
    assert [(int(s), int(e)) for s, e in zip(spans.starts, spans.ends, strict=True)] == [
        (0, 0),
        (0, 0),
        (0, 8),
        (9, 14),
    ]


def test_a_question_has_a_place_and_a_weight_for_every_token() -> None:
    encoded = hashing(late=True).question("What is the price of remittances?")
    assert encoded.tokens is not None
    assert encoded.weights is not None
    assert len(encoded.tokens) == len(encoded.weights) == len(encoded.spans) == 6
    assert encoded.spans[-1] == (21, 32)
    assert encoded.weights[-1] > encoded.weights[2]  # "the" tells little


def test_without_late_interaction_there_are_no_tokens() -> None:
    encoding = hashing()
    assert encoding.encode([""], ["text"]).tokens == ()
    assert encoding.question("text").tokens is None
    assert encoding.vectors(["a", "b"]).shape == (2, 64)


def test_an_instance_keeps_its_codec(tmp_path: Path) -> None:
    home = Instance(tmp_path)
    first = open_encoding(home.database, HashingEncoder(64), late=True)
    again = open_encoding(home.database, HashingEncoder(64), late=True)
    assert first.codec is not None
    assert again.codec is not None
    assert first.codec.dump() == again.codec.dump()
    assert open_encoding(home.database, HashingEncoder(64), late=False).codec is None


def test_another_encoder_is_refused_with_the_command_that_reencodes(tmp_path: Path) -> None:
    home = Instance(tmp_path)
    home.add(sample(*TEXTS))
    with pytest.raises(InstanceError, match=r"hashing-64.*hashing-32.*'kb index reencode'"):
        open_encoding(home.database, HashingEncoder(32), late=True)


def test_a_codec_of_another_version_is_refused_with_the_command(tmp_path: Path) -> None:
    home = Instance(tmp_path)
    with home.database.write() as connection:
        instance_facts.put(connection, instance_facts.CODEC, '{"seed": 1, "means": ""}')
    with pytest.raises(InstanceError, match="'kb index reencode'"):
        open_encoding(home.database, HashingEncoder(64), late=True)


@pytest.mark.parametrize(("before", "after"), [(False, True), (True, False), (True, True)])
def test_encoding_again_changes_encoder_vectors_and_codec(tmp_path: Path, before: bool, after: bool) -> None:
    home = Instance(tmp_path, hashing(late=before))
    home.add(sample(*TEXTS), sample("Waits for review", name="waits.txt"), publish=False)
    home.add(sample("Published", name="published.txt"))
    other = hashing(late=after, dimension=32)
    assert reencode(home.database, other, nothing) == 4
    assert instance_facts.encoder_of(home.database) == "hashing-32"
    assert passages.dimension(home.database) == 32
    assert home.rows()["vectors"] == 4
    assert home.rows()["token_vectors"] == (4 if after else 0)
    opened = open_encoding(home.database, HashingEncoder(32), late=after)
    home.encoding = opened
    assert [hit.record.passage.text for hit in home.searcher().search(Query("published")).hits] == ["Published"]


def test_a_crash_while_encoding_again_leaves_the_old_vectors(tmp_path: Path) -> None:
    class Broken(HashingEncoder):
        def encode_passages(self, *_: object, **__: object) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
            raise MemoryError

    home = Instance(tmp_path)
    home.add(sample(*TEXTS))
    before = passages.matrix(home.database)[1]
    with pytest.raises(MemoryError):
        reencode(home.database, Encoding(Broken(32), None), nothing)
    assert instance_facts.encoder_of(home.database) == "hashing-64"
    assert np.array_equal(passages.matrix(home.database)[1], before)
    searcher = home.searcher(vectors=False)
    use_vectors(searcher, home.encoding)
    assert searcher.search(Query("detention")).total == 1
