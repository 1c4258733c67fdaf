"""Sites that are killed, and their workers, while people send files in, describe documents and review them.

A site is served; one person sends files in and takes some of them back, a librarian gives titles and decides on tags,
and documents go through review from being sent there to the editor's decision, over HTTP and without a pause. Each step
is logged when it is sent and when the site has answered. The site, and often its worker before it, is killed at a
random moment, one time in six while it starts, and served again. After each kill must hold: what was acknowledged is on
record once, what was not answered once or not at all, nothing is half-done, the audit trail holds. In the end every job
ends, every file is one document, and search finds what is published and nothing else.
"""

import contextlib
import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from ingest.uploads import Intake, Upload, receive
from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts, api_tokens, sessions
from kb.documents.models import Outcome
from kb.jobs.job import INTERRUPTED, JobWishes
from kb.jobs.store import queue
from kb.store.database import open_database
from tests.support.kills import halves, people, processes, records, samples, steps, workers
from tests.support.kills.people import Cast, Ledger, Person, Script
from tests.support.kills.processes import Site, kb

_SEED = 41
_FIRST = 9  # documents there are from the beginning
_SHARES = 3  # of the documents: one to describe, two to review
_LONGEST = 30.0  # seconds that a site lives at most
_STARTING = 3.0  # seconds within which one is killed that is just starting
_OUTCOMES = {outcome.value for outcome in Outcome}


@dataclass(slots=True)
class Report:
    """What became of all steps. Everything in `faults` is a failure."""

    kills: int = 0
    of_sites: int = 0
    of_starting_sites: int = 0
    of_workers: int = 0
    of_busy_workers: int = 0  # kills that left a job running
    acknowledged: dict[str, int] = field(default_factory=dict)  # steps by kind
    unanswered: int = 0
    done_unanswered: int = 0  # of those with a mark of their own; on record, though no answer came
    turned_away: int = 0  # sent again after it had been done without an answer, and refused for it
    files: int = 0
    documents: int = 0
    begun_again: int = 0  # attempts at jobs beyond the first
    given_up: int = 0  # files whose worker was killed three times; the sender has them tried again in the end
    audit_rows: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sender:
    """A program that sends files in, three at a time, and takes one of them back now and then."""

    cast: Cast
    ledger: Ledger
    chance: random.Random
    sent: dict[str, bytes] = field(default_factory=dict)  # whose arrival was acknowledged
    most: int = 1000
    _next: int = _FIRST
    _pending: list[int] = field(default_factory=list)

    def play(self, site: Site) -> None:
        """Go on until the site is gone."""
        try:
            while site.process.poll() is None and len(self.sent) < self.most:
                self._batch(site)
                time.sleep(self.chance.uniform(0, 0.6))
        except urllib.error.HTTPError as error:
            self.ledger.faults.append(f"files were answered with {error.code}")
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass

    def _batch(self, site: Site) -> None:
        """Send a batch, the last one again if no answer came."""
        if not self._pending:
            self._pending = list(range(self._next, self._next + 3))
            self._next += 3
        files = [(samples.name_of(n), samples.bytes_of(n)) for n in self._pending]
        attempt = self.ledger.begin("files", " ".join(name for name, _data in files))
        numbers = site.send(self.cast.token, files)
        self.ledger.answered(attempt, "done")
        self.sent |= dict(files)
        self._pending = []
        if self.chance.random() < 0.3:
            self._take_back(site, numbers[-1])

    def _take_back(self, site: Site, number: int) -> None:
        attempt = self.ledger.begin("cancel", str(number))
        headers = {"Authorization": f"Bearer {self.cast.token}"}
        request = urllib.request.Request(f"{site.address}/api/jobs/{number}/cancel", b"", headers)
        try:
            urllib.request.urlopen(request, timeout=60).close()
            self.ledger.answered(attempt, "done")
        except urllib.error.HTTPError:  # it was begun already
            self.ledger.answered(attempt, "refused")


def crash(
    folder: Path,
    kills: int,
    seed: int = _SEED,
    taken: tuple[int, int] = (1, 80),
    kinds: frozenset[str] = frozenset(),
) -> Report:
    """Kill a site and its workers `kills` times, each time after between so many acknowledged steps.

    Not before steps of all these `kinds` were acknowledged.
    """
    began, chance = time.monotonic(), random.Random(seed)
    home = folder / "home"
    cast = _prepare(home)
    ledger = Ledger(folder / "acknowledged.jsonl")
    sender = Sender(cast, ledger, random.Random(seed + 1))
    players: list[Sender | Script] = [
        sender,
        Script(ledger, people.describing(cast, 0, _SHARES, random.Random(seed + 2))),
    ]
    players += [Script(ledger, people.reviewing(cast, share, _SHARES)) for share in range(1, _SHARES)]
    report, left = Report(), list[int]()
    while report.kills < kills:
        left = _life(cast, ledger, players, _Fate(chance, taken, kills - report.kills > 1, kinds), report)
        found = halves.half_done(home) + steps.faults(home, ledger.attempts)
        report.faults += [f"kill {report.kills}: {fault}" for fault in found]
        if found or ledger.faults:
            break
    _stop(left)  # what the last one has in hand is begun again
    report.faults += ledger.faults
    report.given_up = _tried_again(home)
    report.faults += _completed(home, sender)
    _count(home, ledger, report)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _prepare(home: Path) -> Cast:
    """An instance with some documents, and the people, all of them signed in."""
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    with database.write() as connection:

        def person(name: str, role: Role, organisation: str = "") -> Account:
            address = f"{name}@example.org"
            return accounts.create(connection, SYSTEM, address, [role], name.title(), organisation=organisation)

        def signed_in(name: str, role: Role, organisation: str = "") -> Person:
            account = person(name, role, organisation)
            return Person(account.id, sessions.begin(connection, account, "127.0.0.1", "sample"))

        sender = person("sample", Role.CONTRIBUTOR)
        cast = Cast(
            home,
            tuple(signed_in(name, Role.LIBRARIAN) for name in ("livia", "lucas")),
            signed_in("edgar", Role.LIBRARIAN),
            tuple(signed_in(name, Role.REVIEWER) for name in ("una", "ernst", "elena")),
            api_tokens.make(connection, sender.actor, sender.id, "sample"),
        )
    files = [Upload(samples.name_of(n), BytesIO(samples.bytes_of(n))) for n in range(_FIRST)]
    receive(Intake(database, home, 50), sender.actor, files, JobWishes())
    database.close()
    workers.work(home)
    return cast


