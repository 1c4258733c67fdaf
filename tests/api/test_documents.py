"""The interface for programs: shapes as described, errors as problem documents, the same answers as the pages."""

import logging

import pytest

from tests.support.site import TestSite, make_site
from web.api.schema import AnswerShape, FullDocumentShape, HealthShape, ProblemShape


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize(
    "query", ["q=remittances", "q=detention&objective=13&limit=1", "", "q=zzz&country=PER&type=other"]
)
def test_an_answer_has_the_described_shape(site: TestSite, query: str) -> None:
    answer = site.client.get(f"/api/search?{query}")
    assert answer.status_code == 200
    shape = AnswerShape.model_validate_json(answer.text)
    for hit in shape.hits:
        assert all(0 <= start < end <= len(hit.passage.text) for start, end in hit.highlights)


def test_filters_paging_and_order(site: TestSite) -> None:
    def ids(query: str) -> list[int]:
        return [hit["document"]["id"] for hit in site.client.get(f"/api/search?{query}").json()["hits"]]

    everything = ids("limit=100")
    assert len(everything) == site.client.get("/api/search").json()["total"] == 17
    assert ids("limit=5&page=1") + ids("limit=5&page=2") == everything[:10]
    assert set(ids("country=CHL&country=ARG&limit=100")) == {site.ids[f"note-{n}.txt"] for n in range(1, 13)}
    assert ids("objective=14&from=2013&to=2013") == [site.ids["note-3.txt"]]
    years = [h["document"]["year"] for h in site.client.get("/api/search?q=passports&sort=date").json()["hits"]]
    assert years == sorted(years, reverse=True)


def test_a_document_whole(site: TestSite) -> None:
    number = site.ids["detention.en.txt"]
    document = FullDocumentShape.model_validate_json(site.client.get(f"/api/documents/{number}").text)
    assert document.title == "Alternatives to detention"
    assert [t.document for t in document.translations] == [site.ids["detention.es.txt"]]
    for passage in document.passages:
        assert document.text[passage.start : passage.end] == passage.text
    assert {(tag.scheme, tag.notation, tag.label) for tag in document.tags} >= {
        ("objectives", "13", "Alternatives to detention")
    }


def test_health(site: TestSite) -> None:
    health = HealthShape.model_validate_json(site.client.get("/healthz").text)
    assert (health.status, health.documents, health.vectors, health.revision) == ("ok", 18, True, 18)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/search?q=%3F", 400), ("/api/search?limit=0", 400), ("/api/search?limit=101", 400),
        ("/api/search?from=1", 400), ("/api/search?sort=best", 400), ("/api/search?page=x", 400),
        ("/api/search?q=" + "a" * 20_001, 400), ("/api/documents/777", 404), ("/api/documents/x", 400),
        ("/api/documents/99999999999999999999", 404), ("/api/nothing", 404), ("/api", 404), ("/api/", 404),
    ],
)  # fmt: skip
def test_errors_are_problem_documents(site: TestSite, path: str, status: int) -> None:
    answer = site.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert ProblemShape.model_validate_json(answer.text).status == status


def test_a_wrong_method(site: TestSite) -> None:
    answer = site.client.post("/api/search", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"
    page = site.client.post("/search", headers={"sec-fetch-site": "same-origin"})
    assert page.status_code == 405
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/search?q=x1", "/api/search?q=x1"])
def test_a_fault_inside_is_logged_and_not_shown(
    site: TestSite, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.support.http_client import Client

    def fail(query: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(site.app.state.house.site.searcher, "search", fail)
    with caplog.at_level(logging.ERROR):
        answer = Client(site.app, raise_server_exceptions=False).get(path)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "content-security-policy" in answer.headers
    reference = caplog.records[0].getMessage().split()[2]
    assert reference in answer.text
    assert "the secret of the house" in caplog.text


def test_the_manual_tells_every_address_and_parameter(site: TestSite) -> None:
    schema = site.client.get("/openapi.json").json()
    manual = site.client.get("/en/docs").text
    known = {"/api/search", "/api/documents", "/api/documents/{id}", "/api/jobs", "/api/jobs/{id}", "/healthz"}
    assert known <= set(schema["paths"])
    assert "<code>replaces</code>" in manual
    for path, operations in schema["paths"].items():
        assert path in manual
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                assert f"<code>{parameter['name']}</code>" in manual
