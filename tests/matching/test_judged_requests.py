"""Judged requests over the sample experts: the right person is among the first three, in any language."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.encoding.encoder import Encoder
from index.encoding.instance_encoding import Encoding, reference_codec
from index.matching.matcher import Matcher
from index.matching.request_encoding import encode_works, in_memory
from kb.experts.expert import Expert, Support
from kb.experts.profile_json import read_import
from kb.experts.works import Work
from kb.matching.eligibility import MatchingContext
from kb.requests.request import Request

CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"
TODAY = date(2026, 11, 21)


def lines(name: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in (CORPUS / name).read_text("utf-8").splitlines())


@pytest.fixture(scope="module")
def people() -> dict[str, Expert]:
    """The sample experts by code, numbered as a store would."""
    found: dict[str, Expert] = {}
    works = 0
    for number, row in enumerate(lines("people/experts.jsonl"), 1):
        code, expert = read_import(row)
        numbered = []
        for work in expert.works:
            works += 1
            numbered.append(Work(works, work.title, work.body, work.language, work.kind, work.year))
        changed = {
            **{f: getattr(expert, f) for f in Expert.__dataclass_fields__},
            "id": number,
            "works": tuple(numbered),
        }
        found[code] = Expert(**changed)
    return found


@pytest.fixture(scope="module")
def encoded(people: dict[str, Expert], real_encoder: Encoder) -> Matcher:
    """The sample experts as the embedded encoder reads them."""
    encoding = Encoding(real_encoder, reference_codec(real_encoder))
    texts = [work.text for expert in people.values() for work in expert.works]
    return Matcher(people.values(), encoding, in_memory(encode_works(encoding, texts)))


def ranks(people: dict[str, Expert], matcher: Matcher) -> dict[str, int]:
    """Place of the first right person, by request."""
    codes = {expert.id: code for code, expert in people.items()}
    right = {row["request"]: row["right"] for row in lines("judgements/matches.jsonl")}
    found = {}
    for row in lines("people/requests.jsonl"):
        ranked = matcher.index.rank(matcher.asked(Request(row["text"], row["language"])))
        order = [codes[person] for person in ranked.people.tolist()]
        found[row["id"]] = 1 + min(order.index(code) for code in right[row["id"]])
    return found


def test_the_samples_are_marked_and_judged(people: dict[str, Expert]) -> None:
    assert len(people) >= 60
    assert all(expert.sample for expert in people.values())
    assert all(any(word in expert.name for word in ("Ejemplo", "Sample", "Exemple")) for expert in people.values())
    assert all(2 <= len(expert.works) <= 6 for expert in people.values())
    assert {objective for expert in people.values() for objective in expert.objectives} == {
        str(n) for n in range(1, 24)
    }
    requests = {row["id"]: row for row in lines("people/requests.jsonl")}
    assert all(row["sample"] is True and Support(row["support"]) for row in requests.values())
    judged = {row["request"]: row for row in lines("judgements/matches.jsonl")}
    assert judged.keys() == requests.keys()
    for number, row in judged.items():
        spoken = {work.language for code in row["right"] for work in people[code].works}
        assert row["across"] is (requests[number]["language"] not in spoken)


def test_by_words_alone_within_a_language(people: dict[str, Expert]) -> None:
    across = {row["request"] for row in lines("judgements/matches.jsonl") if row["across"]}
    found = ranks(people, Matcher(people.values()))
    within = [rank for number, rank in found.items() if number not in across]
    assert sum(rank <= 3 for rank in within) >= 0.8 * len(within)


@pytest.mark.model
def test_the_right_person_is_among_the_first_three(people: dict[str, Expert], encoded: Matcher) -> None:
    found = ranks(people, encoded)
    judged = list(lines("judgements/matches.jsonl"))
    hits = Counter(row["across"] for row in judged if found[row["request"]] <= 3)
    wrong = {number: rank for number, rank in found.items() if rank > 3}
    assert hits[True] + hits[False] >= 0.9 * len(judged), wrong
    assert hits[True] >= hits[False] - 2, wrong


@pytest.mark.model
def test_it_is_said_when_nobody_fits(encoded: Matcher) -> None:
    def said(name: str) -> list[bool]:
        texts = [Request(row["text"], row["language"]) for row in lines(name)]
        return [encoded.match(request, MatchingContext(TODAY)).nobody_fits for request in texts]

    right, off = said("people/requests.jsonl"), said("judgements/nobody.jsonl")
    assert sum(right) <= 0.1 * len(right)
    assert sum(off) >= 0.7 * len(off)


def test_requests_off_the_subject_are_marked() -> None:
    rows = list(lines("judgements/nobody.jsonl"))
    assert Counter(row["language"] for row in rows) == {"es": 10, "en": 10, "fr": 10}
    assert Counter(row["kind"] for row in rows) == {"far": 12, "near": 18}
    assert all(row["sample"] is True for row in rows)
    assert len({row["text"] for row in rows}) == len({row["id"] for row in rows}) == 30
