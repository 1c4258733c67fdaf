"""Languages: tells that of a text, and that of a question from a few words."""

import re
from functools import lru_cache

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from kb.text.words import stop_words, words

LANGUAGES = ("ar", "de", "en", "es", "fa", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk", "vi", "zh")
UNKNOWN = "und"
_LETTERS = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
_ENOUGH = 25  # letters below which nothing can be told without a hint
_SURE = 120  # letters above which the hint no longer matters
_LONGEST = 4000
_OTHER, _NONE = 0.3, 0.05  # probability of another language, and of the likeliest of LANGUAGES, where it is none
# Letters that none of LANGUAGES is written in.
_OTHER_SCRIPTS = re.compile(r"[\u0370-\u03ff\u0530-\u05ff\u0980-\u0fff\u1000-\u10ff\u1200-\u139f\u1780-\u17ff]")


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str, hint: str = "") -> str:
    """ISO 639-1 code of the language of `text`, "und" when it cannot be told or is none of `LANGUAGES`.

    `hint` is the language of the document around it; it decides for short and doubtful texts.
    """
    text = _ADDRESS.sub(" ", text[:_LONGEST])
    letters = len(_LETTERS.findall(text))
    if letters < 3:
        return hint or UNKNOWN
    if (written := _OTHER_SCRIPTS.findall(text)) and 2 * len(written) > letters:
        return UNKNOWN
    best, probability = _likeliest(text)
    if not best:
        return hint if hint and letters < _SURE else UNKNOWN
    if letters < _ENOUGH and _same_script(best, text):
        return hint or (best if probability > 0.9 else UNKNOWN)
    if hint and best != hint and letters < _SURE and probability < 0.99:
        return hint
    return best if probability > 0.5 else hint or UNKNOWN


def _likeliest(text: str) -> tuple[str, float]:
    """Of `LANGUAGES` that which `text` is written in, and how probable it is among them; "" for another one."""
    ranked = _identifier().rank(text)
    known = [(language, float(probability)) for language, probability in ranked if language in LANGUAGES]
    (best, probability), other = known[0], float(ranked[0][1])
    if probability < _NONE and (other > _OTHER or not probability):
        return "", other
    return best, probability / sum(p for _language, p in known)


def _same_script(language: str, text: str) -> bool:
    """Whether the script leaves the question open (a word in Latin letters may be of many languages)."""
    return language not in ("ar", "fa", "hi", "ja", "ko", "ru", "uk", "zh") or text.isascii()


ASKED_IN = ("es", "en", "fr", "pt", "ar", "zh", "ru")  # languages a question is expected in
_SCRIPTS = (
    ("ar", regex.compile(r"\p{Arabic}")),
    ("ru", regex.compile(r"\p{Cyrillic}")),
    ("zh", regex.compile(r"\p{Han}")),
)
# Letters that only some of the Latin languages use.
_TELLING_LETTERS = {"es": "ñ¿¡", "fr": "çèêëîïôùûœ", "pt": "ãõç"}


def question_language(text: str) -> str:
    """ISO 639-1 code of the language of a question, "" when a few words do not tell."""
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    folded = [word.folded for word in words(text)]
    lowered = text.lower()
    scores = {
        language: sum(word in stop_words(language) for word in folded)
        + sum(letter in lowered for letter in _TELLING_LETTERS.get(language, ""))
        for language in ("es", "en", "fr", "pt")
    }
    first, second, *_ = sorted(scores.values(), reverse=True)
    return max(scores, key=lambda language: scores[language]) if first > second else ""
