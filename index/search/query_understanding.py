"""What a question means beside its words: objectives it names by number, countries, organisations by any name."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.search.catalogue import Catalogue
from index.search.question import Equivalent, Question
from index.search.ranker import Favour
from index.search.spelling import Speller
from index.search.weights import SearchWeights
from kb.places.countries import names_of
from kb.places.demonyms import find_nations_asked
from kb.search.answers import Filters
from kb.terms.glossary import Glossary, NamedTerm, forms_of
from kb.text.folding import fold
from kb.text.gazetteer import Gazetteer, find_names
from kb.text.language import ASKED_IN, question_language
from kb.text.words import stop_words, telling_words, words
from kb.vocabularies.concept import Concept
from kb.vocabularies.numbered_references import AskedReferences, Reference
from kb.vocabularies.skos import Taxonomy

NAMES, NUMBERED = "entities", "objectives"  # schemes whose concepts are known by names, and by numbers
_GLOSSES = 4  # terms of a question that are encoded in the language of the library, too
_LEAST_ACRONYM = 3  # letters of an acronym typed in small letters; shorter ones are words


class Reader:
    """Reads meaning into questions with the help of vocabularies; without them countries alone are understood.

    `terms` gives the glossary as it is now; without a `speller` words stay as they were typed.
    """

    def __init__(
        self, taxonomy: Taxonomy | None, terms: Callable[[], Glossary] = Glossary, speller: Speller | None = None
    ) -> None:
        self._schemes = {} if taxonomy is None else taxonomy.by_name
        self._terms, self._speller = terms, speller

    def warm_up(self) -> None:
        """Make what is made once of the glossary and the words of languages, so that no question waits for it."""
        self._terms().prepare()
        if self._speller is not None:
            self._speller.prepare()

    def mended(self, typed: str, held: Callable[[str], bool]) -> str:
        """A question with its misspelt words mended; `held` says whether a folded word is in any passage."""
        return typed if self._speller is None else self._speller.mended(typed, held)

    def understand(self, question: Question, spoken: Sequence[str], mainly: Sequence[str] = ()) -> Question:
        """The question with its hints. `spoken` are the library's languages: names are looked for in those.

        `mainly` are those of them that it is written in for the most part, the first one first; all, unless told.
        """
        if question.phrases:  # quoted words are meant as they stand
            return question
        references = self._references.asked(question.text) if self._references else ()
        objectives = tuple(dict.fromkeys(each.notation for each in references))
        named = find_nations_asked(question.text)
        names = [
            Equivalent(c.start, c.end, (question.text[c.start : c.end], *names_of(c.code, tuple(spoken))))
            for c in named
        ]
        names += [e for e in self._names_in(question.text) if not any(_meet(e, other) for other in names)]
        terms = self._terms().named_in(question.text)
        return replace(
            question,
            text=self._spelled_out(question.text, references),
            equivalents=_joined(names, _forms_of_terms(question.text, terms, spoken)),
            objectives=objectives,
            countries=tuple(dict.fromkeys(c.code for c in named)),
            terms=tuple(dict.fromkeys(term.concept.notation for term in terms)),
            glosses=_glosses(question.text, terms, mainly or spoken),
        )

    def _spelled_out(self, text: str, references: Sequence[Reference]) -> str:
        """The question with the names of the objectives behind it: a number means nothing to an encoder."""
        language = question_language(text)
        objectives = {each.notation for each in references}
        labels = [c.label(language) for c in self._concepts(NUMBERED) if c.notation in objectives]
        rest = telling_words(_without(text, references), [language] if language else ASKED_IN)
        if labels and not rest:  # nothing else is asked: what the objective is about, at full length
            labels = [
                f"{c.label(language)}. {c.title(language)}"
                for c in self._concepts(NUMBERED)
                if c.notation in objectives
            ]
        return f"{text} ({'; '.join(labels)})" if labels else text

    def _names_in(self, text: str) -> list[Equivalent]:
        spelled = list(words(text))
        found: list[Equivalent] = []
        for named in find_names([(self._names, [word.folded for word in spelled])]):
            start, end = spelled[named.first].start, spelled[named.end - 1].end
            if _is_meant(text[start:end]):
                found.append(Equivalent(start, end, (text[start:end], *_forms(named.value))))
        return found

    def _concepts(self, scheme: str) -> tuple[Concept, ...]:
        found = self._schemes.get(scheme)
        return () if found is None else found.concepts

    @cached_property
    def _references(self) -> AskedReferences | None:
        scheme = self._schemes.get(NUMBERED)
        return None if scheme is None else AskedReferences(scheme)

    @cached_property
    def _names(self) -> Gazetteer[Concept]:
        return Gazetteer(
            (tuple(word.folded for word in words(form)), concept)
            for concept in reversed(self._concepts(NAMES))  # of one name the last concept is meant
            for form in _forms(concept)
        )


def _glosses(text: str, terms: Sequence[NamedTerm], spoken: Sequence[str]) -> tuple[str, ...]:
    """The terms of a question that is asked in another language than the library's, as the library says them."""
    if not spoken or question_language(text) in spoken:
        return ()
    found = (
        term.concept.label(spoken[0])
        for term in terms
        if fold(text[term.start : term.end])
        not in {fold(form) for language, form in forms_of(term.concept) if language in spoken}
    )
    return tuple(dict.fromkeys(found))[:_GLOSSES]


