"""The languages of the pages: every message is there in each, and names, dates and numbers are written as each does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from kb.i18n.catalogue import LANGUAGES
from web.i18n.locales import direction, load_interfaces, own_name, preferred, unbroken

ROOT = Path(__file__).parent.parent.parent
I18N = ROOT / "kb" / "i18n"
TRANSLATED = LANGUAGES[1:]
ALIKE = {  # what is written the same in English
    "es": {"%(name)s: %(value)s", "Chile; Ecuador", "academia"},
    "fr": {
        "<strong>%(number)s</strong> document", "%(documents)s documents, %(passages)s passages", "%(number)s page",
        "Code", "Date", "Description", "Documents", "Experts", "Invitation %(id)s", "Invitation %(number)s",
        "Invitations", "Organisation", "Pages", "Passage %(number)s", "Questions", "Sources", "Version",
        "Version %(version)s", "code", "date", "document", "documents", "expert", "experts", "organisation",
        "organisations", "p. %(number)s", "version %(number)s",
    },
    "pt": {"%(name)s: %(value)s", "Peru", "p. %(number)s"},
}  # fmt: skip
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)s")
TAGS = re.compile(r"</?\w+")


def catalogue(code: str) -> Catalog:
    with (I18N / "locale" / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> Iterator[Message]:
    return (message for message in catalogue(code) if message.id)


def texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


@pytest.fixture(scope="module")
def used() -> set[str]:
    """Every message in the code and the templates, by its (singular) English text."""
    with (I18N / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = (
        message
        for package in ("kb", "ingest", "index", "web")
        for _file, _line, message, *_ in extract_from_dir(str(ROOT / package), methods, options, keywords=KEYWORDS)
    )
    return {texts(message)[0] for message in found}


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_is_translated(used: set[str], code: str) -> None:
    known = {texts(m.id)[0] for m in messages(code) if all(texts(m.string)) and not m.fuzzy}
    assert used == known
    assert len(used) > 150


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_left_in_english(code: str) -> None:
    alike = {texts(m.id)[0] for m in messages(code) if texts(m.string)[0] == texts(m.id)[0]}
    assert alike == ALIKE.get(code, set())


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_keep_places_and_markup(code: str) -> None:
    for message in messages(code):
        sources, targets = texts(message.id), texts(message.string)
        for target in targets:
            assert set(PLACE.findall(target)) <= set(PLACE.findall(" ".join(sources))), message.id
            assert set(PLACE.findall(sources[-1])) <= set(PLACE.findall(target)) or target == targets[0] != targets[-1]
            assert sorted(TAGS.findall(target)) == sorted(TAGS.findall(sources[-1])), message.id
            assert target.strip() == target


def test_french_sets_off_its_signs() -> None:
    for message in messages("fr"):
        for target in texts(message.string):
            assert not re.search(r" [:;?!»]|« ", target), target
            assert not re.search(r"\w[;?!»](?!\S)", target), target


def test_names_dates_and_numbers() -> None:
    es, fr, en = (load_interfaces()[code] for code in ("es", "fr", "en"))
    assert (es.country("MEX"), fr.country("DEU"), en.country("CIV")) == ("México", "Allemagne", "Côte d'Ivoire")
    assert (es.country("ZZZ"), es.country("")) == ("ZZZ", "")
    assert (es.language("fr"), fr.language("ar"), en.language("und")) == ("francés", "arabe", "language not known")
    assert en.language("xx-nothing") == "xx-nothing"
    assert [es.date(d) for d in ("2019", "2019-07", "2019-07-23")] == ["2019", "julio de 2019", "23 de julio de 2019"]
    assert [fr.date(d) for d in ("2019-13", "x", "", "2019-02-30")] == ["2019-13", "x", "", "2019-02-30"]
    assert (en.number(1349), es.number(13490)) == ("1,349", "13.490")
    assert es.say("") == ""


def test_languages_call_themselves() -> None:
    assert [own_name(code) for code in ("es", "fr", "ar", "qqq", "")] == ["Español", "Français", "العربية", "qqq", ""]
    assert (direction("ar"), direction("es"), direction("und")) == ("rtl", "ltr", "ltr")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"), ("*", "en"), ("es", "es"), ("ES-mx", "es"), ("de,fr;q=0.8,es;q=0.9", "es"), ("fr;q=0", "en"),
        ("pt-BR", "pt"),
        ("it;q=1, en;q=0.3, fr;q=0.3", "en"), ("fr ; q=0.5, es", "es"), ("es;q=nan, fr;q=0.1", "fr"), (",,;;==", "en"),
        ("fr," * 100_000, "fr"),
    ],
)  # fmt: skip
def test_the_browser_says_what_it_prefers(header: str, code: str) -> None:
    assert preferred(header) == code


def test_french_titles_do_not_break_before_their_signs() -> None:
    assert unbroken("Le fonds : « qui » ?", "fr") == "Le fonds\u00a0: «\u00a0qui\u00a0»\u00a0?"
    assert unbroken("a : b", "en") == "a : b"
