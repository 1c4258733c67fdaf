"""Search: what belongs to an answer, in what order, with which counts; and what a running searcher notices."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoding.hashing_encoder import HashingEncoder
from index.encoding.instance_encoding import reencode
from index.search.searcher import Searcher
from index.search.similarity_statistics import Moments
from kb.documents.store import passages
from kb.errors import InstanceError, UsageError
from kb.search.answers import Answer, Filters, Hit, Query
from kb.text.words import words
from tests.support.documents import Instance, Sample, hashing, sample, use_vectors, words_of

DETENTION = sample(
    "Alternatives to detention for families with children.",
    "Case management costs less than detention.",
    name="detention.txt",
    title="Alternatives",
    date="2021-05",
    objectives=("13",),
    countries=("MEX",),
)
MONEY = sample("Remittances cost less when banks compete.", name="money.txt", title="Money", date="2023", type="brief")
RIGHTS = sample("حقوق المهاجرين وأسرهم في العمل", name="rights.txt", title="حقوق", language="ar", date="")


@pytest.fixture(params=[False, True], ids=["words", "vectors"])
def vectors(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def home(tmp_path: Path) -> Instance:
    return Instance(tmp_path, hashing(late=True))


def names(answer: Answer) -> list[str]:
    return [hit.record.document.source for hit in answer.hits]


def documents(answer: Answer) -> list[int]:
    return [hit.record.document.id for hit in answer.hits]


def marked(hit: Hit) -> list[str]:
    return [hit.record.passage.text[start:end] for start, end in hit.highlights]


# --- questions ---


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("alternatives to detention", "detention.txt"),
        ("remittance costs", "money.txt"),
        ("المهاجرين", "rights.txt"),
        ("‏حقوق العمال", "rights.txt"),  # with a mark of direction
        ("detention " * 2000, "detention.txt"),
        ("remittances " + "w" * 9000, "money.txt"),
        ("remittances\0\x1b", "money.txt"),
        ("remittances 💶 <script>", "money.txt"),
    ],
)
def test_questions_are_answered(home: Instance, vectors: bool, question: str, first: str) -> None:
    home.add(DETENTION, MONEY, RIGHTS)
    answer = home.searcher(vectors).search(Query(question))
    assert names(answer)[0] == first
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert answer.query.text == question
    assert answer.arms == (("lexical", "dense", "late") if vectors else ("lexical",))


def test_one_letter_is_a_question(home: Instance, vectors: bool) -> None:
    """By words nothing comes; by meaning something does, whatever that is."""
    home.add(DETENTION, MONEY, RIGHTS)
    answer = home.searcher(vectors).search(Query("a"))
    assert answer.query.text == "a"
    assert len(answer.hits) == (3 if vectors else 0)


@pytest.mark.parametrize("question", ["?!", "…", "-detention", '""'])
def test_a_question_without_a_word_is_an_error(home: Instance, vectors: bool, question: str) -> None:
    home.add(DETENTION)
    with pytest.raises(UsageError, match="Write a few words"):
        home.searcher(vectors).search(Query(question))


def test_a_question_as_long_as_a_book_is_an_error(home: Instance, vectors: bool) -> None:
    with pytest.raises(UsageError, match="limit is 20,000"):
        home.searcher(vectors).search(Query("word " * 10_000))


@pytest.mark.parametrize("question", ["detention", ""])
def test_an_empty_instance_answers_with_nothing(home: Instance, vectors: bool, question: str) -> None:
    answer = home.searcher(vectors).search(Query(question))
    assert (answer.hits, answer.total, answer.answered) == ((), 0, not question)


def test_a_phrase_must_stand_together(home: Instance, vectors: bool) -> None:
    home.add(DETENTION, sample("Detention has alternatives. Detention to alternatives.", name="other.txt"))
    searcher = home.searcher(vectors)
    assert names(searcher.search(Query('"alternatives to detention"'))) == ["detention.txt"]
    assert names(searcher.search(Query("«detention to alternatives»"))) == ["other.txt"]
    nowhere = searcher.search(Query('"to to detention" alternatives'))
    assert (sorted(names(nowhere)), nowhere.answered, nowhere.facets) == (["detention.txt", "other.txt"], False, ())


def test_an_excluded_word_does_not_occur(home: Instance, vectors: bool) -> None:
    home.add(DETENTION, MONEY)
    answer = home.searcher(vectors).search(Query("cost less -Detention"))
    assert names(answer) == ["money.txt"]
    assert all("detention" not in hit.record.passage.text for hit in answer.hits)


def test_an_empty_question_browses_newest_first(home: Instance, vectors: bool) -> None:
    home.add(DETENTION, RIGHTS, MONEY, sample("Same year.", name="later.txt", date="2023"))
    answer = home.searcher(vectors).search(Query("  "))
    assert names(answer) == ["later.txt", "money.txt", "detention.txt", "rights.txt"]
    assert (answer.total, answer.arms) == (4, ())
    assert all(hit.highlights == () for hit in answer.hits)


def test_sorting_by_date_keeps_what_belongs(home: Instance, vectors: bool) -> None:
    home.add(MONEY, sample("Remittances cost little.", name="old.txt", date="2001"), DETENTION)
    searcher = home.searcher(vectors)
    by_relevance, by_date = (searcher.search(Query("remittances cost", sort=sort)) for sort in ("relevance", "date"))
    assert set(names(by_date)) == set(names(by_relevance))
    dates = [hit.record.document.date for hit in by_date.hits]
    assert dates == sorted(dates, reverse=True)


def test_hits_carry_what_programs_rely_on(home: Instance, vectors: bool) -> None:
    (number,) = home.add(DETENTION)
    (hit,) = home.searcher(vectors).search(Query("families")).hits
    record = hit.record
    assert (record.document.id, record.document.title, record.document.year) == (number, "Alternatives", 2021)
    assert (record.passage.page, record.passage.heading, record.passage.language) == (1, ("Alternatives",), "en")
    assert record.concepts == (("objectives", "13"),)
    assert marked(hit) == ["families"]


# --- translations ---


def translated(name: str, language: str, *passages_of_it: str) -> Sample:
    codes = ("es", "en", "fr")
    others = tuple((code, f"n.{code}.md") for code in codes if code != language)
    return sample(*passages_of_it, name=name, language=language, title=f"T {language}", translations=others)


TRANSLATIONS = (
    translated("n.es.md", "es", "Protección consular GCM."),
    translated("n.en.md", "en", "Consular protection GCM."),
    translated("n.fr.md", "fr", "Protection consulaire GCM."),
)


@pytest.mark.parametrize(
    ("question", "reader", "shown"),
    [
        ("GCM", "fr", "fr"),
        ("GCM", "en", "en"),
        ("GCM consular", "es", "es"),
        ("¿Qué es GCM?", "", "es"),
        ("GCM", "de", None),  # not there: the best one
        ("", "fr", "fr"),
        ("", "en", "en"),
    ],
)
def test_translations_are_one_result_in_the_reader_s_language(
    home: Instance, vectors: bool, question: str, reader: str, shown: str | None
) -> None:
    home.add(*TRANSLATIONS, MONEY)
    answer = home.searcher(vectors).search(Query(question, reader=reader, filters=Filters(types=("report",))))
    (hit,) = answer.hits
    assert answer.total == 1
    own = hit.record.document.language
    assert shown in (None, own)
    linked = dict(hit.translations)
    assert sorted([own, *linked]) == ["en", "es", "fr"]
    assert set(linked.values()) == {1, 2, 3} - {hit.record.document.id}


def test_a_translation_that_waits_is_not_linked(home: Instance) -> None:
    home.add(TRANSLATIONS[0])
    home.add(TRANSLATIONS[1], publish=False)
    (hit,) = home.searcher(False).search(Query("GCM")).hits
    assert hit.translations == ()


# --- highlights ---


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(["visa", "visas", "niñez", "移民", "حقوق", "costs", "the", "x"]), min_size=1, max_size=6)
)
def test_highlights_are_slices_of_whole_words_within_the_passage(asked: list[str]) -> None:
    for hit in _mixed().search(Query(" ".join(asked))).hits:
        text = hit.record.passage.text
        starts, ends = {w.start for w in words(text)}, {w.end for w in words(text)}
        at = -1
        for start, end in hit.highlights:
            assert at < start < end <= len(text)
            assert start in starts
            assert end in ends
            at = end


# --- counts and paging: on random catalogues ---

VOCABULARY = (
    "visa",
    "visas",
    "child",
    "consul",
    "costs",
    "data",
    "niñez",
    "移民",
    "حقوق",
    "border",
    "return",
    "labour",
)
_MADE: dict[str, Searcher] = {}


@pytest.fixture(scope="module", autouse=True)
def _catalogue(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Sixty documents with drawn facts, some of them translations of one another."""
    home = Instance(tmp_path_factory.mktemp("mixed"), hashing())
    random = np.random.default_rng(7)

    def some(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(v) for v in random.choice(values, int(random.integers(0, 3)), replace=False))

    for number in range(60):
        group = number // 2 if number < 20 else number
        name = f"{group}.{number % 2}.md"
        texts = tuple(words_of(100 * number + n, 9, VOCABULARY) for n in range(int(random.integers(1, 4))))
        home.add(
            Sample(
                texts,
                name=name,
                title=f"Document {number}",
                language=("es", "en")[number % 2],
                type=str(random.choice(["report", "brief", "plan"])),
                date=str(random.choice(["", "2019", "2021-05", "2024"])),
                countries=some(("MEX", "GTM", "PER")),
                objectives=some(("1", "7", "13", "23")),
                areas=some(("1", "2", "5")),
                translations=((("en", "es")[number % 2], f"{group}.{1 - number % 2}.md"),) if number < 20 else (),
                languages=tuple(str(random.choice(["es", "en", "fr"])) for _ in texts),
            )
        )
    _MADE["words"], _MADE["vectors"] = home.searcher(vectors=False), home.searcher()


