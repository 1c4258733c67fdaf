"""What the audit trail can say was done to documents, their tags and their likeness to others."""

from kb.accounts.audit_actions import AuditAction, actions_for
from kb.documents.duplicate import LinkStatus
from kb.documents.models import Verdict
from kb.documents.state import Move


class DocumentAction(AuditAction):
    """What is done to a document beside moves."""

    DECISIONS_CARRIED = "decisions-carried"
    DESCRIBED = "document-described"
    STORED = "document-stored"


DOCUMENT_MOVES = actions_for("document", Move)
LIKENESS_DECISIONS = actions_for("link", LinkStatus)
TAG_DECISIONS = actions_for("tag", Verdict)
