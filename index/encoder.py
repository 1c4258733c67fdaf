"""Text to vectors: one value a text and, for late interaction, one a token with its place in the text."""

import contextlib
import hashlib
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index import embedded
from kb.errors import InstanceError
from kb.text import words

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

HASHING = "hashing"
PRECISIONS = ("auto", "fp32", "bf16")

_MAX_TOKENS = 512  # of one text; what is longer is cut
_BATCH_TOKENS = 2048  # padded tokens of one forward pass: 4 % slower than 4096, and a question waits half as long
_COUNTED_AT_ONCE = 256  # texts whose tokens are counted while the tokenizer is held
_QUERY_PROMPTS, _PASSAGE_PROMPTS = ("query",), ("passage", "document", "corpus")
_E5_PROMPTS = {"query": "query: ", "passage": "passage: "}  # asked for by the model cards of the E5 family
_CALIBRATION_ROUNDS = 3
_BF16_INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "bf16")

Progress = Callable[[int], object]  # told how many more texts are done; `tqdm.update` fits


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of one text, in order; special tokens and those of the prompt are left out.

    `vectors` has shape (tokens, dimension), as the model gives them: not normalised. `starts` and `ends`, shape
    (tokens,), are character offsets into the text, without the space before a word.
    """

    vectors: NDArray[np.float16]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


class Encoder(Protocol):
    """Text to vectors. All pooled vectors are float32 with L2 norm 1, so that a dot product is a cosine.

    `identity` names model and weights; vectors of two identities must not be compared. May be called from
    several threads.
    """

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (texts, dimension)."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Vectors of passages, shape (texts, dimension). What is longer than 512 tokens is cut."""
        ...

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], TokenVectors]:
        """Vector of one question, shape (dimension,), and its tokens, from one pass."""
        ...

    def encode_passage_tokens(
        self, texts: Sequence[str], skips: Sequence[int] | None = None, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        """Vectors of passages, shape (texts, dimension), and the tokens of each, from one pass.

        `skips` are the numbers of leading characters of each text (title, heading) that count for the meaning
        but whose tokens are left out; offsets are relative to what follows them.
        """
        ...


def open_encoder(name: str, home: Path, precision: str = "auto", threads: int = 0) -> Encoder:
    """The encoder a setting names: "" the embedded one, "hashing" the one without a model, else a model.

    `precision` is auto (the faster one on this machine), fp32 or bf16; `threads` 0 means all cores. Raises
    InstanceError when the model cannot be loaded.
    """
    if precision not in PRECISIONS:
        raise InstanceError(f"The precision {precision!r} is unknown: set KB_PRECISION to {', '.join(PRECISIONS)}.")
    if name == HASHING:
        return HashingEncoder()
    if name or not embedded.is_available():
        return SentenceTransformerEncoder(name or embedded.PUBLIC_NAME, precision, threads, home)
    model = embedded.open_embedded(home)
    return SentenceTransformerEncoder(str(model.folder), precision, threads, home, model.identity)


# --- the real one ----------------------------------------------------------------------------------


class SentenceTransformerEncoder:
    """A SentenceTransformer on the CPU, any name or folder.

    In bf16 the weights of linear layers are kept in bfloat16 and everything between them in fp32 (autocast):
    cosine with fp32 is above 0.9999, while a model wholly in bfloat16 gives 0.996. Texts are sorted by length and
    batched by tokens, so that little is padded.
    """

    def __init__(
        self,
        name_or_folder: str,
        precision: str = "auto",
        threads: int = 0,
        home: Path | None = None,
        identity: str = "",
    ) -> None:
        """Load the model. The measured answer to `precision` auto is kept under `home`, where one is given.

        `identity` is computed from the weights when it is empty. Raises InstanceError when loading fails.
        """
        self._model = _load(name_or_folder, threads)
        self.identity = identity or _identity(self._model, name_or_folder)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._model.max_seq_length = min(self._model.max_seq_length or _MAX_TOKENS, _MAX_TOKENS)
        self._query_prompt = _prompt(self._model, _QUERY_PROMPTS, name_or_folder)
        self._passage_prompt = _prompt(self._model, _PASSAGE_PROMPTS, name_or_folder)
        # Two locks: a question is cut into tokens while a batch of passages is in the model, and goes next.
        self._tokenizing, self._computing = threading.Lock(), threading.Lock()
        self.precision = "fp32"
        _widen(self._model)
        if precision == "bf16" or (precision == "auto" and self._is_bf16_faster(home)):
            self.precision = "bf16"
            _narrow(self._model)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, self._query_prompt)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        return self._encode(texts, self._passage_prompt, progress)

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], TokenVectors]:
        vectors, tokens = self._encode_tokens([text], self._query_prompt, [0])
        return vectors[0], tokens[0]

    def encode_passage_tokens(
        self, texts: Sequence[str], skips: Sequence[int] | None = None, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        return self._encode_tokens(texts, self._passage_prompt, skips or [0] * len(texts), progress)

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None = None) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for batch in self._batches(texts, prompt):
            vectors[batch] = self._forward(self._features([texts[i] for i in batch], prompt))[0]
            if progress is not None:
                progress(len(batch))
        return vectors

    def _encode_tokens(
        self, texts: Sequence[str], prompt: str, skips: Sequence[int], progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        tokens: dict[int, TokenVectors] = {}
        for batch in self._batches(texts, prompt):
            features = self._features([texts[i] for i in batch], prompt, offsets=True)
            offsets = features.pop("offset_mapping").numpy()
            vectors[batch], states = self._forward(features)
            for row, i in enumerate(batch):
                tokens[i] = _placed(texts[i], states[row], offsets[row] - len(prompt), skips[i])
            if progress is not None:
                progress(len(batch))
        return vectors, [tokens[i] for i in range(len(texts))]

    def _batches(self, texts: Sequence[str], prompt: str) -> Iterator[list[int]]:
        """Positions of texts, longest first, in batches of about `_BATCH_TOKENS` tokens."""
        lengths = self._lengths(texts, prompt) if len(texts) > 1 else [1] * len(texts)
        batch: list[int] = []
        for i in sorted(range(len(texts)), key=lengths.__getitem__, reverse=True):
            if batch and lengths[batch[0]] * (len(batch) + 1) > _BATCH_TOKENS:
                yield batch
                batch = []
            batch.append(i)
        if batch:
            yield batch

    def _lengths(self, texts: Sequence[str], prompt: str) -> list[int]:
        """Tokens of each text. Counting them costs 1 % of encoding."""
        if not self._has_fast_tokenizer():
            return [1 + len(text) // 4 for text in texts]
        limit, lengths = self._model.max_seq_length, []
        for start in range(0, len(texts), _COUNTED_AT_ONCE):
            some = [prompt + text for text in texts[start : start + _COUNTED_AT_ONCE]]
            with self._tokenizing:
                ids = self._model.tokenizer(some, truncation=True, max_length=limit)["input_ids"]
            lengths += [len(tokens) for tokens in ids]
        return lengths

    def _features(self, texts: list[str], prompt: str, offsets: bool = False) -> dict[str, Any]:
        """Token ids and mask as tensors, shape (texts, tokens); `offset_mapping`, (…, 2), into prompt and text."""
        if not offsets:
            with self._tokenizing:
                return self._model.preprocess(texts, prompt=prompt)
        if not self._has_fast_tokenizer():
            raise InstanceError(f"The encoder {self.identity} cannot place its tokens: set KB_LATE=no.")
        with self._tokenizing:
            return self._model.preprocess(
                texts, prompt=prompt, processing_kwargs={"text": {"return_offsets_mapping": True}}
            )

    def _has_fast_tokenizer(self) -> bool:
        return bool(getattr(self._model.tokenizer, "is_fast", False))

    def _forward(self, features: dict[str, Any]) -> tuple[NDArray[np.float32], "torch.Tensor"]:
        """Normalised vectors, shape (texts, dimension), and states of all tokens, (texts, tokens, dimension)."""
        import torch  # heavy: only when something is encoded

        bf16 = self.precision == "bf16"
        with self._computing, torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            output = self._model(features)
        pooled = output["sentence_embedding"].float().numpy()
        return _normalised(pooled), output.get("token_embeddings")

    # --- which arithmetic ---

    def _is_bf16_faster(self, home: Path | None) -> bool:
        """Whether bf16 is faster on this machine, measured once and remembered under `home`."""
        key = _machine()
        path = home / "encoder" / "precision.json" if home is not None else None
        known = _remembered(path)
        if key not in known:
            known[key] = self._measure()
            _remember(path, known)
        return bool(known[key]["bf16"] < known[key]["fp32"])

    def _measure(self) -> dict[str, float]:
        """Seconds for a batch of passages in either precision, the best of some rounds taken in turns.

        One thread and its own processor time, so that whatever else runs on the machine does not decide.
        """
        import torch

        features = self._features(["migración y derechos humanos " * 20] * 8, self._passage_prompt)
        best = {"fp32": float("inf"), "bf16": float("inf")}
        linear, threads = _linear_weights(self._model), torch.get_num_threads()
        torch.set_num_threads(1)
        for _ in range(_CALIBRATION_ROUNDS):
            for self.precision in best:
                _restore(linear) if self.precision == "fp32" else _narrow(self._model)
                self._forward(dict(features))  # the first pass of a shape also compiles its kernels
                began = time.thread_time()
                self._forward(dict(features))
                best[self.precision] = min(best[self.precision], time.thread_time() - began)
        torch.set_num_threads(threads)
        _restore(linear)
        self.precision = "fp32"
        return {precision: round(seconds, 4) for precision, seconds in best.items()}


def _load(name: str, threads: int) -> "SentenceTransformer":
    # OpenMP's threads otherwise spin while they wait: beside one other busy process that made a question take 100 ms,
    # not 24, and passages five times as long. It is read once, when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Heavy: seconds and 300 MB, so only when a model is wanted.
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    if threads:
        torch.set_num_threads(threads)
    _silence_libraries()
    try:
        return SentenceTransformer(name, device="cpu", model_kwargs={"dtype": "auto"}).eval()
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise InstanceError(
            f"The encoder {name!r} cannot be loaded ({first_line}): set KB_ENCODER to the name or folder of a "
            "sentence-transformers model, or leave it empty for the embedded one."
        ) from error


def _silence_libraries() -> None:
    """No progress bars and no advice meant for those who train models, on loading and after."""
    import logging

    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)


def _identity(model: "SentenceTransformer", name: str) -> str:
    """Last part of the name and a digest of all weights as they are stored."""
    import torch

    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy())
    return f"{Path(name).name}+{digest.hexdigest()[:12]}"


