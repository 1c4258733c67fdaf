"""An expert's own pages: profile, works, consents, export and erasure."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from ingest.experts.cv_reader import FileKind
from ingest.readers.file_types import READERS
from kb.accounts.audit_actions import AuditKind
from kb.accounts.permissions import Action
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.experts.audit_actions import ExpertAction
from kb.experts.expert import Expert, OrganisationKind
from kb.experts.profile_json import STATEMENT
from kb.experts.store import erasures, experts
from kb.experts.store import works as works_store
from kb.experts.works import Work
from kb.i18n.catalogue import _
from kb.matching.store import consents, proposals
from kb.requests.case import Proposal
from kb.requests.store import personal_data
from kb.text.language import language_of
from web.experts.profile_form import ProfileChoices, choices, levels_of, profile_faults, read
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import FormLine, LongText, OneLine, as_id
from web.http.routes import LONG_FORM
from web.requests.labels import FILE_KINDS, STANDINGS

_LONGEST = 20_000  # characters of a work
_SAID = {
    "saved": _("Your profile was saved."),
    "work": _("Your works were changed."),
    "read": _("The file was read. What was found in it stands below; the file itself is not kept."),
}


class WorkForm(BaseModel, frozen=True):
    """What is sent to add a work."""

    title: OneLine = ""
    body: LongText = ""
    link: OneLine = ""
    year: OneLine = ""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that was read, with what was found in it."""

    id: int
    name: str
    kind: str
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class ExpertView:
    """What the page of one's own profile shows. `number` is None before there is a profile.

    `works` are those that belong to no file; `accepted` are the endings of files that are read.
    """

    number: int | None
    expert: Expert
    levels: dict[str, str]
    countries: str
    works: tuple[Work, ...]
    files: tuple[FileLine, ...]
    kinds: tuple[tuple[str, str], ...]
    accepted: str
    hidden: tuple[str, ...]
    choices: ProfileChoices
    agreed: frozenset[str]  # uses that hold today
    expires: str
    invitations: tuple[tuple[int, str], ...]
    said: str
    faults: tuple[Fault, ...] = ()


def own_profile(context: Context, said: str = "") -> Response:
    """One's own profile, or the empty form of one."""
    number, expert, hidden = own_expert(context)
    return own_page(context, number, expert, hidden, said=context.say(_SAID.get(said, "")))


async def save_profile(context: Context) -> Response:
    """Save the profile; consents that are taken back end what one was asked for."""
    form = await context.request.form(max_files=0, max_fields=200, max_part_size=LONG_FORM)
    return await run_in_threadpool(_saved, context, form)


def add_work(context: Context, form: Annotated[WorkForm, Form()]) -> Response:
    """Add something that shows what one knows."""
    number = own_expert(context)[0]
    if number is None:
        return to_form(context)
    work = Work(
        0,
        " ".join(form.title.split())[:500],
        form.body.strip()[:_LONGEST],
        language_of(f"{form.title}\n{form.body}"),
        "publication",
        as_id(form.year) if len(form.year) == len("2025") else None,
        form.link.strip()[:500] if form.link.strip().startswith(("https://", "http://")) else "",
    )
    if not work.title and not work.body:
        _n, expert, hidden = own_expert(context)
        fault = Fault("title", context.say(_("Write its title, or some of its text.")))
        return own_page(context, number, expert, hidden, (fault,))
    with context.site.database.write() as connection:
        works_store.add(connection, context.actor, number, work)
    return back(context, "work")


def remove_work(context: Context, work: FormLine = "") -> Response:
    """Take a work away."""
    number = own_expert(context)[0]
    if number is None:
        return to_form(context)
    with context.site.database.write() as connection:
        if (chosen := as_id(work)) is not None:
            works_store.remove(connection, context.actor, number, chosen)
    return back(context, "work")


def export(context: Context) -> Response:
    """Everything that is kept of the person, as a file."""
    number = own_expert(context)[0]
    if number is None:
        return to_form(context)
    with context.site.database.write() as connection:
        found = personal_data.export(connection, number)
        audit_trail.record(connection, context.actor, ExpertAction.EXPORTED, AuditKind.EXPERT, number)
    return JSONResponse(found, headers={"Content-Disposition": 'attachment; filename="profile.json"'})


