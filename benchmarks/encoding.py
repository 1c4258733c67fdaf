"""Measures passages per second and query latency of the encoder beside the plain fp32 loop of the library."""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoding.embedded_model import open_embedded
from index.encoding.transformer import SentenceTransformerEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SENTENCES = (
    "La autoridad migratoria debe considerar primero las medidas alternativas a la detención.",
    "Children are placed with families and in shelters, never in facilities meant for adults.",
    "Les consulats délivrent des documents d'identité aux personnes qui n'en ont pas.",
    "Los datos desglosados por sexo y edad permiten saber a quién llegan los servicios de salud.",
    "Recruitment fees are borne by the employer, and labour inspectors can check every contract.",
    "Les transferts de fonds coûtent encore trop cher dans les zones rurales.",
    "تتعاون الدول على الحدود من أجل إنقاذ الأرواح والبحث عن المفقودين.",
    "Признание квалификации помогает мигрантам найти работу по специальности.",
    "移民工人及其家庭可以在目的地国享有社会保障。",
    "El retorno voluntario se acompaña de apoyo para volver a empezar en la comunidad.",
)
_QUESTIONS = (
    "alternativas a la detención migratoria",
    "Who pays the recruitment fees of migrant workers?",
    "comment réduire le coût des transferts de fonds",
    "حماية الأطفال المهاجرين",
    "¿Qué hacen los consulados por las personas sin documentos?",
    "social security for migrant workers and their families",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run measured; rates in passages a second, latencies in milliseconds."""

    passages: int
    tokens_a_passage: float
    precision: str
    plain_rate: float
    our_rate: float
    ratio: float  # median over rounds in which both took the same passages in turn
    cosine: float  # the lowest between the vectors of the two
    plain_query_p50: float
    plain_query_p95: float
    query_p50: float
    query_p95: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--passages", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16"), default="auto")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of the table")
    options = parser.parse_args()
    model = open_embedded(options.home)
    ours = SentenceTransformerEncoder(str(model.folder), options.precision, 0, options.home, model.identity)
    # Loaded after our encoder, so that both run with the threads' waiting policy it sets.
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(model.folder), device="cpu", model_kwargs={"dtype": "float32"})
    figures = measure(plain, ours, sample_passages(options.passages), options.rounds)
    sys.stdout.write(json.dumps(asdict(figures)) + "\n" if options.json else table(figures))


def sample_passages(count: int) -> list[str]:
    """Passages of two to eight sentences: 100 to 200 tokens for most, a few shorter or longer."""
    chance = random.Random(13)
    return [" ".join(chance.choices(_SENTENCES, k=round(chance.triangular(2, 12, 7)))) for _ in range(count)]


def measure(
    plain: "SentenceTransformer", ours: SentenceTransformerEncoder, passages: list[str], rounds: int
) -> Figures:
    """Both in turns over the same passages, so that what else the machine does falls on both."""

    def encode_plainly() -> np.ndarray:
        return np.asarray(plain.encode(passages, prompt_name="passage"))

    for encode in (encode_plainly, lambda: ours.encode_passages(passages)):
        encode()  # kernels are compiled once for each shape
    pairs = [(seconds(encode_plainly), seconds(lambda: ours.encode_passages(passages))) for _ in range(rounds)]
    plain_seconds, our_seconds = np.median(np.array(pairs), axis=0)
    of_questions = [
        latencies(lambda text: plain.encode(text, prompt_name="query")),
        latencies(lambda text: ours.encode_queries([text])),
    ]
    return Figures(
        passages=len(passages),
        tokens_a_passage=round(float(np.mean([len(plain.tokenizer(p)["input_ids"]) for p in passages])), 1),
        precision=ours.precision,
        plain_rate=round(len(passages) / float(plain_seconds), 1),
        our_rate=round(len(passages) / float(our_seconds), 1),
        ratio=round(float(np.median([a / b for a, b in pairs])), 2),
        cosine=round(float((encode_plainly() * ours.encode_passages(passages)).sum(axis=1).min()), 6),
        plain_query_p50=of_questions[0][0],
        plain_query_p95=of_questions[0][1],
        query_p50=of_questions[1][0],
        query_p95=of_questions[1][1],
    )


def seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def latencies(
    encode: Callable[[str], object], questions: Sequence[str] = _QUESTIONS, rounds: int = 20
) -> tuple[float, float]:
    """Median and 95th percentile of encoding one question, milliseconds; the first round is not counted."""
    times = [seconds(lambda q=q: encode(q)) for _ in range(rounds) for q in questions]  # type: ignore[misc]
    counted = np.array(times[len(questions) :]) * 1000
    return round(float(np.percentile(counted, 50)), 2), round(float(np.percentile(counted, 95)), 2)


def table(figures: Figures) -> str:
    f = figures
    return (
        f"{f.passages} passages of {f.tokens_a_passage} tokens, precision {f.precision}, cosine ≥ {f.cosine}\n"
        f"{'':14}{'passages/s':>12}{'query p50':>12}{'query p95':>12}\n"
        f"{'plain fp32':14}{f.plain_rate:>12}{f.plain_query_p50:>9} ms{f.plain_query_p95:>9} ms\n"
        f"{'this encoder':14}{f.our_rate:>12}{f.query_p50:>9} ms{f.query_p95:>9} ms\n"
        f"{'ratio':14}{f.ratio:>12}\n"
    )


if __name__ == "__main__":
    main()
