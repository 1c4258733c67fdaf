"""Turtle: read here where a file keeps to the plain part of it that ours are written in, and by rdflib where not."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kb.errors import UsageError

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# Each token in a group of its own; whatever is none of them, in the last.
_TOKEN = re.compile(
    r"""\s*+(?:\#[^\n]*+\s*+)*+(?:
    ([;,.])
    |"(?!"")((?:[^"\\\n]|\\["\\])*+)("(?:@[a-z]{2,3}(?![\w-])|\^\^\w+:\w+)?)
    |<([A-Za-z][A-Za-z0-9+.-]*+:[^\s<>"{}|^`\\]*+)>
    |([A-Za-z]\w*+:)([\w-]*+)
    |(a|@prefix)(?=\s)
    |\Z
    |(.))""",
    re.VERBOSE | re.DOTALL,
)
_NONE = ("",) * 8
_ESCAPED = re.compile(r"\\(.)")


class Value(NamedTuple):
    """What is stated of a subject: a literal in a language ("" = none), or a URI."""

    text: str
    language: str = ""


Statements = Mapping[str, Mapping[str, Mapping[Value, None]]]  # by subject and property, in the order of the file


class NotPlainError(Exception):
    """Something of Turtle that is not read here, or no Turtle at all."""


def read_turtle(path: Path) -> Statements:
    """What a file states. Raises UsageError naming the file, and the line where it is not Turtle."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The vocabulary {path} cannot be read as UTF-8 text: {error}.") from error
    try:
        return read_plain(text)
    except NotPlainError:
        return _read_any(text, path)


def read_plain(text: str) -> Statements:
    """What `text` states where it holds URIs, in full or by prefix, and literals in one pair of quotation marks.

    Raises NotPlainError for everything else. rdflib takes many times as long, which every start would wait for.
    """
    found: dict[str, dict[str, dict[Value, None]]] = {}
    tokens = _tokens(text)
    for subject in tokens:
        of_subject = found.setdefault(_stated(subject), {})
        more: Value | str = ";"
        while more == ";":
            of_property = of_subject.setdefault(_stated(next(tokens, "")), {})
            more = ","
            while more == ",":
                value = next(tokens, "")
                if isinstance(value, str):
                    raise NotPlainError
                of_property[value] = None
                more = next(tokens, "")
        if more != ".":
            raise NotPlainError
    return found


def _stated(token: Value | str) -> str:
    if isinstance(token, str):
        raise NotPlainError
    return token.text


def _tokens(text: str) -> Iterator[Value | str]:
    """URIs and literals, and the marks of punctuation between them."""
    prefixes: dict[str, str] = {}
    tokens = iter(_TOKEN.findall(text))
    for mark, literal, behind, uri, prefix, local, word, other in tokens:
        if mark:
            yield mark
        elif behind:
            language = behind[2:] if behind.startswith('"@') else ""
            yield Value(_ESCAPED.sub(r"\1", literal) if "\\" in literal else literal, language)
        elif uri:
            yield Value(uri)
        elif prefix in prefixes:
            yield Value(prefixes[prefix] + local)
        elif word == "a":
            yield Value(RDF_TYPE)
        elif word:
            declared, stands_for, end = (next(tokens, _NONE) for _ in range(3))
            if not (declared[4] and not declared[5] and stands_for[3] and end[0] == "."):
                raise NotPlainError
            prefixes[declared[4]] = stands_for[3]
        elif prefix or other:
            raise NotPlainError


def _read_any(text: str, path: Path) -> Statements:
    from rdflib import Graph  # takes a fifth of a second to import
    from rdflib.plugins.parsers.notation3 import BadSyntax

    try:
        graph = Graph().parse(data=text, format="turtle")
    except BadSyntax as error:
        reason = str(error.message).strip()
        raise UsageError(f"{path}, line {error.lines + 1}: not valid Turtle ({reason}); mend it there.") from error
    found: dict[str, dict[str, dict[Value, None]]] = {}
    for subject, predicate, value in graph:
        stated = found.setdefault(str(subject), {}).setdefault(str(predicate), {})
        stated[Value(str(value), str(getattr(value, "language", None) or ""))] = None
    return found
