"""Concept schemes: read from SKOS files in Turtle, looked up by notation or URI, followed along their links."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import regex

from kb.errors import UsageError
from kb.vocabularies.concept import Concept, Scheme
from kb.vocabularies.turtle import RDF_TYPE, Statements, Value, read_turtle

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_DCTERMS = "http://purl.org/dc/terms/"
_OWL = "http://www.w3.org/2002/07/owl#"
_MAPPINGS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_DIGITS = regex.compile(r"\d+|\D+")
_LAST_SEGMENT = regex.compile(r"[^/#:]+(?=[/#:]*$)")


@dataclass(frozen=True)
class Taxonomy:
    """Several concept schemes that may point at each other."""

    schemes: tuple[Scheme, ...]

    @cached_property
    def by_name(self) -> dict[str, Scheme]:
        return {scheme.name: scheme for scheme in self.schemes}

    @cached_property
    def _by_notation(self) -> dict[tuple[str, str], Concept]:
        return {(c.scheme, c.notation): c for s in self.schemes for c in s.concepts}

    @cached_property
    def _by_uri(self) -> dict[str, Concept]:
        return {c.uri: c for s in self.schemes for c in s.concepts}

    @cached_property
    def _linked(self) -> dict[str, tuple[Concept, ...]]:
        """Broader or narrower concepts of each concept in other schemes, whichever side states the link."""
        found: dict[str, dict[str, Concept]] = defaultdict(dict)
        for concept in self._by_uri.values():
            for relation, uri in concept.matches:
                other = self._by_uri.get(uri)
                if other is not None and relation in ("broadMatch", "narrowMatch"):
                    found[concept.uri][uri] = other
                    found[uri][concept.uri] = concept
        return {uri: tuple(sorted(others.values(), key=_order)) for uri, others in found.items()}

    def scheme(self, name: str) -> Scheme:
        if name not in self.by_name:
            raise UsageError(f"There is no vocabulary called {name!r}; there are: {', '.join(self.by_name)}.")
        return self.by_name[name]

    def notations(self, scheme: str) -> tuple[str, ...]:
        """The notations of a vocabulary, in order; none where there is no such vocabulary."""
        found = self.by_name.get(scheme)
        return () if found is None else tuple(concept.notation for concept in found.concepts)

    def concept(self, scheme: str, notation: str) -> Concept:
        found = self.find(scheme, notation)
        if found is None:
            notations = ", ".join(c.notation for c in self.scheme(scheme).concepts)
            raise UsageError(f"Vocabulary {scheme!r} has no concept {notation!r}; it has: {notations}.")
        return found

    def find(self, scheme: str, notation: str) -> Concept | None:
        return self._by_notation.get((scheme, notation))

    def by_uri(self, uri: str) -> Concept | None:
        return self._by_uri.get(uri)

    def linked(self, concept: Concept, scheme: str) -> tuple[Concept, ...]:
        """Concepts of another scheme that a broadMatch or narrowMatch joins to `concept`, in order of notation."""
        return tuple(other for other in self._linked.get(concept.uri, ()) if other.scheme == scheme)


def read_folder(path: Path) -> Taxonomy:
    """All vocabularies (`*.ttl`) of a folder, in order of file name."""
    files = sorted(path.glob("*.ttl"))
    if not files:
        raise UsageError(f"{path} holds no vocabulary: no file there ends in .ttl.")
    return gather(scheme for file in files for scheme in read_scheme(file))


def gather(schemes: Iterable[Scheme]) -> Taxonomy:
    """Schemes as one taxonomy; two schemes of one name are an error."""
    taxonomy = Taxonomy(tuple(schemes))
    for name, count in Counter(scheme.name for scheme in taxonomy.schemes).items():
        if count > 1:
            raise UsageError(f"Two vocabularies are both called {name!r}; give one another dcterms:identifier.")
    return taxonomy


def read_scheme(path: Path) -> tuple[Scheme, ...]:
    """The concept schemes of one SKOS file in Turtle, in order of name.

    A concept belongs to the scheme it names by `skos:inScheme`; in a file without, to the file's only scheme, or to one
    called like the file. Raises UsageError naming the file, and the line where Turtle cannot be parsed.
    """
    reader = _Reader(read_turtle(path), path)
    schemes = tuple(sorted(reader.schemes(), key=lambda scheme: scheme.name))
    if not schemes:
        raise UsageError(f"{path} holds no concept: a vocabulary needs resources of type skos:Concept.")
    return schemes


def natural(notation: str) -> tuple[tuple[int, int | str], ...]:
    """Sorting key of notations: numbers by value, "2" before "10", "10.2" before "10.10"."""
    parts = _DIGITS.findall(notation)
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts)


def _order(concept: Concept) -> tuple[str, tuple[tuple[int, int | str], ...]]:
    return concept.scheme, natural(concept.notation)


class _Reader:
    """Schemes and concepts of one parsed file."""

    def __init__(self, stated: Statements, path: Path) -> None:
        self.stated = stated
        self.path = path

    def schemes(self) -> Iterator[Scheme]:
        members: dict[str, list[str]] = defaultdict(list)
        declared = self._of_type("ConceptScheme")
        for node in self._of_type("Concept"):
            members[self._scheme_of(node, declared)].append(node)
        for uri, nodes in members.items():
            yield self._scheme(uri, nodes)

    def _scheme(self, uri: str, nodes: list[str]) -> Scheme:
        name = self._text(uri, _DCTERMS + "identifier") or _last_segment(uri)
        concepts = sorted((self._concept(each, name) for each in nodes), key=_order)
        self._refuse_doubles(concepts)
        titles = (_DCTERMS + "title", _SKOS + "prefLabel", _SKOS + "altLabel")
        version = self._text(uri, _OWL + "versionInfo") or self._text(uri, _DCTERMS + "hasVersion")
        return Scheme(name, uri, version, self._texts(uri, *titles), tuple(concepts))

    def _concept(self, node: str, scheme: str) -> Concept:
        return Concept(
            uri=node,
            scheme=scheme,
            notation=self._text(node, _SKOS + "notation") or _last_segment(node),
            labels=self._labels(node),
            alt_labels=self._texts(node, _SKOS + "altLabel"),
            definitions=self._texts(node, _SKOS + "definition"),
            scope_notes=self._texts(node, _SKOS + "scopeNote"),
            titles=self._texts(node, _DCTERMS + "title"),
            broader=self._uris(node, _SKOS + "broader"),
            related=self._uris(node, _SKOS + "related"),
            matches=tuple(sorted((m, uri) for m in _MAPPINGS for uri in self._uris(node, _SKOS + m))),
        )

    def _labels(self, node: str) -> tuple[tuple[str, str], ...]:
        labels = self._texts(node, _SKOS + "prefLabel")
        if not labels:
            raise UsageError(f"{self.path}: the concept {node} has no skos:prefLabel; give it one.")
        return labels

    def _refuse_doubles(self, concepts: list[Concept]) -> None:
        for notation, count in Counter(concept.notation for concept in concepts).items():
            if count > 1:
                raise UsageError(f"{self.path}: {count} concepts have the notation {notation!r}; it must be unique.")

    def _scheme_of(self, node: str, declared: list[str]) -> str:
        stated = self._uris(node, _SKOS + "inScheme", _SKOS + "topConceptOf")
        if stated:
            return stated[0]
        if len(declared) > 1:
            raise UsageError(f"{self.path}: the concept {node} does not say its skos:inScheme; the file has several.")
        return declared[0] if declared else f"urn:{self.path.stem}"

    def _of_type(self, kind: str) -> list[str]:
        wanted = Value(_SKOS + kind)
        return sorted(subject for subject, said in self.stated.items() if wanted in said.get(RDF_TYPE, ()))

    def _objects(self, node: str, *properties: str) -> Iterator[Value]:
        for each in properties:
            yield from self.stated.get(node, {}).get(each, ())

    def _uris(self, node: str, *properties: str) -> tuple[str, ...]:
        return tuple(sorted({value.text for value in self._objects(node, *properties)}))

    def _text(self, node: str, predicate: str) -> str:
        return min((value.text.strip() for value in self._objects(node, predicate)), default="")

    def _texts(self, node: str, *properties: str) -> tuple[tuple[str, str], ...]:
        """(language, text) of literals, sorted within each property, in the order of the properties."""
        found: dict[tuple[str, str], None] = {}
        for each in properties:
            pairs = ((value.language, value.text.strip()) for value in self._objects(node, each))
            found.update(dict.fromkeys(sorted(pairs)))
        return tuple(found)


def _last_segment(uri: str) -> str:
    found = _LAST_SEGMENT.search(uri)
    return found.group() if found else uri
