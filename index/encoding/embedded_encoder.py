"""The embedded model as an encoder: questions at once by numpy, passages by PyTorch, loaded when the first come."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoding.bert_inference import BertInference
from index.encoding.embedded_model import EmbeddedModel
from index.encoding.encoder import Progress, TokenVectors
from index.encoding.transformer import SentenceTransformerEncoder

_PROMPT = "query: "


class EmbeddedEncoder:
    """One set of weights in two engines: the vectors of either can be compared with those of the other."""

    def __init__(self, model: EmbeddedModel, precision: str, threads: int, home: Path) -> None:
        self.identity = model.identity
        self._questions = BertInference(model.folder)
        self.dimension = self._questions.dimension
        self._loading = threading.Lock()
        self._passages: SentenceTransformerEncoder | None = None
        self._options = (str(model.folder), precision, threads, home, model.identity)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = [self._questions.encode(text, _PROMPT)[0] for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, self.dimension), np.float32)

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], TokenVectors]:
        return self._questions.encode(text, _PROMPT)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        return self._of_passages().encode_passages(texts, progress)

    def encode_passage_tokens(
        self, texts: Sequence[str], skips: Sequence[int] | None = None, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        return self._of_passages().encode_passage_tokens(texts, skips, progress)

    def _of_passages(self) -> SentenceTransformerEncoder:
        with self._loading:
            if self._passages is None:
                self._passages = SentenceTransformerEncoder(*self._options)
            return self._passages
