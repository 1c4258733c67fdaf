"""Practices: what a filled-in Word template of a practice holds, read field by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kb.documents.models import Block, BlockKind, FrontMatter, RawDocument
from kb.documents.practice import PERSONAL, SECTIONS, Field, join_values, questions
from kb.documents.practice_wording import Words, wording
from kb.documents.reading import ReadNote, Remark
from kb.i18n.catalogue import LANGUAGES
from kb.places.demonyms import find_nations_asked
from kb.text.folding import fold
from kb.vocabularies.concept import Scheme
from kb.vocabularies.number_lists import notations_in

TYPE = "practice"
_LEAST = 6  # labels of the template that must be there, in one language, for a file to be taken for one
_DATE = re.compile(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?")
_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[/.-]((?:19|20)\d\d)")
_LEFT_OUT = frozenset((Field.TITLE, Field.PRINCIPLES)) | PERSONAL  # what is no row of the facts in the document


@dataclass(frozen=True, slots=True)
class Recognised:
    """A filled-in template: what of it becomes the document, and its fields."""

    raw: RawDocument
    fields: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Filled:
    """What was written into a template, as far as it has been read."""

    facts: dict[Field, str] = field(default_factory=dict)
    principles: list[str] = field(default_factory=list)
    sections: dict[Field, list[Block]] = field(default_factory=dict)
    further: list[Block] = field(default_factory=list)  # what stands outside of all sections


def read_template(raw: RawDocument, objectives: Scheme | None) -> Recognised | None:
    """The practice that `raw` tells; None when it was not written with the template.

    The document it becomes has the title that was stated, the facts as a table and the sections under their headings.
    What was left empty is asked for in its warnings; what names a person is among the fields only.
    """
    if raw.format != "docx":
        return None
    language = max(LANGUAGES, key=lambda code: _labels_in(raw, _Known.of(code)))
    known = _Known.of(language)
    if _labels_in(raw, known) < _LEAST:
        return None
    filled = _read(raw.blocks, known)
    fields = _fields(filled, language, objectives)
    asked = tuple(Remark(ReadNote.QUESTION, {"question": each.value}) for each in questions(fields))
    blocks = tuple(_document(filled, fields, wording(language)))
    return Recognised(
        replace(raw, blocks=blocks, front=_front(fields), warnings=(*raw.warnings, *asked)), tuple(fields.items())
    )


# --- the words of the template ---


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands in the empty template, folded."""

    labels: Mapping[str, Field]
    principles: Mapping[str, str]
    headings: frozenset[str]
    hints: frozenset[str]

    @staticmethod
    @lru_cache
    def of(language: str) -> "_Known":
        told = wording(language)
        return _Known(
            labels={_plain(asked.label): name for name, asked in told.fields.items()},
            principles={_plain(label): notation for notation, label in told.principles.items()},
            headings=frozenset(map(_plain, (told.heading, told.about))),
            hints=frozenset(_plain(t) for t in (told.opening, told.mark, *(a.hint for a in told.fields.values())) if t),
        )


def _plain(text: str) -> str:
    """A text as it is compared: without accents, capitals, signs at its end, and kinds of spaces and apostrophes."""
    return fold(" ".join(text.replace("’", "'").split()).rstrip(" :.*"))


def _labels_in(raw: RawDocument, known: _Known) -> int:
    found = {_label(block, known) for block in raw.blocks}
    return len(found - {None})


def _label(block: Block, known: _Known) -> Field | None:
    """The field whose label a row or a heading is."""
    text = _first_line(block.cells[0]) if len(block.cells) > 1 else block.text if len(block.text) < 100 else ""
    return known.labels.get(_plain(text))


def _first_line(cell: str) -> str:
    return cell.partition("\n")[0]


# --- what was written ---


def _read(blocks: Sequence[Block], known: _Known) -> _Filled:
    filled = _Filled()
    place: Field | None = None
    for block in blocks:
        name = _label(block, known)
        if len(block.cells) > 1 and _is_row(block, name, known, filled):
            continue
        if name is not None and not block.cells:
            place = name
            continue
        plain = _plain(block.text)
        if plain in known.headings or plain in known.hints:
            place = None if plain in known.headings else place
        elif place in SECTIONS:
            filled.sections.setdefault(place, []).append(block)
        else:
            filled.further.append(block)
    return filled


def _is_row(block: Block, name: Field | None, known: _Known, filled: _Filled) -> bool:
    """Take in a row of the facts or of the principles."""
    value = "\n".join(" ".join(line.split()) for line in block.cells[1].split("\n")).strip()
    if name is not None and name not in SECTIONS:
        filled.facts[name] = value
        return True
    notation = known.principles.get(_plain(_first_line(block.cells[0])))
    if notation is not None and value:
        filled.principles.append(notation)
    return notation is not None


def _fields(filled: _Filled, language: str, objectives: Scheme | None) -> dict[str, str]:
    """All fields, in order, in the form in which they are kept."""
    found: dict[str, str] = {name: filled.facts.get(name, "") for name in Field}
    found[Field.TITLE] = " ".join(found[Field.TITLE].split())
    for name in (Field.BEGIN, Field.END):
        found[name] = _date(found[name])
    found[Field.OBJECTIVES] = join_values(notations_in(found[Field.OBJECTIVES], objectives))
    found[Field.PRINCIPLES] = join_values(filled.principles)
    for section in SECTIONS:
        found[section] = "\n".join(block.text for block in filled.sections.get(section, ()))
    return found | {"language": language}


def _date(text: str) -> str:
    """YYYY or YYYY-MM of what somebody wrote; "" where there is no year."""
    if match := _MONTH_YEAR.search(text):
        return f"{match[2]}-{int(match[1]):02}"
    match = _DATE.search(text)
    return "" if match is None else match[0]


def _front(fields: Mapping[str, str]) -> FrontMatter:
    countries = tuple(dict.fromkeys(named.code for named in find_nations_asked(fields[Field.COUNTRIES])))
    objectives = tuple(number for number in fields[Field.OBJECTIVES].split(", ") if number)
    return FrontMatter(
        title=fields[Field.TITLE],
        date=fields[Field.END] or fields[Field.BEGIN],
        type=TYPE,
        countries=countries or None,
        objectives=objectives or None,
    )


# --- the document it becomes ---


def _document(filled: _Filled, fields: Mapping[str, str], told: Words) -> list[Block]:
    blocks = [Block(BlockKind.HEADING, fields[Field.TITLE], level=1)] if fields[Field.TITLE] else []
    for name in Field:
        value = " ".join(filled.facts.get(name, "").split())
        if value and name not in _LEFT_OUT:
            cells = (told.fields[name].label, value)
            blocks.append(Block(BlockKind.TABLE_ROW, " | ".join(cells), cells=cells, table=1))
    if filled.principles:
        blocks.append(_heading(told, Field.PRINCIPLES))
        blocks += [Block(BlockKind.LIST_ITEM, told.principles[notation]) for notation in filled.principles]
    for section in SECTIONS:
        if section in filled.sections:
            blocks.append(_heading(told, section))
            blocks += [_lowered(block) for block in filled.sections[section]]
    return blocks + [_lowered(block) for block in filled.further]


def _heading(told: Words, name: Field) -> Block:
    return Block(BlockKind.HEADING, told.fields[name].label, level=2)


def _lowered(block: Block) -> Block:
    """A heading that somebody wrote stands below those of the template."""
    return replace(block, level=max(block.level, 3)) if block.kind is BlockKind.HEADING else block