def _mixed(vectors: bool = True) -> Searcher:
    return _MADE["vectors" if vectors else "words"]


QUESTIONS = st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join)
FILTERS = st.builds(
    Filters,
    languages=st.sampled_from([(), ("es",), ("en", "fr")]),
    objectives=st.sampled_from([(), ("13",), ("1", "7")]),
    countries=st.sampled_from([(), ("MEX",)]),
    types=st.sampled_from([(), ("report",), ("brief", "plan")]),
    year_from=st.sampled_from([None, 2020]),
    year_to=st.sampled_from([None, 2022]),
)
CHOOSE: dict[str, Callable[[Filters, str], Filters | None]] = {
    # Values of one field are alternatives, so a second value of a field that is filtered already would add to it.
    "language": lambda f, v: None if f.languages else _with(f, languages=(v,)),
    "objective": lambda f, v: None if f.objectives else _with(f, objectives=(v,)),
    "area": lambda f, v: None if f.areas else _with(f, areas=(v,)),
    "country": lambda f, v: None if f.countries else _with(f, countries=(v,)),
    "region": lambda f, v: None if f.regions else _with(f, regions=(v,)),
    "entity": lambda f, v: None if f.entities else _with(f, entities=(v,)),
    "type": lambda f, v: None if f.types else _with(f, types=(v,)),
    "year": lambda f, v: _with(f, year_from=int(v), year_to=int(v)),
}


