"""The tagger: texts and documents to concepts with evidence, for whatever schemes it is given."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ingest.tagging.definition_alignment import Aligner, Packed
from ingest.tagging.document_tags import document_tags, stated_tags
from ingest.tagging.embedding_cache import Keep, not_kept
from ingest.tagging.label_matching import analyse
from ingest.tagging.model import Model, shipped_model
from ingest.tagging.scheme_tagger import Judgement, Reading, SchemeTagger
from ingest.tagging.scoring import Features
from ingest.tagging.semantic_similarity import Encode, Vectors
from ingest.tagging.text_inputs import Text, encoded_texts, reading_of, vectors_of
from kb.documents.derived_tags import groupings, with_derived_tags
from kb.documents.models import (
    Description,
    Document,
    EncodedPassages,
    Evidence,
    EvidenceKind,
    Passage,
    Section,
    Tag,
    TaggedPassage,
)
from kb.text.language import UNKNOWN
from kb.vocabularies.numbered_references import Reference
from kb.vocabularies.skos import Taxonomy

STATED_SCHEME = "objectives"  # the scheme that a document's own description names concepts of
_AT_ONCE = 256  # texts tagged together


@dataclass(frozen=True, slots=True)
class TextTags:
    """What the tagger says of one text: concepts it asserts, best first, and every concept of each scheme ranked.

    Offsets of evidence point into the text; the title counts, but holds no evidence.
    """

    language: str
    concepts: tuple[Tag, ...]
    ranking: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]  # (scheme, ((notation, score), ...))


@dataclass(frozen=True, slots=True)
class _Heading:
    """The innermost heading of a passage, where it stands in the document."""

    start: int
    end: int


class Tagger:
    """Tags with the schemes of a taxonomy. Knows none of them by heart.

    `encode` must encode as the passages of documents are encoded; without it words alone decide. `by_name` are schemes
    whose concepts are named rather than talked about (kinds of actors, say); schemes that only group the concepts of
    another one are treated so too. `keep` is asked for what is encoded of descriptions.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        encode: Encode | None = None,
        by_name: Collection[str] = (),
        model: Model | None = None,
        aligner: Aligner | None = None,
        keep: Keep = not_kept,
    ) -> None:
        self.taxonomy = taxonomy
        self.model = model or shipped_model()
        self._encode = encode
        self._aligner = aligner if encode else None
        groups = groupings(taxonomy)
        self._taggers = tuple(
            SchemeTagger(scheme, encode, scheme.name in by_name or scheme.name in groups, self.model, aligner, keep)
            for scheme in taxonomy.schemes
        )

    def tag_text(self, text: str, title: str = "", language: str = "") -> TextTags:
        """Concepts of one text."""
        return next(self.tag_texts([Text(text, title, language)]))

    def tag_texts(self, texts: Sequence[Text]) -> Iterator[TextTags]:
        """Concepts of many texts, in order; they are encoded in batches."""
        for first in range(0, len(texts), _AT_ONCE):
            yield from self._tag_batch(texts[first : first + _AT_ONCE])

    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
        """Tags of the passages `cut` from a document, and of the document as a whole.

        Nothing is encoded again: the vectors of the passages are those they are searched with.
        """
        headings = _headings(document, cut)
        readings = self._readings(document, description, cut, encoded)
        found: list[list[Tag]] = [[] for _ in cut]
        for tagger in self._taggers:
            references = _shared_out(_references(tagger, document), cut, headings)
            judged = tagger.judge(readings, encoded.vectors, references)
            for row, reading in enumerate(readings):
                found[row] += tagger.tags(reading, judged, row)
        tagged = tuple(TaggedPassage(passage, tuple(tags)) for passage, tags in zip(cut, found, strict=True))
        return tagged, self._of_document(document, description, tagged)

    def features_of_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> dict[str, Features]:
        """What is known of every concept in every passage, by scheme, where a model weighs it."""
        headings = _headings(document, cut)
        readings = self._readings(document, description, cut, encoded)
        return {
            tagger.scheme.name: tagger.judge(
                readings, encoded.vectors, _shared_out(_references(tagger, document), cut, headings)
            ).features
            for tagger in self._taggers
            if not tagger.by_name
        }

    def scheme_tagger(self, scheme: str) -> SchemeTagger:
        """The tagger of one scheme."""
        return next(tagger for tagger in self._taggers if tagger.scheme.name == scheme)

    def regrouped(self, tags: Sequence[Tag]) -> tuple[Tag, ...]:
        """Tags of a document with those that follow from others made anew."""
        return with_derived_tags(self.taxonomy, tags)

    def _tag_batch(self, texts: Sequence[Text]) -> Iterator[TextTags]:
        vectors, packed = self._encoded(texts)
        readings = [reading_of(each, tokens) for each, tokens in zip(texts, packed, strict=True)]
        judged = [
            (t, t.judge(readings, vectors, [t.explicit.find(each.text, [(0, len(each.text))]) for each in texts]))
            for t in self._taggers
        ]
        for row, reading in enumerate(readings):
            yield _text_tags(reading, judged, row)

    def _encoded(self, texts: Sequence[Text]) -> tuple[Vectors | None, Sequence[tuple[Packed, ...]]]:
        if self._aligner:
            return encoded_texts(self._aligner, texts)
        return (vectors_of(self._encode, texts) if self._encode else None), [()] * len(texts)

    def _readings(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> list[Reading]:
        each = zip(cut, _headings(document, cut), encoded.tokens or [b""] * len(cut), strict=True)
        return [self._reading(document, passage, heading, description, tokens) for passage, heading, tokens in each]

    def _reading(
        self,
        document: Document,
        passage: Passage,
        heading: _Heading | None,
        description: Description,
        tokens: bytes,
    ) -> Reading:
        language = passage.language if passage.language != UNKNOWN else description.language
        body = analyse(document.text, language, passage.start, passage.end)
        context = analyse(document.text, language, heading.start, heading.end) if heading else None
        packed = (Packed(passage.start, tokens),) if tokens else ()
        return Reading(body, (context,) if context else (), passage.start, passage.end, packed, in_document=True)

    def _of_document(
        self, document: Document, description: Description, tagged: Sequence[TaggedPassage]
    ) -> tuple[Tag, ...]:
        tags: list[Tag] = []
        for tagger in self._taggers:
            scheme = tagger.scheme
            known = [n for n in description.objectives or () if self.taxonomy.find(scheme.name, n)]
            if scheme.name == STATED_SCHEME and description.objectives is not None:
                tags += stated_tags(known, scheme.name, tagged)
            else:
                title = _in_title(tagger, document, description)
                tags += document_tags(tagged, scheme.name, len(scheme.concepts), title, self.model.method)
        return self.regrouped(tags)


def _references(tagger: SchemeTagger, document: Document) -> Sequence[Reference]:
    return tagger.explicit.find(document.text, [(block.start, block.end) for block in document.blocks])


def _in_title(tagger: SchemeTagger, document: Document, description: Description) -> dict[str, tuple[Evidence, ...]]:
    """Notations that the title names, with the words where the text has its title, else without."""
    title = description.title
    start = document.text.find(title) if title else -1
    references = [each for each in tagger.explicit.find(title, [(0, len(title))]) if each.certain]
    mentions = tagger.terms.find(analyse(title, description.language))
    found: dict[str, list[Evidence]] = {}
    for notation, where in (
        *(
            (each.notation, Evidence(start + each.start, start + each.end, EvidenceKind.EXPLICIT))
            for each in references
        ),
        *(
            (tagger.scheme.concepts[m.concept].notation, Evidence(start + m.start, start + m.end, EvidenceKind.TERM))
            for m in mentions
        ),
    ):
        found.setdefault(notation, []).extend([where] if start >= 0 else [])
    return {notation: tuple(several) for notation, several in found.items()}


def _text_tags(reading: Reading, judged: Sequence[tuple[SchemeTagger, Judgement]], row: int) -> TextTags:
    concepts = tuple(tag for tagger, each in judged for tag in tagger.tags(reading, each, row))
    ranking = tuple((tagger.scheme.name, tagger.ranking(each, row)) for tagger, each in judged)
    return TextTags(reading.body.language, concepts, ranking)


def _headings(document: Document, cut: Sequence[Passage]) -> list[_Heading | None]:
    """Where the innermost heading of each passage stands; None for one without."""
    starts = [section.start for section in document.sections]
    return [
        _heading(document, document.sections[bisect_right(starts, p.start) - 1], p) if starts else None for p in cut
    ]


def _heading(document: Document, section: Section, passage: Passage) -> _Heading | None:
    title = section.path[-1] if section.path else ""
    start = document.text.find(title, section.start, passage.start) if title else -1
    return _Heading(start, start + len(title)) if start >= 0 else None


def _shared_out(
    references: Sequence[Reference], cut: Sequence[Passage], headings: Sequence[_Heading | None]
) -> list[list[Reference]]:
    """The references that stand in each passage or in its heading."""
    return [
        [
            each
            for each in references
            if passage.start <= each.start < passage.end
            or (heading is not None and heading.start <= each.start < heading.end)
        ]
        for passage, heading in zip(cut, headings, strict=True)
    ]
