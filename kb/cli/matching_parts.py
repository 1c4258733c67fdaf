"""What the site needs for requests: experts ready to be ranked, and objectives suggested; loaded when first needed."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from kb.cli import bootstrap

if TYPE_CHECKING:
    from index.encoding.instance_encoding import Encoding
    from index.matching.matcher import Matcher
    from kb.requests.case import ObjectiveSuggestion

_Part = TypeVar("_Part")
_OBJECTIVES, _MOST, _SPANS = "objectives", 5, 3


class Once(Generic[_Part]):
    """Makes a part when it is first asked for, and gives the same to all."""

    def __init__(self, make: Callable[[], _Part]) -> None:
        self._make, self._making = make, threading.Lock()
        self._made: list[_Part] = []

    def __call__(self) -> _Part:
        with self._making:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


def matcher_of(instance: bootstrap.Instance, encoding: Callable[[], "Encoding"]) -> Callable[[], "Matcher"]:
    """The experts as they are now; works that came in by the site are encoded on the way."""
    from index.matching.current_matcher import CurrentMatcher

    def read_in() -> "Matcher":
        from index.matching.matcher import open_matcher
        from index.matching.work_encoding import encode_new

        encoder = encoding()
        encode_new(instance.database, encoder)
        return open_matcher(instance.database, encoder)

    return CurrentMatcher(instance.database, read_in)


def suggester(encoding: Callable[[], "Encoding"]) -> Callable[[str], tuple["ObjectiveSuggestion", ...]]:
    """Objectives that a text is about, with the words that say so."""
    tagger = Once(lambda: bootstrap.make_tagger(bootstrap.read_taxonomy(None), encoding()))

    def suggest(text: str) -> tuple["ObjectiveSuggestion", ...]:
        from ingest.tagging.text_inputs import Text
        from kb.requests.case import ObjectiveSuggestion

        tags = next(iter(tagger().tag_texts([Text(text)])))
        return tuple(
            ObjectiveSuggestion(tag.notation, tuple((e.start, e.end) for e in tag.evidence[:_SPANS]))
            for tag in tags.concepts
            if tag.scheme == _OBJECTIVES
        )[:_MOST]

    return suggest
