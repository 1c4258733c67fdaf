"""The states of a document and the moves between them, as people read of them."""

from dataclasses import dataclass

from kb.documents.state import Move, State
from kb.i18n.catalogue import _


@dataclass(frozen=True, slots=True)
class StateLabels:
    """A state in a few words, and what it means to who sent the document in."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLabels:
    """A move where it can be made (`button`, `hint`, what is `asked` for), when it is `done`, and in records of it.

    `decision` is its name where it closes a review; the button's where it has none of its own.
    """

    button: str
    done: str
    history: str  # of the document
    audit: str  # in the audit trail, where the document stands beside it
    hint: str = ""
    asked: str = _("Reason")
    decision: str = ""


STATE_LABELS = {
    State.RECEIVED: StateLabels(_("Received"), _("It is being read. Nothing is asked of you.")),
    State.DESCRIBED: StateLabels(
        _("Being described"), _("A librarian checks its description. Nothing is asked of you.")
    ),
    State.IN_REVIEW: StateLabels(_("In review"), _("Reviewers read it. Nothing is asked of you.")),
    State.RETURNED: StateLabels(_("Returned with questions"), _("It waits for your answer.")),
    State.PUBLISHED: StateLabels(_("Published"), _("Everybody can find and read it.")),
    State.REJECTED: StateLabels(_("Rejected"), _("It was not published; the reason stands below.")),
    State.WITHDRAWN: StateLabels(_("Withdrawn"), _("It is not public; its address says so.")),
    State.SUPERSEDED: StateLabels(_("Replaced"), _("A newer version took its place.")),
}
MOVE_LABELS = {
    Move.DESCRIBE: MoveLabels(
        button=_("Mark as described"),
        done=_("The document is marked as described."),
        history=_("Described"),
        audit=_("document marked as described"),
    ),
    Move.SEND_TO_REVIEW: MoveLabels(
        button=_("Send to review"),
        hint=_("Next, you choose one reviewer of the United Nations and two from outside."),
        done=_("The document is in review. Choose its reviewers."),
        history=_("Sent to review"),
        audit=_("document sent to review"),
    ),
    Move.PUBLISH: MoveLabels(
        button=_("Publish after review"),
        decision=_("Publish"),
        hint=_("Everybody can read and find it at once."),
        done=_("The document is published; it can be found now."),
        history=_("Published after review"),
        audit=_("document published after review"),
    ),
    Move.PUBLISH_TRUSTED: MoveLabels(
        button=_("Publish without review"),
        hint=_(
            "Only for a trusted collection. Everybody can read it at once, and its page says that it was not reviewed."
        ),
        asked=_("Which trusted collection it is from"),
        done=_("The document is published; it can be found now."),
        history=_("Published without review, as part of a trusted collection"),
        audit=_("document published without review"),
    ),
    Move.RETURN: MoveLabels(
        button=_("Return with questions"),
        hint=_("Whoever submitted it sees your questions and can hand it in again."),
        asked=_("Questions"),
        done=_("The document was returned with your questions."),
        history=_("Returned with questions"),
        audit=_("document returned with questions"),
    ),
    Move.ANSWER: MoveLabels(
        button=_("Hand in again"),
        hint=_("Send a new file instead if the text itself has to change."),
        asked=_("Answers"),
        done=_("The document was handed in again."),
        history=_("Questions answered"),
        audit=_("questions about a document answered"),
    ),
    Move.REJECT: MoveLabels(
        button=_("Reject"),
        hint=_("It stays on record here, and nobody else can read it."),
        done=_("The document was rejected."),
        history=_("Rejected"),
        audit=_("document rejected"),
    ),
    Move.TAKE_BACK: MoveLabels(
        button=_("Take back"),
        hint=_("It stays on record here, and nobody else can read it."),
        done=_("The document was taken back."),
        history=_("Taken back by who submitted it"),
        audit=_("document taken back by who sent it in"),
    ),
    Move.WITHDRAW: MoveLabels(
        button=_("Withdraw"),
        hint=_("Nobody can read or find it any more; its address says that it was withdrawn, and why."),
        asked=_("Reason, which everybody can read"),
        done=_("The document was withdrawn. Its address says so."),
        history=_("Withdrawn"),
        audit=_("document withdrawn"),
    ),
    Move.BRING_BACK: MoveLabels(
        button=_("Bring back"),
        hint=_("It waits for a decision again; nobody else can read it before that."),
        done=_("The document waits for a decision again."),
        history=_("Brought back"),
        audit=_("document brought back"),
    ),
    Move.SUPERSEDE: MoveLabels(
        button="",  # nobody can ask for it
        done="",
        history=_("Replaced by a newer version"),
        audit=_("document replaced by a newer version"),
    ),
}