def favour_of(
    question: Question, catalogue: Catalogue, weights: SearchWeights, listing: NDArray[np.int64]
) -> Favour | None:
    """What it is worth to a passage that its document is about an objective or a country the question names.

    Passages that list the numbers that the question lists, `listing`, are worth more than that; invented examples less
    than documents that answer as well. None where nothing is worth more or less.
    """
    samples = catalogue.samples
    if not question.objectives and not question.countries and not len(samples) and not len(listing):
        return None
    about = [
        (weights.objective, Filters(about=question.objectives), question.objectives),
        (weights.country, Filters(countries=question.countries), question.countries),
    ]
    favoured = [(worth, catalogue.documents_with(filters)) for worth, filters, named in about if named]

    def favour(ids: NDArray[np.int64]) -> NDArray[np.float32]:
        worth = np.where(np.isin(ids, listing), np.float32(weights.listing), np.float32(0))
        known = catalogue.known(ids)
        documents = catalogue.documents_of(ids[known])
        for each, chosen in (*favoured, (weights.sample, samples)):
            worth[known] += each * np.isin(documents, chosen)
        return worth

    return favour


def _forms(concept: Concept) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for _, label in (*concept.labels, *concept.alt_labels)))


def _is_meant(typed: str) -> bool:
    """Whether it is typed as a name: in capitals, or long enough and no common word of any language ("who")."""
    if typed.isupper() or " " in typed:
        return True
    return len(typed) >= _LEAST_ACRONYM and not any(fold(typed) in stop_words(language) for language in ASKED_IN)


def _without(text: str, references: Sequence[Reference]) -> str:
    """A question without the words that name concepts by number."""
    kept = list(text)
    for each in references:
        kept[each.start : each.end] = " " * (each.end - each.start)
    return "".join(kept)


def _forms_of_terms(text: str, terms: Sequence[NamedTerm], spoken: Sequence[str]) -> list[Equivalent]:
    """The terms of a question, with their forms in its language and those that are spoken here."""
    languages = {*spoken, question_language(text)}
    return [
        Equivalent(named.start, named.end, (text[named.start : named.end], *forms), named.concept.notation)
        for named in terms
        if (forms := [form for language, form in forms_of(named.concept) if language in languages])
    ]


def _joined(names: Sequence[Equivalent], terms: Sequence[Equivalent]) -> tuple[Equivalent, ...]:
    """Names, and terms that meet none; of a name that is a term, the forms of both."""
    same = {(term.start, term.end): term for term in terms}
    found = []
    for name in names:
        term = same.get((name.start, name.end))
        found.append(replace(name, forms=tuple(dict.fromkeys((*name.forms, *term.forms)))) if term else name)
    return (*found, *(term for term in terms if not any(_meet(term, name) for name in names)))


def _meet(one: Equivalent, other: Equivalent) -> bool:
    return one.start < other.end and other.start < one.end
