"""A mail server for tests: takes letters on a port of its own, or refuses them, and keeps what it took."""

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

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


class _Counter:
    """Takes letters over SMTP for a post office."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._office.refused:
            return "550 nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        self._office.letters.append(email.message_from_bytes(envelope.original_content or b"", policy=policy.default))
        return "250 taken"


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A mail server as long as the `with` lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        office = PostOffice(free.getsockname()[1])
    server = Controller(_Counter(office), hostname="127.0.0.1", port=office.port)
    server.start()
    try:
        yield office
    finally:
        server.stop()


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
