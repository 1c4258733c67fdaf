"""Roles as people read them: their names, and what each lets one do."""

from kb.accounts.account import Role
from kb.i18n.catalogue import _

ROLES: dict[Role, tuple[str, str]] = {
    Role.READER: (_("Reader"), _("reads what is published, like everybody")),
    Role.CONTRIBUTOR: (_("Contributor"), _("sends documents and practices in, and follows where they stand")),
    Role.OFFICIAL: (_("Official of a State"), _("as a contributor; files requests for support and follows them")),
    Role.EXPERT: (_("Expert"), _("keeps a profile, answers proposals, reviews when asked")),
    Role.LIBRARIAN: (_("Librarian"), _("describes documents, chooses reviewers, decides, publishes, withdraws")),
    Role.REVIEWER: (_("Reviewer"), _("reviews the documents they are asked to")),
    Role.SECRETARIAT: (_("Secretariat"), _("handles requests, finds experts, sees their profiles")),
    Role.ADMIN: (_("Administrator"), _("manages accounts, reads the audit trail, looks after the site")),
}
