"""The encoder of meaning: any sentence-transformers model, batched by tokens, in the faster arithmetic."""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import Progress, TokenVectors, normalised, token_vectors
from index.encoding.model_loading import identity_of, load_model, prompt_of
from index.encoding.precision import (
    linear_weights,
    machine_signature,
    narrow,
    read_measurements,
    remember,
    restore,
    widen,
)
from kb.errors import InstanceError

if TYPE_CHECKING:
    import torch

_MAX_TOKENS = 512  # of one text; what is longer is cut
_BATCH_TOKENS = 2048  # padded tokens of one forward pass: 4 % slower than 4096, and a question waits half as long
_COUNTED_AT_ONCE = 256  # texts whose tokens are counted while the tokenizer is held
_QUERY_PROMPTS, _PASSAGE_PROMPTS = ("query",), ("passage", "document", "corpus")
_PROBE = "migración y derechos humanos " * 20  # what precisions are measured on: a passage of about a hundred tokens
_FAR_APART = 3.0  # times as fast on one passage: the other cannot be the faster one on a batch


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
        self._model = load_model(name_or_folder, threads)
        self.identity = identity or identity_of(self._model, name_or_folder)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._model.max_seq_length = min(self._model.max_seq_length or _MAX_TOKENS, _MAX_TOKENS)
        self._query_prompt = prompt_of(self._model, _QUERY_PROMPTS, name_or_folder)
        self._passage_prompt = prompt_of(self._model, _PASSAGE_PROMPTS, name_or_folder)
        # Two locks: a question is cut into tokens while a batch of passages is in the model, and goes next.
        self._tokenizing, self._computing = threading.Lock(), threading.Lock()
        self.precision = "fp32"
        widen(self._model)
        if precision == "bf16" or (precision == "auto" and self._is_bf16_faster(home)):
            self.precision = "bf16"
            narrow(self._model)

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
                tokens[i] = token_vectors(texts[i], states[row].half().numpy(), offsets[row] - len(prompt), skips[i])
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
        return normalised(pooled), output.get("token_embeddings")

    # --- which arithmetic ---

    def _is_bf16_faster(self, home: Path | None) -> bool:
        """Whether bf16 is faster on this machine, measured once and remembered under `home`."""
        key = machine_signature()
        path = home / "encoder" / "precision.json" if home is not None else None
        known = read_measurements(path)
        if key not in known:
            known[key] = self.measure()
            remember(path, known)
        return bool(known[key]["bf16"] < known[key]["fp32"])

    def measure(self) -> dict[str, float]:
        """Seconds in either precision for a passage and, where these are not far apart, for a batch of them.

        Without instructions for bf16 a batch in it takes many times as long as in fp32, and one passage tells so.
        """
        found = self._race(passages=1, rounds=1)
        if max(found.values()) < _FAR_APART * min(found.values()):
            found = self._race(passages=8, rounds=3)
        return {precision: round(seconds, 4) for precision, seconds in found.items()}

    def _race(self, passages: int, rounds: int) -> dict[str, float]:
        """Seconds for a batch of passages in either precision, the best of some rounds taken in turns.

        One thread and its own processor time, so that whatever else runs on the machine does not decide.
        """
        import torch

        features = self._features([_PROBE] * passages, self._passage_prompt)
        best = {"fp32": float("inf"), "bf16": float("inf")}
        linear, threads = linear_weights(self._model), torch.get_num_threads()
        torch.set_num_threads(1)
        for _ in range(rounds):
            for self.precision in best:
                restore(linear) if self.precision == "fp32" else narrow(self._model)
                self._forward(dict(features))  # the first pass of a shape also compiles its kernels
                began = time.thread_time()
                self._forward(dict(features))
                best[self.precision] = min(best[self.precision], time.thread_time() - began)
        torch.set_num_threads(threads)
        restore(linear)
        self.precision = "fp32"
        return best
