"""Concepts of vocabularies and the schemes they belong to, as frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a scheme. Labels by language; every dict-like pair is (language, text)."""

    uri: str
    scheme: str
    notation: str
    labels: tuple[tuple[str, str], ...]
    alt_labels: tuple[tuple[str, str], ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    scope_notes: tuple[tuple[str, str], ...] = ()
    titles: tuple[tuple[str, str], ...] = ()  # official long titles
    broader: tuple[str, ...] = ()  # URIs
    related: tuple[str, ...] = ()  # URIs
    matches: tuple[tuple[str, str], ...] = ()  # (relation, URI), e.g. ("narrowMatch", "urn:gcm-kb:objectives:13")

    def label(self, language: str) -> str:
        """Preferred label in `language`, else English, else any, else the notation."""
        return _in_language(self.labels, language) or self.notation

    def definition(self, language: str) -> str:
        return _in_language(self.definitions, language)

    def title(self, language: str) -> str:
        return _in_language(self.titles, language) or self.label(language)


def _in_language(pairs: tuple[tuple[str, str], ...], language: str) -> str:
    by_language = dict(reversed(pairs))
    return by_language.get(language) or by_language.get("en") or next(iter(by_language.values()), "")


@dataclass(frozen=True, slots=True)
class Scheme:
    """A concept scheme as read from one vocabulary file; concepts in order of notation."""

    name: str
    uri: str
    version: str
    titles: tuple[tuple[str, str], ...]
    concepts: tuple[Concept, ...]
