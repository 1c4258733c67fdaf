"""A person who uses the site with Chromium, by mouse and keyboard."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from tests.support.chromium import Chromium
from tests.support.web_client import plain

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


class ChromiumVisitor:
    """A person with cookies of their own."""

    def __init__(self, chromium: Chromium, site: str) -> None:
        self._page = chromium.page()
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

    def unfold(self, summary: str) -> None:
        self._ask(f"!!shown(starts('summary', {json.dumps(summary)}).nextElementSibling)")

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
        x = y = None
        while (spot := self._ask(f"spot({element})")) != [x, y]:  # a page may still be on its way to its anchor
            x, y = spot
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
        return self._page.ask(method, **parameters)
