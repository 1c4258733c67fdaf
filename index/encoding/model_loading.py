"""Loads a sentence-transformers model by name or folder."""

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import InstanceError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_E5_PROMPTS = {"query": "query: ", "passage": "passage: "}  # asked for by the model cards of the E5 family
_PUBLIC_NAME = re.compile(r"\w+([.-]\w+)*(/\w+([.-]\w+)*)?", re.ASCII)
_SECONDS = 2.0  # for huggingface.co to say whether it has a model


def load_model(name: str, threads: int) -> "SentenceTransformer":
    """The model of this name or in this folder, on the CPU. Raises InstanceError when there is none."""
    if problem := _problem(name):
        raise _refusal(name, problem)
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
    held = not Path(name).is_dir() and _is_held(name)  # then nobody is asked, who may be out of reach
    try:
        options = {"dtype": "auto"}
        return SentenceTransformer(name, device="cpu", model_kwargs=options, local_files_only=held).eval()
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        raise _refusal(name, str(error).strip().partition("\n")[0]) from error


def _refusal(name: str, why: str) -> InstanceError:
    return InstanceError(
        f"The encoder {name!r} cannot be loaded ({why}): set KB_ENCODER to the name or folder of a "
        "sentence-transformers model, or leave it empty for the embedded one."
    )


def _problem(name: str) -> str:
    """Why there is no use in loading a model; "" when there may be one.

    The library would ask for a name that does not exist, or that nobody can be asked for, again and again for a minute.
    """
    if Path(name).is_dir() or _is_held(name):
        return ""
    if not _PUBLIC_NAME.fullmatch(name):
        return "there is no such folder, and this is no name of a public model"
    import httpx2
    from huggingface_hub import HfApi

    try:
        HfApi().model_info(_full(name), timeout=_SECONDS)
    except httpx2.RequestError as error:
        return f"it is not here, and huggingface.co cannot be asked for it: {error}"
    except (OSError, ValueError):
        return "it is neither a folder here nor a model that huggingface.co would give"
    return ""


def _is_held(name: str) -> bool:
    """Whether a public model was downloaded before."""
    # Not at the top: a tenth of a second, and only for models that are not embedded.
    from huggingface_hub import try_to_load_from_cache

    return bool(_PUBLIC_NAME.fullmatch(name)) and isinstance(try_to_load_from_cache(_full(name), "config.json"), str)


def _full(name: str) -> str:
    """A public name with its owner, as sentence-transformers completes it."""
    return name if "/" in name else f"sentence-transformers/{name}"


def _silence_libraries() -> None:
    """No progress bars and no advice meant for those who train models, on loading and after."""
    import logging

    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)


def identity_of(model: "SentenceTransformer", name: str) -> str:
    """Last part of the name and a digest of all weights as they are stored."""
    import torch

    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy())
    return f"{Path(name).name}+{digest.hexdigest()[:12]}"


def prompt_of(model: "SentenceTransformer", names: tuple[str, ...], model_name: str) -> str:
    """The model's first prompt of these names; "" when it wants none."""
    prompts = {key: text for key, text in model.prompts.items() if text}
    if not prompts and Path(model_name).name.removeprefix("multilingual-") in ("e5-small", "e5-base", "e5-large"):
        prompts = _E5_PROMPTS
    return next((prompts[name] for name in names if name in prompts), "")
