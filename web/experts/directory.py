"""How experts come in: the secretariat's list and invitations, the link by which a person consents, the public list."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from ingest.readers.file_types import READERS
from kb.accounts.account import AccountRefusal
from kb.accounts.audit_actions import AuditKind
from kb.accounts.store import audit_trail
from kb.clock import now
from kb.errors import RefusedError
from kb.experts.expert import Expert, ExpertRefusal, is_public, may_be_named
from kb.experts.labels import SUPPORTS
from kb.experts.store import erasures, experts
from kb.experts.works import Work
from kb.i18n.catalogue import LANGUAGES, _
from kb.matching.store import consents
from web import urls
from web.accounts.one_time_links import link_gone
from web.experts.own_profile import erase_expert
from web.experts.profile_form import facts_of
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault, refusal_fault
from web.http.form_fields import FormLine, Number, OneLine, Several
from web.i18n.labels import Chip, Labels
from web.matching.secret_links import consent_address, post_consent
from web.requests.labels import FILE_KINDS, KINDS, USES

_REFUSALS: dict[StrEnum, str] = {
    AccountRefusal.ADDRESS: _("This is no e-mail address. It has the form name@example.org."),
    ExpertRefusal.TWICE: _("There is one already."),
}


class ConsentForm(BaseModel, frozen=True):
    """What is sent to agree to uses of one's profile, or to have it erased."""

    uses: Several = ()
    answer: OneLine = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A person in the secretariat's list; who has not agreed to be found is called as their import calls them."""

    number: int
    name: str
    organisation: str
    stands: str
    sample: bool
    invited: bool
    can_invite: bool


@dataclass(frozen=True, slots=True)
class ExpertsView:
    """What the list shows. `handed` is a link to pass on, shown this once."""

    lines: tuple[Listed, ...]
    languages: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]  # of files
    accepted: str
    handed: str
    mailed: bool
    said: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What an invited person decides on."""

    key: str
    expert: Expert
    kind: str
    facts: tuple[tuple[str, str], ...]
    uses: tuple[tuple[str, str, str], ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicLine:
    """An expert as everybody sees them."""

    name: str
    facts: tuple[str, ...]
    objectives: tuple[Chip, ...]
    works: tuple[Work, ...]  # whose titles they wish to stand here
    sample: bool


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The public list."""

    lines: tuple[PublicLine, ...]


def list_experts(context: Context, said: str = "") -> Response:
    """All experts; those who have not agreed to be found without their names."""
    read = context.say(_("The file was read. The person sees what was found in it before they agree."))
    return list_page(context, said=read if said == "read" else "")


def invite(context: Context, number: Number, email: FormLine = "", language: FormLine = "") -> Response:
    """Send, or show, the link by which a person decides on their profile."""
    tongue = language if language in LANGUAGES else LANGUAGES[0]
    if email.strip() in erasures.read_erased(context.site.settings.home):
        message = context.say(_("Whoever is reached there had their profile erased. They can register themselves."))
        return list_page(context, faults=(Fault(f"email-{number}", message),))
    try:
        with context.site.database.write() as connection:
            token = experts.invite(connection, context.actor, number, email.strip(), tongue)
            reached = experts.contact(connection, number)
            if reached is not None:
                post_consent(context, connection, reached)
    except RefusedError as error:
        return list_page(context, faults=(refusal_fault(context, error, _REFUSALS, f"email-{number}"),))
    if context.site.settings.smtp_host and reached is not None:
        return list_page(context, mailed=True)
    return list_page(context, handed=consent_address(context, token, tongue))


def to_list(context: Context) -> Response:
    """The page that holds the form of this address."""
    return context.redirect("/experts")


def consent_form(context: Context, key: str = "") -> Response:
    """What is known of the person, and what it may be used for; opening it agrees to nothing."""
    return _consent(context, key)