def erase(context: Context, sure: FormLine = "") -> Response:
    """Erase the profile, for good; the account, too, where it has no other task."""
    number = own_expert(context)[0]
    if number is None:
        return to_form(context)
    if not sure:
        _n, expert, hidden = own_expert(context)
        fault = Fault("sure", context.say(_("Tick the box: it cannot be undone.")))
        return own_page(context, number, expert, hidden, (fault,))
    erase_expert(context, number)
    return context.redirect("/")


def erase_expert(context: RequestContext, number: int) -> None:
    """Erase a person: noted outside the database first, so that no backup brings them back."""
    with context.site.database.read() as connection:
        names = experts.names(connection, number)
    erasures.append(context.site.settings.home, "expert", number, names)
    with context.site.database.write() as connection:
        for each in proposals.waiting_for(connection, number):
            proposals.lapse(connection, context.actor, each.id)
        audit_trail.record(connection, context.actor, ExpertAction.ERASED, AuditKind.EXPERT, number)
        experts.erase(connection, number)
    context.site.database.scrub()


def _saved(context: RequestContext, form: FormData) -> Response:
    number, before, _hidden = own_expert(context)
    expert = read(form, before, context.site.taxonomy.notations("objectives"))
    hidden = tuple(str(value) for value in form.getlist("hidden"))
    wrong = profile_faults(context, expert, form)
    if wrong:
        return own_page(context, number, expert, hidden, wrong)
    with context.site.database.write() as connection:
        if number is None:
            number = experts.register(connection, context.actor, expert)
        consents.save_profile(connection, context.actor, number, expert, hidden)
    return back(context, "saved")


def own_expert(context: RequestContext) -> tuple[int | None, Expert, tuple[str, ...]]:
    context.require(Action.EDIT_PERSON, context.actor.account)
    with context.site.database.read() as connection:
        number = experts.of_account(connection, context.actor.account)
        if number is not None:
            reached = experts.contact(connection, number)
            return number, experts.get(connection, number), reached.hidden if reached else ()
    account = context.account
    name, organisation = (account.name, account.organisation) if account else ("", "")
    return None, Expert(0, name, organisation, OrganisationKind.CIVIL_SOCIETY), ()


def to_form(context: RequestContext) -> Response:
    """Where there is no profile yet, its form."""
    return context.redirect("/expert")


def back(context: RequestContext, said: str) -> Response:
    return context.redirect(f"/expert?said={said}")


def own_page(
    context: RequestContext,
    number: int | None,
    expert: Expert,
    hidden: tuple[str, ...],
    wrong: tuple[Fault, ...] = (),
    said: str = "",
) -> Response:
    """The page of one's own profile."""
    asked: list[Proposal] = []
    files: list[works_store.File] = []
    if number is not None:
        with context.site.database.read() as connection:
            asked, files = proposals.of_expert(connection, number), works_store.files(connection, number)
    view = ExpertView(
        number=number,
        expert=expert,
        levels=dict(levels_of(expert)),
        countries=", ".join(context.interface.country(code) for code in expert.countries),
        works=tuple(work for work in expert.works if work.kind != STATEMENT and work.file is None),
        files=tuple(
            FileLine(f.id, f.name, context.say(FILE_KINDS[FileKind(f.kind)]), _of(f, expert.works)) for f in files
        ),
        kinds=tuple((kind.value, context.say(name)) for kind, name in FILE_KINDS.items()),
        accepted=",".join(READERS),
        hidden=hidden,
        choices=choices(context, expert),
        agreed=frozenset(use.value for use in expert.consent.uses if expert.consent.covers(use, now().date())),
        expires=context.interface.date(expert.consent.expires.isoformat()) if expert.consent.expires else "",
        invitations=tuple((each.id, context.say(STANDINGS[each.standing])) for each in asked),
        said=said,
        faults=wrong,
    )
    return context.page("experts/expert.html", view)


def _of(file: works_store.File, works: tuple[Work, ...]) -> tuple[Work, ...]:
    return tuple(work for work in works if work.file == file.id)
