"""Mail: one plain letter handed to the server that the settings name."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from kb.config import Settings
from kb.errors import InstanceError

_SECONDS = 20
_TLS_FROM_THE_START = 465


def send(settings: Settings, to: str, subject: str, text: str) -> None:
    """Hand over a letter. Raises InstanceError, which names neither the receiver nor what was written."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = settings.smtp_from, to, " ".join(subject.split())
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=settings.smtp_from.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    try:
        with _connected(settings) as server:
            server.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        raise InstanceError(
            f"A letter could not be handed to {settings.smtp_host} ({type(error).__name__}). Check KB_SMTP_HOST, "
            "KB_SMTP_PORT, KB_SMTP_USER and KB_SMTP_PASSWORD."
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
