"""Words of a text with their offsets, folded and stemmed by language; one analysis for search, tags and marks."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex
import Stemmer
import stopwordsiso

from kb.text.folding import fold

# ISO 639-1 to the Snowball algorithm of that language. Others are matched by their folded words.
_SNOWBALL = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
STEMMED_LANGUAGES = tuple(_SNOWBALL)

# A word is letters, marks and digits, with an inner apostrophe, dot or hyphen left outside: "l'OIM" is two words.
# Han, Kana and Thai have no spaces: each character is a token and neighbours are paired by `terms`.
# They end a word beside them: "2018年" is a number and a character.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_WORD = regex.compile(rf"{_UNSPACED.pattern}|[[\p{{L}}\p{{M}}\p{{N}}]--{_UNSPACED.pattern}]+", regex.V1)
# Characters that are grammar wherever they stand; others of the usual lists are parts of words (人口, 用工).
_GRAMMAR = {"zh": frozenset("的了着过是在和与及或对为被把由从到向于而其之也都就还吗呢吧啊这那哪几个些谁么怎")}
_MAX_WORD = 64  # characters; longer ones are noise and cut


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: `text[start:end]`, and its folded form (lower case, no accents, NFKC)."""

    start: int
    end: int
    folded: str


def words(text: str) -> Iterator[Word]:
    """The words of `text` in order, with character offsets."""
    for match in _WORD.finditer(text):
        yield Word(match.start(), match.end(), fold_word(match.group()))


@lru_cache(maxsize=200_000)
def fold_word(word: str) -> str:
    """A word, folded, as long as words are kept."""
    return fold(word)[:_MAX_WORD]


@lru_cache(maxsize=500_000)
def stem(word: str, language: str) -> str:
    """Stem of a word of `language` (ISO 639-1), folded. A language without a stemmer gives the folded word.

    The stemmer sees the accents, because Spanish and French rules depend on them; the stem is folded after.
    """
    algorithm = _SNOWBALL.get(language)
    if algorithm is None or _UNSPACED.match(word):
        return fold_word(word)
    return fold_word(_stemmer(algorithm).stemWord(unicodedata.normalize("NFKC", word).lower())) or fold_word(word)


def terms(text: str, language: str) -> list[str]:
    """The index terms of `text`, in order: stems, and pairs of neighbours in scripts without spaces."""
    found: list[str] = []
    previous_end, previous = -1, ""
    for match in _WORD.finditer(text):
        word = match.group()
        if _UNSPACED.match(word):
            if previous and match.start() == previous_end:
                found.append(previous + fold_word(word))
            previous, previous_end = fold_word(word), match.end()
            found.append(previous)
        else:
            previous = ""
            found.append(stem(word[:_MAX_WORD], language))
    return found


@lru_cache(maxsize=32)
def stop_words(language: str) -> frozenset[str]:
    """Folded words of `language` too common to tell what a text is about; empty when the language is not known.

    Of a script without spaces only those single characters that are grammar wherever they stand.
    """
    common = frozenset(fold_word(word) for word in stopwordsiso.stopwords(language))
    return frozenset(w for w in common if not _UNSPACED.match(w) or len(w) > 1) | _GRAMMAR.get(language, frozenset())


def telling_words(text: str, languages: Iterable[str]) -> list[Word]:
    """The words of `text` that are common in none of `languages`: those that tell what it is about."""
    asked = tuple(languages)
    common = frozenset().union(*(stop_words(language) for language in asked))
    spans = [m.span() for m in _unspaced_stop_words(asked).finditer(text)] if is_unspaced(text) else []
    return [
        word
        for word in words(text)
        if word.folded not in common and not any(start <= word.start < end for start, end in spans)
    ]


def is_unspaced(text: str) -> bool:
    """Whether `text` holds a script written without spaces."""
    return _UNSPACED.search(text) is not None


@lru_cache(maxsize=32)
def _unspaced_stop_words(languages: tuple[str, ...]) -> regex.Pattern[str]:
    """Finds the common words of several characters in scripts without spaces, longest first."""
    found = {w for language in languages for w in stop_words(language) if len(w) > 1 and _UNSPACED.match(w)}
    longest_first = sorted(found, key=lambda w: (-len(w), w))
    return regex.compile("|".join(regex.escape(w) for w in longest_first) or "(?!)")


@lru_cache(maxsize=32)
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # PyStemmer objects are not safe to share between threads mid-call; the GIL covers a single stemWord.
    return Stemmer.Stemmer(algorithm)
