"""Addresses at which files and practices are sent in, and followed."""

from kb.accounts.permissions import Action
from kb.config import Settings
from web.http.routes import LONG_FORM, Route, get, post
from web.submissions import jobs, page, practice_form, upload
from web.submissions.upload_form import most_bytes

ROUTES = (
    get("/submissions", page.submission_list, Action.SEE_SUBMISSION),
    get("/submissions/{id}", page.submission, Action.SEE_SUBMISSION),
    post("/submissions/{id}/answer", page.answer, Action.DESCRIBE, LONG_FORM),
    post("/submissions/{id}/take-back", page.take_back, Action.TAKE_BACK, LONG_FORM),
    get("/jobs", jobs.job_list, Action.SEE_SUBMISSION),
    post("/jobs/{id}/retry", jobs.retry, Action.DESCRIBE),
    post("/jobs/{id}/cancel", jobs.cancel, Action.DESCRIBE),
    get("/practice", practice_form.practice_form, Action.SUBMIT),
    post("/practice", practice_form.send_practice, Action.SUBMIT, practice_form.LARGEST),
    get("/practice-template.docx", practice_form.word_template, Action.READ_PUBLIC),
)


def upload_routes(settings: Settings) -> tuple[Route, ...]:
    """Addresses at which files are sent in, as large as the settings allow."""
    return (
        get("/upload", upload.upload_form, Action.SUBMIT),
        post("/upload", upload.upload, Action.SUBMIT, most_bytes(settings)),
    )
