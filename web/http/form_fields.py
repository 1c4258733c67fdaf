"""What forms and addresses send, as all pages read it: what is no number, or no choice on offer, counts as none."""

from enum import StrEnum
from typing import Annotated

from fastapi import Form, Path
from pydantic import BeforeValidator, Field

_LONGEST_ID = 9  # digits of a number that any row may have
_LINE, _TEXT = 4000, 80_000  # characters
_MOST = 500  # values of one field

Number = Annotated[int, Path(alias="id", ge=0, lt=2**31)]  # of what the address names
FormLine = Annotated[str, Form(max_length=_LINE)]  # the only field of a form
FormText = Annotated[str, Form(max_length=_TEXT)]


def as_id(text: object) -> int | None:
    """The number of a row; None for what is none."""
    written = str(text)
    return int(written) if written.isdecimal() and len(written) <= _LONGEST_ID else None


def _ids(texts: object) -> tuple[int, ...]:
    sent = texts if isinstance(texts, list | tuple) else ()
    return tuple(number for text in sent if (number := as_id(text)) is not None)


def one_of(choices: type[StrEnum]) -> BeforeValidator:
    """Reads one of the choices; None for anything else."""
    known = frozenset(choices)
    return BeforeValidator(lambda text: text if text in known else None)


# Fields of the model of a form.
OneLine = Annotated[str, Field(max_length=_LINE)]
LongText = Annotated[str, Field(max_length=_TEXT)]
Several = Annotated[tuple[str, ...], Field(max_length=_MOST)]
Id = Annotated[int | None, BeforeValidator(as_id)]
Ids = Annotated[tuple[int, ...], Field(max_length=_MOST), BeforeValidator(_ids)]
