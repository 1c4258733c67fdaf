"""Measures the page of matching at size: an officer has the list of 5,000 experts in the database made, and reads it.

The list is asked for and read as a browser does, signed in; the works are those of `benchmarks.matching`. Also measured
is what the first to ask waits when the site has just started, and when somebody changed their profile.
"""

import argparse
import json
import os
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.matching import experts_of, requests_of, texts_of
from benchmarks.synthetic import percentiles
from index.encoding.instance_encoding import Encoding, reference_codec
from index.encoding.open_encoder import open_encoder
from index.matching.request_encoding import encode_works
from kb.accounts.account import SYSTEM, Account, Role
from kb.config import Settings
from kb.experts.expert import Support
from kb.experts.store import encoded_experts, experts
from kb.experts.store.encoded_experts import PreparedWork
from kb.requests.request import Request
from kb.requests.store import requests
from tests.support.documents import Instance
from tests.support.expert_samples import site_of
from tests.support.http_client import Client
from tests.support.site import TestSite


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experts", type=int, default=5_000)
    parser.add_argument("--works", type=int, default=20, help="of each expert")
    parser.add_argument("--distinct", type=int, default=1_000, help="works that are really encoded")
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--encoder-home", type=Path, default=Path(os.environ.get("KB_HOME", "var")))
    parser.add_argument("--home", type=Path, help="keep the instance here, and use the one that is")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        print(json.dumps(measure(options, options.home or Path(temporary)), indent=2))


def measure(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    encoder = open_encoder("", options.encoder_home, "auto", options.threads)
    encoding = Encoding(encoder, reference_codec(encoder))
    there = (home / "kb.sqlite").exists()
    instance = Instance(home, encoding)
    if not there:
        _fill(instance, options)
    site = site_of(instance, Settings(home=home, password_memory_mb=1), suggests=False)
    asker, officer = site.person(Role.OFFICIAL), site.person(Role.SECRETARIAT)
    client = site.signed_in(officer)
    asked = [_filed(site, asker, row) for row in requests_of(options.requests)]
    first = _listed(client, asked[0])
    times, processor = [], []
    for number in asked:
        spent = time.process_time()
        times.append(_listed(client, number))
        processor.append(time.process_time() - spent)
    changed = []
    for number in asked[:3]:
        with instance.database.write() as connection:
            person = experts.get(connection, 1)
            experts.save(connection, SYSTEM, replace(person, organisation=person.organisation + "."))
        changed.append(_listed(client, number)[0])
    return {
        "first_of_a_process_s": round(first[0], 1),
        "made_and_read": percentiles([sum(each) for each in times]),
        "made": percentiles([each[0] for each in times]),
        "read": percentiles([each[1] for each in times]),
        "processor": percentiles(processor),
        "made_after_a_change": percentiles(changed),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "load_average": [round(each, 1) for each in os.getloadavg()],
    }


def _fill(instance: Instance, options: argparse.Namespace) -> None:
    random = np.random.default_rng(0)
    texts = texts_of(random, options.distinct)
    print(f"Encoding {len(texts)} works …", file=sys.stderr)
    encoded = encode_works(instance.encoding, [f"{title}\n{body}" for title, body, _ in texts])
    some, chosen = experts_of(random, options, texts)
    print(f"Storing {len(some)} experts …", file=sys.stderr)
    for place, expert in enumerate(some):
        rows = chosen[place * options.works : (place + 1) * options.works]
        prepared = [PreparedWork(encoded[row], ()) for row in rows]
        encoded_experts.put(instance.database, f"sample-{place}", expert, instance.encoding.identity, prepared)


def _filed(site: TestSite, asker: Account, row: dict[str, Any]) -> int:
    request = Request(row["text"], row["language"], support=Support(row["support"]))
    with site.instance.database.write() as connection:
        return requests.file(connection, asker.actor, request)


def _listed(client: Client, number: int) -> tuple[float, float]:
    """Seconds to make a list, and to read it."""
    began = time.perf_counter()
    made = client.post(f"/requests/{number}/ranking", data={"size": "3"})
    between = time.perf_counter()
    page = client.get(made.headers["location"])
    ended = time.perf_counter()
    if made.status_code != 303 or page.status_code != 200 or "Sample" not in page.text:
        raise SystemExit("The list was not shown.")
    return between - began, ended - between


if __name__ == "__main__":
    main()
