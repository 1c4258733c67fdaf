"""Spelling of questions: words that nobody knows here become the nearest word of the field, or a common one."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import regex

from kb.places.countries import names_of
from kb.places.regions import CONTINENTS, countries_of
from kb.terms.glossary import Glossary, forms_of, is_acronym
from kb.text.language import question_language
from kb.text.lexicon import Lexicon, Meant
from kb.text.words import Word, is_unspaced, words
from kb.vocabularies.skos import Taxonomy

_LATIN = ("es", "en", "fr", "pt")
# What is meant as it stands: quoted or left out, with a digit, addresses, symbols of documents.
_AS_IT_STANDS = regex.compile(r'["“”„«»]')
_PIECE = regex.compile(r"\S+")
_NO_WORDS = regex.compile(r"\d|[@/_\\]|\w\.\w|^-")


class Speller:
    """Mends misspelt words of questions. Safe to share between threads."""

    def __init__(self, taxonomy: Taxonomy | None = None, glossary: Callable[[], Glossary] = Glossary) -> None:
        self._taxonomy, self._glossary = taxonomy, glossary
        self._made: tuple[Glossary, dict[str, Lexicon]] = (Glossary(), {})

    def mended(self, typed: str, held: Callable[[str], bool]) -> str:
        """The question with its misspelt words mended, otherwise as it was typed.

        A word is misspelt when no passage of the library has it (`held` is asked, with the folded word), and no term,
        name or dictionary. Quoted phrases, numbers, symbols and words in capitals are left as they are.
        """
        if _AS_IT_STANDS.search(typed) or is_unspaced(typed):
            return typed
        self._refresh()
        doubtful = [word for word in _plain_words(typed) if not held(word.folded)]
        told = question_language(typed)
        languages = [told] if told else self._likeliest(typed)
        for word in reversed(doubtful):
            spelled = typed[word.start : word.end]
            if not self._known(spelled, told):
                named = spelled[0].isupper() and bool(typed[: word.start].strip("¿¡( "))
                meant = self._meant(spelled, languages, held, named)
                if meant is not None:
                    typed = typed[: word.start] + _cased(meant.word, spelled) + typed[word.end :]
        return typed

    def prepare(self) -> None:
        """Make the lexicons that most questions need."""
        self._refresh()
        for language in _LATIN:
            self._lexicon(language).prepare()

    def _known(self, word: str, told: str) -> bool:
        return any(self._lexicon(language).knows(word) for language in _languages_of(told))

    def _likeliest(self, typed: str) -> list[str]:
        """The languages that know most of a question too short to tell its own."""
        spelled = [typed[word.start : word.end] for word in words(typed)]
        known = {each: sum(self._lexicon(each).knows(word) for word in spelled) for each in _LATIN}
        return [each for each in _LATIN if known[each] == max(known.values())]

    def _meant(self, word: str, languages: list[str], held: Callable[[str], bool], named: bool) -> Meant | None:
        found = [self._lexicon(language).nearest(word, held, named) for language in languages]
        return min((meant for meant in found if meant is not None), default=None)

    def _refresh(self) -> None:
        """Take in what was changed of the terms; once a question, since it asks the database."""
        glossary = self._glossary()
        if self._made[0] is not glossary:
            self._made = glossary, {}

    def _lexicon(self, language: str) -> Lexicon:
        glossary, lexicons = self._made
        if language not in lexicons:
            lexicons[language] = Lexicon(language, self._field(glossary, language))
        return lexicons[language]

    def _field(self, glossary: Glossary, language: str) -> Iterator[str]:
        """The words of the terms and names of a language, and acronyms of any."""
        schemes = self._taxonomy.schemes if self._taxonomy is not None else ()
        concepts = [concept for scheme in schemes if scheme.name != "terms" for concept in scheme.concepts]
        for concept in (*concepts, *glossary.concepts):
            for spoken, form in forms_of(concept):
                if spoken == language or is_acronym(form):
                    yield from (form[word.start : word.end] for word in words(form))
        yield from _names(language)


@lru_cache(maxsize=8)
def _names(language: str) -> tuple[str, ...]:
    """The words of the names of countries."""
    codes = [code for continent in CONTINENTS for code in countries_of(continent)]
    names = [name for code in codes for name in names_of(code, (language,))]
    return tuple(name[word.start : word.end] for name in names for word in words(name))


def _languages_of(told: str) -> tuple[str, ...]:
    """The languages in one of which a word may be known: those of its script, that of the question first."""
    return tuple(dict.fromkeys((told, *_LATIN))) if told in _LATIN else (told,) if told else _LATIN


def _plain_words(typed: str) -> Iterator[Word]:
    """The words that may be misspelt: none with digits, of addresses or in capitals, and none that is left out."""
    for piece in _PIECE.finditer(typed):
        if _NO_WORDS.search(piece.group()):
            continue
        for word in words(piece.group()):
            spelled = piece.group()[word.start : word.end]
            if not spelled.isupper() and not spelled[:-1].isupper():
                yield Word(piece.start() + word.start, piece.start() + word.end, word.folded)


def _cased(word: str, typed: str) -> str:
    return word[0].upper() + word[1:] if typed[0].isupper() else word
