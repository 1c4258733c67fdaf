"""What the audit trail can say was done to terms."""

from kb.accounts.audit_actions import AuditAction


class TermAction(AuditAction):
    """What is done to the glossary of an instance."""

    CORRECTED = "term-corrected"
    RESTORED = "term-restored"
    RETIRED = "term-retired"
    SAVED = "term-saved"
