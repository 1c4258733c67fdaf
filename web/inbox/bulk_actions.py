"""Steps that are done to many things at once, and what undoes each."""

from collections.abc import Callable, Mapping

from kb.accounts.permissions import Action
from kb.documents.duplicate import LinkStatus
from kb.documents.store import duplicates
from kb.errors import ForbiddenError, NotFoundError, RefusedError
from kb.jobs.store import queue
from kb.mail.store import outbox
from web.editorial.duplicates import found_link
from web.http.context import RequestContext
from web.submissions.jobs import found_job

Step = Callable[[RequestContext, int], bool]  # whether it could be done to the thing of this number


def attempt(context: RequestContext, step: Step, key: int) -> bool:
    """Whether the step could be done; what is not there, or not this person's, is passed over."""
    try:
        return step(context, key)
    except (ForbiddenError, NotFoundError):
        return False


def _verdict(standing: LinkStatus, before: LinkStatus | None = None) -> Step:
    def step(context: RequestContext, number: int) -> bool:
        link = found_link(context, number)
        if (link.standing is LinkStatus.SUGGESTED) is (standing is LinkStatus.SUGGESTED):
            return False  # meanwhile somebody else decided, or undid it
        if before is not None and (link.standing is not before or link.account != context.actor.account):
            return False
        with context.site.database.write() as connection:
            duplicates.decide(connection, number, standing, context.actor)
        return True

    return step


def _job(step: Callable[..., None]) -> Step:
    def change(context: RequestContext, number: int) -> bool:
        found_job(context, number, Action.DESCRIBE)
        try:
            with context.site.database.write() as connection:
                step(connection, context.actor, number)
        except RefusedError:
            return False
        return True

    return change


def _news(*, away: bool) -> Step:
    def put(context: RequestContext, number: int) -> bool:
        with context.site.database.write() as connection:
            return outbox.put_away(connection, context.actor.account, number, away=away)

    return put


STEPS: Mapping[str, Step] = {
    "confirm": _verdict(LinkStatus.CONFIRMED),
    "reject": _verdict(LinkStatus.REJECTED),
    "retry": _job(queue.retry),
    "put-away": _news(away=True),
}
BACK: Mapping[str, Step] = {
    "confirm": _verdict(LinkStatus.SUGGESTED, LinkStatus.CONFIRMED),
    "reject": _verdict(LinkStatus.SUGGESTED, LinkStatus.REJECTED),
    "retry": _job(queue.cancel),
    "put-away": _news(away=False),
}