def _prompt(model: "SentenceTransformer", names: tuple[str, ...], model_name: str) -> str:
    prompts = {key: text for key, text in model.prompts.items() if text}
    if not prompts and Path(model_name).name.removeprefix("multilingual-") in ("e5-small", "e5-base", "e5-large"):
        prompts = _E5_PROMPTS
    return next((prompts[name] for name in names if name in prompts), "")


def _widen(model: "SentenceTransformer") -> None:
    """Weights in fp32, except tables of embeddings stored in halves: those give fp32 when looked up.

    A vocabulary of 250,000 takes 190 MB so, not 380, and nothing is lost that was in the file.
    """
    import torch

    def to_float(_module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        return output.float()

    for module in model.modules():
        if isinstance(module, torch.nn.Embedding) and module.weight.dtype != torch.float32:
            module.register_forward_hook(to_float)
        elif not isinstance(module, torch.nn.Embedding):
            for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
                if tensor.is_floating_point():
                    tensor.data = tensor.data.float()


def _narrow(model: "SentenceTransformer") -> None:
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.to(torch.bfloat16)


def _linear_weights(model: "SentenceTransformer") -> "list[tuple[torch.nn.Parameter, torch.Tensor]]":
    import torch

    linear = (module for module in model.modules() if isinstance(module, torch.nn.Linear))
    return [(parameter, parameter.data) for module in linear for parameter in module.parameters(recurse=False)]


def _restore(weights: "list[tuple[torch.nn.Parameter, torch.Tensor]]") -> None:
    for parameter, data in weights:
        parameter.data = data


def _normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)


