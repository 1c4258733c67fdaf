"""The page of one review, for its reviewer: conflicts declared, the file read, passages commented on, advice given."""

from dataclasses import dataclass

from starlette.responses import Response

from kb.accounts.permissions import Action
from kb.accounts.store import accounts
from kb.clock import now
from kb.documents.models import Passage, StoredDocument
from kb.documents.state import State
from kb.documents.store import documents, passages
from kb.editorial.review import Recommendation, Review, Stage, days_late
from kb.editorial.store import comments, reviews
from kb.editorial.store.comments import Comment
from kb.errors import NotFoundError, RefusedError
from kb.i18n.catalogue import _
from web import urls
from web.documents.citations import heading_of
from web.editorial.review_labels import RECOMMENDATIONS, REFUSALS
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormLine, FormText, Number, as_id
from web.i18n.labels import Labels
from web.i18n.locales import direction

_SAID = {
    "declared": _("Your declaration is on record."),
    "declined": _("You declined; thank you for saying so."),
    "commented": _("Your comment was kept."),
    "taken-back": _("Your comment was taken back."),
    "given": _("Your recommendation was given. Thank you."),
}


@dataclass(frozen=True, slots=True)
class Portion:
    """A passage to read, with one's comments on it; `key` is its id in the store, `heading` "" when it goes on."""

    key: int
    number: int
    heading: str
    page: int | None
    text: str
    language: str
    direction: str
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What a reviewer sees. `portions` are empty as long as the file is closed."""

    review: Review
    stage: Stage
    title: str
    language: str
    written: str  # direction of writing
    type: str
    date: str
    by: str
    due: str
    late: int
    open: bool
    active: bool
    portions: tuple[Portion, ...]
    comments: tuple[Comment, ...]  # on the whole
    advice: tuple[tuple[str, str], ...]
    advised: str
    letter: str
    said: str
    faults: tuple[Fault, ...] = ()


def review_page(context: Context, number: Number, said: str = "") -> Response:
    """What the reviewer has to do now; once no conflict was declared, the file."""
    found = _own(context, number)
    if found.conflict is False and found.opened is None and _in_review(context, found):
        with context.site.database.write() as connection:
            found = reviews.open_file(connection, context.actor, number)
    return _page(context, found, said=context.say(_SAID.get(said, "")))


def declare(context: Context, number: Number, conflict: FormLine = "", interests: FormText = "") -> Response:
    """Say whether there is a conflict of interests."""
    found = _own(context, number)
    if conflict not in ("yes", "no"):
        return _page(context, found, faults=(Fault("conflict-no", context.say(_("Choose one of the two."))),))
    try:
        with context.site.database.write() as connection:
            reviews.declare(connection, context.actor, number, conflict=conflict == "yes", interests=interests)
    except RefusedError as error:
        return _page(context, _own(context, number), faults=(refusal_fault(context, error, REFUSALS, "interests"),))
    return _done(context, number, "declared")


def decline(context: Context, number: Number, reason: FormText = "") -> Response:
    """Say that one will not review."""
    _own(context, number)
    try:
        with context.site.database.write() as connection:
            reviews.decline(connection, context.actor, number, reason)
    except RefusedError as error:
        return _page(context, _own(context, number), faults=(refusal_fault(context, error, REFUSALS),))
    return _done(context, number, "declined")


def comment(context: Context, number: Number, passage: FormLine = "", text: FormText = "") -> Response:
    """Comment on a passage, or on the whole."""
    _own(context, number)
    place = as_id(passage)
    try:
        with context.site.database.write() as connection:
            comments.add(connection, context.actor, number, text, place)
    except RefusedError as error:
        return _page(
            context,
            _own(context, number),
            faults=(refusal_fault(context, error, REFUSALS, f"text-{place or 'whole'}"),),
        )
    return _done(context, number, "commented", f"#on-{place or 'whole'}")


def take_back(context: Context, number: Number, comment: FormLine = "") -> Response:
    """Take a comment back."""
    found = _own(context, number)
    mine = {str(each.id): each for each in _comments(context, found)}
    if comment not in mine:
        return _page(context, found, faults=(Fault("", context.say(_("There is no such comment of yours."))),))
    try:
        with context.site.database.write() as connection:
            comments.take_back(connection, context.actor, int(comment))
    except RefusedError as error:
        return _page(context, _own(context, number), faults=(refusal_fault(context, error, REFUSALS),))
    return _done(context, number, "taken-back", f"#on-{mine[comment].passage or 'whole'}")


def recommend(context: Context, number: Number, advice: FormLine = "", letter: FormText = "") -> Response:
    """Give the recommendation."""
    found = _own(context, number)
    if advice not in list(Recommendation):
        fault = Fault("advice-publish", context.say(_("Choose what you advise.")))
        return _page(context, found, letter=letter, faults=(fault,))
    try:
        with context.site.database.write() as connection:
            reviews.recommend(connection, context.actor, number, Recommendation(advice), letter)
    except RefusedError as error:
        return _page(
            context, _own(context, number), letter=letter, faults=(refusal_fault(context, error, REFUSALS, "letter"),)
        )
    return _done(context, number, "given")


def _done(context: RequestContext, number: int, said: str, place: str = "") -> Response:
    return context.redirect(f"{urls.review(number)}?said={said}{place}")


def _own(context: RequestContext, number: int) -> Review:
    with context.site.database.read() as connection:
        found = reviews.get(connection, number)
    context.require(Action.REVIEW, found.reviewer)
    return found


def _in_review(context: RequestContext, review: Review) -> bool:
    """Whether the round of this review is on."""
    with context.site.database.read() as connection:
        case = reviews.case_of(connection, review.document)
    return case.state is State.IN_REVIEW and case.panel.round == review.round and review.ending is None


def _page(
    context: RequestContext, review: Review, said: str = "", letter: str = "", faults: tuple[Fault, ...] = ()
) -> Response:
    with context.site.database.read() as connection:
        document = documents.get(connection, review.document)
    labels = Labels(context.interface, context.site.taxonomy)
    active = _in_review(context, review)
    opened = active and review.conflict is False
    made = _comments(context, review)
    described = document.description
    view = ReviewView(
        review=review,
        stage=review.stage,
        title=described.title,
        language=described.language,
        written=direction(described.language),
        type=labels.type(described.type),
        date=context.interface.date(described.date),
        by=_submitter(context, document),
        due=context.interface.date(review.due.isoformat()),
        late=days_late(review, now().date()),
        open=opened,
        active=active,
        portions=_portions(context, document, made) if opened else (),
        comments=tuple(each for each in made if each.passage is None),
        advice=tuple((value.value, context.say(name)) for value, name in RECOMMENDATIONS.items()),
        advised=context.say(RECOMMENDATIONS[review.recommendation]) if review.recommendation else "",
        letter=letter or review.letter,
        said=said,
        faults=faults,
    )
    return context.page("editorial/review.html", view)


def _portions(context: RequestContext, document: StoredDocument, made: tuple[Comment, ...]) -> tuple[Portion, ...]:
    found: list[Portion] = []
    before = ""
    with context.site.database.read() as connection:
        cut = passages.of_document(connection, document.id)
    for key, passage in cut:
        heading = heading_of(passage, document.description.title)
        found.append(_portion(key, passage, "" if heading == before else heading, made))
        before = heading
    return tuple(found)


def _portion(key: int, passage: Passage, heading: str, made: tuple[Comment, ...]) -> Portion:
    mine = tuple(each for each in made if each.passage == key)
    way = direction(passage.language)
    return Portion(key, passage.number, heading, passage.page, passage.text, passage.language, way, mine)


def _comments(context: RequestContext, review: Review) -> tuple[Comment, ...]:
    with context.site.database.read() as connection:
        return tuple(comments.of_reviews(connection, [review.id]))


def _submitter(context: RequestContext, document: StoredDocument) -> str:
    """Who sent the document in, with their organisation, as conflicts of interests may lie there."""
    if document.owner is None:
        return document.description.provenance
    with context.site.database.read() as connection:
        account = accounts.get(connection, document.owner)
    if account is None:
        raise NotFoundError("There is no such account.")
    return ", ".join(part for part in (account.name or account.email, account.organisation) if part)
