"""Peers: countries and organisations that have done it, never the one that asks, each with the passage that says so."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.matching.peers import find_peers, peers_json
from kb.accounts.account import Role
from kb.documents.store import practices
from kb.requests.request import Request
from kb.requests.store import requests
from tests.support.documents import Instance, sample
from tests.support.site import Text, make_site

ASKED = Request("Consulates renew lost passports with mobile teams.", "en", country="PER", objectives=("14",))
NEAR, FAR = "Mobile teams of consulates renew lost passports.", "A consulate opened a new hall."


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    made = Instance(tmp_path_factory.mktemp("peers"))
    made.add(
        sample(NEAR, name="per", title="Peru did it", type="practice", countries=("PER",), objectives=("14",)),
        sample(NEAR, name="chl", title="Chile did it", type="practice", countries=("CHL", "PER"), objectives=("14",)),
        sample(FAR, name="ecu", title="Ecuador planned", type="workplan", countries=("ECU",), objectives=("14", "7")),
        sample(NEAR, name="guide", title="How to", type="guidance", countries=("BRA",), objectives=("14",)),
        sample(NEAR, name="other", title="Elsewhere", type="practice", countries=("ARG",), objectives=("20",)),
        sample(NEAR, name="all", title="All", type="workplan", objectives=("14",),
               countries=("ARG", "BRA", "BOL", "COL", "MEX", "URY", "VEN")),
        sample(NEAR, name="ngo", title="Sample Red did it", type="practice", objectives=("14",)),
        sample(NEAR, name="hidden", title="Not published", type="practice", countries=("BOL",), objectives=("14",)),
    )  # fmt: skip
    numbers = {facts.title: number for number, facts in made.searcher(vectors=False).catalogue.facts.items()}
    made.withdraw(numbers["Not published"])
    with made.database.write() as connection:
        told = (("implementer", "Sample Red"), ("partners", "IOM"), ("focal-point", "Focal Person, fp@example.org"))
        practices.put(connection, numbers["Sample Red did it"], told)
    return made


def names(instance: Instance, request: Request) -> list[str]:
    return [peer.country or peer.organisation for peer in find_peers(instance.searcher(), instance.database, request)]


def test_who_did_it_is_proposed_nearest_first_and_never_who_asks(instance: Instance) -> None:
    found = names(instance, ASKED)
    assert set(found) == {"CHL", "Sample Red", "ECU"}
    assert found[-1] == "ECU"
    assert set(names(instance, replace(ASKED, country="CHL"))) == {"PER", "Sample Red", "ECU"}
    assert "Sample Red" not in names(instance, replace(ASKED, organisation="Sample Red"))


def test_only_documents_about_the_objectives_count(instance: Instance) -> None:
    assert names(instance, replace(ASKED, objectives=("20",))) == ["ARG"]
    assert names(instance, replace(ASKED, objectives=("3",))) == []
    assert names(instance, replace(ASKED, text="?!", title="")) == []


def test_without_objectives_only_what_answers_counts(instance: Instance) -> None:
    by_words, bare = instance.searcher(vectors=False), replace(ASKED, objectives=())
    assert "CHL" in [peer.country for peer in find_peers(by_words, instance.database, bare)]
    elsewhere = replace(bare, text="Zoological gardens, elephants, giraffes.")
    assert find_peers(by_words, instance.database, elsewhere) == ()


def test_suggested_objectives_stand_in_where_none_is_stated(instance: Instance) -> None:
    bare = replace(ASKED, objectives=())
    found = find_peers(instance.searcher(), instance.database, bare, suggested=("20",))
    assert [(peer.country, peer.objectives) for peer in found] == [("ARG", ("20",))]


def test_each_comes_with_the_passage_and_the_public_fields_of_a_practice(instance: Instance) -> None:
    found = peers_json(find_peers(instance.searcher(), instance.database, ASKED))
    chile = next(peer for peer in found if peer["country"] == "CHL")
    assert chile["name"] == "Chile"
    assert chile["objectives"] == ["14"]
    assert chile["why"] == "1 document about objective 14 (practice)"
    assert chile["documents"][0]["passage"]["text"] == NEAR
    red = next(peer for peer in found if peer["name"] == "Sample Red")
    assert (red["country"], red["documents"][0]["implementer"], red["documents"][0]["partners"]) == (
        None, "Sample Red", "IOM",
    )  # fmt: skip
    assert "Focal Person" not in str(found)


def test_the_page_of_a_request_shows_them(tmp_path: Path) -> None:
    chile = Text("chl.en.txt", "Chile did it", (NEAR,), "en", "practice", "2021", ("CHL",), ("14",))
    site = make_site(tmp_path / "site", (chile, replace(chile, name="per.en.txt", title="Own", countries=("PER",))))
    officer = site.person(Role.SECRETARIAT)
    with site.instance.database.write() as connection:
        number = requests.file(connection, officer.actor, ASKED)
    page = site.signed_in(officer).get(f"/requests/{number}/matching").text
    shown = page[page.index("Peers: who has done it") :]
    assert "Chile did it" in shown
    assert "Own" not in shown
    assert f"/documents/{site.ids['chl.en.txt']}/passages/1" in shown


def test_at_most_five(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home")
    codes = ("ARG", "BOL", "BRA", "CHL", "COL", "ECU", "MEX")
    instance.add(*(sample(f"{NEAR} {c}", name=c, title=c, type="practice", countries=(c,), objectives=("14",))
                   for c in codes))  # fmt: skip
    assert len(names(instance, ASKED)) == 5
