"""What letters say: a line for the subject or the inbox, and the text."""

from kb.i18n.catalogue import _
from kb.mail.letter import Topic

# The line is "" where a letter holds a secret address: its subject is the name of the site alone.
LINES: dict[Topic, str] = {
    Topic.WELCOME: "",
    Topic.WAY_BACK: "",
    Topic.CONSENT: "",
    Topic.INVITATION: "",
    Topic.REVIEW_ASKED: _("You are asked for a review"),
    Topic.RETURNED: _("There are questions about a document you sent in"),
    Topic.REJECTED: _("A document you sent in was not accepted"),
    Topic.PUBLISHED: _("A document you sent in is published"),
    Topic.REQUEST_FILED: _("A request for support was filed"),
    Topic.QUESTION_ANSWERED: _("A question about a request was answered"),
    Topic.EXPERT_ACCEPTED: _("An expert accepted an invitation"),
    Topic.EXPERT_DECLINED: _("An expert declined an invitation"),
    Topic.UNDELIVERED: _("An invitation could not be sent by mail"),
    Topic.QUESTION_ASKED: _("There is a question about your request"),
    Topic.PEOPLE_ASKED: _("People were invited to help with your request"),
    Topic.PERSON_ACCEPTED: _("Somebody accepted to help with your request"),
    Topic.REQUEST_CLOSED: _("Your request was closed"),
    Topic.REQUEST_DECLINED: _("Your request is not taken on"),
    Topic.AGREED: _("Both sides agreed; contact details passed"),
    Topic.CONSENT_ENDS: _("What you agreed to for your profile runs out"),
    Topic.REVIEW_SOON: _("A review you promised is due soon"),
    Topic.REVIEW_LATE: _("A review you promised is overdue"),
    Topic.REQUEST_SOON: _("A request that waits for you is due soon"),
    Topic.REQUEST_LATE: _("A request that waits for you is overdue"),
    Topic.INVITATION_OPEN: _("An invitation waits for your answer"),
}
TEXTS: dict[Topic, str] = {
    Topic.WELCOME: _(
        "You are invited to %(site)s.\n\nOpen this address within 7 days and choose a password:\n\n%(link)s\n\n"
        "The address works once. If you did not expect this message, do nothing."
    ),
    Topic.WAY_BACK: _(
        "Somebody, probably you, asked for a way back in to %(site)s.\n\nOpen this address within 2 hours and choose a "
        "new password:\n\n%(link)s\n\nThe address works once. If it was not you, do nothing: your password stays as "
        "it is."
    ),
    Topic.CONSENT: _(
        "There is a profile of you as an expert on %(site)s. Nobody sees it before you agree.\n\nRead it, and decide "
        "what it may be used for or have it erased, here:\n\n%(link)s\n\nThe address works for 30 days. If you do "
        "nothing, nobody ever sees it."
    ),
    Topic.INVITATION: _(
        "%(site)s asks whether you can help with a request for support.\n\nRead it, and accept or decline, here:\n\n"
        "%(link)s\n\nThe address is for you alone and can be answered within 10 days. Your contact details pass to "
        "nobody before both sides agreed."
    ),
    Topic.REVIEW_ASKED: _(
        "You are asked to review “%(title)s” until %(day)s. Say first whether you have a conflict of interests; then "
        "the file opens:"
    ),
    Topic.RETURNED: _("“%(title)s”, which you sent in, came back with questions. Read and answer them here:"),
    Topic.REJECTED: _("“%(title)s”, which you sent in, was not accepted. The reason stands here:"),
    Topic.PUBLISHED: _("“%(title)s”, which you sent in, is published. Everybody can find and read it:"),
    Topic.REQUEST_FILED: _("There is a new request for support, %(request)s. It waits for the secretariat:"),
    Topic.QUESTION_ANSWERED: _("The question about %(request)s was answered:"),
    Topic.EXPERT_ACCEPTED: _(
        "An expert accepted the invitation to help with %(request)s. Contact details pass once the one who asks "
        "agrees, too:"
    ),
    Topic.EXPERT_DECLINED: _("An expert declined the invitation to help with %(request)s. The reason stands here:"),
    Topic.UNDELIVERED: _(
        "An invitation to help with %(request)s could not be sent by mail. Find another way to reach the person, or "
        "ask somebody else:"
    ),
    Topic.QUESTION_ASKED: _(
        "The secretariat has a question about %(request)s, and needs your answer before it goes on:"
    ),
    Topic.PEOPLE_ASKED: _(
        "The secretariat invited people to help with %(request)s. As soon as somebody accepts, you are told. Where it "
        "stands:"
    ),
    Topic.PERSON_ACCEPTED: _(
        "Somebody accepted to help with %(request)s. Read who it is, and whether you agree; contact details pass only "
        "then:"
    ),
    Topic.REQUEST_CLOSED: _("The secretariat closed %(request)s. The outcome stands here; say, too, how it went:"),
    Topic.REQUEST_DECLINED: _("The secretariat does not take on %(request)s. The reason stands here:"),
    Topic.AGREED: _(
        "You accepted to help with %(request)s, and the one who asks agreed, too: each has the contact details of the "
        "other. They stand where you answered the invitation."
    ),
    Topic.CONSENT_ENDS: _(
        "What you agreed to for your profile as an expert on %(site)s runs out on %(day)s. From then on nobody sees "
        "your profile or asks you for help. You can agree anew, or do nothing:"
    ),
    Topic.REVIEW_SOON: _(
        "You promised a review of “%(title)s” by %(day)s. If you cannot give it, say so on its page, and somebody else "
        "is asked:"
    ),
    Topic.REVIEW_LATE: _(
        "You promised a review of “%(title)s” by %(day)s, and it is not there yet. Give it, or say on its page that "
        "you cannot, and somebody else is asked:"
    ),
    Topic.REQUEST_SOON: _("By %(day)s something has to be done about %(request)s, and it waits for you:"),
    Topic.REQUEST_LATE: _("By %(day)s something was to be done about %(request)s, and it still waits for you:"),
    Topic.INVITATION_OPEN: _(
        "You were invited to help with a request for support, and can answer until %(day)s. A no helps, too: then "
        "somebody else is asked. Answer at the address in the message that invited you, which is for you alone."
    ),
}
REQUEST = _("request %(number)s")
REQUEST_TITLED = _("request %(number)s (“%(title)s”)")
FOOT = _("This message was written by %(site)s; replies to it are read by nobody.")
