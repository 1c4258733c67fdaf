"""A small site for tests: a few documents made by hand, one of them hostile, served without a model."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import FastAPI

from index.matching.current_matcher import CurrentMatcher
from index.matching.matcher import open_matcher
from index.search.query_understanding import Reader
from kb.accounts.account import SYSTEM, Account, Role
from kb.accounts.store import accounts, sessions
from kb.config import Settings
from kb.documents.models import (
    BlockKind,
    Description,
    Document,
    Evidence,
    EvidenceKind,
    Passage,
    PlacedBlock,
    PreparedDocument,
    Section,
    Source,
    Tag,
    TaggedPassage,
)
from kb.documents.speaks_of import statements
from kb.terms.store.live_glossary import LiveGlossary
from kb.vocabularies.concept import Concept, Scheme
from kb.vocabularies.skos import Taxonomy, read_folder
from tests.support.documents import Instance, hashing
from tests.support.http_client import Client
from web.app import create_app
from web.site import Site

VOCABULARIES = Path(__file__).parent.parent.parent / "corpus" / "vocabularies"
SCRIPT = "<script>alert('document')</script>"
ATTRIBUTE = '"><img src=x onerror=alert(1)>'
_KINDS = {
    "#": BlockKind.HEADING,
    "-": BlockKind.LIST_ITEM,
    "|": BlockKind.TABLE_ROW,
    "^": BlockKind.FOOTNOTE,
}


@dataclass(frozen=True, slots=True)
class Text:
    """A document written down: a line a block, its first signs saying of what kind ("##" is a heading of level 2).

    "| Label: value" is a row of a table; "%" alone turns the page.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    language: str = "en"
    type: str = "report"
    date: str = "2024"
    countries: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()
    sample: bool = False
    provenance: str = ""


