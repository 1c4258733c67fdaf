"""Terms with their forms in seven languages: looked up by id, and found in questions whatever their inflection."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.text.folding import fold
from kb.text.gazetteer import Found, Gazetteer, find_names
from kb.text.inflection import noun_key
from kb.text.language import ASKED_IN, question_language
from kb.text.word_lists import word_set
from kb.text.words import fold_word, stem, stop_words, words
from kb.vocabularies.concept import Concept

SCHEME, URN = "terms", "urn:gcm-kb:terms"
_LATIN = ("es", "en", "fr", "pt")
_LEAST_ACRONYM = 3  # letters of an acronym typed in small letters; shorter ones are words
# What joins the words of a term, said in one form of it and not in another: "trafic d'êtres / des êtres humains".
_JOINING = word_set(
    "a al con de del el en la las los para por an at by for from in of on the to with s au aux d des du l le les pour "
    "da das do dos em na nas os ao aos в во на из с со к ко для по от об في من الى على عن"
)

# Acronyms that are words in small letters.
_WORDS = word_set(
    "aids apis app ash bird bla can cat cepa cie css eca esta gif ibm mae odd oops ops pam pos rap sat teh tot unido "
    "vet wash"
)
# Characters before a Chinese form with which its first one is another word: 员工 | 时间, 水平 | 等, 方法 | 治理.
_OTHER_WORD = {"工时": "员职", "工签": "员职", "工会": "员职", "平等": "水", "法治": "方办", "议会": "会"}


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A term that stands at `text[start:end]` of a question, as an acronym or in full."""

    concept: Concept
    start: int
    end: int
    acronym: bool


@dataclass(frozen=True, slots=True)
class _Meaning:
    concept: Concept
    acronym: bool = False


class Glossary:
    """Terms in order of their ids. A value: terms that are added or corrected make another one."""

    def __init__(self, concepts: Iterable[Concept] = ()) -> None:
        self.concepts = tuple(concepts)
        self._known_forms: dict[str, _Forms] = {}

    def find(self, notation: str) -> Concept | None:
        return self._by_notation.get(notation)

    def by_uri(self, uri: str) -> Concept | None:
        return self._by_uri.get(uri)

    def named_in(self, text: str) -> tuple[NamedTerm, ...]:
        """The terms a question names, none within another, at each word the longest.

        They are known by the forms of the question's language; where few words tell no language, of any of its script.
        Acronyms are known in all, and so are forms of several words as they are spelled.
        """
        spelled = [word for word in words(text) if word.folded not in _JOINING]
        typed = [text[word.start : word.end] for word in spelled]
        if not typed:
            return ()
        told = question_language(text)
        readings = [(self._acronyms, [_acronym_key(word) for word in typed])]
        for language in (told,) if told else _LATIN:
            forms = self._forms_of(language)
            readings.append((forms.phrases, [_phrase_key(word, language) for word in typed]))
            readings.append((forms.nouns, [noun_key(word, language) for word in typed]))
        if told:
            readings.append((self._phrases, [word.folded for word in spelled]))

        def is_meant(found: Found[_Meaning]) -> bool:
            start, end = spelled[found.first].start, spelled[found.end - 1].end
            if found.value.acronym:
                return _is_acronym(text[start:end])
            return text[start - 1 : start] not in _OTHER_WORD.get(text[start:end], ()) or not start

        return tuple(
            NamedTerm(found.value.concept, spelled[found.first].start, spelled[found.end - 1].end, found.value.acronym)
            for found in find_names(readings, is_meant)
        )

    def prepare(self) -> None:
        """Make what questions are compared with in every language."""
        for language in ASKED_IN:
            self._forms_of(language)
        _ = self._acronyms, self._phrases, self.spelled

    def _forms_of(self, language: str) -> "_Forms":
        if language not in self._known_forms:
            self._known_forms[language] = _Forms(self.concepts, language)
        return self._known_forms[language]

    @cached_property
    def spelled(self) -> tuple[tuple[str, str, str, Concept], ...]:
        """Every form: folded, its language, as it is spelled, and its term."""
        return tuple((fold(form), language, form, c) for c in self.concepts for language, form in forms_of(c))

    @cached_property
    def narrower(self) -> dict[str, tuple[Concept, ...]]:
        """The terms below each, by URI."""
        found: dict[str, list[Concept]] = defaultdict(list)
        for concept in self.concepts:
            for uri in concept.broader:
                found[uri].append(concept)
        return {uri: tuple(concepts) for uri, concepts in found.items()}

    @cached_property
    def _by_notation(self) -> dict[str, Concept]:
        return {concept.notation: concept for concept in self.concepts}

    @cached_property
    def _by_uri(self) -> dict[str, Concept]:
        return {concept.uri: concept for concept in self.concepts}

    @cached_property
    def _acronyms(self) -> Gazetteer[_Meaning]:
        return Gazetteer(
            ((_acronym_key(form),), _Meaning(concept, acronym=True))
            for concept in self.concepts
            for _, form in forms_of(concept)
            if is_acronym(form)
        )

    @cached_property
    def _phrases(self) -> Gazetteer[_Meaning]:
        """Forms of several words in any language, as they are spelled."""
        return Gazetteer(
            ([fold_word(word) for word in parts], _Meaning(concept))
            for concept in self.concepts
            for language, form in forms_of(concept)
            if len(parts := _parts(form)) > 1 and language in _LATIN
        )


class _Forms:
    """The forms of one language: of several words, and of one."""

    def __init__(self, concepts: Sequence[Concept], language: str) -> None:
        forms = [
            (parts, _Meaning(concept))
            for concept in concepts
            for spoken, form in forms_of(concept)
            if spoken == language and not is_acronym(form) and (parts := _parts(form))
        ]
        self.phrases = Gazetteer(([_phrase_key(p, language) for p in parts], m) for parts, m in forms if len(parts) > 1)
        self.nouns = Gazetteer(([noun_key(parts[0], language)], m) for parts, m in forms if len(parts) == 1)


def forms_of(concept: Concept) -> Iterator[tuple[str, str]]:
    """(language, form), the preferred forms first."""
    yield from concept.labels
    yield from concept.alt_labels


def objectives_of(concept: Concept) -> tuple[str, ...]:
    """The objectives a term belongs to, by notation."""
    prefix = "urn:gcm-kb:objectives:"
    return tuple(uri.removeprefix(prefix) for _, uri in concept.matches if uri.startswith(prefix))


def is_acronym(form: str) -> bool:
    """Whether a form is an acronym: one word in capitals, of a script that has them."""
    return form.isupper() and form.isalnum()


def _acronym_key(word: str) -> str:
    """An acronym folded, in the singular: "ONGs" is "ong"."""
    return fold_word(word[:-1] if word.endswith("s") and is_acronym(word[:-1]) else word)


def _is_acronym(typed: str) -> bool:
    """Whether a word is typed as an acronym: in capitals, or long enough and no common word of any language."""
    if typed.isupper() or typed[:-1].isupper():
        return True
    folded = fold_word(typed)
    return (
        len(typed) >= _LEAST_ACRONYM
        and folded not in _WORDS
        and not any(folded in stop_words(each) for each in ASKED_IN)
    )


def _phrase_key(word: str, language: str) -> str:
    return noun_key(word, language) if language == "ar" else stem(word, language)


def _parts(form: str) -> list[str]:
    """The words of a form that tell it; none where that is a single one of several: "de-risking" is no "risking"."""
    spelled = list(words(form))
    telling = [form[word.start : word.end] for word in spelled if word.folded not in _JOINING]
    return telling if len(telling) > 1 or len(spelled) == 1 else []
