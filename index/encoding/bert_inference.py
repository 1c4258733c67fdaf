"""A small BERT computed with numpy, one text at a time: ready in a second where PyTorch takes many to load."""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import TokenVectors, normalised, token_vectors

Array = NDArray[np.float32]
_LONGEST = 512  # tokens; what is longer is cut


@dataclass(frozen=True, slots=True)
class _Layer:
    """The weights of one layer, ready to be multiplied from the right: shapes (in, out) and (out,)."""

    attention_in: Array  # query, key and value beside one another
    attention_in_bias: Array
    attention_out: Array
    attention_out_bias: Array
    attention_scale: Array
    attention_shift: Array
    widen: Array
    widen_bias: Array
    narrow: Array
    narrow_bias: Array
    scale: Array
    shift: Array


class BertInference:
    """The model of an unpacked folder (see index.encoding.embedded_model), with mean pooling. Safe between threads."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer  # not at the top: only where questions are encoded

        _compute_alone()
        shape = json.loads((folder / "config.json").read_text("utf-8"))
        self.dimension = int(shape["hidden_size"])
        self._heads, self._epsilon = int(shape["num_attention_heads"]), np.float32(shape["layer_norm_eps"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(min(_LONGEST, int(shape["max_position_embeddings"])))
        stored = _open_weights(folder / "model.safetensors")

        def read(name: str) -> Array:
            return np.asarray(stored(name), np.float32)

        # As stored, on disk: of a quarter of a million rows a question needs a dozen.
        self._words = stored("embeddings.word_embeddings.weight")
        self._places = read("embeddings.position_embeddings.weight")
        self._places += read("embeddings.token_type_embeddings.weight")[0]
        self._scale, self._shift = read("embeddings.LayerNorm.weight"), read("embeddings.LayerNorm.bias")
        layers = range(shape["num_hidden_layers"])
        self._layers = [_read_layer(read, f"encoder.layer.{number}.") for number in layers]

    def encode(self, text: str, prompt: str) -> tuple[Array, TokenVectors]:
        """The normalised vector of `prompt` and `text`, shape (dimension,), and the tokens of `text`."""
        found = self._tokenizer.encode(prompt + text)
        states = self._states(np.asarray(found.ids, np.int64))
        offsets = np.asarray(found.offsets, np.int64) - len(prompt)
        return normalised(states.mean(0)[None])[0], token_vectors(text, states.astype(np.float16), offsets)

    def _states(self, ids: NDArray[np.int64]) -> Array:
        """The states of the last layer, shape (tokens, dimension)."""
        states = self._words[ids].astype(np.float32) + self._places[: len(ids)]
        states = _layer_norm(states, self._scale, self._shift, self._epsilon)
        for layer in self._layers:
            attended = self._attend(states, layer) @ layer.attention_out + layer.attention_out_bias
            states = _layer_norm(states + attended, layer.attention_scale, layer.attention_shift, self._epsilon)
            inner = _gelu(states @ layer.widen + layer.widen_bias)
            states = _layer_norm(
                states + inner @ layer.narrow + layer.narrow_bias, layer.scale, layer.shift, self._epsilon
            )
        return states

    def _attend(self, states: Array, layer: _Layer) -> Array:
        count, dimension = states.shape
        joined = states @ layer.attention_in + layer.attention_in_bias
        query, key, value = joined.reshape(count, 3, self._heads, -1).transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / np.float32((dimension // self._heads) ** 0.5)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        return np.ascontiguousarray((scores @ value).transpose(1, 0, 2)).reshape(count, dimension)


def _compute_alone() -> None:
    """One thread for numpy's products: these are small, and threads that wait for one another on a busy machine
    made a question take ten times its time."""
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController()
    own = [each for each in found.lib_controllers if each.user_api == "blas" and "numpy" in each.filepath]
    for library in own:
        library.set_num_threads(1)


def _open_weights(path: Path) -> Callable[[str], NDArray[np.float16]]:
    """The tensors of a safetensors file in half precision, by name, without copying them into memory."""
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        entries = json.loads(file.read(size))
    everything = np.memmap(path, np.uint8, "r", offset=8 + size)

    def stored(name: str) -> NDArray[np.float16]:
        first, last = entries[name]["data_offsets"]
        found: NDArray[np.float16] = everything[first:last].view(np.float16).reshape(entries[name]["shape"])
        return found

    return stored


def _read_layer(read: Callable[[str], Array], at: str) -> _Layer:
    parts = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    return _Layer(
        attention_in=np.concatenate([read(f"{part}.weight").T for part in parts], 1),
        attention_in_bias=np.concatenate([read(f"{part}.bias") for part in parts]),
        attention_out=np.ascontiguousarray(read(f"{at}attention.output.dense.weight").T),
        attention_out_bias=read(f"{at}attention.output.dense.bias"),
        attention_scale=read(f"{at}attention.output.LayerNorm.weight"),
        attention_shift=read(f"{at}attention.output.LayerNorm.bias"),
        widen=np.ascontiguousarray(read(f"{at}intermediate.dense.weight").T),
        widen_bias=read(f"{at}intermediate.dense.bias"),
        narrow=np.ascontiguousarray(read(f"{at}output.dense.weight").T),
        narrow_bias=read(f"{at}output.dense.bias"),
        scale=read(f"{at}output.LayerNorm.weight"),
        shift=read(f"{at}output.LayerNorm.bias"),
    )


def _layer_norm(states: Array, scale: Array, shift: Array, epsilon: np.float32) -> Array:
    centred = states - states.mean(-1, keepdims=True)
    deviation = np.sqrt((centred * centred).mean(-1, keepdims=True) + epsilon)
    normal: Array = centred / deviation * scale + shift
    return normal


def _gelu(values: Array) -> Array:
    """x Φ(x), with the error function by Abramowitz and Stegun 7.1.26: within 2e-7 of it."""
    magnitude = np.abs(values) * np.float32(0.5**0.5)
    inverse = 1 / (1 + np.float32(0.3275911) * magnitude)
    series = np.float32(1.061405429) * inverse - np.float32(1.453152027)
    for term in (1.421413741, -0.284496736, 0.254829592):
        series = series * inverse + np.float32(term)
    error = 1 - series * inverse * np.exp(-magnitude * magnitude)
    activated: Array = values * np.float32(0.5) * (1 + np.copysign(error, values))
    return activated
