"""The page on which files are sent in, many at a time."""

from dataclasses import dataclass

from starlette.responses import Response

from kb.errors import RefusedError
from kb.i18n.catalogue import _
from kb.jobs.store import queue
from kb.vocabularies.schemes import VOCABULARY_OF
from web import urls
from web.http.context import Context, RequestContext
from web.http.form_errors import Fault
from web.i18n.labels import Labels
from web.submissions.upload_form import Limits, UnreadableError, limits_of, replaced_document, taken_in


@dataclass(frozen=True, slots=True)
class UploadView:
    """What the page shows. `replaces` is the document that the file is a new version of, with its title."""

    limits: Limits
    types: tuple[tuple[str, str], ...]
    replaces: int | None
    title: str
    faults: tuple[Fault, ...] = ()


def upload_form(context: Context, replaces: str = "") -> Response:
    """Ask for files, and say beforehand what may be sent."""
    return _page(context, replaced_document(context, replaces) if replaces else None)


async def upload(context: Context) -> Response:
    """Take files in; the page that follows shows what becomes of each."""
    try:
        name = await taken_in(context)
    except UnreadableError:
        text = context.say(_("Up to %(count)s files can be sent at a time. Send fewer."))
        return _page(context, None, Fault("files", text % {"count": limits_of(context.site.settings).files}))
    except RefusedError:
        text = context.say(_("So many of your files wait already that no more can be taken in. Send them later."))
        return _page(context, None, Fault("files", text))
    if not name:
        return _page(context, None, Fault("files", context.say(_("Choose at least one file."))))
    return context.redirect(urls.jobs(name))


def _page(context: RequestContext, replaces: int | None, *faults: Fault) -> Response:
    taxonomy = context.site.taxonomy
    labels = Labels(context.interface, taxonomy)
    scheme = next(scheme for scheme in taxonomy.schemes if scheme.name == VOCABULARY_OF["type"])
    types = sorted(((c.notation, labels.type(c.notation)) for c in scheme.concepts), key=lambda pair: pair[1])
    title = ""
    if replaces is not None:
        with context.site.database.read() as connection:
            title = queue.outlines(connection, [replaces])[replaces].title
    view = UploadView(limits_of(context.site.settings), tuple(types), replaces, title, faults)
    return context.page("submissions/upload.html", view)
