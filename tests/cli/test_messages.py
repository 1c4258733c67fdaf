"""Messages: plain on standard error, warnings by name, from the level that is set; what libraries log is left alone."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.cli import messages
from tests.support.command_line import Instance


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    messages.show()


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("INFO", "3 stored\nkb: letters wait\nkb: it broke\n"),
        ("WARNING", "kb: letters wait\nkb: it broke\n"),
        ("ERROR", "kb: it broke\n"),
    ],
)
def test_messages_from_a_level_on(level: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    messages.show(level)
    logging.getLogger("ingest.pipeline").info("3 stored")
    logging.getLogger("kb.cli.notifications").warning("letters wait")
    logging.getLogger("web.http.errors").error("it broke")
    logging.getLogger("a_library").info("of no interest")
    assert capsys.readouterr() == ("", shown)


def test_an_error_is_shown_with_where_it_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    messages.show()
    try:
        raise ValueError("of some kind")
    except ValueError as error:
        logging.getLogger("kb.cli").error("a round broke off", exc_info=error)
    printed = capsys.readouterr().err
    assert printed.startswith("kb: a round broke off\nTraceback")
    assert printed.endswith("ValueError: of some kind\n")


def test_the_setting_decides(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text about consular services.")
    told = Instance(tmp_path / "home").run("ingest", tmp_path / "a.txt")
    silent = Instance(tmp_path / "home", log_level="WARNING").run("ingest", tmp_path / "a.txt")
    assert (told.err, silent.err) == ("1 stored\n", "")
    refused = Instance(tmp_path / "home", log_level="loud").run("settings")
    assert (refused.status, refused.out) == (2, "")
    assert "KB_LOG_LEVEL is 'loud'; set it to one of DEBUG, INFO, WARNING, ERROR" in refused.err
