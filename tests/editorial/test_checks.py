"""What a librarian is told of a document before it is published."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from kb.documents.duplicate import Link, LinkKind, LinkStatus
from kb.documents.models import BlockKind, Description, PlacedBlock, Source, StoredDocument, Tag
from kb.documents.practice import PERSONAL, missing_fields
from kb.documents.reading import ReadNote, Remark
from kb.documents.state import State
from kb.editorial.checks import _LIKE, Check, Finding, checks
from kb.text.damage import Damage
from web.editorial.checks import check_lines
from web.http.context import RequestContext
from web.i18n.locales import load_interfaces

SPANISH = "El objetivo trece pide alternativas a la detención de migrantes y plazos breves para cada caso. "
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOUND = Description("Title", "es", "report", "2021-05", ("PER",))
TAGS = (Tag("objectives", "13", 0.9, ()),)


def stored(text: str = SPANISH * 6, described: Description = SOUND, **facts: object) -> StoredDocument:
    plain = StoredDocument(
        1, Source("a.pdf", "/a.pdf", "", 1, "pdf"), State.DESCRIBED, 1, "w", described, text, (), (), None, (), NOW
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def found(document: StoredDocument, *more: object) -> list[tuple[str, str]]:
    return [(c.finding.value, c.detail) for c in checks(document, TAGS, *more)]  # type: ignore[arg-type]


def test_a_sound_document_needs_no_look() -> None:
    assert checks(stored(), TAGS) == ()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"title": " "}, ("missing", "title")),
        ({"language": "und"}, ("missing", "language")),
        ({"type": "other"}, ("missing", "type")),
        ({"date": ""}, ("missing", "date")),
        ({"countries": ()}, ("missing", "countries")),
        ({"date": "2018-11"}, ("old", "2018-11")),
        ({"date": "2017"}, ("old", "2017")),
        ({"type": "practice"}, ("no-focal-point", "")),
    ],
)
def test_the_description(facts: dict[str, object], expected: tuple[str, str]) -> None:
    assert found(stored(described=replace(SOUND, **facts))) == [expected]  # type: ignore[arg-type]


@pytest.mark.parametrize("date", ["2018", "2018-12", "2018-12-10", "2019"])
def test_from_december_2018_on_nothing_is_old(date: str) -> None:
    assert found(stored(described=replace(SOUND, date=date))) == []


def test_what_a_practice_must_tell() -> None:
    practice = replace(SOUND, type="practice")
    told = {"focal-point": "Ana", "title": "x", "context": "x", "implementer": " "}
    assert ("missing", "implementer") in found(stored(described=practice), (), told)
    assert ("no-focal-point", "") not in found(stored(described=practice), (), told)
    assert ("missing", "focal-point") not in found(stored(described=practice), (), {})
    assert found(stored(described=practice), (), {}).count(("no-focal-point", "")) == 1


def test_no_objective_is_missed_and_a_region_stands_for_countries() -> None:
    assert [c.detail for c in checks(stored(), ())] == ["objectives"]
    regional = (*TAGS, Tag("regions", "419", 0.9, ()))
    assert checks(stored(described=replace(SOUND, countries=())), regional) == ()


def test_little_text_scans_and_what_the_reader_said() -> None:
    assert found(stored("Cover of a report")) == [("little-text", "4")]
    remark = Remark(ReadNote.DAMAGED_PAGES, {"pages": (3,)})
    assert checks(stored(warnings=(remark,)), TAGS) == (Check(Finding.READ, remark=remark),)
    first = PlacedBlock(BlockKind.PARAGRAPH, 0, len(SPANISH) * 6, 1, 1)
    for pages, bare in ((1, []), (2, []), (3, [("scanned", "2")]), (9, [("scanned", "8")])):
        assert found(stored(blocks=(first,), page_count=pages)) == bare


def test_garbled_text_is_told_with_its_damage() -> None:
    assert found(stored("El objetivo trece pide alternativas a la detenciÃ³n de niÃ±os y niÃ±as. " * 8)) == [
        ("garbled", "encoding")
    ]


def test_documents_that_are_like_it_come_first() -> None:
    links = [
        Link(1, LinkKind.TRANSLATION, 1, 7, 0.9, LinkStatus.SUGGESTED, NOW),
        Link(2, LinkKind.OTHER_FORMAT, 8, 1, 0.99, LinkStatus.CONFIRMED, NOW),
        Link(3, LinkKind.VERSION, 1, 9, 0.9, LinkStatus.REJECTED, NOW),
    ]
    assert checks(stored("Cover"), TAGS, links)[:3] == (
        Check(Finding.ALIKE, "translation", 7, 1, False),
        Check(Finding.ALIKE, "format", 8, 2, True),
        Check(Finding.LITTLE_TEXT, "1"),
    )


EVERY = [
    *(Check(Finding.MISSING, name) for name in ("title", "language", "type", "date", "countries", "objectives")),
    *(Check(Finding.MISSING, field) for field in missing_fields({}) if field not in PERSONAL),
    *(Check(Finding.GARBLED, damage) for damage in Damage),
    *(Check(Finding.ALIKE, way, other=1) for way in sorted(set(_LIKE.values()))),
    *(Check(finding, "2017") for finding in (Finding.LITTLE_TEXT, Finding.SCANNED, Finding.OLD)),
    *(Check(finding, "3") for finding in (Finding.NO_FOCAL_POINT, Finding.LEFT_BEHIND)),
    Check(Finding.READ, remark=Remark(ReadNote.BLANK_PAGES, {"pages": (3,)})),
]


@pytest.mark.parametrize("check", EVERY, ids=lambda check: f"{check.finding} {check.detail}")
def test_every_finding_is_said_in_the_language_of_the_page(check: Check) -> None:
    said = {}
    for code in ("en", "es"):
        ui = load_interfaces()[code]
        context = SimpleNamespace(code=code, interface=ui, say=ui.say, may=lambda *asked: True)
        (look,) = check_lines(cast(RequestContext, context), [check], {1: stored()})
        said[code] = look.text
    assert said["en"]
    assert said["en"] != said["es"]
    assert "%(" not in said["en"]


def test_no_finding_is_forgotten() -> None:
    assert {check.finding for check in EVERY} == set(Finding)
