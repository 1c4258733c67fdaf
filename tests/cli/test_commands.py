"""The command line: exit statuses, one JSON value on standard output, the shapes that others rely on."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb import config
from kb.documents.store import documents
from kb.store import instance_facts
from tests.support.command_line import Instance

ROOT = Path(__file__).parent.parent.parent

FILES = {
    "detention.en.md": (
        "---\ntitle: Alternatives to detention\nlanguage: en\ndate: 2023-04-02\ntype: guidance\ncountries: [MEX]\n"
        "objectives: ['13']\ntranslations:\n  es: detention.es.md\n---\n# Alternatives to detention\n\n"
        "Detention of migrants is a measure of last resort. Objective 13 of the Global Compact for Migration asks "
        "States to prefer alternatives to detention, above all for children and their families.\n"
    ),
    "detention.es.md": (
        "---\ntitle: Alternativas a la detención\nlanguage: es\ndate: 2023-04-02\ntype: guidance\ncountries: [MEX]\n"
        "objectives: ['13']\ntranslations:\n  en: detention.en.md\n---\n# Alternativas a la detención\n\n"
        "La detención de migrantes es una medida de último recurso. Se prefieren las alternativas a la detención, "
        "sobre todo para la niñez y sus familias.\n"
    ),
    "remittances.en.md": (
        "---\ntitle: Cheaper remittances\nlanguage: en\ndate: 2020\ntype: report\ncountries: [PER]\n"
        "objectives: ['20']\n---\n# Cheaper remittances\n\nTransfers of money home cost less when providers must "
        "publish their prices. Families keep more of what migrants send.\n"
    ),
    "undated.txt": "A letter without any date, about consular services and lost documents.\n",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with four published documents; tests only look at it."""
    base = tmp_path_factory.mktemp("shelf")
    (base / "files").mkdir()
    for name, text in FILES.items():
        (base / "files" / name).write_text(text)
    instance = Instance(base / "home")
    assert instance.run("ingest", base / "files", "--publish").status == 0
    return instance


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path / "home")


def _sources(answer: dict[str, Any]) -> set[str]:
    return {hit["document"]["source"] for hit in answer["hits"]}


# --- exit status -------------------------------------------------------------------------------------


