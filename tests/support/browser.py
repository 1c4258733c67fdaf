"""A person who uses the site with Chromium, by mouse and keyboard."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Locator
from playwright.sync_api import Page as Tab

from tests.support.chromium import Chromium
from tests.support.web_client import plain

_LINKS = "[...document.querySelectorAll('a[href]')].map(a => [a.textContent, a.href])"
_IN_LIST = "document.getElementById('suggestions').contains(document.activeElement)"
_UNFOLD = """(element) => {
  for (let d = element.closest('details:not([open])'); d; d = element.closest('details:not([open])'))
    d.querySelector('summary').click();
}"""


class ChromiumVisitor:
    """A person with cookies of their own; links, fields and buttons are named by how their words begin."""

    def __init__(self, chromium: Chromium, site: str) -> None:
        self._page = chromium.page()
        self._site = site

    def open(self, address: str) -> None:
        here = self.address
        self._page.go(urljoin(here if here.startswith("http") else self._site, address).partition("#")[0])

    def follow(self, words: str) -> None:
        self._page.wait_for_load(lambda tab: _shown(_named(tab, "main a[href], header a[href]", words)).click())

    def links(self, words: str) -> list[str]:
        found = self._page.run(_LINKS)
        return [str(address) for text, address in found if plain(text).startswith(words)]

    def fill(self, label: str, value: str) -> None:
        self._page.do(lambda tab: _shown(_field(tab, label)).fill(value))

    def tick(self, label: str) -> None:
        self._page.do(lambda tab: _shown(_field(tab, label)).check())

    def pick(self, label: str, option: str) -> None:
        def choose(tab: Tab) -> None:
            field = _shown(_field(tab, label))
            texts = [plain(text) for text in field.locator("option").all_text_contents()]
            field.select_option(index=next(n for n, text in enumerate(texts) if text.startswith(option)))

        self._page.do(choose)

    def attach(self, label: str, files: Sequence[Path]) -> None:
        self._page.do(lambda tab: _field(tab, label).set_input_files([str(path) for path in files]))

    def press(self, button: str) -> None:
        self._page.wait_for_load(lambda tab: _shown(_named(tab, "button", button)).click())

    def unfold(self, summary: str) -> None:
        self._page.do(lambda tab: _named(tab, "summary", summary).evaluate("s => { s.parentElement.open = true; }"))

    def accept_first_tag(self) -> None:
        """By keyboard: the list is entered by its link, as `a` counts within it alone."""
        if self.links("Start with the first"):
            self.follow("Start with the first")
        self._page.do(lambda tab: tab.wait_for_function(_IN_LIST))  # the page puts the focus there in its own time
        self._page.wait_for_load(lambda tab: tab.keyboard.press("a"))

    @property
    def address(self) -> str:
        return str(self._page.do(lambda tab: tab.url))

    @property
    def status(self) -> int:
        return int(self._page.run("performance.getEntriesByType('navigation')[0].responseStatus"))

    @property
    def text(self) -> str:
        return plain(str(self._page.run("(document.querySelector('main') || document.body).innerText")))


def _named(tab: Tab, css: str, words: str) -> Locator:
    """The first element whose words begin so."""
    pattern = r"\s+".join(map(re.escape, words.split()))  # French has spaces that do not break
    return tab.locator(css).filter(has_text=re.compile(rf"^\s*{pattern}")).first


def _field(tab: Tab, label: str) -> Locator:
    return tab.locator(f"id={_named(tab, 'label', label).get_attribute('for')}")


def _shown(element: Locator) -> Locator:
    """The element, out of whatever it was folded into."""
    element.evaluate(_UNFOLD)
    return element
