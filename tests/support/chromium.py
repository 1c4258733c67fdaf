"""A headless Chromium, driven by Playwright from a thread of its own, and what its pages were heard to do."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI
from playwright import sync_api as playwright

HOW_TO_GET = "No Chromium was found. Install it from the system's packages: apt-get install chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--lang=en",
)
_SECONDS = 60  # how long an answer may take on a busy machine

T = TypeVar("T")


def find_chromium() -> str | None:
    """The program, when there is one."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@dataclass(frozen=True, slots=True)
class Heard:
    """Something a page did: `kind` is dialog, console, error, or request; of a request also what it is for."""

    kind: str
    text: str
    resource: str = ""


class Page:
    """One page of the browser, with cookies of its own.

    Playwright keeps to the thread it was started in, where it has an event loop; every call goes there, so that tests
    may use event loops of their own.
    """

    def __init__(self, thread: ThreadPoolExecutor, context: playwright.BrowserContext) -> None:
        self._thread, self._context = thread, context
        self.heard: list[Heard] = []
        self._page = context.new_page()
        self._page.set_default_timeout(_SECONDS * 1000)
        self._page.on("dialog", self._dialog)
        self._page.on("console", lambda told: self._hear("console", told.text))
        self._page.on("pageerror", lambda error: self._hear("error", error.message))
        self._page.on("request", lambda asked: self._hear("request", asked.url, asked.resource_type))

    def do(self, act: Callable[[playwright.Page], T]) -> T:
        """What Playwright's page gives, asked in its thread."""
        return self._thread.submit(act, self._page).result()

    def go(self, address: str, wait: float = 0.0) -> None:
        """Open an address, until it is loaded and `wait` seconds longer."""
        self.do(lambda page: page.goto(address))
        self.listen(wait)

    def run(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page; of a promise, what it comes to."""
        return self.do(lambda page: page.evaluate(expression))

    def wait_for_load(self, act: Callable[[playwright.Page], object]) -> None:
        """Do something that opens another page, until that is loaded."""

        def act_and_wait(page: playwright.Page) -> None:
            with page.expect_navigation():
                act(page)

        self.do(act_and_wait)

    def sign_in(self, token: str, address: str) -> None:
        """Hold the cookie of a session."""
        self._thread.submit(self._context.add_cookies, [{"name": "kb", "value": token, "url": address}]).result()

    def listen(self, seconds: float) -> None:
        """Take in what the page does, for so long."""
        if seconds:
            self.do(lambda page: page.wait_for_timeout(seconds * 1000))

    def _hear(self, kind: str, text: str, resource: str = "") -> None:
        if kind != "console" or not text.startswith("Failed to load resource"):  # its status tells that
            self.heard.append(Heard(kind, text, resource))

    def _dialog(self, dialog: playwright.Dialog) -> None:
        self._hear("dialog", dialog.message)
        dialog.accept()


class Chromium:
    """A running browser."""

    def __init__(self, thread: ThreadPoolExecutor, browser: playwright.Browser) -> None:
        self._thread, self._browser = thread, browser
        self._pages: list[Page] = []

    @property
    def complaints(self) -> list[str]:
        """What scripts and the content-security policy complained of, on any page until now."""
        return [heard.text for page in self._pages for heard in page.heard if heard.kind in ("console", "error")]

    def page(self, width: int = 1280) -> Page:
        """A new page, without cookies of the others."""
        self._pages.append(self._thread.submit(self._new_page, width).result())
        return self._pages[-1]

    def _new_page(self, width: int) -> Page:
        return Page(self._thread, self._browser.new_context(viewport={"width": width, "height": 900}, locale="en"))


@contextmanager
def open_chromium(program: str) -> Iterator[Chromium]:
    """A browser of one's own, gone at the end with all it kept."""
    with ThreadPoolExecutor(1) as thread:
        started = thread.submit(playwright.sync_playwright().start).result()
        try:
            launch = started.chromium.launch
            options: dict[str, Any] = {"executable_path": program, "args": list(_FLAGS), "chromium_sandbox": False}
            browser = thread.submit(lambda: launch(**options)).result()
            yield Chromium(thread, browser)
            thread.submit(browser.close).result()
        finally:
            thread.submit(started.stop).result()


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
