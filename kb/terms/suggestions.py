"""Which terms somebody may mean who typed the beginning of one, or one of its words."""

from collections.abc import Iterator
from dataclasses import dataclass

from kb.terms.glossary import Glossary
from kb.text.folding import fold
from kb.vocabularies.concept import Concept

_LEAST = 2  # letters


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term, and the form of it that has what was typed."""

    concept: Concept
    form: str
    language: str


def suggested(glossary: Glossary, typed: str, language: str, limit: int) -> tuple[Suggestion, ...]:
    """Terms with a form that begins as typed, then those with such a word; forms of `language` before others."""
    folded = " ".join(fold(typed).split())
    if len(folded) < _LEAST and folded.isascii():
        return ()
    found: dict[str, Suggestion] = {}
    for _, suggestion in sorted(_matching(glossary, folded, language), key=lambda pair: pair[0]):
        found.setdefault(suggestion.concept.notation, suggestion)
    return tuple(found.values())[:limit]


def _matching(
    glossary: Glossary, folded: str, language: str
) -> Iterator[tuple[tuple[bool, bool, int, str, str], Suggestion]]:
    within = f" {folded}"
    for form, spoken, spelled, concept in glossary.spelled:
        begins = form.startswith(folded)
        if begins or within in form or (not folded.isascii() and folded in form):
            order = (not begins, spoken != language, len(form), form, concept.notation)
            yield order, Suggestion(concept, spelled, spoken)
