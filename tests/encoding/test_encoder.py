"""The encoder: shapes, offsets, order, precision; with the hashing encoder and, where marked, with the real model."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import huggingface_hub
import numpy as np
import pytest

from index.encoding.encoder import Encoder
from index.encoding.hashing_encoder import HashingEncoder
from index.encoding.open_encoder import open_encoder
from index.encoding.precision import read_measurements
from index.encoding.transformer import SentenceTransformerEncoder
from kb.errors import InstanceError

TEXTS = ["La detención de migrantes", "Alternatives to detention for children and their families", "移民 工人", ""]


def test_importing_is_light() -> None:
    heavy = "{'torch', 'sentence_transformers', 'tokenizers'}"
    code = f"import sys, index.encoding.open_encoder; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- without a model ---


def test_hashing_is_deterministic_and_normalised() -> None:
    vectors = HashingEncoder(64).encode_passages(TEXTS)
    assert vectors.shape == (4, 64)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 0], abs=1e-6)
    assert np.array_equal(vectors, HashingEncoder(64).encode_queries(TEXTS))


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("detención", "la detención migratoria", "los datos y las cifras"),
        ("detention", "alternatives to detentions", "remittances cost less"),  # parts of words count
        ("detencion", "DETENCIÓN", "remesas"),  # case and accents do not
    ],
)
def test_hashing_brings_like_words_near(question: str, near: str, far: str) -> None:
    encoder = HashingEncoder()
    scores = encoder.encode_passages([near, far]) @ encoder.encode_queries([question])[0]
    assert scores[0] > scores[1] + 0.1


def test_hashing_tokens_are_slices_and_skips_are_left_out() -> None:
    _, (tokens,) = HashingEncoder().encode_passage_tokens(["Título\nLa detención"], [7])
    assert [(int(s), int(e)) for s, e in zip(tokens.starts, tokens.ends, strict=True)] == [(0, 2), (3, 12)]
    assert tokens.vectors.shape == (2, 256)


def test_progress_counts_every_text_once() -> None:
    seen: list[int] = []
    HashingEncoder().encode_passages(TEXTS, seen.append)
    assert sum(seen) == len(TEXTS)


def test_open_hashing_needs_no_home(tmp_path: Path) -> None:
    assert open_encoder("hashing", tmp_path / "none").identity == "hashing-256"
    assert not (tmp_path / "none").exists()


def test_unknown_precision_says_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match="KB_PRECISION to auto, fp32, bf16"):
        open_encoder("", tmp_path, precision="int3")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"x": {"fp32": "a"}}', '{"x": 3}'])
def test_damaged_measurement_is_forgotten(tmp_path: Path, content: str) -> None:
    path = tmp_path / "precision.json"
    path.write_text(content)
    assert read_measurements(path) == {}


# --- any model: a small one with random weights, made here ---


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two small layers with its own words as vocabulary, without prompts of its own."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder = tmp_path_factory.mktemp("tiny") / "tiny-model"
    folder.mkdir()
    vocabulary = {
        word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "la", "ley", "de", "migración"])
    }
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]"})
    _write(folder / "modules.json", _modules())
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 512})
    (folder / "1_Pooling").mkdir()
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True})
    _save_random_bert(folder)
    return folder


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), "utf-8")


def _modules() -> list[dict[str, object]]:
    kinds = (("", "Transformer"), ("1_Pooling", "Pooling"))
    return [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds)
    ]


def _save_random_bert(folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(5)
    configuration = BertConfig(
        vocab_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(configuration).save_pretrained(folder)


def test_a_folder_is_loaded_and_named_by_its_weights(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny), "fp32")
    assert encoder.dimension == 32
    assert encoder.identity.startswith("tiny-model+")
    assert encoder.identity == SentenceTransformerEncoder(str(tiny), "bf16").identity
    assert encoder.encode_passages([]).shape == (0, 32)


def test_order_and_batches_change_nothing(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny), "fp32")
    texts = ["la ley " * n for n in (1, 300, 2, 90, 5, 250, 40)]
    seen: list[int] = []
    together = encoder.encode_passages(texts, seen.append)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)
    assert sum(seen) == len(texts)
    assert len(seen) > 1


def test_text_longer_than_the_model_is_cut(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny), "fp32")
    long, longer = "la ley " * 300, "la ley " * 5000
    first, second = encoder.encode_passages([long, longer])
    assert np.allclose(first, second, atol=1e-5)
    _, (tokens,) = encoder.encode_passage_tokens([longer])
    assert len(tokens.starts) == 510


def test_tokens_stand_where_they_say(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny), "bf16")
    texts = ["ley\nla  ley de migración", "de la ley"]
    vectors, tokens = encoder.encode_passage_tokens(texts, skips=[4, 0])
    spans = zip(tokens[0].starts, tokens[0].ends, strict=True)
    assert [texts[0][4:][s:e] for s, e in spans] == ["la", "ley", "de", "migración"]
    assert len(tokens[1].vectors) == 3
    assert np.allclose(vectors, encoder.encode_passages(texts), atol=1e-3)


def test_automatic_precision_is_measured_once(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = SentenceTransformerEncoder(str(tiny), "auto", home=tmp_path)
    (entry,) = json.loads((tmp_path / "encoder" / "precision.json").read_text()).values()
    assert first.precision == ("bf16" if entry["bf16"] < entry["fp32"] else "fp32")
    monkeypatch.setattr(SentenceTransformerEncoder, "measure", lambda self: pytest.fail("measured again"))
    assert SentenceTransformerEncoder(str(tiny), "auto", home=tmp_path).precision == first.precision


@pytest.mark.parametrize(("fp32", "bf16", "chosen"), [(1.0, 0.4, "bf16"), (0.4, 1.0, "fp32")])
def test_the_faster_precision_is_chosen(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, fp32: float, bf16: float, chosen: str
) -> None:
    monkeypatch.setattr(SentenceTransformerEncoder, "measure", lambda self: {"fp32": fp32, "bf16": bf16})
    encoder = SentenceTransformerEncoder(str(tiny), "auto")
    assert encoder.precision == chosen
    assert encoder.encode_queries(["la ley"]).dtype == np.float32


def test_measuring_leaves_the_weights_as_they_were(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny), "fp32")
    before = encoder.encode_passages(["la ley de migración"])
    encoder.measure()
    assert np.array_equal(before, encoder.encode_passages(["la ley de migración"]))


def test_a_model_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    with pytest.raises(InstanceError, match="KB_ENCODER"):
        open_encoder(str(folder), tmp_path)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/no/such/folder", "no such folder"),
        ("../no-such-folder", "no such folder"),
        ("two words", "no such folder"),
        ("nobody/no-such-model", "huggingface.co cannot be asked"),
        ("no-such-model", "huggingface.co cannot be asked"),
    ],
)
def test_a_mistyped_name_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str) -> None:
    asked: list[object] = []

    def nobody_answers(*_: object, **options: float) -> None:
        asked.append(options)
        assert options["timeout"] <= 3
        raise httpx2.ConnectError("no network")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", nobody_answers)
    with pytest.raises(InstanceError, match=f"{why}.*KB_ENCODER"):
        open_encoder(name, tmp_path)
    assert len(asked) == (1 if "huggingface" in why else 0)


def test_a_name_that_is_known_is_loaded(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for, and that a model which is here is loaded without asking; the rest is the library's."""
    asked: list[str] = []
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda _api, name, timeout: asked.append(name))
    loaded: list[tuple[str, bool]] = []

    def load(name: str, *, local_files_only: bool, **_: object) -> None:
        loaded.append((name, local_files_only))
        raise OSError("enough")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", load)
    for name in ("owner/model", "model", str(tiny)):
        with pytest.raises(InstanceError, match="enough"):
            open_encoder(name, tmp_path)
    assert asked == ["owner/model", "sentence-transformers/model"]
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda name, file: f"/cache/{name}/{file}")
    with pytest.raises(InstanceError, match="enough"):
        open_encoder("owner/model", tmp_path)
    assert len(asked) == 2
    assert loaded == [("owner/model", False), ("model", False), (str(tiny), False), ("owner/model", True)]


