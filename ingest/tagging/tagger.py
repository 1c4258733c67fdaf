"""The tagger: texts and documents to concepts with evidence, for whatever schemes it is given."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.sentences import sentence_ends
from ingest.tagging.about import about, derived, stated
from ingest.tagging.evidence import EXPLICIT, TERM
from ingest.tagging.explicit import Reference
from ingest.tagging.meaning import Encode, Vectors
from ingest.tagging.scheme import Judgement, Reading, SchemeTagger
from ingest.tagging.scoring import METHOD
from ingest.tagging.terms import Analysis, analyse
from kb.languages import UNKNOWN, language_of
from kb.models import Description, Document, EncodedPassages, Evidence, Passage, Scheme, Section, Tag, TaggedPassage
from kb.taxonomy import Taxonomy

STATED_SCHEME = "objectives"  # the scheme that a document's own description names concepts of
_AT_ONCE = 256  # texts tagged together
_LONGEST = 1400  # characters an encoder reads at once; about 350 tokens


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be tagged; `language` is ISO 639-1, empty when it is not known."""

    text: str
    title: str = ""
    language: str = ""


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
    another one are treated so too.
    """

    def __init__(self, taxonomy: Taxonomy, encode: Encode | None = None, by_name: Collection[str] = ()) -> None:
        self.taxonomy = taxonomy
        self._encode = encode
        self._groupings = tuple(scheme.name for scheme in taxonomy.schemes if _groups(taxonomy, scheme))
        self._taggers = tuple(
            SchemeTagger(scheme, encode, scheme.name in by_name or scheme.name in self._groupings)
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
        readings = [
            self._reading(document, passage, heading, description)
            for passage, heading in zip(cut, headings, strict=True)
        ]
        found: list[list[Tag]] = [[] for _ in cut]
        for tagger in self._taggers:
            references = tagger.explicit.find(document.text, [(block.start, block.end) for block in document.blocks])
            judged = tagger.judge(readings, encoded.vectors, _shared_out(references, cut, headings))
            for row, reading in enumerate(readings):
                found[row] += tagger.tags(reading, judged, row)
        tagged = tuple(TaggedPassage(passage, tuple(tags)) for passage, tags in zip(cut, found, strict=True))
        return tagged, self._of_document(document, description, tagged)

    def _tag_batch(self, texts: Sequence[Text]) -> Iterator[TextTags]:
        vectors = _vectors(self._encode, texts) if self._encode else None
        readings = [_reading_of(each) for each in texts]
        judged = [
            (t, t.judge(readings, vectors, [t.explicit.find(each.text, [(0, len(each.text))]) for each in texts]))
            for t in self._taggers
        ]
        for row, reading in enumerate(readings):
            yield _text_tags(reading, judged, row)

    def _reading(
        self, document: Document, passage: Passage, heading: _Heading | None, description: Description
    ) -> Reading:
        language = passage.language if passage.language != UNKNOWN else description.language
        body = analyse(document.text, language, passage.start, passage.end)
        context = analyse(document.text, language, heading.start, heading.end) if heading else None
        return Reading(body, (context,) if context else (), passage.start, passage.end)

    def _of_document(
        self, document: Document, description: Description, tagged: Sequence[TaggedPassage]
    ) -> tuple[Tag, ...]:
        tags: list[Tag] = []
        for tagger in self._taggers:
            scheme = tagger.scheme
            known = [n for n in description.objectives or () if self.taxonomy.find(scheme.name, n)]
            if scheme.name == STATED_SCHEME and description.objectives is not None:
                tags += stated(known, scheme.name, tagged)
            else:
                title = _in_title(tagger, document, description)
                tags += about(tagged, scheme.name, len(scheme.concepts), title, METHOD)
        return tuple(tags + self._derived(tags))

    def _derived(self, tags: Sequence[Tag]) -> list[Tag]:
        """Groups of the concepts a document is about, for groupings of which the document names none itself."""
        own = {tag.scheme for tag in tags}
        members = [tag for tag in tags if tag.scheme not in self._groupings]
        return [t for name in self._groupings if name not in own for t in derived(self.taxonomy, members, name)]


def _in_title(tagger: SchemeTagger, document: Document, description: Description) -> dict[str, tuple[Evidence, ...]]:
    """Notations that the title names, with the words where the text has its title, else without."""
    title = description.title
    start = document.text.find(title) if title else -1
    references = [each for each in tagger.explicit.find(title, [(0, len(title))]) if each.certain]
    mentions = tagger.terms.find(analyse(title, description.language))
    found: dict[str, list[Evidence]] = {}
    for notation, where in (
        *((each.notation, Evidence(start + each.start, start + each.end, EXPLICIT)) for each in references),
        *(
            (tagger.scheme.concepts[m.concept].notation, Evidence(start + m.start, start + m.end, TERM))
            for m in mentions
        ),
    ):
        found.setdefault(notation, []).extend([where] if start >= 0 else [])
    return {notation: tuple(several) for notation, several in found.items()}


def _groups(taxonomy: Taxonomy, scheme: Scheme) -> bool:
    """Whether every concept of `scheme` only gathers concepts of another scheme."""
    narrower = [[uri for relation, uri in c.matches if relation == "narrowMatch"] for c in scheme.concepts]
    return all(any(taxonomy.by_uri(uri) for uri in uris) for uris in narrower)


def _text_tags(reading: Reading, judged: Sequence[tuple[SchemeTagger, Judgement]], row: int) -> TextTags:
    concepts = tuple(tag for tagger, each in judged for tag in tagger.tags(reading, each, row))
    ranking = tuple((tagger.scheme.name, tagger.ranking(each, row)) for tagger, each in judged)
    return TextTags(reading.body.language, concepts, ranking)


def _whole(text: Text) -> str:
    return f"{text.title}\n{text.text}" if text.title else text.text


def _vectors(encode: Encode, texts: Sequence[Text]) -> Vectors:
    """One vector a text; of a long text, the mean of its pieces, since an encoder cuts what is too long."""
    pieces = [_pieces(_whole(each)) for each in texts]
    encoded = encode([piece for several in pieces for piece in several])
    ends = np.cumsum([len(several) for several in pieces])
    means = [part.mean(axis=0) for part in np.split(encoded, ends[:-1])]
    stacked = np.stack(means)
    return np.asarray(stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _pieces(text: str) -> list[str]:
    """`text` cut between sentences into pieces that an encoder reads whole; always at least one."""
    pieces, start, before = [], 0, 0
    for end in sentence_ends(text):
        if end - start > _LONGEST and before > start:
            pieces.append(text[start:before])
            start = before
        before = end
    return [*pieces, text[start:]]


def _reading_of(text: Text) -> Reading:
    language = text.language or language_of(_whole(text))
    context: tuple[Analysis, ...] = (analyse(text.title, language),) if text.title else ()
    return Reading(analyse(text.text, language), context, 0, len(text.text))


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
