"""The form on which support is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from kb.accounts.tokens import new_token
from kb.clock import now
from kb.experts.expert import Support
from kb.experts.labels import SUPPORTS
from kb.i18n.catalogue import LANGUAGES, _
from kb.requests.case import LONGEST, LONGEST_TITLE
from kb.requests.request import Request
from kb.requests.store import requests
from kb.text.language import ASKED_IN, language_of, question_language
from web import urls
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.http.routes import LONG_FORM
from web.i18n.labels import Chip, Labels, states

_LINE = LONGEST_TITLE  # characters of a field of one line
_FIELDS = (
    "text",
    "title",
    "title_public",
    "country",
    "support",
    "needed_by",
    "organisation",
    "concerns",
    "confidential",
    "language",  # that the question was asked in, for words that do not tell
    "once",  # tells a form that is sent twice from another one
)
_SCHEME = "objectives"


class SearchedInVain(BaseModel, frozen=True):
    """What was searched for, carried into the form."""

    q: str = ""
    country: Annotated[tuple[str, ...], Field(max_length=50)] = ()
    objective: Annotated[tuple[str, ...], Field(max_length=50)] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class RequestFormView:
    """What the form shows. `asked` is what was written into it, by field; `offered` are objectives to choose from."""

    asked: Mapping[str, str]
    spoken: frozenset[str]
    offered: tuple[Chip, ...]
    chosen: frozenset[str]
    languages: tuple[str, ...]
    countries: tuple[tuple[str, str], ...]
    supports: tuple[tuple[str, str], ...]
    longest: int
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What was written into the form: `offered` are objectives that were carried into it, `chosen` those ticked."""

    asked: Mapping[str, str]
    spoken: frozenset[str]
    offered: tuple[str, ...]
    chosen: frozenset[str]


def request_form(context: Context, found: Annotated[SearchedInVain, Query()]) -> Response:
    """The empty form; what was searched for in vain stands in it already, with the first country and all objectives."""
    known = dict(states(context.interface))
    asked = {
        "text": found.q[:LONGEST],
        "organisation": context.account.organisation if context.account else "",
        "country": next((code for each in found.country if (code := each.upper()) in known), ""),
        "language": found.language if found.language in ASKED_IN else "",
        "once": new_token(),
    }
    about = tuple(dict.fromkeys(found.objective))
    return _page(context, Written(asked, frozenset(), about, frozenset(about)))


async def file_request(context: Context) -> Response:
    """Take a request in, and go to its page, which shows at once what is known already."""
    form = await context.request.form(max_files=0, max_fields=80, max_part_size=LONG_FORM)
    asked = {name: str(form.get(name, "")).strip() for name in _FIELDS}
    spoken = frozenset(str(value) for value in form.getlist("spoken")) & set(LANGUAGES)
    offered, chosen = (tuple(str(value) for value in form.getlist(name)) for name in ("offered", "objective"))
    return await run_in_threadpool(_taken, context, Written(asked, spoken, offered, frozenset(chosen)))


def _taken(context: RequestContext, written: Written) -> Response:
    faults = _faults(context, written.asked)
    if faults:
        return _page(context, written, faults)
    request = _request(context, written)
    suggest = context.site.suggest
    suggested = suggest(request.text) if suggest is not None else ()
    with context.site.database.write() as connection:
        number = requests.file(connection, context.actor, request, suggested, written.asked["once"][:_LINE])
    return context.redirect(f"{urls.request(number)}?said=filed")


def _request(context: RequestContext, written: Written) -> Request:
    asked, text = written.asked, written.asked["text"]
    hint = asked["language"] if asked["language"] in ASKED_IN else ""
    return Request(
        text=text,
        language=question_language(text) or language_of(text, hint),
        title=" ".join(asked["title"].split()),
        organisation=" ".join(asked["organisation"].split()),
        country=asked["country"],
        objectives=tuple(n for n in written.offered if n in written.chosen and context.site.taxonomy.find(_SCHEME, n)),
        support=Support(asked["support"]) if asked["support"] else None,
        spoken=tuple(code for code in LANGUAGES if code in written.spoken),
        concerns=tuple(line for each in asked["concerns"].splitlines() if (line := " ".join(each.split()))),
        needed_by=_day(asked["needed_by"]),
        confidential=bool(asked["confidential"]),
        title_public=bool(asked["title_public"]),
    )


def _faults(context: RequestContext, asked: Mapping[str, str]) -> tuple[Fault, ...]:
    found = []
    if not asked["text"]:
        found.append(Fault("text", context.say(_("Say in a few sentences what the problem is and what would help."))))
    if len(asked["text"]) > LONGEST:
        long = context.say(_("This is longer than %(count)s characters. Keep what matters most."))
        found.append(Fault("text", long % {"count": context.interface.number(LONGEST)}))
    for name in ("title", "organisation"):
        if len(asked[name]) > _LINE:
            found.append(Fault(name, context.say(_("This is too long. Keep it to one line."))))
    if asked["title_public"] and not asked["title"]:
        found.append(Fault("title", context.say(_("Write the title that may be shown, or take the tick away."))))
    if asked["title_public"] and asked["confidential"]:
        both = context.say(_("A confidential request shows no title. Take one of the two ticks away."))
        found.append(Fault("title_public", both))
    if asked["country"] not in dict(states(context.interface)):
        found.append(Fault("country", context.say(_("Choose the country that needs support."))))
    if asked["support"] and asked["support"] not in list(Support):
        found.append(Fault("support", context.say(_("Choose one of the kinds of support."))))
    day = _day(asked["needed_by"])
    if asked["needed_by"] and day is None:
        found.append(Fault("needed_by", context.say(_("Write the date as year-month-day, like 2027-03-31."))))
    elif day is not None and day < now().date():
        found.append(Fault("needed_by", context.say(_("This day has passed. Choose a later one."))))
    return tuple(found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(context: RequestContext, written: Written, faults: tuple[Fault, ...] = ()) -> Response:
    view = RequestFormView(
        asked={name: written.asked.get(name, "") for name in _FIELDS},
        spoken=written.spoken,
        offered=Labels(context.interface, context.site.taxonomy).chips(written.offered),
        chosen=written.chosen,
        languages=LANGUAGES,
        countries=states(context.interface),
        supports=tuple((support.value, context.say(name)) for support, name in SUPPORTS.items()),
        longest=LONGEST,
        faults=faults,
    )
    return context.page("requests/request_form.html", view)
