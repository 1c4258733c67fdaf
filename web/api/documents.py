"""The interface for programs: the same searches and documents as the pages, in JSON."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kb.documents.models import StoredDocument
from kb.documents.store import documents, passages, tags
from kb.exports.exported import ExportedDocument
from kb.exports.formats import JSON
from kb.exports.json_values import write_answer, write_document
from kb.store import instance_facts
from web.api.schema import AnswerShape, FullDocumentShape, HealthShape, ProblemShape
from web.documents.page import published_or_successor
from web.http.context import Visiting
from web.i18n.locales import _
from web.search.search_url import MAX_PAGE_SIZE, PAGE_SIZE, SearchAddress, choices

_PROBLEM: dict[int | str, dict[str, Any]] = {
    400: {"model": ProblemShape, "description": _("The question cannot be read as it is")}
}
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemShape, "description": _("There is no such document, or it is not public")},
    410: {"model": ProblemShape, "description": _("This document was withdrawn")},
}


def search(
    visit: Visiting,
    q: Annotated[str, Query(description=_("the question, in any language; empty browses, newest first"))] = "",
    language: Annotated[list[str], Query(description=_("language of the passage, ISO 639-1; repeatable"))] = [],  # noqa: B006
    objective: Annotated[list[str], Query(description=_("number of an objective; repeatable"))] = [],  # noqa: B006
    area: Annotated[list[str], Query(description=_("number of a thematic area; repeatable"))] = [],  # noqa: B006
    country: Annotated[list[str], Query(description=_("ISO 3166-1 alpha-3; repeatable"))] = [],  # noqa: B006
    region: Annotated[list[str], Query(description=_("region of the world, UN M49; repeatable"))] = [],  # noqa: B006
    entity: Annotated[list[str], Query(description=_("entity of the United Nations; repeatable"))] = [],  # noqa: B006
    type: Annotated[list[str], Query(description=_("type of document; repeatable"))] = [],  # noqa: A002, B006
    year_from: Annotated[int | None, Query(alias="from", ge=1900, le=2100, description=_("first year"))] = None,
    year_to: Annotated[int | None, Query(alias="to", ge=1900, le=2100, description=_("last year"))] = None,
    sort: Annotated[Literal["relevance", "date"], Query()] = "relevance",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description=_("results on a page"))] = PAGE_SIZE,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    words: Annotated[
        Literal["", "literal"], Query(description=_("literal: read no objective or country into the words"))
    ] = "",
) -> Response:
    """Search what is published. Hits are passages, best first; `total` counts documents."""
    fields = {
        "language": language, "objective": objective, "area": area, "country": country,
        "region": region, "entity": entity, "type": type,
    }  # fmt: skip
    address = SearchAddress(q.strip(), choices(fields), year_from, year_to, sort, page, words == "literal")
    answer = visit.site.searcher.search(replace(address.query("", limit), grouped=False))
    return Response(write_answer(answer), media_type=JSON.media_type)


def document(visit: Visiting, number: Annotated[int, Path(alias="id", ge=0)]) -> Response:
    """Read one document: description, text, passages, tags with evidence."""
    found = published_or_successor(visit, number)
    if not isinstance(found, StoredDocument):
        return RedirectResponse(f"/api/documents/{found}", 302)
    return Response(write_document(_exported(visit, found)), media_type=JSON.media_type)


def health(visit: Visiting) -> Response:
    """Tell whether the site works, and what it holds."""
    searcher = visit.site.searcher
    searcher.refresh()
    catalogue = searcher.catalogue
    with visit.site.database.read() as connection:
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
        description=_("Read one document: its description, text, passages, and tags with their evidence."),
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


def _exported(visit: Visiting, stored: StoredDocument) -> ExportedDocument:
    database = visit.site.database
    with database.read() as connection:
        cut = passages.of_document(connection, stored.id)
    claims = tags.of_document(database, stored.id)
    concepts = {(tag.scheme, tag.notation): visit.site.taxonomy.find(tag.scheme, tag.notation) for _, tag in claims}
    return ExportedDocument(
        stored,
        tags=claims,
        passages=cut,
        translations=[
            (language, number)
            for language, number, _title in documents.translations(database, stored.work)
            if number != stored.id
        ],
        labels={key: concept.label(visit.code) for key, concept in concepts.items() if concept is not None},
    )
