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


def attempt(visit: RequestContext, step: Step, key: int) -> bool:
    """Whether the step could be done; what is not there, or not this person's, is passed over."""
    try:
        return step(visit, key)
    except (ForbiddenError, NotFoundError):
        return False


def _verdict(standing: LinkStatus, before: LinkStatus | None = None) -> Step:
    def step(visit: RequestContext, number: int) -> bool:
        link = found_link(visit, number)
        if (link.standing is LinkStatus.SUGGESTED) is (standing is LinkStatus.SUGGESTED):
            return False  # meanwhile somebody else decided, or undid it
        if before is not None and (link.standing is not before or link.account != visit.actor.account):
            return False
        with visit.site.database.write() as connection:
            duplicates.decide(connection, number, standing, visit.actor)
        return True

    return step


def _job(step: Callable[..., None]) -> Step:
    def change(visit: RequestContext, number: int) -> bool:
        found_job(visit, number, Action.DESCRIBE)
        try:
            with visit.site.database.write() as connection:
                step(connection, visit.actor, number)
        except RefusedError:
            return False
        return True

    return change


def _news(*, away: bool) -> Step:
    def put(visit: RequestContext, number: int) -> bool:
        with visit.site.database.write() as connection:
            return outbox.put_away(connection, visit.actor.account, number, away=away)

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
