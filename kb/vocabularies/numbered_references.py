"""Concepts that a text or a question names by number: "objetivos del PMM 2, 5 y 7", "MR 2", "obj. 7", "目标13"."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import regex

from kb.text.words import Word, stem, words
from kb.vocabularies.concept import Scheme
from kb.vocabularies.number_lists import Item, read_list
from kb.vocabularies.scheme_names import FUNCTION_WORDS, Name, Names, names_of
from kb.vocabularies.stem_phrases import common_beginning, ends_with, last_place, mentions

_LOOK_BACK = 14  # words between the noun and its numbers, at most
_STRAY = 3  # of them outside the qualifier, as "relacionados con" in a table's label
_LONGEST_SPAN = 160  # characters; the evidence of a longer list is the item alone
_MOST = 0.5  # a list that names more than this share of a scheme names none in particular

_BEFORE_NUMBER = regex.compile(r"[\s:：.,#№«“\"(（)\[º°*_–—-]*")
_NUMBER_SIGNS = frozenset(("n", "no", "nr", "num", "numero", "number", "nos"))
_JOINING = frozenset(("y", "e", "o", "u", "and", "or", "et", "ou", "und", "oder", "и", "و", "和", "与", "及"))
_STOP = regex.compile(r"(?<!\b[Oo]bj)[.;!?](?=\s)|\n\s*\n")
_SHORTEST = 3  # letters of a noun that is cut short, "obj."
_FUSED = regex.compile(r"(?P<acronym>\p{Lu}{2,})(?P<number>\d{1,3})")
_FOREIGN_BEFORE = regex.compile(r"\p{Lu}{2,}s?")
_OTHER_HAN = "发展"  # 可持续发展目标 are other goals
_GENITIVE = regex.compile(r"[\s)]*\s(?:of|de|del|du|des|der|do|da|d['’]|من)(?=[\s\p{L}])", regex.IGNORECASE)
_OPENING = regex.compile(r"[\s*_#>•·\-–—]*(?:\(?[\da-z]{1,3}[.)])?[\s*_]*")
_ORDINAL = regex.compile(r"\s*[项項个個]?\s*")  # between the number and the noun of 第13项目标
_ASKED_BY = frozenset(("ODM", "OPM"))  # short for objectives of the Compact where people ask, for others in documents
# The other goals with numbers that officials write of.
_OTHER_GOALS = regex.compile(
    r"\b(?:ods|sdgs?|odd)\b|desarrollo sost|sustainable dev|développement dur|可持续|التنمية المستدامة|устойчив",
    regex.IGNORECASE,
)
_DESCRIBED = regex.compile(r"[\s*_]*(?:[:.–—-]|\()[\s*_]*(?P<text>\p{L}[^\n]{0,200})")

Stretch: TypeAlias = tuple[int, int]
Describes: TypeAlias = Callable[[str, str, str], bool]  # (scheme, notation, words): do these words fit the concept?


@dataclass(frozen=True, slots=True)
class Reference:
    """A concept named by number at `text[start:end]`.

    `certain`: the text says which scheme is meant. `number`: where its own number stands. `beside`: how many members of
    the scheme are named in one breath.
    """

    scheme: str
    notation: str
    start: int
    end: int
    certain: bool
    number: Stretch
    beside: int = 1


@dataclass(frozen=True, slots=True)
class _Found:
    """A noun with its list of numbers. `bare`: with no word of which scheme. `opens`: its block begins with it."""

    items: tuple[Item, ...]
    start: int
    end: int
    bare: bool = False
    opens: bool = False


class References:
    """Finds the numbered members of one scheme. `describes` tells whether words fit a concept."""

    def __init__(self, scheme: Scheme, describes: Describes) -> None:
        self.scheme = scheme.name
        self.names: Names = names_of(scheme)
        self.most = max(2, int(len(scheme.concepts) * _MOST))
        self._describes = describes

    def find(self, text: str, stretches: Iterable[Stretch]) -> tuple[Reference, ...]:
        """References in the stretches of `text` (blocks, or all of it), in order; of no list of nearly all members."""
        return tuple(each for each in self.find_all(text, stretches) if each.beside <= self.most)

    def find_all(self, text: str, stretches: Iterable[Stretch]) -> tuple[Reference, ...]:
        """References in the stretches of `text`, in order, those of long lists too."""
        if not self.names.numbers:
            return ()
        found = [each for start, end in stretches for each in self._in_stretch(text, start, end)]
        kept = list(self._resolve(text, found))
        return tuple(reference for each, certain in kept for reference in self._references(each, certain))

    def _in_stretch(self, text: str, start: int, end: int) -> Iterator[_Found]:
        if not any(character.isdigit() for character in text[start:end]):
            return
        tokens = [Word(w.start + start, w.end + start, w.folded) for w in words(text[start:end])]
        done = start
        for place, token in enumerate(tokens):
            if token.start < done or not token.folded[-1].isdigit():
                continue
            found = (
                self._fused(text, token)
                or self._at(text, tokens, place, (start, end))
                or self._ordinal(text, tokens, place)
            )
            if found:
                done = found.end
                yield found

    def _fused(self, text: str, token: Word) -> _Found | None:
        """ "MR2"."""
        match = _FUSED.fullmatch(text, token.start, token.end)
        if not match or match["acronym"] not in self._acronyms or int(match["number"]) not in self.names.numbers:
            return None
        return _Found((Item(int(match["number"]), token.start, token.end),), token.start, token.end)

    def _at(self, text: str, tokens: Sequence[Word], place: int, stretch: Stretch) -> _Found | None:
        items = self._known(read_list(text, tokens[place].start, stretch[1]))
        if not items:
            return None
        before = _words_before(text, tokens, place)
        if before and text[before[-1].start : before[-1].end].removesuffix("s") in self._acronyms:
            return _Found(items, before[-1].start, items[-1].end)
        for name in self.names.names if before else ():
            found = self._named(text, name, before, items, stretch)
            if found:
                return found
        return None

    def _ordinal(self, text: str, tokens: Sequence[Word], place: int) -> _Found | None:
        """第13项目标: the noun behind its number."""
        start, end = tokens[place].start, tokens[place].end
        number = tokens[place].folded
        if text[max(0, start - 1) : start] != "第" or not number.isdecimal() or int(number) not in self.names.numbers:
            return None
        gap = _ORDINAL.match(text, end)
        position = gap.end() if gap else end
        nouns = ("".join(name.noun) for name in self.names.names if name.unspaced)
        noun = next((noun for noun in nouns if text.startswith(noun, position)), "")
        item = Item(int(number), start, end)
        return _Found((item,), start - 1, position + len(noun), bare=True) if noun else None

    @property
    def _acronyms(self) -> frozenset[str]:
        """What stands for the noun by itself: "SDG 7", "MR 2"."""
        return self.names.acronyms

    def _known(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """The beginning of a list that consists of members of the scheme."""
        unknown = next((i for i, item in enumerate(items) if item.number not in self.names.numbers), len(items))
        return items[:unknown]

    def _named(
        self, text: str, name: Name, before: Sequence[Word], items: tuple[Item, ...], stretch: Stretch
    ) -> _Found | None:
        stems = [self._stem(text, word, name) for word in before]
        place = last_place(stems, name.noun)
        if place is None:
            return None
        end = items[-1].end
        after = [i for i in range(place + len(name.noun), len(before)) if before[i].folded not in FUNCTION_WORDS]
        if after:
            stray = self._unqualified(text, name, before, after)
            return _Found(items, before[place].start, end) if stray is not None and stray <= _STRAY else None
        if "\n" in text[before[place].start : items[0].start]:
            return None
        qualified, start = self._qualified_before(text, name, before, place)
        if qualified or (len(name.noun) > 1 and not name.unspaced):
            return _Found(items, start, end)
        if name.unspaced and text.endswith(_OTHER_HAN, 0, before[place].start):
            return None
        if place and _FOREIGN_BEFORE.fullmatch(text, before[place - 1].start, before[place - 1].end):
            return None
        return self._bare(text, name, before[place].start, items, stretch)

    def _stem(self, text: str, word: Word, name: Name) -> str:
        """The stem of a word; of a noun that is cut short ("obj. 7") that of the noun."""
        short = len(word.folded) >= _SHORTEST and text.startswith(".", word.end)
        if short and len(name.noun) == 1 and name.noun[0].startswith(word.folded):
            return name.noun[0]
        return stem(text[word.start : word.end], name.language)

    def _bare(self, text: str, name: Name, start: int, items: tuple[Item, ...], stretch: Stretch) -> _Found | None:
        end = items[-1].end
        genitive = _GENITIVE.match(text, end, stretch[1])
        if genitive:
            owner = self._owner(text, name, genitive.end(), stretch[1])
            return _Found(items, start, owner) if owner else None
        opening = _OPENING.match(text, stretch[0], stretch[1])
        return _Found(items, start, end, bare=True, opens=bool(opening) and opening.end() >= start)

    def _owner(self, text: str, name: Name, start: int, end: int) -> int | None:
        """End of the qualifier that follows "of"; None where somebody else's members are meant."""
        following = [w for w in words(text[start : min(end, start + 120)]) if w.folded not in FUNCTION_WORDS]
        if not following:
            return None
        spelled = [text[start + w.start : start + w.end] for w in following]
        if spelled[0].removesuffix("s") in self.names.qualifier_acronyms | self.names.acronyms:
            return start + following[0].end
        stems = [stem(word, name.language) for word in spelled]
        matched = max((common_beginning(stems, each.qualifier) for each in self._same(name)), default=0)
        alone = (
            matched == 0 and spelled[0][0].isupper() and any(stems[0] in each.qualifier for each in self._same(name))
        )
        return start + following[max(matched - 1, 0)].end if matched or alone else None

    def _same(self, name: Name) -> list[Name]:
        """Names with the same noun."""
        return [n for n in self.names.names if n.language == name.language and n.noun == name.noun and n.qualifier]

    def _unqualified(self, text: str, name: Name, before: Sequence[Word], after: list[int]) -> int | None:
        """How many words between noun and number are not the qualifier; None where that does not end there."""
        last = before[after[-1]]
        if text[last.start : last.end] in self.names.qualifier_acronyms:
            return len(after) - 1
        stems = [stem(text[before[i].start : before[i].end], name.language) for i in after]
        matched = ends_with(stems, name.qualifier)
        return len(after) - matched if matched else None

    def _qualified_before(self, text: str, name: Name, before: Sequence[Word], place: int) -> tuple[bool, int]:
        """Whether the qualifier stands before the noun ("GCM objectives"), and where the name begins."""
        content = [i for i in range(place) if before[i].folded not in FUNCTION_WORDS]
        if content and content[-1] >= place - 2:
            if text[before[content[-1]].start : before[content[-1]].end] in self.names.qualifier_acronyms:
                return True, before[content[-1]].start
            stems = [stem(text[before[i].start : before[i].end], name.language) for i in content]
            matched = max((ends_with(stems, each.qualifier) for each in self._same(name)), default=0)
            if matched:
                return True, before[content[-matched]].start
        return False, before[place].start

    def _resolve(self, text: str, found: list[_Found]) -> Iterator[tuple[_Found, bool]]:
        """Which bare references count: none that belongs to the document's own numbered list."""
        bare = [each for each in found if each.bare]
        fits = {id(each): self._fits(text, each) for each in bare if each.opens}
        own_list = sum(fit is False for fit in fits.values()) > sum(fit is True for fit in fits.values())
        known = bool(bare) and (len(bare) < len(found) or self._mentions_scheme(text))
        for each in found:
            if not each.bare:
                yield each, True
            elif not own_list and fits.get(id(each)) is not False:
                yield each, known

    def _fits(self, text: str, found: _Found) -> bool | None:
        """Whether what is said after "Objective 3:" fits concept 3; None where nothing is said."""
        described = _DESCRIBED.match(text, found.end)
        if not described or len(found.items) > 1:
            return None
        return self._describes(self.scheme, self.names.numbers[found.items[0].number], described["text"])

    def _mentions_scheme(self, text: str) -> bool:
        spelled = [text[word.start : word.end].removesuffix("s") for word in words(text)]
        if not self.names.qualifier_acronyms.isdisjoint(spelled) or not self.names.acronyms.isdisjoint(spelled):
            return True
        content = [word for word in spelled if word.lower() not in FUNCTION_WORDS]
        for language in {name.language for name in self.names.names}:
            stems = [stem(word, language) for word in content]
            for name in self.names.names:
                if name.language == language and mentions(stems, name.qualifier):
                    return True
        return False

    def _references(self, found: _Found, certain: bool) -> Iterator[Reference]:
        beside = len({item.number for item in found.items})
        short = found.end - found.start <= _LONGEST_SPAN
        for item in found.items:
            start, end = (found.start, found.end) if short or item is found.items[0] else (item.start, item.end)
            end = end if short else item.end
            yield Reference(
                self.scheme, self.names.numbers[item.number], start, end, certain, (item.start, item.end), beside
            )