# --- one life of a site ---


@dataclass(frozen=True, slots=True)
class _Fate:
    """When a site is killed: after a number of acknowledged steps between two; `twice`: it may be with its worker."""

    chance: random.Random
    taken: tuple[int, int]
    twice: bool
    kinds: frozenset[str]

    def befalls(self, site: Site, ledger: Ledger) -> None:
        """Wait for the moment."""
        until = ledger.acknowledged + self.chance.randint(*self.taken)
        ends = time.monotonic() + _LONGEST
        while (
            (ledger.acknowledged < until or not self._all_kinds(ledger))
            and site.process.poll() is None
            and time.monotonic() < ends
        ):
            time.sleep(0.01)
        time.sleep(self.chance.uniform(0, 0.1))

    def _all_kinds(self, ledger: Ledger) -> bool:
        return self.kinds <= {attempt.kind for attempt in tuple(ledger.attempts) if attempt.answer == "done"}


def _life(cast: Cast, ledger: Ledger, players: Sequence[Sender | Script], fate: _Fate, report: Report) -> list[int]:
    """Serve, let people use it, kill the worker perhaps, and then the site; workers that are left."""
    left: list[int] = []
    if fate.twice and fate.chance.random() < 1 / 6:
        begun = processes.start(cast.home)
        time.sleep(fate.chance.uniform(0, _STARTING))
        begun.process.kill()
        begun.process.wait()
        report.of_starting_sites += 1
    else:
        with processes.site(cast.home) as site:
            playing = [threading.Thread(target=player.play, args=(site,), daemon=True) for player in players]
            for thread in playing:
                thread.start()
            fate.befalls(site, ledger)
            if fate.twice and fate.chance.random() < 0.6:
                _kill_worker(cast.home, site, report)
                fate.befalls(site, ledger)
            left = site.workers()
            site.process.kill()
            for thread in playing:
                thread.join()
        report.faults += site.complaints()
        report.of_sites += 1
    report.kills = report.of_sites + report.of_starting_sites + report.of_workers
    return left


def _kill_worker(home: Path, site: Site, report: Report) -> None:
    """Kill the site's worker, if it has one just now."""
    for number in site.workers()[:1]:
        os.kill(number, signal.SIGKILL)
        report.of_workers += 1
        report.of_busy_workers += any(job.state == "running" for job in records.jobs(home))


def _stop(left: Sequence[int]) -> None:
    for number in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


# --- the end ---


def _tried_again(home: Path) -> int:
    """Let the jobs end, and have those tried again that ended for no fault of their file; how many."""
    _ended(home)
    given_up = [job for job in records.jobs(home) if job.outcome == INTERRUPTED]
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    with database.write() as connection:
        for job in given_up:
            queue.retry(connection, SYSTEM, job.id)
    database.close()
    _ended(home)
    return len(given_up)


def _ended(home: Path) -> None:
    """Let the jobs end; a worker of a site that was killed may have one in hand."""
    workers.work(home)
    records.ended(home)


def _completed(home: Path, sender: Sender) -> list[str]:
    """What is wrong when all jobs have ended."""
    sent = records.jobs(home)
    faults = [f"job {job.id} is {job.state} with {job.outcome!r}" for job in sent if not _is_over(job)]
    held = {str(row[0]) for row in records.rows(home, "select digest from documents")}
    taken = {job.name for job in sent if job.state != "cancelled"}
    for name, data in sender.sent.items():
        if name in taken and hashlib.sha256(data).hexdigest() not in held:
            faults.append(f"{name} was acknowledged and is no document")
    faults += halves.half_done(home) + steps.faults(home, sender.ledger.attempts)
    published = {row[0] for row in records.rows(home, "select name from documents where state = 'published'")}
    search = kb(home, "search", "sample migration", "--limit", "1000", "--json", out=subprocess.PIPE)
    found = {hit["document"]["source"] for hit in json.loads(search.communicate()[0] or b"{}").get("hits", ())}
    if found != published:
        faults.append(f"search finds {sorted(found ^ published)} otherwise than is published")
    return faults


def _is_over(job: records.JobRow) -> bool:
    return job.state == "cancelled" or (job.state in records.ENDED and job.outcome in _OUTCOMES)


def _count(home: Path, ledger: Ledger, report: Report) -> None:
    counts = steps.on_record(home)
    silent = [attempt for attempt in ledger.attempts if not attempt.answer]
    report.acknowledged = dict(Counter(a.kind for a in ledger.attempts if a.answer == "done").most_common())
    report.unanswered = len(silent)
    report.done_unanswered = sum(counts[attempt.kind, attempt.said] for attempt in silent)
    report.turned_away = sum(a.answer == "refused" and a.kind != "cancel" for a in ledger.attempts)
    sent = records.jobs(home)
    report.files = len(sent)
    report.begun_again = sum(max(0, job.attempts - 1) for job in sent)
    report.documents = len(records.rows(home, "select id from documents"))
    report.audit_rows = len(records.rows(home, "select id from audit"))