def _placed(text: str, states: "torch.Tensor", offsets: NDArray[np.int64], skip: int) -> TokenVectors:
    """The tokens of `text` from `skip` on. Those with no characters (special, padding, lone spaces) are dropped."""
    kept, starts, ends = [], [], []
    for position, (start, end) in enumerate(offsets.tolist()):
        first = max(start, 0)
        while first < end and text[first].isspace():
            first += 1
        if skip <= first < end:
            kept.append(position)
            starts.append(first - skip)
            ends.append(end - skip)
    vectors = states[kept].half().numpy()
    return TokenVectors(vectors, np.array(starts, np.int32), np.array(ends, np.int32))


def _machine() -> str:
    """What the speed of either arithmetic depends on: processor, its bf16 instructions, torch."""
    import torch

    name, flags = platform.processor() or platform.machine(), []
    with contextlib.suppress(OSError):  # Linux only
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        name = facts.get("model name", name)
        flags = [flag for flag in _BF16_INSTRUCTIONS if flag in facts.get("flags", "").split()]
    return f"{name}; {' '.join(flags) or 'no bf16'}; torch {torch.__version__}"


def _remembered(path: Path | None) -> dict[str, dict[str, float]]:
    try:
        known = json.loads(path.read_text("utf-8")) if path is not None else {}
        return {key: {"fp32": float(value["fp32"]), "bf16": float(value["bf16"])} for key, value in known.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # measuring again is cheaper than complaining


def _remember(path: Path | None, known: dict[str, dict[str, float]]) -> None:
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(known, indent=1), "utf-8")
    partial.replace(path)