TEXTS = (
    Text(
        "detention.es.txt",
        "Alternativas a la detención",
        ("## Qué pide", "El objetivo 13 pide alternativas a la detención y plazos breves.", "- Sin niños."),
        "es", "guidance", "2021-05", ("MEX",), ("13",), ("2",), (("en", "detention.en.txt"),),
    ),
    Text(
        "detention.en.txt",
        "Alternatives to detention",
        ("## What it asks", "Objective 13 asks for alternatives to detention and short periods.", "- No child."),
        "en", "guidance", "2021-05", ("MEX",), ("13",), ("2",), (("es", "detention.es.txt"),),
    ),
    Text(
        "remittances.pdf",
        "Cheaper remittances",
        (
            "# Cheaper remittances", "Remittances cost too much. " * 8, "## Fees", "#### Small print",
            "Fees of remittances fall where prices are compared.", "%", "| Lead: the central bank", "| : two rows",
            "| Dates: 2019 & later", "1) a line that counts itself", "^ A footnote on remittances.",
        ),
        "en", "report", "2019-07-01", ("PER", "ECU"), ("20", "19"), ("4",),
        provenance="Written for tests.",
    ),
    Text(
        "consulates.ar.txt",
        "نموذج: حماية قنصلية",
        ("## ما نقترحه", "قنصليات متنقلة في المدن الصناعية تجدّد جوازات السفر."),
        "ar", "civil-society-input", "2026-11", (), ("14",), ("3",), sample=True,
    ),
    Text(
        "cooperation.fr.txt",
        "Coopérer : personne ne peut agir seul",
        ("La coopération internationale et les partenariats mondiaux pour des migrations sûres.",),
        "fr", "statement", "2022", ("FRA",), ("23",), ("1", "2", "3", "4", "5"),
    ),
    Text(
        "hostile.html",
        f"Hostile {SCRIPT}",
        (f"## Heading {ATTRIBUTE}", f"Hostile {SCRIPT} and {ATTRIBUTE} &amp; <b>bold</b>.", f"| {ATTRIBUTE}: cell"),
        "en", "other", "", ("ZZZ",), provenance=f"From {SCRIPT}",
    ),
    *(
        Text(f"note-{n}.txt", f"Consular note {n}", (f"Note {n} on consular protection and lost passports.",),
             "en", "meeting-record", f"20{10 + n}", ("CHL" if n % 2 else "ARG",), ("14",), ("3",))
        for n in range(1, 13)
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TestSite:
    """A site that is served to a test. `ids` are the documents by file name."""

    __test__ = False

    instance: Instance
    app: FastAPI
    client: Client
    ids: dict[str, int]

    def add(self, text: Text, *, publish: bool = True) -> int:
        """One more document."""
        return add(self.instance, text, publish=publish)

    def person(self, *roles: Role, email: str = "", name: str = "") -> Account:
        """A new account that holds these roles."""
        with self.instance.database.write() as connection:
            address = email or f"person{len(accounts.list_accounts(connection)) + 1}@example.org"
            return accounts.create(connection, SYSTEM, address, roles, name)

    def signed_in(self, account: Account) -> Client:
        """A browser in which this account is signed in; it says that it sends forms from pages of this site."""
        with self.instance.database.write() as connection:
            token = sessions.begin(connection, account, "testclient", "test")
        headers = {"accept-language": "en", "sec-fetch-site": "same-origin"}
        return Client(self.app, headers=headers, cookies={"kb": token}, follow_redirects=False)


def make_site(
    home: Path,
    texts: Sequence[Text] = TEXTS,
    *,
    vectors: bool = True,
    max_file_mb: int = 50,
    vocabulary: Taxonomy | None = None,
    reader: Reader | None = None,
    glossary: Sequence[Concept] = (),
) -> TestSite:
    """A site in `home` that holds these texts."""
    instance = Instance(home, hashing())
    ids = {text.name: add(instance, text) for text in texts}
    settings = Settings(home=home, name="Test library", password_memory_mb=1, max_file_mb=max_file_mb)
    matcher = CurrentMatcher(instance.database, lambda: open_matcher(instance.database))
    terms = LiveGlossary(instance.database, glossary)
    known = vocabulary or taxonomy()
    searcher = instance.searcher(vectors, reader or (Reader(None, terms) if glossary else None))
    app = create_app(Site(settings, instance.database, searcher, known, "1.2.3", matcher, glossary=terms))
    return TestSite(instance, app, Client(app, headers={"accept-language": "en"}), ids)


@cache
def _objectives() -> Scheme:
    """What lines of the texts are read by, whatever vocabulary a site has."""
    return read_folder(VOCABULARIES).scheme("objectives")


@cache
def taxonomy() -> Taxonomy:
    return read_folder(VOCABULARIES)


def add(instance: Instance, text: Text, *, publish: bool = True) -> int:
    """Store one text."""
    from kb.documents.store import documents

    return documents.add(instance.database, prepared(text, instance), publish).document


def prepared(text: Text, instance: Instance) -> PreparedDocument:
    """What ingesting would make of a text: a passage for each block that is no heading."""
    document = _document(text)
    cut = tuple(_passages(document, text.language))
    claims = [("objectives", n) for n in text.objectives] + [("areas", n) for n in text.areas]
    tagged = tuple(TaggedPassage(p, tuple(_tags(claims, p))) for p in cut)
    digest = hashlib.sha256(repr(text).encode()).hexdigest()
    return PreparedDocument(
        source=Source(text.name, f"/files/{text.name}", digest, len(document.text), text.name.rsplit(".", 1)[1]),
        document=document,
        description=Description(
            text.title, text.language, text.type, text.date, text.countries, text.objectives, text.translations,
            text.provenance, text.sample,
        ),
        passages=tagged,
        tags=tuple(_tags(claims, cut[0])),
        encoded=instance.encoding.encode([text.title] * len(cut), [p.text for p in cut]),
        encoder=instance.encoding.identity,
        statements=statements(document, cut, _objectives()),
    )  # fmt: skip


def _document(text: Text) -> Document:
    blocks, written, page = [], "", 1
    paged = "%" in text.lines
    for line in text.lines:
        if line == "%":
            page += 1
            continue
        sign, _space, rest = line.partition(" ")
        kind = _KINDS.get(sign[0], BlockKind.PARAGRAPH) if set(sign) <= set("#-|^") else BlockKind.PARAGRAPH
        content = line if kind is BlockKind.PARAGRAPH else rest
        start, written = len(written), written + content + "\n\n"
        row = content.partition(":")[0] if kind is BlockKind.TABLE_ROW and not content.startswith(":") else ""
        level = len(sign) if kind is BlockKind.HEADING else 0
        blocks.append(
            PlacedBlock(kind, start, start + len(content), page if paged else None, page if paged else None, level, row)
        )
    whole = (Section((), 0, len(written)),)
    return Document(written, tuple(blocks), whole, page if paged else None)


def _passages(document: Document, language: str) -> list[Passage]:
    heading: tuple[str, ...] = ()
    found: list[Passage] = []
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind is BlockKind.HEADING:
            heading = (text,)
        else:
            number = len(found) + 1
            found.append(Passage(number, block.start, block.end, text, heading, block.page, block.page, language))
    return found


def _tags(claims: Sequence[tuple[str, str]], passage: Passage) -> list[Tag]:
    evidence = (Evidence(passage.start, min(passage.end, passage.start + 20), EvidenceKind.TERM),)
    return [Tag(scheme, notation, 0.9, evidence, "test-1") for scheme, notation in claims]