class AskedReferences(References):
    """Finds them in questions: the scheme need not be told, its short name stands for the noun, capitals are spared."""

    def __init__(self, scheme: Scheme) -> None:
        super().__init__(scheme, lambda *_: True)
        self._short = self.names.acronyms | self.names.qualifier_acronyms | _ASKED_BY
        shorts = "|".join(sorted(map(regex.escape, self._short), key=lambda short: (-len(short), short)))
        self._spared = regex.compile(rf"\b(?:{shorts})(?=s?\b|\d)|\bobj\b(?!\.)", regex.IGNORECASE)

    def asked(self, text: str) -> tuple[Reference, ...]:
        """The references of a question; where other goals are named only those that say they are of this scheme."""
        others = _OTHER_GOALS.search(text) is not None
        read = self._spared.sub(lambda match: match.group().upper(), text)
        found = self.find(read, [(0, len(read))])
        return tuple(each for each in found if not others or self._is_told(read, each))

    @property
    def _acronyms(self) -> frozenset[str]:
        return self._short

    def _is_told(self, text: str, reference: Reference) -> bool:
        spelled = {text[w.start : w.end] for w in words(text[reference.start : reference.end])}
        return not self.names.qualifier_acronyms.isdisjoint(spelled)

    def _stem(self, text: str, word: Word, name: Name) -> str:
        short = text[word.start : word.end] == "OBJ" and len(name.noun) == 1 and name.noun[0].startswith("obj")
        return name.noun[0] if short else super()._stem(text, word, name)


def _words_before(text: str, tokens: Sequence[Word], place: int) -> list[Word]:
    """The words that lead up to a number in its sentence, "no." left out; none where something else stands between."""
    last = place - 1
    while last >= 0 and (tokens[last].folded in _NUMBER_SIGNS or text[tokens[last].start] in "ºª"):
        last -= 1
    if last < 0 or tokens[last].folded in _JOINING:
        return []
    if not _BEFORE_NUMBER.fullmatch(_without_signs(text[tokens[last].end : tokens[place].start])):
        return []
    stop = max((match.end() for match in _STOP.finditer(text, tokens[0].start, tokens[last].end)), default=0)
    return [word for word in tokens[max(0, last + 1 - _LOOK_BACK) : last + 1] if word.start >= stop]


def _without_signs(gap: str) -> str:
    return str(regex.sub(r"\p{L}+[.º°]*", "", gap))
