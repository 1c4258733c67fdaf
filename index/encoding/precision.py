"""In which arithmetic a model computes, fp32 or bf16, and which of them is faster on this machine."""

import contextlib
import json
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

PRECISIONS = ("auto", "fp32", "bf16")
_BF16_INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "bf16")

# torch is imported inside what needs it: it takes seconds, and an encoder without a model does without it.


def widen(model: "SentenceTransformer") -> None:
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


def narrow(model: "SentenceTransformer") -> None:
    """Weights of linear layers in bf16."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.to(torch.bfloat16)


def linear_weights(model: "SentenceTransformer") -> "list[tuple[torch.nn.Parameter, torch.Tensor]]":
    """What `narrow` changes, as it is now."""
    import torch

    linear = (module for module in model.modules() if isinstance(module, torch.nn.Linear))
    return [(parameter, parameter.data) for module in linear for parameter in module.parameters(recurse=False)]


def restore(weights: "list[tuple[torch.nn.Parameter, torch.Tensor]]") -> None:
    """Take back what `narrow` changed."""
    for parameter, data in weights:
        parameter.data = data


def machine_signature() -> str:
    """What the speed of either arithmetic depends on: processor, its bf16 instructions, torch."""
    import torch

    name, flags = platform.processor() or platform.machine(), []
    with contextlib.suppress(OSError):  # Linux only
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        name = facts.get("model name", name)
        flags = [flag for flag in _BF16_INSTRUCTIONS if flag in facts.get("flags", "").split()]
    return f"{name}; {' '.join(flags) or 'no bf16'}; torch {torch.__version__}"


def read_measurements(path: Path | None) -> dict[str, dict[str, float]]:
    """Seconds that were measured, by machine and precision; none where the file says nothing."""
    try:
        known = json.loads(path.read_text("utf-8")) if path is not None else {}
        return {key: {"fp32": float(value["fp32"]), "bf16": float(value["bf16"])} for key, value in known.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # measuring again is cheaper than complaining


def remember(path: Path | None, known: dict[str, dict[str, float]]) -> None:
    """Write down what was measured, as a whole or not at all."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(known, indent=1), "utf-8")
    partial.replace(path)