def consent(context: Context, form: Annotated[ConsentForm, Form()], key: str = "") -> Response:
    """Agree to the uses chosen, or have everything erased."""
    with context.site.database.read() as connection:
        reached = experts.by_link(connection, key)
    if reached is None:
        return link_gone(context)
    if form.answer == "erase":
        erase_expert(context, reached.expert)
        return context.redirect("/")
    if not form.uses:
        fault = Fault("use-found", context.say(_("Choose what you agree to, or have the profile erased.")))
        return _consent(context, key, (fault,))
    with context.site.database.write() as connection:
        token = consents.give(connection, context.actor, key, form.uses)
    path = urls.welcome(token) if token else "/sign-in?next=/expert"
    return context.redirect(path)


def people(context: Context) -> Response:
    """The experts who agreed that everybody sees them, with what they do not hide."""
    today = now().date()
    with context.site.database.read() as connection:
        public = [e.id for e in experts.profiles(connection) if is_public(e, today)]
        found = list(experts.get_several(connection, public).values())
        reached = experts.contacts(connection)
    hidden = {number: contact.hidden for number, contact in reached.items()}
    lines = tuple(_public(context, expert, hidden.get(expert.id, ())) for expert in found)
    return context.page("experts/directory.html", PeopleView(tuple(sorted(lines, key=lambda line: line.name))))


def list_page(
    context: RequestContext, handed: str = "", faults: tuple[Fault, ...] = (), said: str = "", *, mailed: bool = False
) -> Response:
    """The secretariat's list; that names were seen is on record."""
    today = now().date()
    with context.site.database.read() as connection:
        found, codes = experts.profiles(connection), experts.codes(connection)
        reached = experts.contacts(connection)
    named = sum(may_be_named(each, today) for each in found)
    audit_trail.record_seen(context.site.database, context.actor, audit_trail.Seen(AuditKind.EXPERTS, "all", named))
    lines = []
    for each in found:
        known = may_be_named(each, today)
        state = _("Paused") if each.availability.paused else _("Agreed to be found")
        lines.append(
            Listed(
                each.id,
                each.name if known else codes[each.id],
                each.organisation if known else "",
                context.say(state if known else _("Not visible: has not agreed")),
                each.sample,
                each.id in reached,
                not known and not each.sample,
            )
        )
    kinds = tuple((kind.value, context.say(name)) for kind, name in FILE_KINDS.items())
    view = ExpertsView(tuple(lines), LANGUAGES, kinds, ",".join(READERS), handed, mailed, said, faults)
    return context.page("experts/experts.html", view)


def _consent(context: RequestContext, key: str, faults: tuple[Fault, ...] = ()) -> Response:
    with context.site.database.read() as connection:
        reached = experts.by_link(connection, key)
        expert = experts.get(connection, reached.expert) if reached else None
    if expert is None:
        return link_gone(context)
    uses = tuple((use.value, context.say(name), context.say(told)) for use, (name, told) in USES.items())
    view = ConsentView(key, expert, context.say(KINDS[expert.kind]), facts_of(context, expert), uses, faults)
    return context.page("experts/consent.html", view, private=True)


def _public(context: RequestContext, expert: Expert, hidden: tuple[str, ...]) -> PublicLine:
    ui = context.interface
    facts = {
        "organisation": expert.organisation,
        "kind": context.say(KINDS[expert.kind]),
        "country": ui.country(expert.country),
        "countries": ", ".join(ui.country(code) for code in expert.countries),
        "languages": ", ".join(ui.language(code) for code, _level in expert.languages),
        "supports": ", ".join(context.say(SUPPORTS[support]) for support in expert.supports),
    }
    shown = tuple(value for name, value in facts.items() if value and name not in hidden)
    about = () if "objectives" in hidden else expert.objectives
    works = tuple(work for work in expert.works if work.shown and work.title)
    return PublicLine(expert.name, shown, Labels(ui, context.site.taxonomy).chips(about), works, expert.sample)
