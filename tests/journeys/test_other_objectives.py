"""An instance with a vocabulary of its own: nothing knows by heart how many objectives there are."""

import re
from dataclasses import replace

import pytest

from index.search.query_understanding import Reader
from index.search.question import read_question
from ingest.practices.template_reader import read_template
from ingest.practices.template_writer import write_template
from ingest.readers import docx
from kb.accounts.account import Role
from kb.documents.practice import Field
from kb.experts.import_rows import read
from kb.experts.store import experts
from kb.vocabularies.skos import Taxonomy, gather
from tests.support import expert_samples
from tests.support.site import TestSite, make_site, taxonomy

LAST = 5


def five() -> Taxonomy:
    """The vocabularies, of the objectives the first five only."""
    whole = taxonomy()
    kept = replace(whole.scheme("objectives"), concepts=whole.scheme("objectives").concepts[:LAST])
    return gather(kept if scheme.name == "objectives" else scheme for scheme in whole.schemes)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("five"), vectors=False, vocabulary=five())


def test_a_practice_states_what_there_is() -> None:
    data = write_template("en", {Field.TITLE: "A sample", Field.OBJECTIVES: "21, 5, 3"})
    found = read_template(docx.read(data), five().scheme("objectives"))
    assert found is not None
    assert dict(found.fields)[Field.OBJECTIVES] == "5, 3"


def test_a_table_of_experts_may_name_what_there_is() -> None:
    rows = read("x.csv", b"code,name,objectives\na,Ana,5\nb,Ben,6\n", five().scheme("objectives")).rows
    assert [row.fault is None for row in rows] == [True, False]


def test_a_question_means_what_there_is() -> None:
    assert Reader(five()).understand(read_question("objectives 4 and 6"), ()).objectives == ("4",)


def test_the_board_tells_of_what_there_is(site: TestSite) -> None:
    rows = [line.split(",") for line in site.client.get("/support.csv").text.splitlines()]
    assert [row[1] for row in rows if row[0] == "documents"] == [str(number) for number in range(1, LAST + 1)]


def test_the_form_of_a_practice_offers_what_there_is(site: TestSite) -> None:
    page = site.signed_in(site.person(Role.CONTRIBUTOR)).get("/practice").text
    offered = re.findall(r'name="objectives" value="(\d+)"', page)
    assert offered == [str(number) for number in range(1, LAST + 1)]


def test_a_profile_offers_and_takes_what_there_is(site: TestSite) -> None:
    person, account = expert_samples.add_with_account(site, expert_samples.expert("Ana Sample"), "ana@example.org")
    browser = site.signed_in(account)
    assert re.findall(r'name="objectives" value="(\d+)"', browser.get("/expert").text) == list("12345")
    browser.post("/expert", data={"name": "Ana Sample", "objectives": ["5", "6", "23"]})
    with site.instance.database.read() as connection:
        assert experts.get(connection, person.id).objectives == ("5",)
