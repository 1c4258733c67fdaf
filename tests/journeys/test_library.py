"""From the invitation of a librarian to a withdrawn document, as people go: on a real site, without script and with.

The second journey runs in Chromium where there is one, by mouse and keyboard, and accepts tags by key.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.browser import ChromiumVisitor
from tests.support.chromium import HOW_TO_GET, find_chromium, open_chromium
from tests.support.command_line import Instance
from tests.support.web_client import PlainVisitor, Visitor

T = TypeVar("T")
REAL = Path(__file__).parent.parent.parent.parent / "shared" / "documents"  # real files, where they are at hand
SLOWEST = 180.0  # seconds that a step may take on a busy machine: who reads files gives way to all others
FOUND_WITHIN = 1.0
PASSWORD = "four words of a song"
PARTS = (
    "Consulates open on evenings in industrial towns. ",
    "A passport is renewed within nine working days, and the fee is waived for those who lost it in a flood. ",
    "Workers who are detained see a consul within two days; objective 14 asks for consular protection. ",
    "Mobile consulates visited forty towns and renewed eleven thousand passports. ",
)


@dataclass
class Served:
    """A site that `kb serve` serves; its first admin has taken up the link that was printed."""

    address: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {"password_memory_mb": "1", "threads": "1", "port": "0"}
    instance = Instance(tmp_path_factory.mktemp("journey") / "home", **settings)
    command = [sys.executable, "-m", "kb", "serve"]
    process = subprocess.Popen(
        command, env=instance.environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    said: list[str] = []
    reading = threading.Thread(target=lambda: said.extend(iter(process.stderr.readline, "")), daemon=True)  # type: ignore[union-attr]
    reading.start()
    try:
        addresses = until(lambda: re.findall(r"http://\S+", "".join(said)), lambda found: len(found) > 1)
        served = Served(addresses[0].rstrip("/"))
        entered(PlainVisitor(served.address), addresses[1])
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        reading.join(5)
        process.stderr.close()  # type: ignore[union-attr]


def until(look: Callable[[], T], good: Callable[[T], bool], pause: float = 0.1) -> T:
    """What `look` gives once it is good; fails after the limit."""
    ends = time.monotonic() + SLOWEST
    while not good(seen := look()):
        if time.monotonic() > ends:
            pytest.fail(f"still not so after {SLOWEST:.0f} s: {seen!r}"[:2000])
        time.sleep(pause)
    return seen


def entered(person: Visitor, link: str) -> Visitor:
    """Somebody who takes up a one-time link."""
    person.open(link if "/en/" in link else link.replace("/welcome", "/en/welcome"))
    person.fill("New password", PASSWORD)
    person.fill("The same password again", PASSWORD)
    person.press("Set the password and sign in")
    return person


def own_files(folder: Path, mark: str) -> list[Path]:
    """A work in two formats, and another; other files for another `mark`."""
    guide = f"Consulates on evenings ({mark})\n\n" + "\n\n".join(part * 2 for part in PARTS)
    other = f"Remittances ({mark})\n\n" + "Fees for remittances fall where prices are compared every month. " * 6
    files = {"consulates.txt": guide, "consulates.md": f"# {guide}", "remittances.txt": other}
    for name, text in files.items():
        (folder / name).write_text(text)
    return [folder / name for name in files]


@dataclass
class Journey:
    """The people of one journey, each with a browser of their own. `mark` keeps two journeys on one site apart."""

    site: Served
    newcomer: Callable[[], Visitor]
    mark: str

    def invited(self, admin: Visitor, name: str, role: str) -> Visitor:
        """A person whom the admin invites, and who then chooses a password."""
        admin.open("/en/accounts")
        admin.fill("E-mail address", f"{name}.{self.mark}@example.org")
        admin.fill("Name", f"{name.title()} {self.mark}")
        admin.tick(role)
        admin.press("Invite")
        return entered(self.newcomer(), re.findall(r"http://\S+/welcome\?key=\S+", admin.text)[0])

    def admin(self) -> Visitor:
        person = self.newcomer()
        person.open("/en/sign-in")
        person.fill("E-mail address", "admin@localhost")
        person.fill("Password", PASSWORD)
        person.press("Sign in")
        return person

    def sent(self, librarian: Visitor, files: list[Path]) -> None:
        librarian.open("/en/upload")
        librarian.attach("Files", files)
        librarian.press("Send")

    def taken_in(self, librarian: Visitor, files: list[Path]) -> None:
        def look() -> str:
            librarian.open(librarian.address)
            return librarian.text

        page = until(look, lambda text: "Some files are not done yet" not in text, 1.0)
        assert f"Done ({len(files)})" in page, page

    def review(self, person: Visitor, title: str) -> None:
        """From the inbox to the recommendation."""
        person.open("/en/inbox")
        person.follow(title)
        assert "The file opens once you have said" in person.text
        person.tick("No, I have none")
        person.press("Declare")
        person.fill("Your comment", "Which towns?")
        person.press("Keep the comment")
        person.tick("Publish it")
        person.fill("Why", "It can be repeated elsewhere.")
        person.press("Give the recommendation")
        assert "Your recommendation was given." in person.text

    def published(self, librarian: Visitor, editor: Visitor, reviewers: dict[str, Visitor], title: str) -> None:
        """Sent to review, read by three, decided by an editor."""
        librarian.press("Send to review")
        assert "To be asked: 1 of the United Nations, 2 from outside." in librarian.text
        for name in reviewers:
            librarian.tick(f"{name.title()} {self.mark}")
        librarian.pick(f"Counts as: Ines {self.mark}", "of the United Nations")
        librarian.press("Ask those chosen")
        assert "Everybody the rule asks for was asked." in librarian.text
        assert "another librarian reads the recommendations and decides" in librarian.text
        for person in reviewers.values():
            self.review(person, title)
        editor.open("/en/inbox")
        editor.follow(title)
        assert editor.text.count("It can be repeated elsewhere.") == 3
        editor.tick("Publish")
        editor.fill("Why", "All three agree.")
        editor.press("Decide")

    def go(self, files: list[Path], name: str, question: str) -> None:
        """The whole journey with the document of file `name`, which is in several formats among the files."""
        title = f"A title that a librarian mended ({self.mark})"
        search = "/en/search?q=" + question.replace(" ", "+")
        admin, reader = self.admin(), self.newcomer()
        librarian = self.invited(admin, "livia", "Librarian")
        self.sent(librarian, files)
        editor = self.invited(admin, "edgar", "Librarian")
        reviewers = {who: self.invited(admin, who, "Reviewer") for who in ("ines", "ernst", "elena")}
        self.taken_in(librarian, files)
        self.to_describe(librarian, name)
        assert "The same work in another format" in librarian.text
        librarian.fill("Title", title)
        librarian.press("Save, or confirm as it is")
        assert title in librarian.text
        before = waiting_tags(librarian.text)
        librarian.accept_first_tag()
        assert waiting_tags(librarian.text) == before - 1, librarian.text
        self.published(librarian, editor, reviewers, title)
        page = found_in_time(reader, search, title)
        reader.open(page)
        assert (reader.status, title in reader.text) == (200, True)
        self.withdrawn(editor, page)
        reader.open(page)
        assert reader.status == 410
        assert "The fee was never waived." in reader.text
        reader.open(search)
        assert reader.links(title) == []

    def withdrawn(self, editor: Visitor, page: str) -> None:
        number = page.rpartition("/documents/")[2].split("?")[0]
        editor.open(f"/en/workbench/documents/{number}")
        editor.fill("Reason, which everybody can read", "The fee was never waived.")
        editor.press("Withdraw")

    def to_describe(self, librarian: Visitor, name: str) -> None:
        """Open the document that became of a file, from the list of what was sent."""
        for link in sorted({link for link in librarian.links("") if "/workbench/" in link}):
            librarian.open(link)
            assert librarian.status == 200, (link, librarian.text)
            if name in librarian.text:
                return
        pytest.fail(f"{name} is not among those to describe")


def found_in_time(reader: Visitor, search: str, title: str) -> str:
    """Address of the document; a search that begins a second after it was published finds it."""
    published = time.monotonic()
    while True:
        began = time.monotonic()
        reader.open(search)
        if links := reader.links(title):
            return links[0]
        assert began - published < FOUND_WITHIN, reader.text


def waiting_tags(text: str) -> int:
    found = re.search(r"(\d+) of \d+ suggestions? wait", text)
    return int(found[1]) if found else 0


def test_the_journey_over_plain_http(served: Served, tmp_path: Path) -> None:
    journey = Journey(served, lambda: PlainVisitor(served.address), "plain")
    journey.go(own_files(tmp_path, "plain"), "consulates.md", "passport renewed after a flood")


def test_the_journey_in_chromium(served: Served, tmp_path: Path) -> None:
    program = find_chromium()
    if program is None:
        (pytest.fail if os.environ.get("NEED_CHROMIUM") else pytest.skip)(HOW_TO_GET)
    files, name, question = own_files(tmp_path, "chromium"), "consulates.md", "passport renewed after a flood"
    if REAL.exists():
        files, name, question = (
            sorted(REAL.glob("*.es.*")),
            "tor-civil-society-mechanism-lac-2022.es.html",
            "mesas de trabajo de la sociedad civil",
        )
    with open_chromium(program) as chromium:
        Journey(served, lambda: ChromiumVisitor(chromium, served.address), "chromium").go(files, name, question)
        assert chromium.complaints == []
