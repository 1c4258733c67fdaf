"""How texts write the words of a name: in Russian by case, in Arabic with what is joined to them."""

from collections.abc import Iterable, Iterator
from itertools import product

from kb.text.words import words


def _cases(stem: str, ending: str, others: str) -> tuple[str, tuple[str, ...]]:
    """What a nominative ends with, and what all its forms end with: its `stem` and each of these."""
    return stem + ending, tuple(stem + case for case in dict.fromkeys((ending, *others.split())))


_MEN, _PEOPLE = "а у ем е", "ы ев ам ами ах"
# Endings of the nominative and of all its forms, folded (й is и, ё is е); the first that fits counts. Words that fit
# none never change: Чили, Конго, Перу.
_CASES = (
    _cases("остров", "а", "ов ам ами ах"),
    _cases("егип", "ет", "та ту том те"),
    _cases("ск", "ии", "ая ое ие ого ому им ом ои ую их ими"),
    _cases("н", "ыи", "ая ое ые ого ому ым ом ои ую ых ыми"),
    _cases("т", "ои", "ого ому ым ом"),
    *(_cases(stem, "ая", "ои ую") for stem in ("ск", "н", "в")),
    _cases("ск", "ие", "их им ими"),
    _cases("", "ые", "ых ым ыми"),
    _cases("", "ое", "ого ому ым ом"),
    _cases("ов", "ы", "ых ым ыми"),
    *(_cases(stem, "ец", " ".join(f"иц{case}" for case in f"{_MEN} {_PEOPLE}".split())) for stem in "иае"),
    _cases("", "ец", " ".join(f"ц{case}" for case in f"{_MEN} {_PEOPLE}".split())),
    *((f"{stem}нин", (f"{stem}н", *_cases(f"{stem}н", "ин", "ина ину ином ине е ам ами ах")[1])) for stem in "ая"),
    _cases("", "ия", "ии ию иеи"),
    _cases("", "ея", "еи ее ею ееи"),
    _cases("ь", "я", "и е ю еи"),
    _cases("ш", "а", "и е у еи"),
    _cases("о", "а", ""),  # Самоа
    *(_cases(stem, "а", "и е у ои") for stem in "гкх"),
    _cases("", "а", "ы е у ои"),
    _cases("", "ь", "и ю я ем е ью"),
    *(_cases(stem, "и", "я ю ем е") for stem in "ае"),
    _cases("рики", "и", "я ю ем"),
    _cases("ств", "о", "а у ом е"),
    ("ы", ("ы", "", "ов", "ам", "ами", "ах")),
    *(_cases(stem, "", "а у ом е и ов ам ами ах") for stem in "гкх"),
    *(_cases(stem, "", "а у ом е ы ов ам ами ах") for stem in "бвджзлмнпрстфц"),
)
_SHORTEST = 3  # letters of a word that changes
CONJUNCTION, PREPOSITIONS = "و", ("ب", "ل", "ك")  # that Arabic writes as one with the word behind them
_CONJUNCTIONS, _ARTICLE = (CONJUNCTION, "ف"), "ال"
_ONE_LETTER = str.maketrans("ة", "ه")  # at the end of a word, as people write it


def in_all_cases(word: str) -> tuple[str, ...]:
    """A Russian word and its other cases; folded, and the nominative given."""
    if len(word) < _SHORTEST:
        return (word,)
    for ending, forms in _CASES:
        if word.endswith(ending):
            return tuple(f"{word[: len(word) - len(ending)]}{form}" for form in forms)
    return (word,)


def without_joined(word: str, *, article: bool = False) -> Iterator[str]:
    """An Arabic word as it stands, then without the conjunction and the preposition before it, and the `article`."""
    for conjunction, preposition in product(("", *_CONJUNCTIONS), ("", *PREPOSITIONS)):
        joined = conjunction + preposition
        if not word.startswith(joined):
            continue
        rest = word[len(joined) :]
        yield rest
        if preposition == "ل" and rest.startswith("ل"):  # للمكسيك: the article loses its first letter
            rest = f"ا{rest}"
            yield rest
        if article and rest.startswith(_ARTICLE):
            yield rest[len(_ARTICLE) :]


def is_arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"


class WordForms:
    """What the words of a text are in the names of a list."""

    def __init__(self, names: Iterable[tuple[str, str]], *, article: bool = False) -> None:
        """`names` by language; with `article` every Arabic word counts with it and without, else the first of a name
        has something joined to it.
        """
        self._of: dict[str, str] = {}
        self._arabic: set[str] = set()
        self._article = article
        for language, name in names:
            if language == "ru" and not name.isupper():
                for word in words(name):
                    forms = in_all_cases(word.folded)
                    known = next((self._of[form] for form in forms if form in self._of), word.folded)
                    for form in forms:
                        self._of.setdefault(form, known)
            elif language == "ar":
                first, *others = (word.folded.translate(_ONE_LETTER) for word in words(name))
                self._arabic.update((first, *others) if article else (first,))

    def key(self, folded: str) -> str:
        """A folded word as the names have it; itself, if they have it in no form."""
        if folded.isascii():
            return folded
        if is_arabic(folded):
            plain = folded.translate(_ONE_LETTER)
            return next((rest for rest in without_joined(plain, article=self._article) if rest in self._arabic), plain)
        return self._of.get(folded, folded)

    def keys(self, name: str) -> tuple[str, ...]:
        return tuple(self.key(word.folded) for word in words(name))
