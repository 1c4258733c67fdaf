"""Holds what was acknowledged against what is on record: nothing lost, nothing done twice."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.support.kills import records
from tests.support.kills.people import Attempt

_MOVES = ("send-to-review", "publish", "return", "withdraw", "bring-back")
_SAID = "select field, reason from document_changes where kind = 'state' and reason != ''"
_MARKS = {
    "declare": "select interests from review_declarations",
    "comment": "select text from review_comments",
    "recommend": "select letter from reviews where letter != ''",
    "title": "select after from document_changes where kind = 'description' and field = 'title'",
}
MARKED = (*_MARKS, *_MOVES)


def faults(home: Path, attempts: Sequence[Attempt]) -> list[str]:
    """Steps that were acknowledged and are not on record, or that are there more often than they were taken."""
    counts = on_record(home)
    found = []
    for attempt in attempts:
        if attempt.kind in MARKED:
            times = counts[attempt.kind, attempt.said]
            wanted = {"done": (1,), "refused": (0,), "": (0, 1)}[attempt.answer]
            if times not in wanted:
                found.append(f"{attempt} is on record {times} times")
    known = {(attempt.kind, attempt.said) for attempt in attempts}
    found += [f"nobody said {key}" for key in counts if key not in known]
    return found + _tags(home, attempts) + _asked(home, attempts) + _files(home, attempts)


def on_record(home: Path) -> Counter[tuple[str, str]]:
    """How often each mark is on record, by the kind of step."""
    counts: Counter[tuple[str, str]] = Counter()
    counts.update((str(field), str(reason)) for field, reason in records.rows(home, _SAID))
    for kind, query in _MARKS.items():
        texts = [str(row[0]) for row in records.rows(home, query)]
        counts.update((kind, json.loads(text) if kind == "title" else text) for text in texts)
    return counts


def _tags(home: Path, attempts: Sequence[Attempt]) -> list[str]:
    """Places of tags where the decisions on record are not those that were taken, in their order."""
    taken: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.kind == "tag":
            taken[attempt.about].append(attempt)
    decided: defaultdict[str, list[str]] = defaultdict(list)
    query = "select document, scheme, notation, verdict from tag_decisions order by id"
    for document, scheme, notation, verdict in records.rows(home, query):
        decided[f"{document} {scheme}:{notation}"].append(verdict)
    places = sorted(taken.keys() | decided.keys())
    return [
        f"tag {place}: {taken[place]} gave {decided[place]}"
        for place in places
        if not _fits(taken[place], decided[place])
    ]


def _fits(taken: Iterable[Attempt], decided: Sequence[str]) -> bool:
    """Whether all that was acknowledged, some of what was not answered, and nothing else was decided, in order."""
    reached = {0}  # how many of the decisions may be accounted for so far
    for attempt in taken:
        done = {n + 1 for n in reached if n < len(decided) and decided[n] == attempt.said}
        reached = {"done": done, "refused": reached, "": reached | done}[attempt.answer]
    return len(decided) in reached


def _asked(home: Path, attempts: Sequence[Attempt]) -> list[str]:
    """Documents with fewer rounds of review that reviewers were asked in than acknowledged, or more than tried."""
    query = "select document, count(distinct round) from reviews group by document"
    rounds = {str(document): int(count) for document, count in records.rows(home, query)}
    done = Counter(attempt.about for attempt in attempts if attempt.kind == "ask" and attempt.answer == "done")
    tried = Counter(attempt.about for attempt in attempts if attempt.kind == "ask")
    return [
        f"reviewers of document {about}: asked {done[about]} to {tried[about]} times, on record {rounds.get(about, 0)}"
        for about in sorted(tried.keys() | rounds.keys())
        if not done[about] <= rounds.get(about, 0) <= tried[about]
    ]


def _files(home: Path, attempts: Sequence[Attempt]) -> list[str]:
    """Files whose arrival was acknowledged without a job, arrivals that are half there, cancelled ones that went on."""
    jobs = records.jobs(home)
    counts, states = Counter(job.name for job in jobs), {job.id: job.state for job in jobs}
    found = []
    for names in dict.fromkeys(attempt.about for attempt in attempts if attempt.kind == "files"):
        tries = [attempt for attempt in attempts if attempt.kind == "files" and attempt.about == names]
        least, times = sum(attempt.answer == "done" for attempt in tries), {counts[name] for name in names.split()}
        if len(times) != 1 or not least <= min(times) <= len(tries):
            found.append(f"the files {names}: {tries}, {sorted(times)} jobs each")
    for attempt in attempts:
        if attempt.kind == "cancel" and attempt.answer == "done" and states.get(int(attempt.about)) != "cancelled":
            found.append(f"{attempt}: the job is {states.get(int(attempt.about))}")
    return found
