"""Letters in words, and handed to the mail server: written as they go out, in the language of their receivers."""

from collections.abc import Mapping
from dataclasses import dataclass

from kb.config import Settings
from kb.i18n.catalogue import LANGUAGES
from kb.mail import smtp
from kb.mail.letter import Letter, Topic
from kb.mail.store import outbox
from kb.notifications.store import contents
from kb.notifications.store.contents import Draft
from kb.requests.store import notifications
from kb.store.database import Database
from web import urls
from web.i18n.locales import Interface
from web.notifications.messages import FOOT, LINES, REQUEST, REQUEST_TITLED, TEXTS


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter as it is sent."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the letters that were due. `held` says why the rest waits: the server took none."""

    sent: int = 0
    failed: int = 0
    held: str = ""


def deliver(settings: Settings, database: Database, interfaces: Mapping[str, Interface]) -> Delivery:
    """Send what is due, one letter after the other; a site that sends no mail leaves all to the inbox.

    A letter is taken before and marked after, so that it is never lost, and seldom sent twice.
    """
    if not settings.smtp_host:
        with database.write() as connection:
            outbox.show(connection)
        return Delivery()
    sent = failed = 0
    while True:
        with database.write() as connection:
            letter = outbox.claim(connection)
        if letter is None:
            return Delivery(sent, failed)
        with database.write() as connection:
            drafted = contents.draft(connection, letter)
            if drafted is None:
                outbox.void(connection, letter.id)
                continue
        written = write(settings, interfaces, letter.topic, drafted)
        try:
            smtp.send(settings, written.to, written.subject, written.text, _name(letter))
        except smtp.MailError as error:
            with database.write() as connection:
                if outbox.failed(connection, letter, error.reason, lasting=error.lasting):
                    notifications.undelivered(connection, letter)
            failed += 1
            if not error.lasting:  # it is the server's fault: the other letters would fare no better
                return Delivery(sent, failed, error.reason)
            continue
        with database.write() as connection:
            outbox.sent(connection, letter.id)
        sent += 1


def write(settings: Settings, interfaces: Mapping[str, Interface], topic: Topic, drafted: Draft) -> WrittenLetter:
    """The letter in words."""
    spoken = interfaces.get(drafted.language, interfaces[LANGUAGES[0]])
    path = urls.path_of(drafted.target) if drafted.target is not None else ""
    link = f"{settings.public_url.rstrip('/')}/{spoken.code}{path}" if path else ""
    told = {
        "site": settings.name,
        "link": link,
        "title": drafted.title,
        "request": request_named(spoken, drafted.request, drafted.title),
        "day": "" if drafted.day is None else spoken.date(drafted.day.isoformat()),
    }
    text, line = spoken.say(TEXTS[topic]) % told, spoken.say(LINES[topic])
    if not line:  # the text has its address, and what to do with it
        return WrittenLetter(drafted.to, settings.name, text)
    parts = [text, link, spoken.say(FOOT) % told]
    return WrittenLetter(drafted.to, f"{line} – {settings.name}", "\n\n".join(part for part in parts if part))


def request_named(spoken: Interface, number: int | None, title: str) -> str:
    """A request by its number and, where it has one that may be told, its title."""
    if number is None:
        return ""
    return spoken.say(REQUEST_TITLED if title else REQUEST) % {"number": number, "title": title}


def _name(letter: Letter) -> str:
    """What tells this letter from all others. The same for each attempt, so that mailboxes can tell one sent twice.

    But where each attempt has an address of its own, only the last of which opens anything, they are to keep the last.
    """
    several = f".{letter.attempts}" if not LINES[letter.topic] else ""
    return f"{letter.created:%Y%m%d%H%M%S}.{letter.id}{several}"
