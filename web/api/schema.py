"""The shapes of what programs get, as the manual and /openapi.json describe them; a test holds answers against them."""

from pydantic import BaseModel, ConfigDict, Field

from kb.i18n.catalogue import _


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DocumentShape(_Shape):
    id: int
    title: str
    language: str = Field(description=_("ISO 639-1; und when it is not known"))
    type: str
    source: str = Field(description=_("name of the source file"))
    countries: list[str] = Field(description=_("countries it is about, ISO 3166-1 alpha-3"))
    year: int | None


class PassageShape(_Shape):
    id: int
    number: int = Field(description=_("counts from 1 within the document"))
    text: str
    page: int | None
    heading: list[str] = Field(description=_("from the outermost heading inwards"))
    start: int = Field(description=_("first character of the passage in the text of the document"))
    end: int = Field(description=_("character after the last"))
    language: str


class ConceptShape(_Shape):
    scheme: str
    notation: str


class TranslationShape(_Shape):
    language: str
    document: int


class HitShape(_Shape):
    rank: int
    score: float = Field(description=_("higher is better; to be compared within one answer only"))
    document: DocumentShape
    passage: PassageShape
    highlights: list[tuple[int, int]] = Field(description=_("what answers, as offsets into the text of the passage"))
    concepts: list[ConceptShape]
    others: list[int] = Field(description=_("ids of further passages of the document that answer"))
    translations: list[TranslationShape]


class AnswerShape(_Shape):
    query: str
    took_ms: float
    total: int = Field(description=_("number of documents one can page through"))
    hits: list[HitShape]
    facets: dict[str, list[tuple[str, int]]] = Field(description=_("for each field, values with their counts"))
    arms: list[str] = Field(description=_("which ways of searching took part"))
    corrected: str = Field(description=_("the question as it was searched, when its spelling was mended; else empty"))
    terms: list[str] = Field(description=_("ids of the terms of the glossary that the question names"))
    answered: bool = Field(description=_("false when nothing clearly answers: the hits are then what comes nearest"))
    degraded: bool = Field(description=_("true when the encoder took no part, so that only words were looked for"))
    nearest: list[HitShape] = Field(description=_("the hits once more when nothing answers; to be left out in time"))


class EvidenceShape(_Shape):
    start: int
    end: int
    kind: str


class TagShape(_Shape):
    scheme: str
    notation: str
    label: str
    score: float
    state: str
    method: str
    passage: int | None = Field(description=_("id of the passage; null for the document as a whole"))
    evidence: list[EvidenceShape]


class StatementShape(_Shape):
    """A line that says that it treats an objective which the whole document is not about."""

    notation: str
    label: str
    passage: int | None = Field(description=_("id of the passage that shows the line"))
    text: str = Field(description=_("the line"))
    start: int
    end: int


class FullDocumentShape(DocumentShape):
    date: str
    version: int
    provenance: str
    sample: bool
    page_count: int | None
    text: str
    tags: list[TagShape]
    speaks_of: list[StatementShape]
    passages: list[PassageShape]
    translations: list[TranslationShape]


class ProblemShape(_Shape):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = Field("", description=_("reference of the error in the log of the site"))


class HealthShape(_Shape):
    status: str
    documents: int
    passages: int
    vectors: bool = Field(description=_("whether search goes by meaning as well as by words"))
    revision: int = Field(description=_("how often what the public sees has changed"))
