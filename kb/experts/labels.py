"""What the kinds of support that experts offer are called."""

from kb.experts.expert import Support
from kb.i18n.catalogue import _

SUPPORTS: dict[Support, str] = {
    Support.ADVICE: _("Advice"),
    Support.TRAINING: _("Training"),
    Support.DRAFTING: _("Help with drafting"),
    Support.VISIT: _("Exchange visit"),
    Support.REVIEW: _("Review of a draft"),
    Support.DATA: _("Data and statistics"),
}
