"""What a text speaks of besides the concepts of vocabularies: countries, regions, years; and which entities matter."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp
from operator import itemgetter
from typing import Protocol

from ingest.description.years import covered
from kb.documents.models import (
    Description,
    Document,
    EncodedPassages,
    Evidence,
    EvidenceKind,
    Passage,
    Tag,
    TaggedPassage,
)
from kb.places.demonyms import find_nations
from kb.places.place_names import NamedPlace
from kb.places.region_names import find_regions
from kb.text.language import UNKNOWN

METHOD = "places-1"
ENTITIES = "entities"  # the vocabulary whose concepts stand in long lists of members more often than not
# Chosen on the five real documents of the starter collection and their digests, by reading them.
_LEAST = 1.1  # mentions of its own before a document is about an entity: once is not enough
_DENSITY = 0.05  # and so many a passage of the whole document
_OF_BEST = 0.5  # and as a share of those of the entity most is said of
_TITLE = 3.0  # mentions that one in the title is worth
_COUNTED = 2  # mentions in one passage, at most
_BESIDE = 3  # characters between a name and the acronym that follows it
_MOST = 12  # pieces of evidence of one tag
_REGIONAL = 3  # mentions that make a document about a region, if it is about no country
_EVERY = 6000  # and one in so many characters


class _Tagger(Protocol):
    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]: ...


@dataclass(frozen=True, slots=True)
class FacetTagger:
    """A tagger that adds places and years to what another one finds, and says which entities a document is about."""

    tagger: _Tagger

    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
        """Tags of the passages and of the document, as the other tagger gives them."""
        tagged, tags = self.tagger.tag_document(document, description, cut, encoded)
        places = _places(document, description, cut)
        with_places = tuple(
            replace(each, tags=(*each.tags, *of_passage)) for each, of_passage in zip(tagged, places, strict=True)
        )
        titled = {tag.notation for tag in tags if tag.scheme == ENTITIES and _in_title(document, description, tag)}
        kept = [tag for tag in tags if tag.scheme != ENTITIES]
        added = [*_entities(tagged, titled), *_regions(document, description), *_years(document)]
        return with_places, (*kept, *added)


def _places(document: Document, description: Description, cut: Sequence[Passage]) -> list[list[Tag]]:
    """Countries and regions that each passage names."""
    spoken = [passage.language if passage.language != UNKNOWN else description.language for passage in cut]
    found = {language: find_nations(document.text, language) for language in set(spoken)}
    regions = find_regions(document.text)
    return [
        [
            *_tags("countries", _within(found[language], passage)),
            *_tags("regions", _within(regions, passage)),
        ]
        for passage, language in zip(cut, spoken, strict=True)
    ]


def _within(found: Sequence[NamedPlace], passage: Passage) -> Sequence[NamedPlace]:
    """Those of `found`, which are in order, that begin in a passage."""
    first = bisect_left(found, passage.start, key=itemgetter(1))
    return found[first : bisect_left(found, passage.end, key=itemgetter(1))]


def _entities(tagged: Sequence[TaggedPassage], titled: set[str]) -> list[Tag]:
    """The entities that matter to a document. A passage that names several counts less for each, so a list for none."""
    weights: dict[str, float] = defaultdict(float, dict.fromkeys(titled, _TITLE))
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for each in tagged:
        named = [tag for tag in each.tags if tag.scheme == ENTITIES]
        for tag in named:
            weights[tag.notation] += min(_mentions(tag), _COUNTED) / len(named) ** 0.5
            evidence[tag.notation] += tag.evidence
    least = max(_LEAST, _DENSITY * len(tagged), _OF_BEST * max(weights.values(), default=0.0))
    return [
        Tag(ENTITIES, notation, _score(weight), tuple(evidence[notation][:_MOST]), METHOD)
        for notation, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        if weight >= least
    ]


def _mentions(tag: Tag) -> int:
    """How often a tag's concept is named; a name with its acronym behind it is one mention."""
    spans = sorted((e.start, e.end) for e in tag.evidence)
    ends = [-_BESIDE - 1, *(end for _start, end in spans)]
    return sum(start > end + _BESIDE for (start, _end), end in zip(spans, ends, strict=False))


def _in_title(document: Document, description: Description, tag: Tag) -> bool:
    start = document.text.find(description.title) if description.title else -1
    return start >= 0 and any(start <= e.start < start + len(description.title) for e in tag.evidence)


def _regions(document: Document, description: Description) -> list[Tag]:
    """The regions a document is about: those of its title, else those named often; none where it is about countries."""
    if description.countries:
        return []
    titled = {code for code, _start, _end in find_regions(description.title)}
    found = find_regions(document.text)
    least = max(_REGIONAL, len(document.text) / _EVERY)
    often = {code for code, _s, _e in found if sum(code == other for other, _s2, _e2 in found) >= least}
    about = titled or often
    return [tag for tag in _tags("regions", found) if tag.notation in about]


def _years(document: Document) -> list[Tag]:
    """The years a document is mostly about."""
    return [tag for year, spans in covered(document.text) for tag in _tags("years", [(str(year), *s) for s in spans])]


def _tags(scheme: str, found: Iterable[tuple[str, int, int]]) -> list[Tag]:
    """A tag for each thing found, with where it stands."""
    places: dict[str, list[Evidence]] = defaultdict(list)
    for notation, start, end in found:
        places[notation].append(Evidence(start, end, EvidenceKind.TERM))
    return [Tag(scheme, n, _score(len(spans)), tuple(spans[:_MOST]), METHOD) for n, spans in places.items()]


def _score(mentions: float) -> float:
    """The score of what is named, as the tagger of vocabularies scores it."""
    return round(1 - exp(-mentions), 4)
