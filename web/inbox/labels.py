"""What waits in the inbox, in words, and the page on which each is done."""

from kb.inbox.tasks import Item, Task
from kb.mail.letter import ABOUT, About, Topic
from web.http.context import RequestContext
from web.i18n.locales import _
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
_PATHS: dict[Task, str] = {
    Task.DECLARE: "/reviews/%d",
    Task.REVIEW: "/reviews/%d",
    Task.ANSWER: "/submissions/%d",
    Task.DESCRIBE: "/workbench/documents/%d",
    Task.ASSIGN: "/workbench/documents/%d/review",
    Task.DECIDE: "/workbench/documents/%d/review",
    Task.LIKENESS: "/likenesses/%d",
    Task.REPLY: "/invitations/%d",
    Task.EXPLAIN: "/requests/%d",
    Task.SETTLE: "/requests/%d",
    Task.FEEDBACK: "/requests/%d",
    Task.READ: "/requests/%d",
    Task.RANK: "/requests/%d/matching",
    Task.INVITE: "/requests/%d/matching",
    Task.FOLLOW: "/requests/%d",
}
_LISTS = {Task.FILE: "/jobs?state=failed", Task.WISH: "/wishes"}
_OF_NEWS = {About.REQUEST: "/requests/%d", About.PROPOSAL: "/invitations/%d", About.EXPERT: "/expert"}


def item_message(visit: RequestContext, item: Item) -> str:
    """A sentence on what is to be done, or on what happened."""
    return visit.say(LINES[item.topic] if item.topic is not None else TASKS[item.task][1])


def title_of(visit: RequestContext, item: Item) -> str:
    """What it is called: its own title, or its number where it has none or this person may not know it."""
    if item.title or item.about is None:
        return item.title
    if item.topic is not None and ABOUT[item.topic] is About.EXPERT:
        return visit.say(_("My profile"))
    if item.topic is not None and ABOUT[item.topic] is About.PROPOSAL:
        return visit.say(_("Invitation %(number)s")) % {"number": item.about}
    return visit.say(_("Request %(number)s")) % {"number": item.about}


def path_of(item: Item) -> str:
    """The page on which it is done, or read."""
    if item.topic is not None:
        return _news_path(item.topic, item.about or 0)
    if item.task is Task.REMIND:
        return f"/workbench/documents/{item.about}/review"
    return _LISTS.get(item.task) or _PATHS[item.task] % item.key


def _news_path(topic: Topic, number: int) -> str:
    if topic is Topic.PUBLISHED:
        return f"/documents/{number}"
    path = _OF_NEWS.get(ABOUT[topic], "/submissions/%d")
    return path % number if "%d" in path else path
