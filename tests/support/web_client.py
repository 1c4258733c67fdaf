"""A person who uses the site with a browser that runs no script: follows links, fills in forms, presses buttons."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin

import httpx2
from bs4 import BeautifulSoup, Tag

_SPACE = re.compile(r"\s+")


class Visitor(Protocol):
    """What a person does on pages; links, fields and buttons are named by how their words begin."""

    def open(self, address: str) -> None: ...
    def follow(self, words: str) -> None: ...
    def fill(self, label: str, value: str) -> None: ...
    def tick(self, label: str) -> None: ...
    def pick(self, label: str, option: str) -> None: ...
    def attach(self, label: str, files: Sequence[Path]) -> None: ...
    def press(self, button: str) -> None: ...
    def unfold(self, summary: str) -> None: ...
    def accept_first_tag(self) -> None: ...
    @property
    def address(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def text(self) -> str: ...
    def links(self, words: str) -> list[str]: ...


def plain(text: str) -> str:
    """Text with its spaces made one."""
    return _SPACE.sub(" ", text).strip()


class PlainVisitor:
    """Pages over plain HTTP, forms sent as browsers send them."""

    def __init__(self, site: str) -> None:
        headers = {"accept-language": "en", "sec-fetch-site": "same-origin", "connection": "close"}
        self._client = httpx2.Client(base_url=site, headers=headers, follow_redirects=True, timeout=60)
        self._page = BeautifulSoup("", "lxml")
        self._files: dict[str, Sequence[Path]] = {}
        self.address, self.status = site, 0

    def open(self, address: str) -> None:
        self._show(self._client.get(urljoin(self.address, address)))

    def follow(self, words: str) -> None:
        self.open(self.links(words)[0])

    def links(self, words: str) -> list[str]:
        found = [a for a in self._page.find_all("a", href=True) if plain(a.get_text()).startswith(words)]
        return [urljoin(self.address, str(a["href"])) for a in found]

    def fill(self, label: str, value: str) -> None:
        field = self._field(label)
        if field.name == "textarea":
            field.string = value
        else:
            field["value"] = value

    def tick(self, label: str) -> None:
        field = self._field(label)
        for other in self._page.find_all("input", {"type": "radio", "name": field["name"]}):
            if field["type"] == "radio":
                del other["checked"]
        field["checked"] = ""

    def pick(self, label: str, option: str) -> None:
        for each in self._field(label).find_all("option"):
            del each["selected"]
            if plain(each.get_text()).startswith(option):
                each["selected"] = ""

    def attach(self, label: str, files: Sequence[Path]) -> None:
        self._files[str(self._field(label)["name"])] = files

    def press(self, button: str) -> None:
        found = next(b for b in self._page.find_all("button") if plain(b.get_text()).startswith(button))
        form = found.find_parent("form")
        sent = [*_values(form), *([(str(found["name"]), str(found["value"]))] if found.get("name") else [])]
        address = urljoin(self.address, str(form["action"]))
        if form.get("method") != "post":
            self._show(self._client.get(address, params=dict(sent)))
            return
        several: dict[str, str | list[str]] = {name: [v for n, v in sent if n == name] for name, _value in sent}
        parts = [
            (name, (path.name, path.read_bytes(), "application/octet-stream"))
            for name, paths in self._files.items()
            for path in paths
        ]
        self._files = {}
        self._show(self._client.post(address, data=several, files=parts or None))

    def unfold(self, summary: str) -> None:
        self._details(summary)["open"] = ""

    def accept_first_tag(self) -> None:
        self.press("Accept:")

    @property
    def text(self) -> str:
        """What is shown of the page, without what is folded."""
        main = BeautifulSoup(str(self._page.find("main") or self._page), "lxml")
        for folded in main.select("details:not([open]) > :not(summary)"):
            folded.decompose()
        return plain(main.get_text(" "))

    def _show(self, answer: httpx2.Response) -> None:
        self.address, self.status = str(answer.url), answer.status_code
        self._page = BeautifulSoup(answer.text, "lxml")

    def _details(self, summary: str) -> Tag:
        found = next(each for each in self._page.find_all("summary") if plain(each.get_text()).startswith(summary))
        folded = found.find_parent("details")
        if folded is None:
            raise LookupError(summary)
        return folded

    def _field(self, label: str) -> Tag:
        found = next(each for each in self._page.find_all("label") if plain(each.get_text()).startswith(label))
        field = self._page.find(id=str(found["for"]))
        if not isinstance(field, Tag):
            raise LookupError(label)
        return field


def _values(form: Tag) -> list[tuple[str, str]]:
    """What a browser would send of a form (HTML, successful controls), but for files."""
    sent = []
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind == "file" or (kind in ("checkbox", "radio") and field.get("checked") is None):
            continue
        if field.name == "select":
            options = field.find_all("option")
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            sent += [(str(name), str(o.get("value", o.get_text()))) for o in chosen]
        else:
            sent.append((str(name), field.get_text() if field.name == "textarea" else str(field.get("value", ""))))
    return sent
