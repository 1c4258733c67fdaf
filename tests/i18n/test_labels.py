"""What the code can write has words in every language: actions of the trail, outcomes of reading, tasks, letters."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from ingest.readers import file_types
from kb.documents.duplicate import LinkStatus
from kb.documents.state import Move
from kb.documents.store.tag_decisions import Verdict
from kb.editorial.review import Stage
from kb.experts.import_rows import Outcome as Imported
from kb.inbox import tasks
from kb.jobs.job import JobState
from kb.mail import letter
from kb.requests.case import RequestEventKind
from web.accounts import audit_labels
from web.documents import history
from web.i18n.locales import load_interfaces
from web.i18n.reader_messages import in_words, remark
from web.inbox import labels as inbox_words
from web.notifications import messages
from web.requests import labels as hub_words
from web.submissions.job_outcomes import STATES

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("kb", "ingest", "index", "web")
# What stands in braces where an action is put together, by the beginning of the action.
PUT_TOGETHER: dict[str, type[StrEnum] | tuple[StrEnum, ...]] = {
    "document-": Move,
    "expert-": (Imported.ADDED, Imported.UPDATED),  # the others change nothing, and are not recorded
    "link-": LinkStatus,
    "request-": RequestEventKind,
    "review-": (Stage.DECLINED, Stage.RELEASED),
    "tag-": Verdict,
}


def calls(*names: str) -> Iterator[ast.Call]:
    """Calls of these functions in the code."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text()
            if not any(f"{name}(" in text for name in names):
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                    yield node


def strings(node: ast.expr) -> Iterator[str]:
    """What an expression can be: a text, one of two, or one put together of members."""
    if isinstance(node, ast.IfExp):
        yield from (*strings(node.body), *strings(node.orelse))
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        beginning = str(node.values[0].value)  # type: ignore[attr-defined]
        yield from (f"{beginning}{member}" for member in PUT_TOGETHER[beginning])
    else:
        yield {"audit_trail.SEEN": "seen"}[ast.unparse(node)]


def recorded() -> set[str]:
    """Every action the code records."""
    return {action for call in calls("audit_trail.record") for action in strings(call.args[2])}


def test_every_action_of_the_trail_has_words() -> None:
    assert len(recorded()) > 60
    assert recorded() == set(audit_labels.ACTIONS)


def test_everything_the_trail_speaks_of_has_words() -> None:
    constants = {kind for call in calls("audit_trail.record") for kind in texts(*call.args[3:4])}
    of_modules = {
        kind
        for path in (ROOT / "kb").rglob("store/*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_KIND"
        for kind in texts(node.value)
    }
    assert constants | of_modules == set(audit_labels.KINDS)


def texts(*nodes: ast.expr) -> Iterator[str]:
    yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize(
    ("members", "named"),
    [
        (RequestEventKind, hub_words.HAPPENINGS),
        (tasks.Task, inbox_words.TASKS),
        (JobState, STATES),
        (letter.Topic, messages.TEXTS),
        (letter.Topic, messages.LINES),
        (letter.Topic, letter.ABOUT),
        (Move, history._MOVES),
        (Verdict, history._VERDICTS),
    ],
)
def test_every_member_has_words(members: type[StrEnum], named: dict[StrEnum, object]) -> None:
    assert set(named) == set(members)


@pytest.mark.parametrize("code", ["es", "fr"])
def test_words_are_translated(code: str) -> None:
    spoken = load_interfaces()[code]
    alike = {"document", "expert", "experts", "organisations"}  # written the same in French
    for words in (audit_labels.ACTIONS, audit_labels.KINDS, messages.TEXTS, messages.LINES):
        assert [w for w in words.values() if w and spoken.say(w) == w and w not in alike] == []


def sentences() -> Iterator[str]:
    """What readers say, and what is said of a file that was sent; values put in where the code puts some in."""
    for call in calls("ReadError"):
        text = call.args[1]
        if isinstance(text, ast.Constant):
            yield str(text.value)
        elif isinstance(text, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "7" for v in text.values)
    yield from (
        file_types._mismatch(".pdf", nature) for nature in ("", *(what for _signature, what in file_types.SIGNATURES))
    )


def test_reasons_why_a_file_cannot_be_read_are_told_in_every_language() -> None:
    spoken = load_interfaces()
    found = sorted(set(sentences()))
    assert len(found) > 35
    for sentence in found:
        assert in_words(spoken["en"], sentence) == sentence
        for code in ("es", "fr"):
            assert in_words(spoken[code], sentence) not in ("", sentence), sentence


@pytest.mark.parametrize(
    ("sentence", "spanish"),
    [
        (
            "The name ends in .pdf, but by its content it is a ZIP archive or an Office document; give it its right "
            "extension or save it again in the format its name says.",
            "El nombre termina en .pdf, pero por su contenido es un archivo ZIP o un documento de Office; dele su "
            "extensión correcta o guárdelo de nuevo en el formato que indica su nombre.",
        ),
        ("This PDF has 3000 pages; up to 2000 are accepted. Split it.",
         "Este PDF tiene 3000 páginas; se aceptan hasta 2000. Divídalo."),
        ("Pages 1, 2 without text: blank, or only images.", "Páginas 1, 2 sin texto: en blanco o solo con imágenes."),
        ("Something nobody foresaw.", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_was_put_into_a_sentence_stays_in_it(sentence: str, spanish: str) -> None:
    assert in_words(load_interfaces()["es"], sentence) == spanish


@pytest.mark.parametrize(
    ("code", "sentence", "told"),
    [
        ("fr", "Replaces the version before.", ("Remplace la version précédente.", "")),
        ("en", "Replaces the version before.", ("Replaces the version before.", "")),
        ("es", "What is the practice called?", ("¿Cómo se llama la práctica?", "")),
        ("es", "Something nobody foresaw.", ("Something nobody foresaw.", "en")),
    ],
)
def test_remarks_say_in_which_language_they_are(code: str, sentence: str, told: tuple[str, str]) -> None:
    assert remark(load_interfaces()[code], sentence) == told