def _with(f: Filters, **changes: tuple[str, ...] | int) -> Filters:
    return replace(f, **changes)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=25)
@given(QUESTIONS, FILTERS, st.booleans())
def test_choosing_a_facet_value_yields_exactly_its_count(question: str, filters: Filters, dense: bool) -> None:
    searcher = _mixed(dense)
    for facet in searcher.search(Query(question, filters)).facets:
        for value, count in facet.values[:3]:
            chosen = CHOOSE[facet.name](filters, value)
            if chosen is not None:
                assert searcher.search(Query(question, chosen)).total == count, (facet.name, value)


@settings(deadline=None, max_examples=25)
@given(QUESTIONS, FILTERS, st.integers(1, 9), st.booleans(), st.sampled_from(["relevance", "date"]))
def test_paging_gives_every_work_once_and_as_many_as_the_total(
    question: str, filters: Filters, limit: int, dense: bool, sort: str
) -> None:
    searcher = _mixed(dense)
    whole = searcher.search(Query(question, filters, limit=1000, sort=sort))
    assert len(whole.hits) == whole.total
    paged: list[Hit] = []
    for offset in range(0, whole.total + limit, limit):
        page = searcher.search(Query(question, filters, limit=limit, offset=offset, sort=sort))
        assert page.total == whole.total
        paged += page.hits
    assert [(h.rank, h.record.id) for h in paged] == [(h.rank, h.record.id) for h in whole.hits]
    assert len({h.record.document.work for h in paged}) == whole.total


@settings(deadline=None, max_examples=25)
@given(QUESTIONS, FILTERS, st.booleans())
def test_every_hit_passes_the_filters(question: str, filters: Filters, dense: bool) -> None:
    for hit in _mixed(dense).search(Query(question, filters, limit=1000)).hits:
        facts = hit.record.document
        assert not filters.languages or hit.record.passage.language in filters.languages
        assert not filters.objectives or set(filters.objectives) & set(facts.objectives)
        assert not filters.countries or set(filters.countries) & set(facts.countries)
        assert not filters.types or facts.type in filters.types
        assert filters.year_from is None or (facts.year or 0) >= filters.year_from
        assert filters.year_to is None or (facts.year or 9999) <= filters.year_to


