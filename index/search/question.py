"""What a person typed, read as a question: words, quoted phrases, words to leave out."""

from dataclasses import dataclass
from enum import StrEnum

import regex

from kb.errors import UsageError
from kb.text.folding import INVISIBLE
from kb.text.words import words

MAX_CHARACTERS = 20_000  # of a question; a page pasted in is fine, a book is not
MAX_WORDS = 400  # that are searched; the encoder reads no more either
_PHRASE = regex.compile(r'["“„«]([^"“”„«»]{1,300})["”“»]')
_SIGNS = regex.compile(r'["“„«]| -')
_EXCLUDED = regex.compile(r"(?<!\S)-(\p{L}[\p{L}\p{M}\p{N}]+)")


_NUMBERS = regex.compile(r"(?<![\p{L}\p{N}./-])\d{1,4}(?:\s*[,;、،]\s*\d{1,4})+(?![\p{L}\p{N}/-])")
# Vowel signs and the lengthening stroke of Arabic: optional in writing, and no encoder has read much with them.
_VOWEL_SIGNS = regex.compile(r"[\u064B-\u0652\u0670\u0640]")


class QuestionFault(StrEnum):
    """Why a question cannot be searched."""

    TOO_LONG = "too-long"
    NO_WORD = "no-word"


class QuestionError(UsageError):
    """A question cannot be searched as it was typed."""

    def __init__(self, fault: QuestionFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A name in a question, at `text[start:end]`, and the forms under which documents may have it, as typed first.

    `term` is the id of a term: its forms are inflected, and its words may stand apart. A name stands as it is.
    """

    start: int
    end: int
    forms: tuple[str, ...]
    term: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`text` is what is encoded and searched; `phrases` must occur, `excluded` words must not.

    `equivalents`, `objectives` (notations), `countries` (ISO 3166-1 alpha-3) and `terms` (ids) are what was understood
    of it, `glosses` its terms in the language of the library; see index.search.query_understanding.
    """

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    objectives: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    glosses: tuple[str, ...] = ()

    @property
    def listed(self) -> tuple[str, ...]:
        """The lists of numbers in the text, of objectives or years, as phrases: "2 7 8" of "2, 7, 8 and 13"."""
        return tuple(" ".join(regex.findall(r"\d+", found)) for found in _NUMBERS.findall(self.text))

    @property
    def encoded(self) -> str:
        """What is encoded: the text, with its terms behind it as the library says them."""
        return f"{self.text} ({'; '.join(self.glosses)})" if self.glosses else self.text


def read_question(typed: str) -> Question:
    """Read what was typed. Raises QuestionError when there is no word in it or it is far too long."""
    if len(typed) > MAX_CHARACTERS:
        raise QuestionError(
            QuestionFault.TOO_LONG,
            f"The question has {len(typed):,} characters; the limit is {MAX_CHARACTERS:,}. "
            "Paste the paragraph that matters most.",
        )
    typed = _VOWEL_SIGNS.sub("", typed.translate(INVISIBLE))
    phrases = tuple(" ".join(found.split()) for found in _PHRASE.findall(typed))
    excluded = tuple(_EXCLUDED.findall(typed))
    text = " ".join(_EXCLUDED.sub(" ", typed).replace('"', " ").split())
    spelled = list(words(text))
    if not spelled:
        raise QuestionError(
            QuestionFault.NO_WORD, "There is no word in the question. Write a few words of what you look for."
        )
    if len(spelled) > MAX_WORDS:
        text = text[: spelled[MAX_WORDS - 1].end]
    return Question(text, phrases, excluded)


def as_question(text: str) -> str:
    """A problem told in sentences as a question: without the signs that search gives a meaning to, and not too long."""
    plain = str(_SIGNS.sub(" ", text))
    found = list(words(plain))
    return plain if len(found) <= MAX_WORDS else plain[: found[MAX_WORDS - 1].end]
