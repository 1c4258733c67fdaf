"""Opens the encoder that a setting names."""

from pathlib import Path

from index.encoding import embedded_model
from index.encoding.embedded_encoder import EmbeddedEncoder
from index.encoding.encoder import Encoder
from index.encoding.hashing_encoder import HASHING, HashingEncoder
from index.encoding.precision import PRECISIONS
from index.encoding.transformer import SentenceTransformerEncoder
from kb.errors import InstanceError


def open_encoder(name: str, home: Path, precision: str = "auto", threads: int = 0) -> Encoder:
    """The encoder a setting names: "" the embedded one, "hashing" the one without a model, else a model.

    `precision` is auto (the faster one on this machine), fp32 or bf16; `threads` 0 means all cores. Raises
    InstanceError when the model cannot be loaded.
    """
    if precision not in PRECISIONS:
        raise InstanceError(f"The precision {precision!r} is unknown: set KB_PRECISION to {', '.join(PRECISIONS)}.")
    if name == HASHING:
        return HashingEncoder()
    if name or not embedded_model.is_available():
        return SentenceTransformerEncoder(name or embedded_model.PUBLIC_NAME, precision, threads, home)
    return EmbeddedEncoder(embedded_model.open_embedded(home), precision, threads, home)