def test_status_0_and_1_tell_whether_all_files_were_read(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    (tmp_path / "b.txt").write_bytes(b"")
    assert instance.run("ingest", tmp_path / "a.txt").status == 0
    assert instance.run("ingest", tmp_path / "a.txt", tmp_path / "b.txt").status == 1
    assert instance.run("ingest", tmp_path / "gone.txt").status == 1


USAGE: list[tuple[str, list[str], str]] = [
    ("no command", [], "Usage:"),
    ("unknown command", ["find"], "No such command 'find'"),
    ("unknown option", ["search", "x", "--langage", "es"], "Did you mean '--language'?"),
    ("limit is no number", ["search", "x", "--limit", "many"], "not a valid integer"),
    ("limit of nothing", ["search", "x", "--limit", "0"], "--limit"),
    ("question without words", ["search", "?!"], "word"),
    ("question of a book's length", ["search", "detention " * 10_000], "20,000"),
    ("year is no number", ["search", "x", "--from", "MMXX"], "not a valid integer"),
    ("unknown type", ["ingest", "x.txt", "--type", "novel"], "novel"),
    ("folder without files", ["ingest", "EMPTY"], "no file to read"),
    ("lines without a place to write", ["tag", "--jsonl", "in.jsonl"], "--out"),
    ("lines that are not there", ["tag", "--jsonl", "gone.jsonl", "--out", "out.jsonl"], "gone.jsonl"),
    ("nothing to tag", ["tag"], "--jsonl"),
    ("vocabulary that is not there", ["tag", "-", "--vocabulary", "gone.ttl"], "gone.ttl"),
    ("no evaluation folder", ["eval", "search", "EMPTY"], "corpus.jsonl"),
]


@pytest.mark.parametrize(("arguments", "says"), [row[1:] for row in USAGE], ids=[row[0] for row in USAGE])
def test_status_2_is_wrong_usage(arguments: list[str], says: str, shelf: Instance, tmp_path: Path) -> None:
    result = shelf.run(*[str(tmp_path) if a == "EMPTY" else a for a in arguments])
    assert (result.status, result.out) == (2, "")
    assert says in result.err
    assert "Traceback" not in result.err


def test_status_3_is_an_instance_that_cannot_work(instance: Instance) -> None:
    instance.home.mkdir()
    (instance.home / "kb.sqlite").write_bytes(b"This is not a database. " * 100)
    result = instance.run("search", "x", "--json")
    assert (result.status, result.out) == (3, "")
    assert result.err.startswith("kb: The database")


def test_status_3_is_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Instance(tmp_path / "file" / "home").run("search", "").status == 3


def test_status_3_is_an_encoder_that_is_not_there(shelf: Instance) -> None:
    result = Instance(shelf.home, encoder="/no/such/folder").run("search", "detention", "--json")
    assert (result.status, result.out) == (3, "")
    assert "KB_ENCODER" in result.err


def test_status_3_is_another_encoder_with_the_command_that_mends_it(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text about consular services.")
    instance.run("ingest", tmp_path / "a.txt", "--publish")
    database = instance.database()
    with database.write() as connection:
        instance_facts.replace_encoder(connection, "another+123", None)
    database.close()
    for command in (["search", "consular"], ["ingest", str(tmp_path / "a.txt")]):
        result = instance.run(*command)
        assert (result.status, result.out) == (3, "")
        assert "'kb index reencode'" in result.err
    assert instance.run("index", "reencode").status == 0
    assert instance.run("search", "consular", "--json").json["total"] == 1


# --- search ------------------------------------------------------------------------------------------

HIT = {
    "rank": int,
    "score": float,
    "document": {
        "id": int,
        "title": str,
        "language": str,
        "type": str,
        "source": str,
        "countries": list,
        "year": int,
    },
    "passage": {
        "id": int,
        "text": str,
        "page": (int, type(None)),
        "heading": list,
        "start": int,
        "end": int,
        "language": str,
    },
    "highlights": list,
    "concepts": list,
}


def _has_shape(value: Any, shape: Any) -> None:
    if isinstance(shape, dict):
        assert set(shape) <= set(value)
        for key, inner in shape.items():
            _has_shape(value[key], inner)
    else:
        assert isinstance(value, shape), f"{value!r} is not {shape}"


def test_answer_has_the_shape_that_is_promised(shelf: Instance) -> None:
    result = shelf.run("search", "alternatives to detention", "--json")
    assert result.status == 0
    answer = result.json
    assert answer["query"] == "alternatives to detention"
    assert answer["took_ms"] > 0
    assert answer["total"] >= len(answer["hits"]) >= 1
    first = answer["hits"][0]
    _has_shape(first, HIT)
    assert [hit["rank"] for hit in answer["hits"]] == list(range(1, len(answer["hits"]) + 1))
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert first["document"]["source"] == "detention.en.md"
    assert (first["document"]["countries"], first["document"]["year"]) == (["MEX"], 2023)
    assert {"scheme": "objectives", "notation": "13"} in first["concepts"]


def test_passages_are_slices_and_highlights_lie_inside(shelf: Instance) -> None:
    database = shelf.database()
    for hit in shelf.run("search", "detention of children", "--json").json["hits"]:
        passage = hit["passage"]
        with database.read() as connection:
            stored = documents.get(connection, hit["document"]["id"])
        assert stored.text[passage["start"] : passage["end"]] == passage["text"]
        borders = [border for mark in hit["highlights"] for border in mark]
        assert borders == sorted(borders)
        assert all(0 <= border <= len(passage["text"]) for border in borders)
    database.close()


def test_translations_are_one_result_in_the_language_of_the_question(shelf: Instance) -> None:
    english = shelf.run("search", "alternatives to detention", "--json").json["hits"][0]
    spanish = shelf.run("search", "alternativas a la detención", "--json").json["hits"][0]
    assert english["document"]["source"] == "detention.en.md"
    assert spanish["document"]["source"] == "detention.es.md"
    assert english["translations"] == [{"language": "es", "document": spanish["document"]["id"]}]


FILTERS: list[tuple[list[str], set[str]]] = [
    (["--language", "es"], {"detention.es.md"}),
    (["--country", "per"], {"remittances.en.md"}),
    (["--country", "PER", "--country", "MEX", "--language", "en"], {"remittances.en.md", "detention.en.md"}),
    (["--type", "report"], {"remittances.en.md"}),
    (["--objective", "13", "--language", "en"], {"detention.en.md"}),
    (["--objective", "20"], {"remittances.en.md"}),
    (["--from", "2021", "--language", "en"], {"detention.en.md"}),
    (["--to", "2020"], {"remittances.en.md"}),
    (["--from", "2020", "--to", "2020"], {"remittances.en.md"}),
    (["--from", "2024"], set()),
    (["--type", "no-such-type"], set()),
    (["--objective", "13", "--country", "PER"], set()),
]


@pytest.mark.parametrize(
    ("options", "expected"),
    FILTERS,
    ids=lambda value: " ".join(sorted(map(str, value)) if isinstance(value, set) else value),
)
def test_filters_hold_with_a_question_and_without(options: list[str], expected: set[str], shelf: Instance) -> None:
    for question in ("migrants detention families transfers documents", ""):
        answer = shelf.run("search", question, *options, "--json").json
        assert _sources(answer) == expected
        assert answer["total"] == len(expected)


def test_counts_are_what_choosing_them_gives(shelf: Instance) -> None:
    answer = shelf.run("search", "migrants detention families transfers documents", "--json").json
    for name in ("language", "objective", "country", "type"):
        for value, count in answer["facets"][name]:
            chosen = shelf.run("search", answer["query"], f"--{name}", value, "--json").json
            assert chosen["total"] == count, (name, value)


def test_without_a_question_search_lists_the_newest_first(shelf: Instance) -> None:
    answer = shelf.run("search", "", "--json").json
    assert answer["total"] == 3
    assert [hit["document"]["year"] for hit in answer["hits"]] == [2023, 2020, None]
    assert answer["arms"] == []


def test_limit_bounds_the_hits_and_not_the_total(shelf: Instance) -> None:
    answer = shelf.run("search", "", "--limit", "2", "--json").json
    assert (len(answer["hits"]), answer["total"]) == (2, 3)


@pytest.mark.parametrize("question", ["a", "13", "detention " * 1_500, '"alternatives to detention"', "حماية الأطفال"])
def test_odd_questions_have_an_answer(question: str, shelf: Instance) -> None:
    result = shelf.run("search", question, "--json")
    assert result.status == 0
    assert result.json["query"] == question


def test_excluded_words_and_phrases(shelf: Instance) -> None:
    assert _sources(shelf.run("search", '"publish their prices"', "--json").json) == {"remittances.en.md"}
    assert "detention.en.md" not in _sources(shelf.run("search", "migrants -detention", "--json").json)


def test_search_in_an_empty_instance_says_so(instance: Instance) -> None:
    result = instance.run("search", "detention", "--json")
    assert (result.status, result.json["total"], result.json["hits"]) == (0, 0, [])
    assert "No document" in instance.run("search", "detention").err


def test_search_for_people_names_source_and_place(shelf: Instance) -> None:
    result = shelf.run("search", "publish prices of transfers", "--limit", "1")
    assert result.out.startswith("1. Cheaper remittances [en]\n   remittances.en.md")
    assert "\033" not in result.out


# --- tag ---------------------------------------------------------------------------------------------

TAGGED = "Objective 13 of the Global Compact for Migration: detention only as a last resort, alternatives first."


def _check_tags(value: Any, text: str) -> None:
    assert set(value) == {"document_id", "language", "concepts", "ranking"}
    for concept in value["concepts"]:
        assert set(concept) >= {"scheme", "notation", "label", "score", "evidence"}
        assert concept["evidence"]
        assert all(text[e["start"] : e["end"]] == e["text"] != "" for e in concept["evidence"])
    for ranked in value["ranking"].values():
        assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)
    assert sorted((n for n, _ in value["ranking"]["objectives"]), key=int) == [str(n) for n in range(1, 24)]


def test_tags_of_a_text_with_evidence(instance: Instance) -> None:
    result = instance.run("tag", "-", "--json", stdin=TAGGED)
    assert result.status == 0
    _check_tags(result.json, TAGGED)
    assert result.json["language"] == "en"
    assert "13" in {c["notation"] for c in result.json["concepts"] if c["scheme"] == "objectives"}
    assert result.json["ranking"]["objectives"][0][0] == "13"


def test_tagging_stores_nothing(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"# A note\n\n{TAGGED}\n")
    result = instance.run("tag", tmp_path / "a.md", "--json")
    assert result.json["document_id"] == "a.md"
    assert not (instance.home / "kb.sqlite").exists()


def test_tags_of_many_texts_go_to_a_file(instance: Instance, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"document_id": "one", "text": TAGGED, "more": 1},
        {"document_id": "two", "title": "Remesas", "text": "Enviar dinero cuesta menos."},
        {"document_id": "three", "text": "Nothing at all about the subject, only the weather."},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n")
    result = instance.run("tag", "--jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert (result.status, result.out) == (0, "")
    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [value["document_id"] for value in written] == ["one", "two", "three"]
    for value, row in zip(written, rows, strict=True):
        _check_tags(value, str(row["text"]))


def test_lines_end_only_where_json_lines_end(instance: Instance, tmp_path: Path) -> None:
    row = {"document_id": 7, "text": "One\u2028two\x85three.", "title": None}
    (tmp_path / "in.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    assert instance.run("tag", "--jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl").status == 0
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8"))["document_id"] == "7"


@pytest.mark.parametrize("line", ["{", "[]", "3", '{"document_id": "x"}', '{"document_id": "x", "text": null}'])
def test_lines_of_another_shape_are_wrong_usage(line: str, instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps({"document_id": "one", "text": TAGGED}) + "\n" + line)
    result = instance.run("tag", "--jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert result.status == 2
    assert "line 2" in result.err


VOCABULARY = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:sample:tools> a skos:ConceptScheme ; skos:prefLabel "Tools"@en .
<urn:sample:hammer> a skos:Concept ; skos:inScheme <urn:sample:tools> ; skos:notation "1" ;
  skos:prefLabel "Hammer"@en ; skos:definition "Drives nails into wood."@en .
<urn:sample:saw> a skos:Concept ; skos:inScheme <urn:sample:tools> ; skos:notation "2" ;
  skos:prefLabel "Saw"@en ; skos:definition "Cuts wood into boards."@en .
"""


def test_any_vocabulary_will_do(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "tools.ttl").write_text(VOCABULARY)
    text = "The carpenter took the hammer and drove the nails into the wood."
    result = instance.run("tag", "-", "--vocabulary", tmp_path / "tools.ttl", "--json", stdin=text)
    assert result.status == 0
    ((_, ranked),) = result.json["ranking"].items()
    assert sorted(notation for notation, _ in ranked) == ["1", "2"]
    assert ranked[0][0] == "1"


# --- settings ----------------------------------------------------------------------------------------


def test_settings_are_listed_with_their_origin(instance: Instance) -> None:
    lines = instance.run("settings", "--json").json
    assert {line["setting"] for line in lines} == {line.variable for line in config.setting_lines(config.load({}), {})}
    origins = {line["setting"]: (line["value"], line["from"]) for line in lines}
    assert origins["KB_ENCODER"] == ("hashing", "environment")
    assert origins["KB_PORT"] == ("8000", "default")
    assert "KB_ENCODER" in instance.run("settings").out


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("encodr", "hashing", "KB_ENCODER"),
        ("hom", "/tmp", "KB_HOME"),
        ("port", "eighty", "whole number"),
        ("port", "-1", "whole number"),
        ("late", "perhaps", "on or off"),
        ("precision", "fp64", "bf16"),
    ],
)
def test_settings_that_do_not_fit_are_wrong_usage(setting: str, value: str, says: str, tmp_path: Path) -> None:
    for command in (["settings"], ["search", "x"], ["ingest", str(tmp_path)]):
        result = Instance(tmp_path / "home", **{setting: value}).run(*command)
        assert (result.status, result.out) == (2, "")
        assert says in result.err
    assert not (tmp_path / "home").exists()


# --- index -------------------------------------------------------------------------------------------


def _states(instance: Instance, action: str) -> dict[str, str]:
    return {line["cache"]: line["state"] for line in instance.run("index", action, "--json").json}


@pytest.fixture
def indexed(instance: Instance, tmp_path: Path) -> Instance:
    (tmp_path / "a.txt").write_text("A text about consular services.")
    instance.run("ingest", tmp_path / "a.txt", "--publish")
    return instance


def test_caches_are_built_when_needed_and_verified(indexed: Instance) -> None:
    assert _states(indexed, "stats") == {"lexical": "missing", "vectors": "missing"}
    indexed.run("search", "consular")
    assert _states(indexed, "verify") == {"lexical": "good", "vectors": "good"}
    assert "1 published passages" in indexed.run("index", "stats").out


def test_caches_behind_the_database_catch_up(indexed: Instance, tmp_path: Path) -> None:
    indexed.run("search", "consular")
    (tmp_path / "b.txt").write_text("Another text about consular services.")
    indexed.run("ingest", tmp_path / "b.txt", "--publish")
    assert _states(indexed, "verify") == {"lexical": "behind", "vectors": "behind"}
    assert indexed.run("index", "verify").status == 0
    assert indexed.run("search", "consular", "--json").json["total"] == 2
    assert _states(indexed, "verify") == {"lexical": "good", "vectors": "good"}


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(bytes(data))


def _remove(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:10])


@pytest.mark.parametrize("harm", [_flip, _remove, _cut])
@pytest.mark.parametrize("victim", ["vectors.faiss", "lexical"])
def test_harmed_cache_is_noticed_and_built_again(harm: Callable[[Path], None], victim: str, indexed: Instance) -> None:
    indexed.run("search", "consular")
    path = indexed.home / "index" / victim
    harm(path if path.is_file() else sorted(p for p in path.iterdir() if not p.name.startswith("."))[0])
    result = indexed.run("index", "verify")
    assert result.status == 3
    assert "kb index rebuild" in result.err
    assert indexed.run("search", "consular", "--json").json["total"] == 1
    assert indexed.run("index", "verify").status == 0


def test_rebuild_mends_without_the_encoder(indexed: Instance) -> None:
    indexed.run("search", "consular")
    _flip(indexed.home / "index" / "vectors.faiss")
    other = Instance(indexed.home, encoder="no-such-model")
    assert other.run("index", "rebuild").status == 0
    assert indexed.run("index", "verify").status == 0


def test_reencode_lets_the_instance_go_on_with_other_settings(indexed: Instance) -> None:
    before = indexed.run("search", "consular", "--json").json
    assert before["arms"] == ["lexical", "dense", "late"]
    plain = Instance(indexed.home, late="no")
    assert plain.run("index", "reencode").status == 0
    assert plain.run("search", "consular", "--json").json["arms"] == ["lexical", "dense"]
    assert plain.run("index", "verify").status == 0
    assert indexed.run("index", "reencode").status == 0
    after = indexed.run("search", "consular", "--json").json
    assert after["arms"] == before["arms"]
    assert [h["score"] for h in after["hits"]] == pytest.approx([h["score"] for h in before["hits"]])


# --- as a process of its own -------------------------------------------------------------------------


def _process(instance: Instance, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kb", *arguments]
    return subprocess.run(command, cwd=ROOT, env=instance.environment, capture_output=True, text=True, check=False)


def test_process_prints_one_json_value_and_exits_with_the_status(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text about consular services.")
    (tmp_path / "b.pdf").write_bytes(b"")
    ended = _process(instance, "ingest", str(tmp_path / "a.txt"), str(tmp_path / "b.pdf"), "--publish", "--json")
    assert ended.returncode == 1
    assert [report["outcome"] for report in json.loads(ended.stdout)] == ["stored", "no-text"]
    ended = _process(instance, "search", "consular", "--json")
    assert (ended.returncode, ended.stderr, json.loads(ended.stdout)["total"]) == (0, "", 1)


def test_light_commands_load_nothing_heavy(instance: Instance) -> None:
    for arguments in (["--help"], ["settings"]):
        ended = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "kb", *arguments],
            cwd=ROOT,
            env=instance.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.stderr.splitlines()}
        assert "kb" in loaded
        assert not loaded & {"torch", "faiss", "tantivy", "fastapi", "transformers", "rdflib", "sqlalchemy"}


def test_reader_of_the_pipe_may_go_away(shelf: Instance) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "kb", "search", ""],
        cwd=ROOT,
        env=shelf.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 0
