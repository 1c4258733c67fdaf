"""Turtle: read here where a file keeps to the plain part of it that ours are written in, and by rdflib where not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import regex

from kb.errors import UsageError

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TOKEN = regex.compile(
    r"""[\s]*+(?:\#[^\n]*+\s*+)*+(?:
    (?P<mark>[;,.])
    |"(?!"")(?P<text>(?:[^"\\\n]|\\["\\])*+)"(?:@(?P<language>[a-z]{2,3})(?![\w-])|\^\^\w+:\w+)?
    |<(?P<uri>[A-Za-z][A-Za-z0-9+.-]*+:[^\s<>"{}|^`\\]*+)>
    |(?P<prefix>[A-Za-z]\w*+):(?P<local>[\w-]*+)
    |(?P<word>a|@prefix)(?=\s)
    |(?P<end>\Z))""",
    regex.VERBOSE,
)
_PREFIX = regex.compile(r"\s*(?P<prefix>[A-Za-z]\w*):\s*<(?P<uri>[^\s<>\\]+)>\s*\.")
_ESCAPED = regex.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Value:
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
    place = 0
    while match := _TOKEN.match(text, place):
        place = match.end()
        mark, literal, language, uri, prefix, local, word, end = match.groups()
        if mark is not None:
            yield mark
        elif literal is not None:
            yield Value(_ESCAPED.sub(r"\1", literal) if "\\" in literal else literal, language or "")
        elif uri is not None:
            yield Value(uri)
        elif prefix in prefixes:
            yield Value(prefixes[prefix] + local)
        elif word == "a":
            yield Value(RDF_TYPE)
        elif declared := _PREFIX.match(text, place) if word else None:
            prefixes[declared["prefix"]] = declared["uri"]
            place = declared.end()
        else:
            break
    if match is None or end is None:
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
