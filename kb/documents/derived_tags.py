"""Concepts that only group others: told of a document from the concepts that it is about."""

from collections import defaultdict
from collections.abc import Sequence

from kb.documents.models import Tag
from kb.vocabularies.concept import Scheme
from kb.vocabularies.skos import Taxonomy, natural

DERIVED = "derived"  # the method of a tag that follows from others
PERSON = "person"  # the method of a tag that a person added
_PIECES = 5  # pieces of evidence kept


def groupings(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Schemes of which every concept only gathers concepts of another scheme."""
    return tuple(scheme.name for scheme in taxonomy.schemes if _groups(taxonomy, scheme))


def with_derived_tags(taxonomy: Taxonomy, tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """Tags of a document with those that follow from others made anew.

    A document that names groups itself is about those; a group that a person added stands beside those that follow.
    """
    members = [tag for tag in tags if tag.method != DERIVED]
    own = {tag.scheme for tag in members if tag.method != PERSON}
    names = groupings(taxonomy)
    source = [tag for tag in members if tag.scheme not in names]
    return (*members, *(tag for name in names if name not in own for tag in derived(taxonomy, source, name)))


def derived(taxonomy: Taxonomy, source: Sequence[Tag], scheme: str) -> tuple[Tag, ...]:
    """Tags of a grouping scheme that follow from the tags of the concepts it groups.

    A concept that belongs to every group says nothing about which.
    """
    groups: dict[str, list[Tag]] = defaultdict(list)
    size = len(taxonomy.scheme(scheme).concepts)
    for tag in source:
        concept = taxonomy.find(tag.scheme, tag.notation)
        linked = taxonomy.linked(concept, scheme) if concept else ()
        if len(linked) < size:
            for group in linked:
                groups[group.notation].append(tag)
    return tuple(
        Tag(scheme, n, max(t.score for t in tags), tuple(e for t in tags for e in t.evidence)[:_PIECES], DERIVED)
        for n, tags in sorted(groups.items(), key=lambda item: natural(item[0]))
    )


def _groups(taxonomy: Taxonomy, scheme: Scheme) -> bool:
    narrower = [[uri for relation, uri in c.matches if relation == "narrowMatch"] for c in scheme.concepts]
    return all(any(taxonomy.by_uri(uri) for uri in uris) for uris in narrower)
