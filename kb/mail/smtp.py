"""Mail: one plain letter handed to the server that the settings name."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from kb.config import Settings
from kb.errors import InstanceError

_SECONDS = 20
_TLS_FROM_THE_START = 465
_FOR_GOOD = 500  # replies from here on will not change (RFC 5321, section 4.2.1)


class MailError(InstanceError):
    """A letter was not taken; neither receiver nor words are named.

    `lasting`: the server refuses this receiver for good. `reason` is short and in English.
    """

    def __init__(self, reason: str, message: str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.lasting = lasting


def send(settings: Settings, to: str, subject: str, text: str, name: str = "") -> None:
    """Hand over a letter; one of the same `name` can be told from others if it comes twice. Raises MailError."""
    domain = settings.smtp_from.rpartition("@")[2]
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = settings.smtp_from, to, " ".join(subject.split())
    letter["Date"] = formatdate()
    letter["Message-ID"] = f"<{name}@{domain}>" if name else make_msgid(domain=domain)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    try:
        with _connected(settings) as server:
            server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _message in error.recipients.values()), default=0)
        reason = f"the mail server refuses the address of the receiver ({code})"
        raise MailError(reason, f"A letter was not taken: {reason}.", lasting=code >= _FOR_GOOD) from error
    except (OSError, smtplib.SMTPException) as error:
        answer = getattr(error, "smtp_code", None)
        reason = f"{type(error).__name__}{f' ({answer})' if answer else ''}"
        raise MailError(
            reason,
            f"A letter could not be handed to {settings.smtp_host} ({reason}). Check KB_SMTP_HOST, "
            "KB_SMTP_PORT, KB_SMTP_USER and KB_SMTP_PASSWORD.",
        ) from error


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.smtp_tls and settings.smtp_port == _TLS_FROM_THE_START:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_SECONDS)
        if settings.smtp_tls:
            server.starttls(context=context)
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password)
    return server
