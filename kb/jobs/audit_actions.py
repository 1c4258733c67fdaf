"""What the audit trail can say was done to files that are sent in."""

from kb.accounts.audit_actions import AuditAction


class JobAction(AuditAction):
    """What is done to a file that waits to be read."""

    CANCELLED = "job-cancelled"
    RETRIED = "job-retried"
    SENT = "file-sent"
