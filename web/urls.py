"""The addresses of pages, in one place: by what they show, without the language."""

from collections.abc import Callable
from urllib.parse import urlencode

from kb.notifications.target import Target, TargetKind


def with_query(path: str, **values: str | int | None) -> str:
    """A path with a query of those values that say something."""
    query = urlencode({name: value for name, value in values.items() if value not in ("", None)})
    return f"{path}?{query}" if query else path


def document(number: int) -> str:
    return f"/documents/{number}"


def passage(of_document: int, place: int) -> str:
    return f"{document(of_document)}/passages/{place}"


def objective(notation: str) -> str:
    return f"/objectives/{notation}"


def term(of_glossary: str) -> str:
    return f"/glossary/{of_glossary}"


def edited_term(of_glossary: str) -> str:
    """Where a term of the glossary is corrected."""
    return f"/workbench/terms/{of_glossary}"


def workbench(number: int) -> str:
    """Where a document is described and moved on."""
    return f"/workbench/documents/{number}"


def review_panel(number: int) -> str:
    """Where reviewers of a document are chosen, and it is decided on."""
    return f"{workbench(number)}/review"


def likeness(number: int) -> str:
    return f"/likenesses/{number}"


def review(number: int) -> str:
    return f"/reviews/{number}"


def submission(number: int) -> str:
    return f"/submissions/{number}"


def jobs(upload: str = "") -> str:
    return with_query("/jobs", upload=upload)


def request(number: int) -> str:
    return f"/requests/{number}"


def shortlist(number: int, ranking: int | None = None) -> str:
    """Where people are chosen for a request, from the newest ranking or from that of a number."""
    return with_query(f"{request(number)}/matching", list=ranking)


def own_invitation(number: int) -> str:
    return f"/invitations/{number}"


def own_profile() -> str:
    return "/expert"


def account(number: int) -> str:
    return f"/accounts/{number}"


def welcome(secret: str) -> str:
    return with_query("/welcome", key=secret)


def consent(secret: str) -> str:
    return with_query("/consent", key=secret)


def invitation(secret: str) -> str:
    return with_query("/invitation", key=secret)


_TARGETS: dict[TargetKind, Callable[[Target], str]] = {
    TargetKind.WELCOME: lambda target: welcome(target.secret),
    TargetKind.CONSENT: lambda target: consent(target.secret),
    TargetKind.INVITATION: lambda target: invitation(target.secret),
    TargetKind.OWN_INVITATION: lambda target: own_invitation(target.id),
    TargetKind.OWN_PROFILE: lambda _target: own_profile(),
    TargetKind.REVIEW: lambda target: review(target.id),
    TargetKind.DOCUMENT: lambda target: document(target.id),
    TargetKind.SUBMISSION: lambda target: submission(target.id),
    TargetKind.REQUEST: lambda target: request(target.id),
}


def path_of(target: Target) -> str:
    """Where a notification leads."""
    return _TARGETS[target.kind](target)