# --- the one for tests -----------------------------------------------------------------------------


class HashingEncoder:
    """Words and their character n-grams hashed to signed dimensions: deterministic, and no model is needed.

    Texts that share words or parts of words are near; a text without words has the zero vector.
    """

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.identity = f"{HASHING}-{dimension}"

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        return self.encode_passage_tokens(texts, progress=progress)[0]

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], TokenVectors]:
        vectors, tokens = self.encode_passage_tokens([text])
        return vectors[0], tokens[0]

    def encode_passage_tokens(
        self, texts: Sequence[str], skips: Sequence[int] | None = None, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        tokens = []
        for i, text in enumerate(texts):
            vectors[i], of_text = self._encode_one(text, skips[i] if skips else 0)
            tokens.append(of_text)
            if progress is not None:
                progress(1)
        return _normalised(vectors), tokens

    def _encode_one(self, text: str, skip: int) -> tuple[NDArray[np.float32], TokenVectors]:
        found = list(words(text))
        hashed = np.zeros((len(found), self.dimension), np.float32)
        for row, word in enumerate(found):
            hashed[row] = _hashed(word.folded, self.dimension)
        kept = [row for row, word in enumerate(found) if word.start >= skip]
        starts = np.array([found[row].start - skip for row in kept], np.int32)
        ends = np.array([found[row].end - skip for row in kept], np.int32)
        return hashed.sum(axis=0), TokenVectors(hashed[kept].astype(np.float16), starts, ends)


@lru_cache(maxsize=50_000)
def _hashed(word: str, dimension: int) -> NDArray[np.float32]:
    vector = np.zeros(dimension, np.float32)
    bounded = f"<{word}>"
    for size in (3, 4, len(bounded)):
        for start in range(len(bounded) - size + 1):
            gram = bounded[start : start + size].encode()
            number = int.from_bytes(hashlib.blake2b(gram, digest_size=8).digest())
            vector[number % dimension] += 1 if number >> 63 else -1
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-12))
