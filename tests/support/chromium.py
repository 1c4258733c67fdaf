"""Drives a headless Chromium over its own protocol, through a pipe, so that nothing else needs to be installed.

The protocol is described at https://chromedevtools.github.io/devtools-protocol/.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import uvicorn
from fastapi import FastAPI

HOW_TO_GET = "No Chromium was found. Install it from the system's packages: apt-get install chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--disable-extensions",
    "--hide-scrollbars", "--lang=en", "--remote-debugging-pipe",
)  # fmt: skip
# The browser reads from descriptor 3 and writes to 4.
_START = """
import fcntl, os, sys
high = [fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3]]
os.dup2(high[0], 3), os.dup2(high[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_SECONDS = 60  # how long an answer may take on a busy machine

Message = dict[str, Any]


def find_chromium() -> str | None:
    """The program, when there is one."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class _Pipe:
    """Messages to the browser and from it, each ended by a zero byte."""

    def __init__(self, written: BinaryIO, read: BinaryIO) -> None:
        self._written, self._read = written, read
        self._answers: dict[int, queue.Queue[Message]] = {}
        self._last = 0
        self._lock = threading.Lock()
        self.listeners: list[queue.Queue[Message]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, method: str, session: str = "", **parameters: object) -> Message:
        """Send a command and wait for its answer."""
        answer: queue.Queue[Message] = queue.Queue()
        self._send(method, session, answer, parameters)
        message = answer.get(timeout=_SECONDS)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return dict(message["result"])

    def _send(self, method: str, session: str, answer: "queue.Queue[Message] | None", parameters: Message) -> None:
        with self._lock:
            self._last += 1
            if answer is not None:
                self._answers[self._last] = answer
            message: Message = {"id": self._last, "method": method, "params": parameters}
            if session:
                message["sessionId"] = session
            self._written.write(json.dumps(message).encode() + b"\0")
            self._written.flush()

    def _listen(self) -> None:
        held = b""
        while piece := os.read(self._read.fileno(), 1 << 16):
            *whole, held = (held + piece).split(b"\0")
            for message in map(json.loads, whole):
                if "id" in message:
                    answer = self._answers.pop(message["id"], None)
                    if answer is not None:
                        answer.put(message)
                elif message["method"] == "Page.javascriptDialogOpening":  # it holds everything up until it is answered
                    self._send("Page.handleJavaScriptDialog", message["sessionId"], None, {"accept": True})
                for listener in self.listeners if "method" in message else ():
                    listener.put(message)


@dataclass
class Page:
    """One page of the browser, and what was heard from it."""

    _pipe: _Pipe
    _session: str
    heard: list[Message] = field(default_factory=list)
    _events: "queue.Queue[Message]" = field(default_factory=queue.Queue)

    def ask(self, method: str, **parameters: object) -> Message:
        """One command of the protocol."""
        return self._pipe.ask(method, self._session, **parameters)

    def go(self, address: str, wait: float = 0.0) -> None:
        """Open an address, until it is loaded and `wait` seconds longer."""
        self.wait_for_load(lambda: self.ask("Page.navigate", url=address))
        self.listen(wait)

    def wait_for_load(self, act: Callable[[], object]) -> None:
        """Do something that opens another page, until that is loaded."""
        self.listen(0)
        act()
        self._until("Page.loadEventFired")

    def run(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page; of a promise, what it comes to."""
        found = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    def size(self, width: int, height: int = 900) -> None:
        """How large the window is, in CSS pixels."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def listen(self, seconds: float) -> None:
        """Take in what the page says, for so long."""
        self._until(None, seconds)

    def _until(self, method: str | None, seconds: float = _SECONDS) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                message = self._events.get(timeout=max(0.0, end - time.monotonic()) or 0.001)
            except queue.Empty:
                if method is None:
                    return
                raise TimeoutError(f"{method} did not come within {seconds} s") from None
            if message.get("sessionId") != self._session:
                continue
            self.heard.append(message)
            if message["method"] == method:
                return


class Chromium:
    """A running browser."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe
        self._pages: list[Page] = []

    @property
    def complaints(self) -> list[str]:
        """What scripts and the content-security policy complained of, on any page until now."""
        for page in self._pages:
            page.listen(0)
        heard = (_complaint(message) for page in self._pages for message in page.heard)
        return [told for told in heard if told]

    def page(self, width: int = 1280) -> Page:
        """A new page, without cookies of the others."""
        context = self._pipe.ask("Target.createBrowserContext")["browserContextId"]
        target = self._pipe.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self._pipe.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self._pipe, session)
        self._pipe.listeners.append(page._events)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.ask(f"{domain}.enable")
        page.size(width)
        self._pages.append(page)
        return page


def _complaint(message: Message) -> str:
    """What a message of the browser complains of; "" when it does not."""
    told = message.get("params", {})
    if message["method"] == "Runtime.exceptionThrown":
        return str(told["exceptionDetails"].get("text"))
    bad = message["method"] == "Log.entryAdded" and told["entry"]["source"] in ("security", "javascript")
    return str(told["entry"]["text"]) if bad else ""


@contextmanager
def open_chromium(program: str) -> Iterator[Chromium]:
    """A browser of one's own, gone at the end with all it kept."""
    to_browser, from_browser = os.pipe(), os.pipe()
    passed = (to_browser[0], from_browser[1])
    profile = tempfile.mkdtemp(prefix="kb-chromium-")
    browser = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    command = [sys.executable, "-S", "-c", _START, *map(str, passed), *browser]
    process = subprocess.Popen(command, pass_fds=passed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for descriptor in passed:
        os.close(descriptor)
    written, read = os.fdopen(to_browser[1], "wb"), os.fdopen(from_browser[0], "rb")
    try:
        yield Chromium(_Pipe(written, read))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        written.close()
        read.close()
        shutil.rmtree(Path(profile), ignore_errors=True)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address at which an application is served for a while."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
