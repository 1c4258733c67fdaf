"""What waits in the inbox, in words, and the page on which each is done."""

from collections.abc import Callable

from kb.i18n.catalogue import _
from kb.inbox.tasks import Item, Task
from kb.mail.letter import ABOUT, About, Topic
from kb.notifications.target import Target, TargetKind
from web import urls
from web.http.context import RequestContext
from web.notifications.messages import LINES

# What is to be done, and a sentence on it.
TASKS: dict[Task, tuple[str, str]] = {
    Task.DECLARE: (_("Conflicts to declare"), _("Say whether you have a conflict of interests; then the file opens.")),
    Task.REVIEW: (_("Reviews to give"), _("Read, comment, recommend.")),
    Task.ANSWER: (_("Questions to answer"), _("A document you sent in was returned with questions.")),
    Task.DESCRIBE: (_("Documents to describe"), _("Check the description, then send it on.")),
    Task.ASSIGN: (_("Reviewers to choose"), _("Reviewers are missing.")),
    Task.DECIDE: (_("Decisions to take"), _("The recommendations are in.")),
    Task.REMIND: (_("Late reviewers"), _("A review is overdue: wait, or ask somebody else.")),
    Task.LIKENESS: (_("Likenesses to confirm"), _("It seems to be another document over again.")),
    Task.FILE: (_("Files not taken in"), _("A file of yours could not be taken in; see why.")),
    Task.REPLY: (_("Invitations to answer"), _("You are asked to help with a request: accept, or decline.")),
    Task.EXPLAIN: (_("Questions about your requests"), _("The secretariat needs your answer before it goes on.")),
    Task.SETTLE: (_("People to agree to"), _("Somebody accepted to help you: say whether you agree.")),
    Task.FEEDBACK: (_("Feedback to give"), _("Say how the support went.")),
    Task.READ: (_("Requests to read"), _("A new request: ask back, or look for people.")),
    Task.RANK: (_("People to look for"), _("The request is clear: choose who could help.")),
    Task.INVITE: (_("People to invite"), _("Invite those who were chosen, or choose others.")),
    Task.FOLLOW: (_("Requests to follow up"), _("Both sides agreed: see that it goes on, and close it in the end.")),
    Task.WISH: (_("People who ask for an account"), _("Make the account, or refuse it.")),
    Task.NEWS: (_("News"), ""),
}
# The page on which each is done, by the number of what it is about.
_PATHS: dict[Task, Callable[[int], str]] = {
    Task.DECLARE: urls.review,
    Task.REVIEW: urls.review,
    Task.ANSWER: urls.submission,
    Task.DESCRIBE: urls.workbench,
    Task.ASSIGN: urls.review_panel,
    Task.DECIDE: urls.review_panel,
    Task.LIKENESS: urls.likeness,
    Task.REPLY: urls.own_invitation,
    Task.EXPLAIN: urls.request,
    Task.SETTLE: urls.request,
    Task.FEEDBACK: urls.request,
    Task.READ: urls.request,
    Task.RANK: urls.shortlist,
    Task.INVITE: urls.shortlist,
    Task.FOLLOW: urls.request,
}
_LISTS = {Task.FILE: "/jobs?state=failed", Task.WISH: "/wishes"}
_OF_NEWS = {
    About.REQUEST: TargetKind.REQUEST,
    About.PROPOSAL: TargetKind.OWN_INVITATION,
    About.EXPERT: TargetKind.OWN_PROFILE,
}


def item_message(context: RequestContext, item: Item) -> str:
    """A sentence on what is to be done, or on what happened."""
    return context.say(LINES[item.topic] if item.topic is not None else TASKS[item.task][1])


def title_of(context: RequestContext, item: Item) -> str:
    """What it is called: its own title, or its number where it has none or this person may not know it."""
    if item.title or item.about is None:
        return item.title
    if item.topic is not None and ABOUT[item.topic] is About.EXPERT:
        return context.say(_("My profile"))
    if item.topic is not None and ABOUT[item.topic] is About.PROPOSAL:
        return context.say(_("Invitation %(number)s")) % {"number": item.about}
    return context.say(_("Request %(number)s")) % {"number": item.about}


def path_of(item: Item) -> str:
    """The page on which it is done, or read."""
    if item.topic is not None:
        return urls.path_of(Target(_news_kind(item.topic), item.about or 0))
    if item.task is Task.REMIND:
        return urls.review_panel(item.about or 0)
    return _LISTS.get(item.task) or _PATHS[item.task](item.key)


def _news_kind(topic: Topic) -> TargetKind:
    return TargetKind.DOCUMENT if topic is Topic.PUBLISHED else _OF_NEWS.get(ABOUT[topic], TargetKind.SUBMISSION)
