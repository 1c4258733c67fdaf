"""Secret addresses of the connection hub, for who passes them on; letters make addresses of their own."""

from kb.experts.store.experts import Contact
from kb.mail.letter import Topic
from kb.mail.store import outbox
from kb.store.transaction import Transaction
from web import urls
from web.http.context import RequestContext


def invitation_address(context: RequestContext, token: str, language: str) -> str:
    """The address of an invitation, in the language of its receiver."""
    return context.address(urls.invitation(token), language)


def consent_address(context: RequestContext, token: str, language: str) -> str:
    """The address at which an invited person decides on their profile."""
    return context.address(urls.consent(token), language)


def post_consent(context: RequestContext, connection: Transaction, to: Contact) -> None:
    """Put a letter in with a link by which a person decides on their profile; where the site sends mail."""
    if context.site.settings.smtp_host:
        outbox.put(connection, Topic.CONSENT, to.expert, account=to.account, expert=to.expert)
