"""What the audit trail can say was done in reviews."""

from kb.accounts.audit_actions import AuditAction, actions_for
from kb.editorial.review import Stage


class ReviewAction(AuditAction):
    """What is done while a review runs."""

    COMMENT_TAKEN_BACK = "comment-taken-back"
    CONFLICTS_DECLARED = "conflicts-declared"
    FILE_OPENED = "file-opened"
    PASSAGE_COMMENTED = "passage-commented"
    RECOMMENDATION_GIVEN = "recommendation-given"
    REVIEWER_ASKED = "reviewer-asked"


REVIEW_ENDINGS = actions_for("review", (Stage.DECLINED, Stage.RELEASED))
