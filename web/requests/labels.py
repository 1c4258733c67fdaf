"""What the stages, people and refusals of the connection hub are called."""

from ingest.experts.cv_reader import FileKind
from kb.experts.expert import Kind, Level, Support, Use
from kb.matching.eligibility import Ground
from kb.requests.case import Happening, HubError, Outcome, Standing, Why
from kb.requests.request import Stage
from web.http.context import Visit
from web.http.form_errors import Fault
from web.i18n.locales import _

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
SUPPORTS: dict[Support, str] = {
    Support.ADVICE: _("Advice"),
    Support.TRAINING: _("Training"),
    Support.DRAFTING: _("Help with drafting"),
    Support.VISIT: _("Exchange visit"),
    Support.REVIEW: _("Review of a draft"),
    Support.DATA: _("Data and statistics"),
}
KINDS: dict[Kind, str] = {
    Kind.UN: _("United Nations"),
    Kind.STATE: _("State body"),
    Kind.CIVIL_SOCIETY: _("Civil society"),
    Kind.ACADEMIA: _("University or research"),
    Kind.PRIVATE: _("Private sector"),
}
FILE_KINDS = {
    FileKind.CV: _("A CV"),
    FileKind.PUBLICATION: _("A publication, or a report you wrote"),
}
LEVELS = {Level.BASIC: _("basic"), Level.WORKING: _("working"), Level.FLUENT: _("fluent")}
GROUNDS: dict[Ground, str] = {
    Ground.NO_CONSENT: _("has not agreed to be proposed"),
    Ground.EXPIRED: _("the consent ran out"),
    Ground.PAUSED: _("is paused"),
    Ground.NOT_YET: _("not available in time"),
    Ground.FULL: _("has as many proposals this month as agreed"),
    Ground.SAME_ORGANISATION: _("works for an organisation concerned"),
    Ground.DECLARED: _("declared an interest"),
    Ground.REFUSED: _("refused before"),
    Ground.LANGUAGE: _("does not speak the language needed"),
    Ground.REGION: _("no experience of the region"),
}
HAPPENINGS: dict[Happening, str] = {
    Happening.FILED: _("Request filed"),
    Happening.QUESTION: _("Question of the secretariat"),
    Happening.ANSWER: _("Answer"),
    Happening.DESCRIBED: _("Objectives chosen"),
    Happening.ENTITLED: _("Title changed, or who may read it"),
    Happening.STAGE: _("Now:"),
    Happening.RANKED: _("Experts ranked"),
    Happening.CHOSEN: _("Chosen for the slate"),
    Happening.INVITED: _("Invited"),
    Happening.ACCEPTED: _("The expert accepted"),
    Happening.DECLINED: _("The expert declined"),
    Happening.LAPSED: _("Cannot be asked any more"),
    Happening.AGREED: _("The one who asks agreed; contact details passed"),
    Happening.REFUSED: _("The one who asks did not agree"),
    Happening.FEEDBACK: _("Feedback"),
    Happening.PRACTICE: _("What was learned was handed in as a practice"),
}
STANDINGS: dict[Standing, str] = {
    Standing.CHOSEN: _("chosen, not invited yet"),
    Standing.INVITED: _("invited; the answer is awaited"),
    Standing.ACCEPTED: _("accepted; the one who asks has yet to agree"),
    Standing.AGREED: _("both agreed"),
    Standing.DECLINED: _("declined"),
    Standing.REFUSED: _("not agreed to by the one who asks"),
    Standing.LAPSED: _("cannot be asked any more"),
    Standing.RELEASED: _("not needed any more"),
}
WHYS: dict[Why, str] = {
    Why.TIME: _("I have no time for it"),
    Why.OUTSIDE: _("It is not what I know"),
    Why.CONFLICT: _("I have a conflict of interests"),
    Why.OTHER: _("Another reason"),
}
OUTCOMES: dict[Outcome, str] = {
    Outcome.HELPED: _("It helped"),
    Outcome.PARTLY: _("It helped in part"),
    Outcome.NOT: _("It did not help"),
}
USES: dict[Use, tuple[str, str]] = {
    Use.FOUND: (_("The secretariat may find me"), _("Without this nobody is told that there is a profile of you.")),
    Use.PROPOSED: (_("I may be proposed for requests"), _("You decide on every invitation; nothing is passed before.")),
    Use.PUBLIC: (_("Everybody may see my profile"), _("On the public list of experts, without contact details.")),
    Use.REVIEW: (_("I may be asked to review practices"), _("Before they are published.")),
}
_REFUSALS = {
    "moved": _("Somebody else was quicker, and the request moved on. Look at where it stands now."),
    "stage": _("This cannot be done at this stage. Look at where the request stands now."),
    "reason": _("Say why: the reason stays on record."),
    "nothing": _("Write what you have to say."),
    "open": _("A question is open already. Wait for its answer."),
    "answered": _("This was answered already; the first answer stands."),
    "expired": _("The invitation has run out."),
    "ended": _("The request has ended meanwhile. Nothing more is asked of you."),
    "invited": _("This person was invited already; the first invitation stands, and no second one was sent."),
    "left-out": _("By now the rules leave this person out. Nothing was sent."),
    "consent": _("By now the rules leave you out: you paused, withdrew a consent, or have as many as you agreed to."),
    "twice": _("There is one already."),
    "untitled": _("Write the title that may be shown, or take the tick away."),
    "long": _("This is too long. Keep it to one line."),
    "confidential": _("The request is confidential: its title is shown to nobody else."),
    "person": _("Nobody of this name can be proposed. Write the name as it stands in the profile."),
}


def refused(visit: Visit, error: HubError, field: str = "") -> Fault:
    """Why a step was refused, at the field it is about."""
    return Fault(field, visit.say(_REFUSALS.get(error.what, _REFUSALS["stage"])))
