"""Objectives suggested for a request: by the tagger of the instance, with what it has learnt."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.tagging.model import Model, shipped_model, to_json
from kb.accounts.account import Role
from kb.cli import bootstrap
from kb.config import Settings
from kb.documents.store import tag_models
from kb.requests.store import requests
from tests.support import expert_samples
from tests.support.documents import Instance, hashing
from tests.support.site import TestSite

TEXT = (
    "Nuestros consulados no renuevan pasaportes a tiempo. Pedimos consejo para la detención de migrantes con "
    "alternativas, y sobre remesas que cuesten menos."
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    home: Path = tmp_path_factory.mktemp("hub")
    settings = Settings(home=home, name="Sample hub", password_memory_mb=1)
    return expert_samples.site_of(Instance(home, hashing(dimension=256)), settings)


def _asserts_from(score: float) -> Model:
    """The shipped model, which asserts a concept from another score on."""
    model = shipped_model()
    weights = {kind: replace(w, threshold=score, of_best=0.0, own={}) for kind, w in model.weights.items()}
    return replace(model, weights=weights, method=f"{model.method}.learnt")


def _suggested(site: TestSite) -> list[str]:
    """Objectives on the record of a request that somebody sends in."""
    official = site.person(Role.OFFICIAL)
    answer = site.signed_in(official).post("/requests/new", data={"text": TEXT, "country": "PER"})
    number = int(answer.headers["location"].partition("?")[0].rpartition("/")[2])
    with site.instance.database.read() as connection:
        return [each.objective for each in requests.get(connection, number).suggested]


def test_suggestions_follow_what_the_instance_has_learnt(site: TestSite) -> None:
    before = _suggested(site)
    with site.instance.database.write() as connection:
        tag_models.keep(connection, to_json(_asserts_from(0.0)), {})
    generous = _suggested(site)
    assert set(before) < set(generous)
    with site.instance.database.write() as connection:
        tag_models.keep(connection, to_json(_asserts_from(2.0)), {})
    assert set(_suggested(site)) < set(generous)
    with site.instance.database.write() as connection:
        tag_models.go_back(connection)
    assert _suggested(site) == generous


def test_the_parts_of_an_instance_are_made_once(site: TestSite) -> None:
    opened = bootstrap.Instance(Settings(home=site.instance.home), site.instance.database)
    opened.encoding = bootstrap.Once(lambda: site.instance.encoding)
    with ThreadPoolExecutor(4) as pool:
        taggers = {id(each.result()) for each in [pool.submit(opened.tagger) for _ in range(4)]}
    assert len(taggers) == 1
    assert opened.tagger().taxonomy.schemes[0] in opened.taxonomy().schemes
