"""Turtle: what is read without rdflib is what rdflib reads, and the rest is left to it."""

from pathlib import Path

import pytest

from kb.vocabularies import turtle
from kb.vocabularies.turtle import NotPlainError, Statements, read_plain, read_turtle

VOCABULARIES = Path(__file__).parent.parent.parent / "corpus" / "vocabularies"
PLAIN = r"""
# a comment; with "signs" <in> it.
@prefix x: <urn:x:> .
@prefix y: <http://y.example/z#> .  # another
x:one a x:Thing ; x:says "plain" , "con \"comillas\" y \\"@es, "plain" , "" ; x:day "2026-11-21"^^x:date .
<urn:x:one> x:near <http://y.example/z#two> , y:two .
x:two-2 x:says "# no comment; nor an end. 中文, \"،\""@zh .
"""
LEFT = (
    "@prefix x: <urn:x:> .\nx:a x:b [ x:c x:d ] .",
    "@prefix x: <urn:x:> .\nx:a x:b ( x:c x:d ) .",
    "@prefix x: <urn:x:> .\nx:a x:b 12 .",
    "@prefix x: <urn:x:> .\nx:a x:b true .",
    "@prefix x: <urn:x:> .\nx:a x:b 'one quotation mark' .",
    '@prefix x: <urn:x:> .\nx:a x:b """several\nlines""" .',
    '@prefix x: <urn:x:> .\nx:a x:b "tab\\t, \\u00e9" .',
    '@prefix x: <urn:x:> .\nx:a x:b "of a region"@es-MX .',
    "@base <http://base/> .\n<a> <b> <c> .",
    "PREFIX x: <urn:x:>\nx:a x:b x:c .",
    '@prefix : <urn:x:> .\n:a :b "the empty prefix" .',
    '@prefix x: <urn:x:> .\nx:a x:b "a trailing mark" ; .',
)


def alike(one: Statements, other: Statements) -> bool:
    return _sets(one) == _sets(other)


def _sets(stated: Statements) -> dict[str, dict[str, set[turtle.Value]]]:
    return {subject: {each: set(values) for each, values in of.items()} for subject, of in stated.items()}


@pytest.mark.parametrize("name", ["areas", "document-types", "entities"])
def test_our_vocabularies_are_read_as_rdflib_reads_them(name: str) -> None:
    path = VOCABULARIES / f"{name}.ttl"
    text = path.read_text(encoding="utf-8")
    assert alike(read_plain(text), turtle._read_any(text, path))


def test_every_vocabulary_of_the_corpus_is_read_without_rdflib() -> None:
    assert all(read_plain(path.read_text(encoding="utf-8")) for path in VOCABULARIES.glob("*.ttl"))


def test_marks_within_texts_and_comments_are_no_marks(tmp_path: Path) -> None:
    assert alike(read_plain(PLAIN), turtle._read_any(PLAIN, tmp_path))


@pytest.mark.parametrize("text", LEFT)
def test_what_is_not_plain_is_left_to_rdflib(text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotPlainError):
        read_plain(text)
    assert sum(len(values) for of in read_turtle(path).values() for values in of.values()) >= 1


@pytest.mark.parametrize("text", ["x:a x:b x:c .", "@prefix x: <urn:x:> .\nx:a x:b x:c", "<urn:a> , <urn:b> ."])
def test_what_does_not_end_or_is_not_declared_is_no_turtle(text: str) -> None:
    with pytest.raises(NotPlainError):
        read_plain(text)