def test_threads_get_their_own_answers(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny), "fp32")
    texts = ["la ley", "de migración", "ley de la migración", "la la la"]
    expected = [encoder.encode_queries([text]) for text in texts]
    wrong: list[str] = []

    def ask(i: int) -> None:
        for _ in range(10):
            if not np.allclose(encoder.encode_queries([texts[i]]), expected[i], atol=1e-5):
                wrong.append(texts[i])

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- the embedded model ---


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("alternatives to detention", "Se prefieren medidas distintas de privar de libertad a las personas migrantes."),
        ("coût des transferts de fonds", "Sending money home should be cheaper."),
        ("儿童保护", "Niñas y niños no acompañados reciben un tutor."),
    ],
)
def test_meaning_crosses_languages(real_encoder: Encoder, question: str, answer: str) -> None:
    others = ["La selva amazónica alberga muchas especies.", "The match ended without a goal."]
    scores = real_encoder.encode_passages([answer, *others]) @ real_encoder.encode_queries([question])[0]
    assert scores.argmax() == 0


@pytest.mark.model
def test_real_tokens_leave_prompt_and_heading_out(real_encoder: Encoder) -> None:
    text = "Título: ámbito\nLa  detención de ﬁn 移民"
    vectors, (tokens,) = real_encoder.encode_passage_tokens([text], [15])
    slices = [text[15:][s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)]
    assert "".join(slices) == "Ladetencióndeﬁn移民"
    vector, question_tokens = real_encoder.encode_query_tokens("¿detención?")
    assert vector.shape == (384,)
    assert question_tokens.starts[0] == 0
    assert np.allclose(vectors, real_encoder.encode_passages([text]), atol=1e-3)


@pytest.mark.model
def test_bf16_is_the_same_model(real_encoder: Encoder, encoder_home: Path) -> None:
    texts = [text for text in TEXTS if text] * 3
    one, two = (open_encoder("", encoder_home, kind, threads=1).encode_passages(texts) for kind in ("fp32", "bf16"))
    assert float((one * two).sum(axis=1).min()) > 0.9999
