"""What the code can write has words in every language: actions of the trail, outcomes of reading, tasks, letters."""

import json
import re
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest

from kb.accounts.audit_actions import AuditAction, AuditKind
from kb.documents.models import Verdict
from kb.documents.reading import (
    FAULTS,
    NATURES,
    NOTES,
    Nature,
    Params,
    ReadFault,
    ReadNote,
    Remark,
    english,
    remark_json,
    remark_of,
)
from kb.documents.state import Move, State
from kb.i18n.catalogue import LANGUAGES
from kb.inbox import tasks
from kb.jobs.job import JobState
from kb.mail import letter
from kb.requests.case import RequestEventKind
from web.accounts import audit_labels
from web.documents import history
from web.documents.state_labels import MOVE_LABELS, STATE_LABELS
from web.i18n.locales import load_interfaces
from web.inbox import labels as inbox_words
from web.notifications import messages
from web.requests import labels as hub_words
from web.submissions.job_outcomes import STATES

ROOT = Path(__file__).parent.parent.parent

VALUES: Params = {
    "kind": ".exe", "kinds": ".docx .pdf", "suffix": ".pdf", "nature": "program", "size": 300, "most": 50,
    "count": 3000, "error": "Permission denied", "name": "date", "value": "soon", "pages": (2, 5), "question": "title",
}  # fmt: skip


def test_every_action_of_the_trail_has_words() -> None:
    modules = [path.parent.name for path in (ROOT / "kb").glob("*/audit_actions.py")]
    for feature in modules:
        import_module(f"kb.{feature}.audit_actions")
    actions = [action for feature in AuditAction.__subclasses__() for action in feature]
    assert len(modules) >= 6
    assert set(actions) == set(audit_labels.ACTIONS)
    assert len(actions) == len(set(actions))  # a value says of which feature it is


@pytest.mark.parametrize(
    ("members", "named"),
    [
        (AuditKind, audit_labels.KINDS),
        (RequestEventKind, hub_words.HAPPENINGS),
        (tasks.Task, inbox_words.TASKS),
        (JobState, STATES),
        (letter.Topic, messages.TEXTS),
        (letter.Topic, messages.LINES),
        (letter.Topic, letter.ABOUT),
        (State, STATE_LABELS),
        (Move, MOVE_LABELS),
        (Verdict, history._VERDICTS),
    ],
)
def test_every_member_has_words(members: type[StrEnum], named: dict[StrEnum, object]) -> None:
    assert set(named) == set(members)


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_words_are_translated(code: str) -> None:
    spoken = load_interfaces()[code]
    alike = {"document", "expert", "experts", "organisations"}  # written the same in French
    for words in (audit_labels.ACTIONS, audit_labels.KINDS, messages.TEXTS, messages.LINES):
        assert [w for w in words.values() if w and spoken.say(w) == w and w not in alike] == []


def test_every_code_of_a_reading_has_a_sentence() -> None:
    assert (set(FAULTS), set(NOTES), set(NATURES)) == (set(ReadFault), set(ReadNote), set(Nature))
    assert not set(map(str, ReadFault)) & set(map(str, ReadNote))  # a code that is kept says which of the two it is


@pytest.mark.parametrize("code", LANGUAGES[1:])
@pytest.mark.parametrize("said", [*ReadFault, *(note for note in ReadNote if note is not ReadNote.ENGLISH)], ids=str)
def test_what_is_said_of_a_reading_is_said_in_every_language(said: ReadFault | ReadNote, code: str) -> None:
    remark = Remark(said, VALUES)
    assert remark_of(json.loads(json.dumps(remark_json(remark)))) == remark
    assert remark.said(code) != str(remark)
    assert "%" not in remark.said(code)
    assert set(re.findall(r"\d+", remark.said(code))) == set(re.findall(r"\d+", str(remark)))


@pytest.mark.parametrize(
    ("remark", "in_english", "in_spanish"),
    [
        (
            Remark(ReadFault.MISMATCH, {"suffix": ".pdf", "nature": "zip"}),
            "The name ends in .pdf, but by its content it is a ZIP archive or an Office document; give it its right "
            "extension or save it again in the format its name says.",
            "El nombre termina en .pdf, pero por su contenido es un archivo ZIP o un documento de Office; dele su "
            "extensión correcta o guárdelo de nuevo en el formato que indica su nombre.",
        ),
        (Remark(ReadFault.MANY_PAGES, {"count": 3000, "most": 2000}),
         "This PDF has 3000 pages; up to 2000 are accepted. Split it.",
         "Este PDF tiene 3000 páginas; se aceptan hasta 2000. Divídalo."),
        (Remark(ReadNote.BLANK_PAGES, {"pages": (3,)}), "Page 3 without text: blank, or only images.",
         "Página 3 sin texto: en blanco o solo con imágenes."),
        (Remark(ReadNote.BLANK_PAGES, {"pages": (1, 2)}), "Pages 1, 2 without text: blank, or only images.",
         "Páginas 1, 2 sin texto: en blanco o solo con imágenes."),
        (Remark(ReadNote.DAMAGED_PAGES, {"pages": tuple(range(1, 12))}),
         "Pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … damaged and left out.",
         "Páginas 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … dañadas y omitidas."),
        (Remark(ReadNote.QUESTION, {"question": "title"}), "What is the practice called?",
         "¿Cómo se llama la práctica?"),
        (remark_of("Something that an earlier version kept."), "Something that an earlier version kept.",
         "Something that an earlier version kept."),
    ],
)  # fmt: skip
def test_what_is_put_into_a_sentence_stays_in_it(remark: Remark, in_english: str, in_spanish: str) -> None:
    assert (str(remark), remark.said("es")) == (in_english, in_spanish)
    assert remark.language_in("es") == ("en" if in_english == in_spanish else "es")


@pytest.mark.parametrize(
    ("kept", "remark"),
    [
        ("Who carries it out?", Remark(ReadNote.QUESTION, {"question": "implementer"})),
        ("This PDF is protected with a password; save a copy without one.", Remark(ReadFault.PROTECTED_PDF)),
        ("", english("")),
    ],
)
def test_a_sentence_without_values_that_an_earlier_version_kept_is_known_again(kept: str, remark: Remark) -> None:
    assert remark_of(kept) == remark


@pytest.mark.parametrize(
    "kept", [None, 7, {}, {"code": "no such"}, {"code": "scan", "x": {}}, {"code": "scan", "x": ["y"]}]
)
def test_what_is_no_remark_is_refused(kept: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is for nobody
        remark_of(kept)
