"""The page on which the secretariat says which names mean the same organisation."""

from dataclasses import dataclass

from starlette.responses import Response

from kb.errors import RefusedError
from kb.experts.organisations import split_names
from kb.experts.store import organisations
from kb.i18n.catalogue import _
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.form_fields import FormLine, FormText

_MOST, _LONGEST = 500, 200  # organisations, characters of a name


@dataclass(frozen=True, slots=True)
class OrganisationsView:
    """What the page shows: a line an organisation, the state the names were in, and what they are when that changed."""

    written: str
    state: str
    said: str
    present: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def organisations_page(context: Context, said: str = "") -> Response:
    """The names as they are."""
    return _page(context, said=context.say(_("The names were saved.")) if said == "saved" else "")


def save_organisations(context: Context, names: FormText = "", state: FormLine = "") -> Response:
    """Put these names in the place of those there were."""
    groups = [group for line in names.splitlines() if (group := split_names(line))]
    lonely = next((group[0] for group in groups if len(group) < 2), "")
    long = next((name for group in groups for name in group if len(name) > _LONGEST), "")
    if lonely or long or len(groups) > _MOST:
        text = _("A line needs at least two names, with ; between them, of up to 200 characters each: %(name)s")
        return _page(context, names, state, context.say(text) % {"name": (lonely or long)[:80]})
    try:
        with context.site.database.write() as connection:
            organisations.save(connection, context.actor, groups, state)
    except RefusedError:
        text = _("Somebody else changed the names meanwhile. Compare what you wrote with what is there now, and save.")
        return _page(context, names, "", context.say(text), moved=True)
    return context.redirect("/organisations?said=saved")


def _page(
    context: RequestContext,
    written: str | None = None,
    state: str = "",
    wrong: str = "",
    said: str = "",
    *,
    moved: bool = False,
) -> Response:
    with context.site.database.read() as connection:
        groups = organisations.list_groups(connection)
    lines = tuple("; ".join(names) for names in groups)
    view = OrganisationsView(
        written="\n".join(lines) if written is None else written,
        state=state or organisations.state(groups),
        said=said,
        present=lines if moved else (),
        faults=(Fault("names", wrong),) if wrong else (),
    )
    return context.page("experts/organisations.html", view)
