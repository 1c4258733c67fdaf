"""Settings: read once from the environment; a misspelt name or value is an error that says what would be right."""

import dataclasses
from pathlib import Path

import pytest

from kb.config import Settings, load, setting_lines
from kb.errors import UsageError

VARIABLES = ["KB_" + field.name.upper() for field in dataclasses.fields(Settings)]


def test_without_an_environment_the_defaults_hold() -> None:
    settings = load({"PATH": "/bin", "HOME": "/root", "KBX": "1"})
    assert settings == dataclasses.replace(Settings(), home=Path("var").absolute())
    assert settings.url == f"sqlite:///{Path('var').absolute() / 'kb.sqlite'}"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("KB_HOME", "/tmp/somewhere", Path("/tmp/somewhere")),
        ("KB_HOME", "~/kb", Path.home() / "kb"),
        ("KB_DATABASE_URL", "postgresql://host/kb", "postgresql://host/kb"),
        ("KB_ENCODER", "hashing", "hashing"),
        ("KB_PRECISION", "bf16", "bf16"),
        ("KB_THREADS", "4", 4),
        ("KB_LATE", "off", False),
        ("KB_LATE", "No", False),
        ("KB_LATE", "TRUE", True),
        ("KB_PORT", "8080", 8080),
        ("KB_NAME", "Núcleo — Pacte mondial", "Núcleo — Pacte mondial"),
    ],
)
def test_values_are_read(variable: str, value: str, expected: object) -> None:
    assert getattr(load({variable: value}), variable.removeprefix("KB_").lower()) == expected


def test_a_database_elsewhere_moves_the_records_alone() -> None:
    settings = load({"KB_HOME": "/tmp/x", "KB_DATABASE_URL": "postgresql://host/kb"})
    assert settings.url == "postgresql://host/kb"
    assert settings.home == Path("/tmp/x")


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("KB_HOEM", "KB_HOME"),
        ("KB_PORTS", "KB_PORT"),
        ("KB_DATABASE", "KB_DATABASE_URL"),
        ("KB_MAX_FILE", "KB_MAX_FILE_MB"),
        ("KB_THREAD", "KB_THREADS"),
        ("KB_late", "KB_LATE"),
        ("KB_", "KB_"),  # any: the message must still come
        ("KB_日本", "KB_"),
    ],
)
def test_an_unknown_name_names_the_nearest(variable: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=f"no setting {variable}. The nearest known one is {nearest}"):
        load({variable: "x"})


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("KB_PORT", "eight", "whole number"),
        ("KB_PORT", "", "whole number"),
        ("KB_PORT", "-1", "whole number"),
        ("KB_PORT", "8.5", "whole number"),
        ("KB_PORT", "²", "whole number"),
        ("KB_LATE", "maybe", "on or off"),
        ("KB_LATE", "", "on or off"),
        ("KB_PRECISION", "int8", "auto, fp32 or bf16"),
    ],
)
def test_a_bad_value_names_setting_and_remedy(variable: str, value: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        load({variable: value})
    assert variable in str(caught.value)
    assert repr(value) in str(caught.value)


def test_lines_show_every_setting_with_value_and_origin() -> None:
    environment = {"KB_PORT": "9000", "PATH": "/bin"}
    shown = {line.variable: line for line in setting_lines(load(environment), environment)}
    assert list(shown) == VARIABLES
    assert (shown["KB_PORT"].value, shown["KB_PORT"].origin) == ("9000", "environment")
    assert (shown["KB_HOST"].value, shown["KB_HOST"].origin) == ("127.0.0.1", "default")
    assert all(line.description for line in shown.values())


def test_a_setting_that_repeats_the_default_still_comes_from_the_environment() -> None:
    environment = {"KB_PORT": "8000"}
    (line,) = (line for line in setting_lines(load(environment), environment) if line.variable == "KB_PORT")
    assert line.origin == "environment"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load({}).port = 1  # type: ignore[misc]
