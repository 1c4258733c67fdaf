"""Sample people and requests that a new instance starts with, so that its connection hub has something to show."""

import json
import logging
from collections.abc import Iterator

from kb.cli import bootstrap, experts
from kb.experts.expert import Support
from kb.requests.request import Request

_log = logging.getLogger(__name__)
PEOPLE = bootstrap.CORPUS / "people"
_A_LANGUAGE = 2  # requests filed in each language: enough to see, few enough not to drown the first real one


def load(instance: bootstrap.Instance) -> None:
    """The sample experts and some of the sample requests, once in the life of an instance."""
    experts.load_samples(instance)
    _load_requests(instance)


def _load_requests(instance: bootstrap.Instance) -> None:
    from kb.accounts.account import SYSTEM
    from kb.requests.store import requests
    from kb.store import instance_facts

    with instance.database.write() as connection:
        if instance_facts.get(connection, "sample_requests"):
            return
        chosen = list(_requests())
        for each in chosen:
            requests.file(connection, SYSTEM, each)
        instance_facts.put(connection, "sample_requests", "loaded")
    _log.info(f"{len(chosen)} sample requests filed.")


def _requests() -> Iterator[Request]:
    """The first requests of each language."""
    taken: dict[str, int] = {}
    with (PEOPLE / "requests.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            taken[row["language"]] = taken.get(row["language"], 0) + 1
            if taken[row["language"]] <= _A_LANGUAGE:
                support = Support(row["support"])
                yield Request(
                    row["text"],
                    row["language"],
                    country=row["country"],
                    objectives=tuple(row.get("objectives", ())),
                    support=support,
                    sample=True,
                )
