"""The interface for programs: the same searches and documents as the pages, in JSON."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from kb.documents.models import StoredDocument
from kb.documents.speaks_of import beside
from kb.documents.store import documents, passages, speaks_of, tags
from kb.exports.exported import ExportedDocument
from kb.exports.formats import JSON
from kb.exports.json_values import write_answer, write_document
from kb.i18n.catalogue import _
from kb.search.facets import NAMES
from kb.store import instance_facts
from web.api.schema import AnswerShape, FullDocumentShape, HealthShape, ProblemShape
from web.documents.page import published_or_successor
from web.http.context import Context
from web.search.search_url import MAX_PAGE_SIZE, PAGE_SIZE, SearchAddress, choices

_PROBLEM: dict[int | str, dict[str, Any]] = {
    400: {"model": ProblemShape, "description": _("The question cannot be read as it is")}
}
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemShape, "description": _("There is no such document, or it is not public")},
    410: {"model": ProblemShape, "description": _("This document was withdrawn")},
}


class SearchQuery(BaseModel, frozen=True):
    """What a search is asked with; each of NAMES can be given several times."""

    q: str = Field("", description=_("the question, in any language; empty browses, newest first"))
    language: tuple[str, ...] = Field((), description=_("language of the passage, ISO 639-1; repeatable"))
    objective: tuple[str, ...] = Field((), description=_("number of an objective, spoken of at least; repeatable"))
    area: tuple[str, ...] = Field((), description=_("number of a thematic area; repeatable"))
    country: tuple[str, ...] = Field((), description=_("ISO 3166-1 alpha-3; repeatable"))
    region: tuple[str, ...] = Field((), description=_("region of the world, UN M49; repeatable"))
    entity: tuple[str, ...] = Field((), description=_("entity of the United Nations; repeatable"))
    type: tuple[str, ...] = Field((), description=_("type of document; repeatable"))
    year_from: int | None = Field(None, alias="from", ge=1900, le=2100, description=_("first year"))
    year_to: int | None = Field(None, alias="to", ge=1900, le=2100, description=_("last year"))
    sort: Literal["relevance", "date"] = "relevance"
    limit: int = Field(PAGE_SIZE, ge=1, le=MAX_PAGE_SIZE, description=_("results on a page"))
    page: int = Field(1, ge=1, le=100_000)
    words: Literal["", "literal"] = Field("", description=_("literal: read no objective or country into the words"))
    samples: Literal["", "hide"] = Field("", description=_("hide: leave out invented examples"))


def search(context: Context, asked: Annotated[SearchQuery, Query()]) -> Response:
    """Search what is published. Hits are passages, best first; `total` counts documents."""
    fields = {name: getattr(asked, name) for name in NAMES}
    years = asked.year_from, asked.year_to
    address = SearchAddress(
        asked.q.strip(),
        choices(fields),
        *years,
        asked.sort,
        asked.page,
        asked.words == "literal",
        asked.samples != "hide",
    )
    answer = context.site.searcher.search(replace(address.query("", asked.limit), grouped=False))
    return Response(write_answer(answer), media_type=JSON.media_type)


def document(context: Context, number: Annotated[int, Path(alias="id", ge=0)]) -> Response:
    """Read one document: description, text, passages, tags with evidence."""
    found = published_or_successor(context, number)
    if not isinstance(found, StoredDocument):
        return RedirectResponse(f"/api/documents/{found}", 302)
    return Response(write_document(_exported(context, found)), media_type=JSON.media_type)


def health(context: Context) -> Response:
    """Tell whether the site works, and what it holds."""
    searcher = context.site.searcher
    searcher.refresh()
    catalogue = searcher.catalogue
    with context.site.database.read() as connection:
        revision = instance_facts.revision(connection)
    return JSONResponse(
        {
            "status": "ok",
            "documents": len(catalogue.facts),
            "passages": len(catalogue.ids),
            "vectors": searcher.ready,
            "revision": revision,
        },
        headers={"Cache-Control": "no-store"},
    )


def description(request: Request) -> Response:
    """This description, as OpenAPI."""
    return JSONResponse(request.app.openapi())


def api_routes() -> APIRouter:
    router = APIRouter()
    read = ["GET"]
    router.add_api_route(
        "/api/search",
        search,
        methods=read,
        description=_("Search what is published."),
        responses={200: {"model": AnswerShape}, **_PROBLEM},
    )
    router.add_api_route(
        "/api/documents/{id}",
        document,
        methods=read,
        description=_(
            "Read one document: its description, text, passages, tags with their evidence, and what lines of it treat."
        ),
        responses={200: {"model": FullDocumentShape}, **_PROBLEM, **_MISSING},
    )
    router.add_api_route(
        "/healthz",
        health,
        methods=read,
        description=_("Tell whether the site works, and what it holds."),
        responses={200: {"model": HealthShape}},
    )
    router.add_api_route("/openapi.json", description, methods=["GET", "HEAD"], include_in_schema=False)
    return router


def _exported(context: Context, stored: StoredDocument) -> ExportedDocument:
    database = context.site.database
    with database.read() as connection:
        cut = passages.of_document(connection, stored.id)
        stated = speaks_of.of_document(connection, stored.id)
    claims = tags.of_document(database, stored.id)
    spoken = beside(stated, [tag for place, tag in claims if place is None])
    keys = {(tag.scheme, tag.notation) for _, tag in claims} | {("objectives", one.notation) for one in spoken}
    concepts = {key: context.site.taxonomy.find(*key) for key in keys}
    return ExportedDocument(
        stored,
        tags=claims,
        speaks_of=spoken,
        passages=cut,
        translations=[
            (language, number)
            for language, number, _title in documents.translations(database, stored.work)
            if number != stored.id
        ],
        labels={key: concept.label(context.code) for key, concept in concepts.items() if concept is not None},
    )
