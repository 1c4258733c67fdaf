"""What becomes of a file that was sent in, in words: where its job stands, its outcome, and what to do."""

from dataclasses import dataclass

from kb.accounts.permissions import Action
from kb.documents.models import Outcome
from kb.documents.state import PUBLIC
from kb.i18n.catalogue import _
from kb.jobs.job import INTERRUPTED, Job, JobState, Step
from kb.jobs.store import queue
from web import urls
from web.http.context import RequestContext

STATES = {
    JobState.WAITING: _("Waiting"),
    JobState.RUNNING: _("In progress"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Not taken in"),
    JobState.CANCELLED: _("Cancelled"),
}
_STEPS = {
    Step.READING: _("being read (step 1 of 3)"),
    Step.TAGGING: _("being described and tagged (step 2 of 3)"),
    Step.COMPARING: _("stored; being compared with other documents (step 3 of 3)"),
}
# The outcome in a few words, and what it means and what to do.
OUTCOMES: dict[str, tuple[str, str]] = {
    Outcome.STORED: (
        _("Taken in"),
        _("It was read, described and tagged, and waits for review. Check its description."),
    ),
    Outcome.NEW_VERSION: (
        _("Taken in as a new version"),
        _("It waits for review; once published, it takes the place of the version before."),
    ),
    Outcome.UNCHANGED: (
        _("Already here"),
        _("The same file, byte for byte, is held here already. There is nothing to do."),
    ),
    Outcome.DUPLICATE: (
        _("Already here under another name"),
        _("This file is already here under another name. There is nothing to do."),
    ),
    Outcome.NO_TEXT: (
        _("No text in it"),
        _("It holds no text that can be read: most likely a scan. Send a version with text, or have it recognised."),
    ),
    Outcome.ENCRYPTED: (_("Protected with a password"), _("Save a copy without a password and send that.")),
    Outcome.DAMAGED: (
        _("Damaged"),
        _("It cannot be read as what its name says. Open it in the program that made it, save it anew and send that."),
    ),
    Outcome.TOO_LARGE: (_("Too large"), _("Split it, or save it without its images, and send that.")),
    Outcome.REFUSED: (
        _("Not a kind that is read"),
        _("Save it as PDF, DOCX, HTML, text or Markdown, with the right ending of its name, and send that."),
    ),
    Outcome.TIMED_OUT: (
        _("Took too long to read"),
        _("Split it, or save it again from the program that made it, and send that."),
    ),
    INTERRUPTED: (
        _("Interrupted"),
        _(
            "The work on it broke off several times. Try again later; if it does not help, "
            "tell those who run this site."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as pages show it. `path` is "" when the document is not for this person.

    `detail` is in the language of the page; `foreign` says that it is in English, as it was kept by earlier versions.
    """

    id: int
    name: str
    state: JobState
    standing: str
    outcome: str
    advice: str
    detail: str
    foreign: bool
    warnings: tuple[str, ...]
    title: str
    path: str
    moment: str
    by: str
    can_be_retried: bool
    can_be_cancelled: bool


def line_of(context: RequestContext, job: Job, outline: queue.Outline | None, by: str = "") -> JobLine:
    """A job in the language of the request."""
    outcome, advice = OUTCOMES.get(job.outcome, ("", ""))
    running = job.state is JobState.RUNNING and job.step
    seen = outline is not None and is_seen(context, outline)
    may_change = context.may(Action.DESCRIBE, job.owner)
    return JobLine(
        id=job.id,
        name=job.name,
        state=job.state,
        standing=context.say(_STEPS[Step(job.step)] if running else STATES[job.state]),
        outcome=context.say(outcome),
        advice=context.say(advice),
        detail=job.message.said(context.code) if job.message else "",
        foreign=job.message is not None and job.message.language_in(context.code) != context.code,
        warnings=tuple(warning.said(context.code) for warning in job.warnings),
        title=outline.title if outline is not None and seen else "",
        path=path_of(job.document, outline) if job.document and outline and seen else "",
        moment=context.interface.moment(job.changed),
        by=by,
        can_be_retried=job.can_be_retried and may_change,
        can_be_cancelled=job.can_be_cancelled and may_change,
    )


def is_seen(context: RequestContext, outline: queue.Outline) -> bool:
    """Whether this person may know of a document."""
    return outline.state in PUBLIC or context.may(Action.SEE_SUBMISSION, outline.owner)


def path_of(document: int, outline: queue.Outline) -> str:
    """Where a document is read, or worked on as long as it is not public."""
    return urls.document(document) if outline.state in PUBLIC else urls.workbench(document)
