"""What is done, and to what, as the audit trail calls it."""

from kb.accounts.audit_actions import AccountAction, AuditKind, InstanceAction
from kb.documents.audit_actions import DOCUMENT_MOVES, LIKENESS_DECISIONS, TAG_DECISIONS, DocumentAction
from kb.documents.duplicate import LinkStatus
from kb.documents.models import Verdict
from kb.editorial.audit_actions import REVIEW_ENDINGS, ReviewAction
from kb.editorial.review import Stage
from kb.experts.audit_actions import IMPORTS, ExpertAction
from kb.experts.import_rows import Outcome
from kb.i18n.catalogue import _
from kb.jobs.audit_actions import JobAction
from kb.requests.audit_actions import REQUEST_EVENTS
from kb.requests.case import RequestEventKind
from kb.terms.audit_actions import TermAction
from web.documents.state_labels import MOVE_LABELS

ACTIONS: dict[str, str] = {
    TermAction.CORRECTED: _("term of the glossary corrected"),
    TermAction.RESTORED: _("term taken into the glossary again"),
    TermAction.RETIRED: _("term taken out of the glossary"),
    TermAction.SAVED: _("term of the glossary added or changed"),
    AccountAction.ASKED: _("account asked for"),
    AccountAction.CHANGED: _("account changed"),
    AccountAction.CREATED: _("account made"),
    AccountAction.DISABLED: _("account disabled"),
    AccountAction.ENABLED: _("account enabled"),
    AccountAction.REFUSED: _("account refused"),
    ReviewAction.COMMENT_TAKEN_BACK: _("comment taken back"),
    ReviewAction.CONFLICTS_DECLARED: _("conflicts of interests declared"),
    DocumentAction.DECISIONS_CARRIED: _("what people said of the version before taken over"),
    DocumentAction.DESCRIBED: _("description of a document changed"),
    DocumentAction.STORED: _("document stored"),
    **{DOCUMENT_MOVES[move]: labels.audit for move, labels in MOVE_LABELS.items()},
    IMPORTS[Outcome.ADDED]: _("expert read in"),
    ExpertAction.ERASED: _("expert erased"),
    ExpertAction.EXPORTED: _("data of an expert given out to them"),
    ExpertAction.FILE_READ: _("file of an expert read"),
    ExpertAction.FILE_REMOVED: _("file of an expert removed"),
    ExpertAction.INVITED: _("expert asked to decide on their profile"),
    ExpertAction.REGISTERED: _("profile of an expert made"),
    ExpertAction.SAVED: _("profile of an expert changed"),
    IMPORTS[Outcome.UPDATED]: _("expert read in again"),
    ExpertAction.WORK_ADDED: _("work of an expert added"),
    ExpertAction.WORK_REMOVED: _("work of an expert removed"),
    ExpertAction.WORKS_SHOWN: _("works that everybody sees chosen"),
    ReviewAction.FILE_OPENED: _("file opened for review"),
    JobAction.SENT: _("file sent in"),
    JobAction.CANCELLED: _("file taken back"),
    JobAction.RETRIED: _("file tried again"),
    InstanceAction.LETTERS_RETRIED: _("letters tried again"),
    LIKENESS_DECISIONS[LinkStatus.CONFIRMED]: _("likeness confirmed"),
    InstanceAction.LINK_MADE: _("one-time link made"),
    LIKENESS_DECISIONS[LinkStatus.REJECTED]: _("likeness rejected"),
    LIKENESS_DECISIONS[LinkStatus.SUGGESTED]: _("decision on a likeness undone"),
    ExpertAction.ORGANISATIONS_NAMED: _("names of organisations written"),
    ReviewAction.PASSAGE_COMMENTED: _("passage commented on"),
    AccountAction.PASSWORD_SET: _("password set"),
    ReviewAction.RECOMMENDATION_GIVEN: _("recommendation given"),
    REQUEST_EVENTS[RequestEventKind.ACCEPTED]: _("invitation accepted by an expert"),
    REQUEST_EVENTS[RequestEventKind.AGREED]: _("expert agreed to by the one who asks"),
    REQUEST_EVENTS[RequestEventKind.ANSWER]: _("question about a request answered"),
    REQUEST_EVENTS[RequestEventKind.CHOSEN]: _("expert chosen for a request"),
    REQUEST_EVENTS[RequestEventKind.DECLINED]: _("invitation declined by an expert"),
    REQUEST_EVENTS[RequestEventKind.DESCRIBED]: _("objectives of a request chosen"),
    REQUEST_EVENTS[RequestEventKind.ENTITLED]: _("title of a request changed, or who may read it"),
    REQUEST_EVENTS[RequestEventKind.FEEDBACK]: _("feedback on a request given"),
    REQUEST_EVENTS[RequestEventKind.FILED]: _("request filed"),
    REQUEST_EVENTS[RequestEventKind.INVITED]: _("expert invited to help with a request"),
    REQUEST_EVENTS[RequestEventKind.LAPSED]: _("expert not asked any more for a request"),
    REQUEST_EVENTS[RequestEventKind.PRACTICE]: _("what a request taught handed in as a practice"),
    REQUEST_EVENTS[RequestEventKind.QUESTION]: _("question about a request asked"),
    REQUEST_EVENTS[RequestEventKind.RANKED]: _("experts ranked for a request"),
    REQUEST_EVENTS[RequestEventKind.REFUSED]: _("expert not agreed to by the one who asks"),
    REQUEST_EVENTS[RequestEventKind.STAGE]: _("request moved to another stage"),
    InstanceAction.RESTORED: _("records restored from a backup"),
    REVIEW_ENDINGS[Stage.DECLINED]: _("review declined"),
    REVIEW_ENDINGS[Stage.RELEASED]: _("review not waited for any more"),
    ReviewAction.REVIEWER_ASKED: _("reviewer asked"),
    AccountAction.ROLES_CHANGED: _("roles changed"),
    InstanceAction.SEEN: _("personal data seen"),
    AccountAction.SESSION_ENDED: _("session ended"),
    AccountAction.SESSIONS_ENDED: _("sessions ended"),
    AccountAction.SIGNED_IN: _("signed in"),
    TAG_DECISIONS[Verdict.ACCEPTED]: _("tag accepted"),
    TAG_DECISIONS[Verdict.ADDED]: _("tag added"),
    TAG_DECISIONS[Verdict.REJECTED]: _("tag rejected"),
    TAG_DECISIONS[Verdict.WITHDRAWN]: _("decision on a tag undone"),
    AccountAction.TOKEN_ENDED: _("token ended"),
    AccountAction.TOKEN_MADE: _("token made"),
}
# What it was done to.
KINDS: dict[str, str] = {
    AuditKind.ACCOUNT: _("account"),
    AuditKind.ACCOUNTS: _("accounts"),
    AuditKind.DOCUMENT: _("document"),
    AuditKind.EXPERT: _("expert"),
    AuditKind.EXPERTS: _("experts"),
    AuditKind.INSTANCE: _("this site"),
    AuditKind.JOB: _("file"),
    AuditKind.LIKENESS: _("likeness"),
    AuditKind.ORGANISATIONS: _("organisations"),
    AuditKind.OVERRIDES: _("decisions against the list"),
    AuditKind.PROPOSAL: _("proposal of an expert"),
    AuditKind.RANKING: _("ranked list"),
    AuditKind.REQUEST: _("request"),
    AuditKind.REQUEST_PEOPLE: _("people proposed for request"),
    AuditKind.REVIEW: _("review"),
    AuditKind.TERM: _("term"),
    AuditKind.ACCOUNT_REQUEST: _("request for an account"),
}
