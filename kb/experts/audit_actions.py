"""What the audit trail can say was done to experts, their works and the names of organisations."""

from kb.accounts.audit_actions import AuditAction, actions_for
from kb.experts.import_rows import Outcome


class ExpertAction(AuditAction):
    """What is done to an expert, and by them."""

    ERASED = "expert-erased"
    EXPORTED = "expert-exported"
    FILE_READ = "expert-file-read"
    FILE_REMOVED = "expert-file-removed"
    INVITED = "expert-invited"
    ORGANISATIONS_NAMED = "organisations-named"
    REGISTERED = "expert-registered"
    SAVED = "expert-saved"
    WORK_ADDED = "expert-work-added"
    WORK_REMOVED = "expert-work-removed"
    WORKS_SHOWN = "expert-works-shown"


IMPORTS = actions_for("expert", (Outcome.ADDED, Outcome.UPDATED))  # what else comes of a row changes nothing
