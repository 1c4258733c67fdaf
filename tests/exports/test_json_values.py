"""Answers as JSON: the shape that README and programs rely on, and slices that hold."""

import json

from kb.documents.facts import DocumentFacts, PassageRecord
from kb.documents.models import Evidence, EvidenceKind, FileReport, Outcome, Passage, Tag
from kb.documents.reading import english
from kb.exports.json_values import answer_json, reports_json, tags_json
from kb.search.answers import Answer, Facet, Hit, Query

TEXT = "Alternatives to detention for children."
HIT = Hit(
    rank=1,
    score=0.83,
    record=PassageRecord(
        345,
        Passage(2, 10, 10 + len(TEXT), TEXT, ("I. Practice",), 3, 3, "en"),
        DocumentFacts(12, "w", "Título", "tor.es.txt", "es", "report", "2021-05", ("MEX",), ("13",), ("2",), False),
        (("objectives", "13"),),
    ),
    highlights=((0, 12), (16, 25)),
    others=(346,),
    translations=(("fr", 13),),
)


def test_an_answer_has_the_promised_shape() -> None:
    answer = Answer(Query("detention"), (HIT,), 42, (Facet("language", (("en", 3),)),), 12.34, ("lexical",))
    value = answer_json(answer)
    assert {name: value[name] for name in ("query", "took_ms", "total")} == {
        "query": "detention",
        "took_ms": 12.3,
        "total": 42,
    }
    assert value["facets"] == {"language": [["en", 3]]}
    (hit,) = value["hits"]
    assert hit["document"] == {
        "id": 12,
        "title": "Título",
        "language": "es",
        "type": "report",
        "source": "tor.es.txt",
        "countries": ["MEX"],
        "year": 2021,
    }
    assert {k: hit["passage"][k] for k in ("id", "text", "page", "heading", "start", "end", "language")} == {
        "id": 345,
        "text": TEXT,
        "page": 3,
        "heading": ["I. Practice"],
        "start": 10,
        "end": 10 + len(TEXT),
        "language": "en",
    }
    assert hit["concepts"] == [{"scheme": "objectives", "notation": "13"}]
    assert [TEXT[start:end] for start, end in hit["highlights"]] == ["Alternatives", "detention"]
    assert (hit["rank"], hit["score"]) == (1, 0.83)
    assert hit["translations"] == [{"language": "fr", "document": 13}]
    assert json.loads(json.dumps(value)) == value


def test_a_document_without_a_date_has_no_year() -> None:
    facts = DocumentFacts(1, "w", "t", "s", "es", "report", "", (), (), (), False)
    hit = Hit(1, 0.5, PassageRecord(1, Passage(1, 0, 1, "a"), facts))
    answer = Answer(Query(), (hit,), 1, (), 0.0)
    assert answer_json(answer)["hits"][0]["document"]["year"] is None
    assert answer_json(answer)["hits"][0]["passage"]["page"] is None


def test_reports_of_an_ingest() -> None:
    (value,) = reports_json(
        [FileReport("a.pdf", Outcome.NO_TEXT, english("No text."), warnings=(english("Page 2 is an image."),))]
    )
    assert value == {
        "file": "a.pdf",
        "outcome": "no-text",
        "message": "No text.",
        "document": None,
        "passages": 0,
        "warnings": ["Page 2 is an image."],
    }


def test_tags_carry_the_words_that_support_them() -> None:
    tag = Tag("objectives", "13", 0.912345, (Evidence(16, 25, EvidenceKind.TERM),))
    ranking = (("objectives", (("13", 0.912345), ("7", 0.4))),)
    value = tags_json("x", TEXT, "en", [tag], {("objectives", "13"): "Detention"}, ranking)
    assert value["ranking"] == {"objectives": [["13", 0.9123], ["7", 0.4]]}
    assert value["concepts"] == [
        {
            "scheme": "objectives",
            "notation": "13",
            "label": "Detention",
            "score": 0.9123,
            "evidence": [{"text": "detention", "start": 16, "end": 25, "kind": "term"}],
        }
    ]
