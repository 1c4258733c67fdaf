"""What the members of a concept scheme are called in running text, derived from the scheme's own labels.

"Objectives of the Global Compact for Migration" says that members are called "objective", that "Global Compact for
Migration" tells them from other objectives, and that "GCM" is short for that; "Mesa redonda 1" as the label of
concept 1 says that members are called "mesa redonda". Nothing else is known about any scheme.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from kb.text.folding import fold
from kb.text.words import is_unspaced, stem, words
from kb.vocabularies.concept import Scheme
from kb.vocabularies.number_lists import numbers_of

# Small words that names are built with. They are skipped when a name is compared with a text.
FUNCTION_WORDS = frozenset(
    word
    for line in (
        "of the a an for on in to and or with by",
        "de del la las el los lo un una para por en con y e o u",
        "du des de le les l d un une pour sur dans et ou aux au",
        "da do das dos em na no nas nos um uma e para por",
        "der die das des den dem von und fur im",
    )
    for word in line.split()
)
_HEAD_FIRST = frozenset(("es", "fr", "pt", "it", "ca", "ro", "ar", "ru"))  # put a noun before what modifies it
_NUMBERED = regex.compile(r"(?P<prefix>\D*?)0*(?P<number>\d+)")
_ACRONYM = regex.compile(r"\p{Lu}[\p{Lu}\p{N}]{1,9}s?")
_SHORTEST_ACRONYM = 3  # letters, of one made from initials


@dataclass(frozen=True, slots=True)
class Name:
    """One name of the members of a scheme: stems of the noun, and of the words that tell it from other such nouns."""

    language: str
    noun: tuple[str, ...]
    qualifier: tuple[str, ...] = ()

    @property
    def unspaced(self) -> bool:
        """Whether its language is written without spaces, so that each stem is a single character."""
        return is_unspaced(self.noun[0])


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a scheme, its acronyms ("SDG", "MR"), those of its qualifiers ("GCM"), and its numbered members."""

    names: tuple[Name, ...]
    acronyms: frozenset[str]
    qualifier_acronyms: frozenset[str]
    numbers: dict[int, str]  # number as written in a text -> notation


def names_of(scheme: Scheme) -> Names:
    """How `scheme` may be referred to. A scheme whose notations are not numbers has no numbered members."""
    numbers = numbers_of(scheme)
    called = list(dict.fromkeys((*scheme.titles, *_numbered_labels(scheme))))
    parsed = [name for language, text in called for name in _parse(language, text)]
    names = tuple(dict.fromkeys((*parsed, *_parted(parsed))))
    acronyms = {text for _, text in called if _ACRONYM.fullmatch(text)} | _short_name(scheme)
    acronyms |= {short for _, text in called for short in _initials(_content(text)) if " " in text}
    qualifier = {short for _, text in called for short in _qualifier_initials(text)}
    return Names(names, frozenset(acronyms), frozenset(qualifier), numbers)


def _numbered_labels(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Names from labels that end in their concept's own number: ("es", "Mesa redonda") from "Mesa redonda 1"."""
    for concept in scheme.concepts:
        for language, label in (*concept.labels, *concept.alt_labels):
            match = _NUMBERED.fullmatch(label)
            if match and match["number"] == concept.notation.lstrip("0") and match["prefix"].strip():
                yield language, regex.sub(r"[\s.#:-]*(n\.?\s?[º°o]\.?)?[\s.#:-]*$", "", match["prefix"])


def _parse(language: str, text: str) -> Iterator[Name]:
    """A name read as noun and qualifier, by the order its language puts them in."""
    if _ACRONYM.fullmatch(text) or not text:
        return
    spelled = [word.folded for word in words(text)]
    cut = next((i for i, word in enumerate(spelled) if word in FUNCTION_WORDS), len(spelled))
    stems = tuple(stem(text[word.start : word.end], language) for word in words(text))
    rest = tuple(each for each, word in zip(stems, spelled, strict=True) if word not in FUNCTION_WORDS)[cut:]
    if rest:
        yield Name(language, stems[:cut], rest)
        return
    yield Name(language, stems[:cut])
    if cut > 1 and not is_unspaced(text):
        noun = stems[:1] if language in _HEAD_FIRST else stems[-1:]
        yield Name(language, noun, stems[1:] if language in _HEAD_FIRST else stems[:-1])


def _parted(names: Iterable[Name]) -> Iterator[Name]:
    """Names written without spaces that end with another one, as noun and qualifier: 全球契约目标 and 目标."""
    whole = [name for name in names if name.unspaced]
    for name in whole:
        for noun in whole:
            if len(noun.noun) < len(name.noun) and name.noun[-len(noun.noun) :] == noun.noun:
                yield Name(name.language, noun.noun, name.noun[: -len(noun.noun)])


def _content(text: str) -> list[str]:
    return [text[w.start : w.end] for w in words(text) if w.folded not in FUNCTION_WORDS]


def _initials(content: list[str]) -> Iterator[str]:
    """ "SDG" from Sustainable Development Goals."""
    if len(content) >= _SHORTEST_ACRONYM:
        yield "".join(word[0] for word in content).upper()


def _qualifier_initials(text: str) -> Iterator[str]:
    """Acronyms among the words, and those made of the words after the first small word or of their beginning."""
    spelled = [text[w.start : w.end] for w in words(text)]
    cut = next((i for i, word in enumerate(spelled) if fold(word) in FUNCTION_WORDS), len(spelled))
    rest = [word for word in spelled[cut:] if fold(word) not in FUNCTION_WORDS]
    yield from _capitals(spelled)
    for length in range(_SHORTEST_ACRONYM, len(rest) + 1):
        yield from _initials(rest[:length])


def _capitals(spelled: Iterable[str]) -> Iterator[str]:
    yield from (word for word in spelled if _ACRONYM.fullmatch(word))


def _short_name(scheme: Scheme) -> set[str]:
    """The scheme's identifier, where it can only be an acronym: "sdg"."""
    name = scheme.name.upper()
    return {name} if name.isalpha() and len(name) <= _SHORTEST_ACRONYM + 1 else set()