@settings(deadline=None, max_examples=15)
@given(QUESTIONS, st.booleans())
def test_the_same_question_has_the_same_answer(question: str, dense: bool) -> None:
    one, other = (_mixed(dense).search(Query(question, limit=50)) for _ in range(2))
    assert one.hits == other.hits


# --- what a running searcher notices ---


def test_what_another_process_publishes_is_seen_at_the_next_search(home: Instance, vectors: bool) -> None:
    searcher = home.searcher(vectors)
    other = Instance(home.home, home.encoding)
    assert searcher.search(Query("remittances")).total == 0
    other.add(MONEY)
    assert names(searcher.search(Query("remittances"))) == ["money.txt"]
    other.add(sample("Remittances cost nothing.", name="money.txt", title="Second version"))
    (hit,) = searcher.search(Query("remittances")).hits
    assert (hit.record.document.title, hit.others) == ("Second version", ())
    assert searcher.search(Query("")).total == 1


def test_what_waits_for_review_is_not_found(home: Instance, vectors: bool) -> None:
    home.add(MONEY, publish=False)
    searcher = home.searcher(vectors)
    assert searcher.search(Query("remittances")).total == 0
    assert searcher.search(Query("")).total == 0


def test_what_is_withdrawn_disappears(home: Instance, vectors: bool) -> None:
    first, _ = home.add(DETENTION, MONEY)
    searcher = home.searcher(vectors)
    assert first in documents(searcher.search(Query("cost less detention")))
    Instance(home.home).withdraw(first)
    for question in ("cost less detention", ""):
        answer = searcher.search(Query(question))
        assert first not in documents(answer)
        assert {f.name: f.values for f in answer.facets}["country"] == ()


def test_search_goes_on_by_words_until_the_vectors_are_there(home: Instance) -> None:
    home.add(DETENTION, MONEY)
    searcher = home.searcher(vectors=False)
    assert not searcher.ready
    alone = searcher.search(Query("remittances"))
    assert (alone.arms, alone.degraded) == (("lexical",), True)
    home.add(sample("Remittances again.", name="third.txt"))  # published between the two
    use_vectors(searcher, home.encoding)
    assert searcher.ready
    answer = searcher.search(Query("remittances"))
    assert (answer.arms, answer.degraded) == (("lexical", "dense", "late"), False)
    assert sorted(names(answer)[:2]) == ["money.txt", "third.txt"]


def test_a_list_of_numbers_finds_the_passage_that_lists_them(home: Instance, vectors: bool) -> None:
    about = sample("Objectives objectives objectives.", name="about.txt", title="Objectives", objectives=("2", "7"))
    home.add(about, sample("Line three. Compact: 2, 7, 8 y 23.", name="line.txt", title="Plan"))
    home.add(sample("Objectives of 2, and later 7 or 8.", name="apart.txt", title="Objectives"))
    answer = home.searcher(vectors).search(Query("which line has objectives 2, 7, 8 and 23", limit=1))
    assert names(answer) == ["line.txt"]


def test_invented_examples_stand_below_and_can_be_left_out(home: Instance, vectors: bool) -> None:
    invented = sample(*MONEY.passages, name="invented.txt", title="Money invented", invented=True)
    home.add(invented, MONEY)
    searcher = home.searcher(vectors)
    assert names(searcher.search(Query("remittances cost less"))) == ["money.txt", "invented.txt"]
    assert names(searcher.search(Query("remittances", Filters(samples=False)))) == ["money.txt"]
    assert names(searcher.search(Query("", Filters(samples=False)))) == ["money.txt"]


def test_a_question_waits_for_the_encoder_that_is_being_loaded(home: Instance) -> None:
    home.add(DETENTION, MONEY)
    searcher = home.searcher(vectors=False)
    searcher.expect_vectors()
    loading = threading.Timer(0.3, lambda: use_vectors(searcher, home.encoding))
    loading.start()
    assert not searcher.search(Query("remittances")).degraded
    loading.join()


