"""What a librarian changes of the glossary counts at the next question of every process, and is on record."""

from pathlib import Path

import pytest

from index.search.query_understanding import Reader
from index.search.question import read_question
from kb.accounts.account import ANYONE, Actor, Role
from kb.accounts.store import audit_trail
from kb.errors import ForbiddenError
from kb.store.database import Database, open_database
from kb.terms.store import terms
from kb.terms.store.live_glossary import LiveGlossary
from kb.vocabularies.concept import Concept

UNIONS = Concept(
    "urn:gcm-kb:terms:trade-unions", "terms", "trade-unions", (("en", "trade unions"), ("es", "sindicatos"))
)
COYOTE = Concept(
    "urn:gcm-kb:terms:pollero",
    "terms",
    "pollero",
    (("es", "pollero"), ("en", "people smuggler")),
    (("es", "coyote"),),
    definitions=(("en", "Who takes people over a border for money."),),
    related=("urn:gcm-kb:terms:trade-unions",),
    matches=(("broadMatch", "urn:gcm-kb:objectives:9"),),
)
LIBRARIAN = Actor(7, "account", (Role.LIBRARIAN,))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'kb.sqlite'}", tmp_path)


def asked(glossary: LiveGlossary, text: str) -> tuple[str, ...]:
    return Reader(None, glossary).understand(read_question(text), ("es",)).terms


def test_an_added_term_counts_at_the_next_question(database: Database) -> None:
    here, elsewhere = LiveGlossary(database, (UNIONS,)), LiveGlossary(database, (UNIONS,))
    assert asked(elsewhere, "los polleros") == ()
    with database.write() as connection:
        terms.save(connection, LIBRARIAN, COYOTE)
    assert asked(elsewhere, "los polleros") == asked(here, "coyotes") == ("pollero",)
    assert here().find("pollero") == COYOTE
    assert here() is here()


def test_a_term_is_corrected_taken_out_and_in_again(database: Database) -> None:
    glossary = LiveGlossary(database, (UNIONS,))
    with database.write() as connection:
        terms.retire(connection, LIBRARIAN, "trade-unions", True)
    assert asked(glossary, "trade unions") == ()
    with database.write() as connection:
        terms.retire(connection, LIBRARIAN, "trade-unions", False)
    assert asked(glossary, "trade unions") == ("trade-unions",)
    corrected = Concept(UNIONS.uri, "terms", "trade-unions", (("en", "labour unions"),))
    with database.write() as connection:
        terms.save(connection, LIBRARIAN, corrected)
    assert (asked(glossary, "trade unions"), asked(glossary, "labour unions")) == ((), ("trade-unions",))
    history = [entry.action for entry in audit_trail.history_of(database, "term", "trade-unions")]
    assert history == ["term-retired", "term-restored", "term-corrected"]


def test_only_librarians_change_terms(database: Database) -> None:
    for actor in (ANYONE, Actor(8, "account", (Role.EXPERT,))):
        with pytest.raises(ForbiddenError), database.write() as connection:
            terms.save(connection, actor, COYOTE)
        with pytest.raises(ForbiddenError), database.write() as connection:
            terms.retire(connection, actor, "trade-unions", True)
