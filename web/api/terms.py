"""The terms that somebody may mean, for programs that suggest them while one types."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from kb.i18n.catalogue import _
from kb.terms.glossary import objectives_of
from kb.terms.suggestions import suggested
from web.http.context import Context


class TermsQuery(BaseModel, frozen=True):
    """What terms are asked for."""

    q: str = Field("", max_length=200, description=_("the beginning of a term or of one of its words, in any language"))
    language: str = Field("en", max_length=8, description=_("language of the names, ISO 639-1"))
    limit: int = Field(10, ge=1, le=50)


class TermShape(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    label: str = Field(description=_("what it is called in the language asked for"))
    matched: str = Field(description=_("the form that has what was typed"))
    matched_language: str
    definition: str
    objectives: list[str]


class TermsShape(BaseModel):
    model_config = ConfigDict(frozen=True)

    query: str
    terms: list[TermShape]


def terms(context: Context, asked: Annotated[TermsQuery, Query()]) -> Response:
    """Terms of the glossary that begin as typed, or have such a word."""
    found = suggested(context.site.glossary(), asked.q, asked.language, asked.limit)
    shapes = [
        TermShape(
            id=each.concept.notation,
            label=each.concept.label(asked.language),
            matched=each.form,
            matched_language=each.language,
            definition=each.concept.definition(asked.language),
            objectives=list(objectives_of(each.concept)),
        )
        for each in found
    ]
    return JSONResponse(TermsShape(query=asked.q, terms=shapes).model_dump())


def term_api_routes() -> APIRouter:
    router = APIRouter()
    router.add_api_route(
        "/api/terms",
        terms,
        methods=["GET"],
        description=_("Suggest terms of the glossary."),
        responses={200: {"model": TermsShape}},
    )
    return router
