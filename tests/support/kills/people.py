"""People who use a site over HTTP without a pause, each step logged when it is sent and when the site has answered."""

import functools
import http.client
import itertools
import json
import random
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from tests.support.kills import records
from tests.support.kills.processes import Site

_TURNED_AWAY = range(400, 500)
_DONE = 303  # a form that was taken leads to the page that says so
_TAG = re.compile(r'name="tag" value="([^"]+:[^"]+)">\s*<button[^>]* name="verdict" value="(\w+)"')
_SEEN = re.compile(r'name="seen" value="(\d+)"')
_PASSAGE = re.compile(r'name="passage" value="(\d+)"')
_ROUND = 8  # documents that come to review in turn
_PLENTY = 20  # faults after which nobody goes on


@dataclass(slots=True)
class Attempt:
    """One try of a step. `said` is a mark that no other try has, or a verdict; no answer = nobody knows."""

    number: int
    kind: str
    about: str
    said: str
    answer: str = ""  # done | refused


@dataclass(slots=True)
class Ledger:
    """All that was tried, in memory and, line by line, in a file."""

    path: Path
    attempts: list[Attempt] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        """How many steps were acknowledged by now."""
        return self._done

    def begin(self, kind: str, about: str, said: str = "") -> Attempt:
        """Note that something is about to be sent."""
        with self._lock:
            number = len(self.attempts) + 1
            attempt = Attempt(number, kind, about, said or f"Sample {kind} {number}")
            self.attempts.append(attempt)
            self._write({"step": number, "kind": kind, "about": about, "said": attempt.said})
        return attempt

    def answered(self, attempt: Attempt, answer: str) -> None:
        """Note that the site has answered."""
        with self._lock:
            attempt.answer = answer
            self._done += answer == "done"
            self._write({"step": attempt.number, "answer": answer})

    def _write(self, line: dict[str, str | int]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, by the number of the account and the secret of the session."""

    account: int
    token: str

    def get(self, site: Site, path: str) -> str:
        """A page. Raises OSError or HTTPException when the site is gone."""
        status, page = self._ask(site, "GET", path, "")
        if status != 200:
            raise LookupError(f"{path} answers {status}")
        return page

    def post(self, site: Site, path: str, fields: Sequence[tuple[str, str]]) -> int:
        """Send a form as a browser does; the status of the answer."""
        return self._ask(site, "POST", path, urlencode(fields))[0]

    def _ask(self, site: Site, method: str, path: str, body: str) -> tuple[int, str]:
        headers = {"Cookie": f"kb={self.token}", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode() if method == "GET" else ""
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Form:
    """A form to be sent; the field `mark` takes a text that tells this try from all others."""

    who: Person
    kind: str
    about: str
    path: str
    fields: tuple[tuple[str, str], ...] = ()
    mark: str = ""
    said: str = ""


Step = Callable[[Site], Form]  # reads the pages it needs


@dataclass(slots=True)
class Script:
    """What one person after the other does, again from the step whose answer did not come."""

    ledger: Ledger
    steps: Iterator[Step]
    _current: Step | None = None
    _doubtful: bool = False  # the step was sent before and may have been done

    def play(self, site: Site) -> None:
        """Go on until the site is gone."""
        try:
            while site.process.poll() is None and len(self.ledger.faults) < _PLENTY:
                self._step(site)
        except (OSError, http.client.HTTPException):
            pass
        except LookupError as error:
            self.ledger.faults.append(str(error))

    def _step(self, site: Site) -> None:
        if self._current is None:
            self._current = next(self.steps)
        form = self._current(site)
        attempt = self.ledger.begin(form.kind, form.about, form.said)
        doubtful, self._doubtful = self._doubtful, True
        fields = [*form.fields, *([(form.mark, attempt.said)] if form.mark else [])]
        status = form.who.post(site, form.path, fields)
        self.ledger.answered(attempt, "done" if status == _DONE else "refused")
        if status != _DONE and not (doubtful and status in _TURNED_AWAY):
            self.ledger.faults.append(f"{form.kind} of {form.about} was answered with {status} at the first try")
        self._current, self._doubtful = None, False


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. Documents are shared out by their numbers, so that nobody is in the way of another."""

    home: Path
    librarians: tuple[Person, ...]
    editor: Person
    reviewers: tuple[Person, ...]  # the first is of the United Nations
    token: str  # of the program that sends files in

    def documents(self, share: int, count: int) -> list[int]:
        """Numbers of the documents of one share that have a decision before them."""
        query = f"select id from documents where id % {count} = {share} and state != 'superseded' order by id"
        return [int(row[0]) for row in records.rows(self.home, query)]


# --- describing ---


def describing(cast: Cast, share: int, count: int, chance: random.Random) -> Iterator[Step]:
    """A librarian who gives titles, and accepts, rejects and reconsiders tags, for ever."""
    who = cast.librarians[0]
    while True:
        document = chance.choice(cast.documents(share, count))
        path = f"/workbench/documents/{document}"
        if chance.random() < 0.4:
            yield functools.partial(_titled, who, document, path)
        else:
            yield functools.partial(_tagged, who, document, path, chance)


def _titled(who: Person, document: int, path: str, site: Site) -> Form:
    seen = _SEEN.findall(who.get(site, path))[0]
    fields = (("type", "report"), ("language", "en"), ("date", "2024"), ("seen", seen))
    return Form(who, "title", str(document), f"{path}/description", fields, "title")


def _tagged(who: Person, document: int, path: str, chance: random.Random, site: Site) -> Form:
    able = _TAG.findall(who.get(site, path))
    if not able:
        key = f"objectives:{chance.randint(1, 23)}"
        return Form(who, "tag", f"{document} {key}", f"{path}/add", (("tag", key),), said="added")
    key, verdict = chance.choice(able)
    if verdict == "accepted" and chance.random() < 0.5:
        verdict = "rejected"
    fields = (("tag", unescape(key)), ("verdict", verdict))
    return Form(who, "tag", f"{document} {unescape(key)}", f"{path}/tag", fields, said=verdict)


# --- reviewing ---


def reviewing(cast: Cast, share: int, count: int) -> Iterator[Step]:
    """Documents sent to review, reviewed by three and decided on, some published and withdrawn again, for ever."""
    for turn in itertools.count():
        able = cast.documents(share, count)[:_ROUND]
        document = able[turn % len(able)]
        path = f"/workbench/documents/{document}"
        librarian = cast.librarians[1]

        def said(who: Person, kind: str, end: str, *fields: tuple[str, str], mark: str = "reason") -> Step:
            return _sent(Form(who, kind, str(document), f"{path}/{end}", fields, mark))  # noqa: B023

        yield said(librarian, "send-to-review", "review")
        yield said(librarian, "ask", "review/ask", *_asked(cast), mark="")
        for reviewer in cast.reviewers:
            yield functools.partial(_declared, cast, reviewer, document)
            yield functools.partial(_commented, cast, reviewer, document, whole=True)
            yield functools.partial(_commented, cast, reviewer, document, whole=False)
            yield functools.partial(_recommended, cast, reviewer, document)
        if turn % 3:
            yield said(cast.editor, "return", "review/decide", ("move", "return"))
        else:
            yield said(cast.editor, "publish", "review/decide", ("move", "publish"))
            yield said(cast.editor, "withdraw", "withdraw", ("expected", "published"))
            yield said(cast.editor, "bring-back", "bring-back", ("expected", "withdrawn"))


def _sent(form: Form) -> Step:
    return lambda _site: form


def _asked(cast: Cast) -> list[tuple[str, str]]:
    asked = [("ask", str(person.account)) for person in cast.reviewers]
    sides = ["internal", "external", "external"]
    return asked + [("side", f"{p.account}:{side}") for p, side in zip(cast.reviewers, sides, strict=True)]


def _review(cast: Cast, reviewer: Person, document: int) -> str:
    """The address of the newest review of a document by this person."""
    query = f"select max(id) from reviews where document = {document} and reviewer = {reviewer.account}"
    return f"/reviews/{records.rows(cast.home, query)[0][0]}"


def _declared(cast: Cast, who: Person, document: int, _site: Site) -> Form:
    path = _review(cast, who, document)
    return Form(who, "declare", path, f"{path}/declare", (("conflict", "no"),), "interests")


def _commented(cast: Cast, who: Person, document: int, site: Site, *, whole: bool) -> Form:
    path = _review(cast, who, document)
    places = _PASSAGE.findall(who.get(site, path))  # the file opens
    fields = (("passage", "" if whole else places[0]),)
    return Form(who, "comment", path, f"{path}/comment", fields, "text")


def _recommended(cast: Cast, who: Person, document: int, _site: Site) -> Form:
    path = _review(cast, who, document)
    return Form(who, "recommend", path, f"{path}/recommend", (("advice", "publish"),), "letter")