def test_a_question_does_not_wait_for_an_encoder_that_will_not_come(
    home: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.add(DETENTION, MONEY)
    searcher = home.searcher(vectors=False)
    searcher.expect_vectors()
    monkeypatch.setattr("index.search.searcher.PATIENCE", 0.1)
    assert searcher.search(Query("remittances")).degraded  # patience ends
    monkeypatch.setattr("index.search.searcher.PATIENCE", 3600.0)
    searcher.give_up_vectors()
    assert searcher.search(Query("remittances")).degraded


def test_vectors_that_cannot_join_leave_the_words(home: Instance) -> None:
    home.add(MONEY)
    searcher = home.searcher(vectors=False)
    with pytest.raises(InstanceError, match="reencode"):
        use_vectors(searcher, hashing(dimension=32))
    assert names(searcher.search(Query("remittances"))) == ["money.txt"]


def brute(home: Instance, searcher: Searcher) -> tuple[Moments, Moments]:
    """The moments a searcher keeps, and those of what is published now."""
    ids, matrix = passages.matrix(home.database)
    now = Moments(home.encoding.dimension)
    now.add(searcher.catalogue.languages_of(ids), matrix)
    kept = searcher._live.newest.moments
    assert kept is not None
    return kept, now


@pytest.mark.parametrize("late_start", [False, True])
def test_moments_are_those_of_what_is_published(home: Instance, late_start: bool) -> None:
    """Whatever was published or withdrawn before, between and after the vectors joined."""
    first, _ = home.add(DETENTION, MONEY)
    searcher = home.searcher(vectors=not late_start)
    (third,) = home.add(RIGHTS)
    home.withdraw(first)
    if late_start:
        use_vectors(searcher, home.encoding)
    question = home.encoding.question("remittances cost").vector
    for step in (lambda: None, lambda: home.withdraw(third), lambda: home.add(DETENTION, RIGHTS)):
        step()
        searcher.refresh()
        kept, now = brute(home, searcher)
        assert kept.scale(question).keys() == now.scale(question).keys()
        for language, pair in now.scale(question).items():
            assert kept.scale(question)[language] == pytest.approx(pair, abs=1e-6)


def test_a_running_searcher_survives_a_rebuild_by_another_process(home: Instance, vectors: bool) -> None:
    home.add(DETENTION, MONEY)
    searcher = home.searcher(vectors)
    other = Instance(home.home, home.encoding)
    other.caches.rebuild(home.encoding.identity, home.encoding.dimension)
    assert names(searcher.search(Query("remittances")))[0] == "money.txt"
    other.add(sample("Remittances again.", name="third.txt"))
    assert "third.txt" in names(searcher.search(Query("remittances")))


def test_encoding_again_elsewhere_does_not_break_a_running_searcher(home: Instance) -> None:
    home.add(DETENTION, MONEY)
    searcher = home.searcher()
    other = hashing(late=True, dimension=32)
    reencode(home.database, other, lambda _: None)
    Instance(home.home, other).add(sample("Remittances again.", name="third.txt"))
    assert "third.txt" in names(searcher.search(Query("remittances")))
    assert HashingEncoder(32).identity == other.identity


def test_many_threads_search_while_documents_are_published(home: Instance) -> None:
    home.add(DETENTION, MONEY)
    searcher = home.searcher()
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                answer = searcher.search(Query("remittances cost"))
                assert len({h.record.document.work for h in answer.hits}) == len(answer.hits) == answer.total
            except BaseException as error:  # noqa: BLE001 - of a thread, told below
                failures.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        home.add(sample(f"Remittances cost {number} per cent.", name=f"{number}.txt"))
    home.withdraw(1)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert searcher.search(Query("remittances", limit=50)).total >= 9


# --- neighbours ---


def test_similar_passages_are_of_other_works(home: Instance) -> None:
    home.add(*TRANSLATIONS, sample("Consular protection for all.", name="near.txt"), MONEY)
    searcher = home.searcher()
    answer = searcher.search(Query("consular protection for all"))
    passage = next(h.record.id for h in answer.hits if h.record.document.source == "n.en.md")
    near = searcher.similar(passage, 2)
    assert near[0].document.source == "near.txt"
    assert len({record.document.work for record in near}) == 2
    assert searcher.similar(9_999, 2) == []
    assert home.searcher(vectors=False).similar(passage, 2) == []


def test_when_nothing_passes_the_filters_the_nearest_that_do_are_offered(home: Instance) -> None:
    home.add(DETENTION, MONEY)
    answer = home.searcher(vectors=False).search(Query("remittances", Filters(countries=("MEX",))))
    assert (answer.answered, answer.facets) == (False, ())
    assert all("MEX" in hit.record.document.countries for hit in answer.hits)
