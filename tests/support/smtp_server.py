"""A mail server for tests: takes letters on a port of its own, or refuses them, and keeps what it took."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path

from kb.config import Settings
from kb.mail.store import outbox
from tests.support.site import TestSite
from web.i18n.locales import load_interfaces
from web.notifications.delivery import Delivery, deliver

PUBLIC = "https://kb.example.org"


@dataclass
class PostOffice:
    """The letters that came in, oldest first. Addresses in `refused` are told that they are unknown."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def settings(self, home: Path, **others: str) -> Settings:
        """Settings of a site that sends its letters here."""
        mail = {"smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_from": "kb@example.org", "smtp_tls": False}
        return Settings(home=home, name="Test library", public_url=PUBLIC, **(mail | others))  # type: ignore[arg-type]

    def deliver(self, site: TestSite) -> Delivery:
        """Send what is due at this site."""
        return deliver(self.settings(site.instance.home), site.instance.database, load_interfaces())

    def new(self, site: TestSite) -> list[EmailMessage]:
        """The letters that come in by sending what is due."""
        before = len(self.letters)
        self.deliver(site)
        return self.letters[before:]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A mail server as long as the `with` lasts."""
    office = PostOffice()

    class Counter(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):  # a sender may die
                self._serve()

        def _serve(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                word, _colon, rest = line.decode().strip().partition(":")
                verb = word.split()[0].upper() if word else ""
                if verb == "RCPT" and rest.strip().strip("<>") in office.refused:
                    self._say("550 nobody of this name")
                elif verb == "DATA":
                    self._say("354 go on")
                    office.letters.append(self._letter())
                    self._say("250 taken")
                else:
                    self._say("221 bye" if verb == "QUIT" else "250 fine")

        def _letter(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b"."))
            return email.message_from_bytes(b"".join(lines), policy=policy.default)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Counter) as server:
        server.daemon_threads = True
        office.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield office
        server.shutdown()


def words(letter: EmailMessage) -> str:
    """What a letter says."""
    return str(letter.get_content()).replace("\r\n", "\n").strip()


def told(letters: list[EmailMessage]) -> list[tuple[str, str]]:
    """Receiver and subject of each, in some order that stays."""
    return sorted((str(each["To"]), str(each["Subject"]).removesuffix(" – Test library")) for each in letters)


def forget(site: TestSite) -> None:
    """Leave what waits to the inbox, as a site without mail does."""
    with site.instance.database.write() as connection:
        outbox.show(connection)
