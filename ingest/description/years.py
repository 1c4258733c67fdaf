"""Years that a text speaks of: single ones and periods, without those that only belong to a name."""

import re
from collections import defaultdict
from collections.abc import Iterator

from kb.text.folding import fold_in_place

_YEAR = r"(?:19[5-9]|20[0-6])\d"
_BETWEEN = r"(?:\s?[-–—/]\s?|\s+(?:a|al|y|to|and|until|hasta|au|a la|et|jusqu'en)\s+)"
_PERIOD = re.compile(rf"(?<![\d/.-])({_YEAR}){_BETWEEN}({_YEAR})(?![\d/.-])")
_SINGLE = re.compile(rf"(?<![\d/.,-])({_YEAR})(?![\d/-])(?![.,]\d)")
_NAME_BEFORE = re.compile(
    r"\b(?:agenda|horizonte?|ods|sdg|odd|convencion|convenio|convention|protocolo?|protocole|tratado|treaty|declaracion|"
    r"declaration|estatuto|statute|pacto|compact|pacte|ley|law|act|loi|resolucion|resolution|decreto|decree|decret)"
    r"(?:\s+(?!en\b|in\b)[\w/.()º°-]+){0,6}?\s*[,(]?\s*(?:de |del |of |du |da )?$"
)
_ADOPTION = re.compile(r"\b(?:diciembre|december|decembre|dezembro) (?:de |del )?(?=2018)")  # of the Compact
_NAME_AFTER = re.compile(r"\s+(?:agenda|(?:refugee )?convention|protocol|declaration|act\b|law\b|sustainable|sdg)")
_LONGEST_PERIOD = 30
_LEAST, _OF_BEST = 2, 0.3  # mentions, and share of those of the year most spoken of

Spans = tuple[tuple[int, int], ...]


def find_years(text: str) -> Iterator[tuple[int, int, int]]:
    """(year, start, end); each year of a period stands at the words of the period."""
    plain = fold_in_place(text)
    periods: list[tuple[int, int]] = []
    for match in _PERIOD.finditer(plain):
        first, last = int(match[1]), int(match[2])
        if first < last <= first + _LONGEST_PERIOD:
            periods.append(match.span())
            yield from ((year, *match.span()) for year in range(first, last + 1))
    for match in _SINGLE.finditer(plain):
        inside = any(start <= match.start() < end for start, end in periods)
        if not inside and not _names(plain, match):
            yield int(match[1]), *match.span()


def covered(text: str) -> tuple[tuple[int, Spans], ...]:
    """The years that a text is mostly about, in order, each with where it stands."""
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for year, start, end in find_years(text):
        places[year].append((start, end))
    most = max(map(len, places.values()), default=0)
    least = max(_LEAST, _OF_BEST * most)
    return tuple((year, tuple(spans)) for year, spans in sorted(places.items()) if len(spans) >= least)


def _names(plain: str, match: re.Match[str]) -> bool:
    """Whether the year only tells which agenda, convention or resolution is meant, or when the Compact was adopted."""
    before = plain[max(0, match.start() - 70) : match.start()].rsplit("\n", 1)[-1]
    adopted = _ADOPTION.search(plain, max(0, match.start() - 14), match.end())
    return bool(adopted or _NAME_BEFORE.search(before) or _NAME_AFTER.match(plain, match.end()))
