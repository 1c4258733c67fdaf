"""A person who uses the site with Chromium, by mouse and keyboard, spoken to over its debugging pipe (no library)."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from tests.visitors import plain

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HOW = "no Chromium on the path; install it with 'apt-get install chromium' (or brew, dnf, …) to try the pages in it"
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--lang=en",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--disable-extensions", "--remote-debugging-pipe",
)  # fmt: skip
_PATIENCE = 30.0
_FIND = """
const norm = (e) => e.textContent.replace(/\\s+/g, ' ').trim();
const starts = (css, words) => [...document.querySelectorAll(css)].find((e) => norm(e).startsWith(words));
const field = (words) => document.getElementById(starts('label', words).htmlFor);
const shown = (e) => { for (let d = e.closest('details:not([open])'); d; d = e.closest('details:not([open])')) {
  d.querySelector('summary').click(); } return e; };
const spot = (e) => { shown(e).scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getClientRects()[0];
  return [r.x + Math.min(r.width / 2, 40), r.y + r.height / 2]; };
"""


def installed() -> str:
    """The program to run; "" when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


class Chromium:
    """A running browser."""

    def __init__(self, pipe_in: int, pipe_out: int) -> None:
        self._in, self._out = pipe_in, pipe_out
        self._buffer = b""
        self._number = 0
        self.complaints: list[str] = []  # of scripts, and of the content-security policy

    def call(self, method: str, session: str = "", **parameters: Any) -> Any:
        """The result of a command. Raises RuntimeError when it fails, TimeoutError when there is none."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends:
            answer = self._next(ends)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._note(answer)
        raise TimeoutError(method)

    def _next(self, ends: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            if not select.select([self._in], [], [], max(0.0, ends - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer.")
            piece = os.read(self._in, 1 << 16)
            if not piece:
                raise RuntimeError("Chromium ended.")
            self._buffer += piece
        line, _nul, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(line))

    def _note(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"].get("text")))
        if event.get("method") == "Log.entryAdded" and told["entry"]["source"] in ("security", "javascript"):
            self.complaints.append(told["entry"]["text"])


class ChromiumVisitor:
    """A person with cookies of their own."""

    def __init__(self, chromium: Chromium, site: str) -> None:
        context = chromium.call("Target.createBrowserContext")["browserContextId"]
        target = chromium.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self._chromium = chromium
        self._session = chromium.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")
        self._site = site

    def open(self, address: str) -> None:
        here = self.address
        whole = urljoin(here if here.startswith("http") else self._site, address)
        self._ask("window.stale = true", whole=True)
        self._call("Page.navigate", url=whole.partition("#")[0])
        self._settle()

    def follow(self, words: str) -> None:
        self._leave(f"starts('main a[href], header a[href]', {json.dumps(words)})")

    def links(self, words: str) -> list[str]:
        js = f"[...document.querySelectorAll('a[href]')].filter((e) => norm(e).startsWith({json.dumps(words)}))"
        return list(self._ask(f"{js}.map((e) => e.href)"))

    def fill(self, label: str, value: str) -> None:
        self._click(f"field({json.dumps(label)})")
        self._ask("document.activeElement.select()")
        self._call("Input.insertText", text=value)

    def tick(self, label: str) -> None:
        if not self._ask(f"field({json.dumps(label)}).checked"):
            self._click(f"field({json.dumps(label)})")

    def pick(self, label: str, option: str) -> None:
        js = f"const s = field({json.dumps(label)}); shown(s).focus();"
        self._ask(
            f"{js} s.value = [...s.options].find((o) => norm(o).startsWith({json.dumps(option)})).value", whole=True
        )

    def attach(self, label: str, files: Sequence[Path]) -> None:
        found = self._call("Runtime.evaluate", expression=f"(() => {{ {_FIND} return field({json.dumps(label)}); }})()")
        self._call("DOM.setFileInputFiles", files=[str(path) for path in files], objectId=found["result"]["objectId"])

    def press(self, button: str) -> None:
        self._leave(f"starts('button', {json.dumps(button)})")

    def accept_first_tag(self) -> None:
        """By keyboard: the list is entered by its link, as `a` counts within it alone."""
        if self.links("Start with the first"):
            self.follow("Start with the first")
        self._ask("window.stale = true", whole=True)
        self.key("a")
        self._settle()

    def key(self, letter: str) -> None:
        told = {"key": letter, "code": f"Key{letter.upper()}", "text": letter}
        self._call("Input.dispatchKeyEvent", type="keyDown", **told)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=letter)

    @property
    def address(self) -> str:
        return str(self._ask("location.href"))

    @property
    def status(self) -> int:
        return int(self._ask("performance.getEntriesByType('navigation')[0].responseStatus"))

    @property
    def text(self) -> str:
        return plain(str(self._ask("(document.querySelector('main') || document.body).innerText")))

    def _leave(self, element: str) -> None:
        """Click what leads to another page, and wait for that."""
        self._ask("window.stale = true", whole=True)
        self._click(element)
        self._settle()

    def _click(self, element: str) -> None:
        x, y = self._ask(f"spot({element})")
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def _settle(self) -> None:
        """Wait until another page than the one that is `stale` is there as a whole."""
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends:
            try:
                if self._ask("!window.stale && document.readyState === 'complete' && location.href !== 'about:blank'"):
                    return
            except RuntimeError:
                pass  # the page is just going away
            time.sleep(0.02)
        raise TimeoutError(f"No page came: {self.address}")

    def _ask(self, expression: str, *, whole: bool = False) -> Any:
        body = expression if whole else f"return {expression};"
        code = f"(() => {{ {_FIND} {body} }})()"
        answer = self._call("Runtime.evaluate", expression=code, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", expression))
        return answer["result"].get("value")

    def _call(self, method: str, **parameters: Any) -> Any:
        return self._chromium.call(method, self._session, **parameters)


@contextmanager
def running(program: str) -> Iterator[Chromium]:
    """A browser for as long as it is needed."""
    theirs_in, ours_out = _pipe()
    ours_in, theirs_out = _pipe()

    def connect() -> None:
        os.dup2(theirs_in, 3)  # the numbers Chromium reads from and writes to
        os.dup2(theirs_out, 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            command, preexec_fn=connect, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Chromium(ours_in, ours_out)
        finally:
            os.close(ours_out)
            process.terminate()
            process.wait(10)
            os.close(ours_in)


def _pipe() -> tuple[int, int]:
    """A pipe with numbers out of the way of those Chromium uses."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]
