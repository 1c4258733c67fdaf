"""What the stages, people and refusals of the connection hub are called."""

from enum import StrEnum

from ingest.experts.cv_reader import FileKind
from kb.experts.expert import ConsentUse, LanguageLevel, OrganisationKind
from kb.i18n.catalogue import _
from kb.matching.eligibility import ExclusionReason
from kb.requests.case import DeclineReason, Outcome, ProposalStatus, RequestEventKind, RequestRefusal
from kb.requests.request import Stage

# The stage in a few words, and what it means to the one who asks.
STAGES: dict[Stage, tuple[str, str]] = {
    Stage.FILED: (_("Filed"), _("The secretariat reads it. If something is unclear it asks you here.")),
    Stage.CLARIFIED: (_("Clarified"), _("The secretariat looks for people who can help. Nothing is asked of you.")),
    Stage.MATCHED: (_("People found"), _("The secretariat has chosen whom to ask. Nothing is asked of you.")),
    Stage.PROPOSED: (_("People asked"), _("Invitations are out. As soon as somebody accepts you read it here.")),
    Stage.ACCEPTED: (_("Agreed"), _("You and the person have each other’s contact details. Get in touch.")),
    Stage.UNDER_WAY: (_("Under way"), _("The support is under way. Tell here how it went when it is done.")),
    Stage.CLOSED: (_("Closed"), _("It is done; outcome and feedback stand below.")),
    Stage.DECLINED: (_("Not taken on"), _("The reason stands below.")),
    Stage.WITHDRAWN: (_("Taken back"), _("It was taken back by the one who asked.")),
}
KINDS: dict[OrganisationKind, str] = {
    OrganisationKind.UN: _("United Nations"),
    OrganisationKind.STATE: _("State body"),
    OrganisationKind.CIVIL_SOCIETY: _("Civil society"),
    OrganisationKind.ACADEMIA: _("University or research"),
    OrganisationKind.PRIVATE: _("Private sector"),
}
FILE_KINDS = {
    FileKind.CV: _("A CV"),
    FileKind.PUBLICATION: _("A publication, or a report you wrote"),
}
LEVELS = {LanguageLevel.BASIC: _("basic"), LanguageLevel.WORKING: _("working"), LanguageLevel.FLUENT: _("fluent")}
GROUNDS: dict[ExclusionReason, str] = {
    ExclusionReason.NO_CONSENT: _("has not agreed to be proposed"),
    ExclusionReason.EXPIRED: _("the consent ran out"),
    ExclusionReason.PAUSED: _("is paused"),
    ExclusionReason.NOT_YET: _("not available in time"),
    ExclusionReason.FULL: _("has as many proposals this month as agreed"),
    ExclusionReason.SAME_ORGANISATION: _("works for an organisation concerned"),
    ExclusionReason.DECLARED: _("declared an interest"),
    ExclusionReason.REFUSED: _("refused before"),
    ExclusionReason.LANGUAGE: _("does not speak the language needed"),
    ExclusionReason.REGION: _("no experience of the region"),
}
HAPPENINGS: dict[RequestEventKind, str] = {
    RequestEventKind.FILED: _("Request filed"),
    RequestEventKind.QUESTION: _("Question of the secretariat"),
    RequestEventKind.ANSWER: _("Answer"),
    RequestEventKind.DESCRIBED: _("Objectives chosen"),
    RequestEventKind.ENTITLED: _("Title changed, or who may read it"),
    RequestEventKind.STAGE: _("Now:"),
    RequestEventKind.RANKED: _("Experts ranked"),
    RequestEventKind.CHOSEN: _("Chosen for the slate"),
    RequestEventKind.INVITED: _("Invited"),
    RequestEventKind.ACCEPTED: _("The expert accepted"),
    RequestEventKind.DECLINED: _("The expert declined"),
    RequestEventKind.LAPSED: _("Cannot be asked any more"),
    RequestEventKind.AGREED: _("The one who asks agreed; contact details passed"),
    RequestEventKind.REFUSED: _("The one who asks did not agree"),
    RequestEventKind.FEEDBACK: _("Feedback"),
    RequestEventKind.PRACTICE: _("What was learned was handed in as a practice"),
}
STANDINGS: dict[ProposalStatus, str] = {
    ProposalStatus.CHOSEN: _("chosen, not invited yet"),
    ProposalStatus.INVITED: _("invited; the answer is awaited"),
    ProposalStatus.ACCEPTED: _("accepted; the one who asks has yet to agree"),
    ProposalStatus.AGREED: _("both agreed"),
    ProposalStatus.DECLINED: _("declined"),
    ProposalStatus.REFUSED: _("not agreed to by the one who asks"),
    ProposalStatus.LAPSED: _("cannot be asked any more"),
    ProposalStatus.RELEASED: _("not needed any more"),
}
WHYS: dict[DeclineReason, str] = {
    DeclineReason.TIME: _("I have no time for it"),
    DeclineReason.OUTSIDE: _("It is not what I know"),
    DeclineReason.CONFLICT: _("I have a conflict of interests"),
    DeclineReason.OTHER: _("Another reason"),
}
OUTCOMES: dict[Outcome, str] = {
    Outcome.HELPED: _("It helped"),
    Outcome.PARTLY: _("It helped in part"),
    Outcome.NOT: _("It did not help"),
}
USES: dict[ConsentUse, tuple[str, str]] = {
    ConsentUse.FOUND: (
        _("The secretariat may find me"),
        _("Without this nobody is told that there is a profile of you."),
    ),
    ConsentUse.PROPOSED: (
        _("I may be proposed for requests"),
        _("You decide on every invitation; nothing is passed before."),
    ),
    ConsentUse.PUBLIC: (
        _("Everybody may see my profile"),
        _("On the public list of experts, without contact details."),
    ),
    ConsentUse.REVIEW: (_("I may be asked to review practices"), _("Before they are published.")),
}
REFUSALS: dict[StrEnum, str] = {
    RequestRefusal.MOVED: _("Somebody else was quicker, and the request moved on. Look at where it stands now."),
    RequestRefusal.STAGE: _("This cannot be done at this stage. Look at where the request stands now."),
    RequestRefusal.REASON: _("Say why: the reason stays on record."),
    RequestRefusal.NOTHING: _("Write what you have to say."),
    RequestRefusal.OPEN: _("A question is open already. Wait for its answer."),
    RequestRefusal.ANSWERED: _("This was answered already; the first answer stands."),
    RequestRefusal.EXPIRED: _("The invitation has run out."),
    RequestRefusal.ENDED: _("The request has ended meanwhile. Nothing more is asked of you."),
    RequestRefusal.INVITED: _(
        "This person was invited already; the first invitation stands, and no second one was sent."
    ),
    RequestRefusal.LEFT_OUT: _("By now the rules leave this person out. Nothing was sent."),
    RequestRefusal.CONSENT: _(
        "By now the rules leave you out: you paused, withdrew a consent, or have as many as you agreed to."
    ),
    RequestRefusal.UNTITLED: _("Write the title that may be shown, or take the tick away."),
    RequestRefusal.LONG: _("This is too long. Keep it to one line."),
    RequestRefusal.CONFIDENTIAL: _("The request is confidential: its title is shown to nobody else."),
    RequestRefusal.PERSON: _("Nobody of this name can be proposed. Write the name as it stands in the profile."),
}
