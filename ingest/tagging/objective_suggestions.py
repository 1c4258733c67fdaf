"""Objectives suggested for a request for support, with the words of it that say so."""

from ingest.tagging.tagger import Tagger
from ingest.tagging.text_inputs import Text
from kb.requests.case import ObjectiveSuggestion

_SCHEME, _MOST, _SPANS = "objectives", 5, 3


def suggest_objectives(tagger: Tagger, text: str) -> tuple[ObjectiveSuggestion, ...]:
    """The objectives that the tagger asserts of a text, best first."""
    (tags,) = tagger.tag_texts([Text(text)])
    return tuple(
        ObjectiveSuggestion(tag.notation, tuple((e.start, e.end) for e in tag.evidence[:_SPANS]))
        for tag in tags.concepts
        if tag.scheme == _SCHEME
    )[:_MOST]
