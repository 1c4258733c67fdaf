"""What the audit trail can say happened to requests for support: whatever is in their history."""

from kb.accounts.audit_actions import actions_for
from kb.requests.case import RequestEventKind

REQUEST_EVENTS = actions_for("request", RequestEventKind)
