"""The table of countries: every State by UN usage, found by each of its names in seven languages and in sentences."""

from collections import Counter

import pytest

from kb.places.countries import countries, find_countries, name_of, names_of
from kb.places.demonyms import find_nations_asked
from kb.text.folding import fold

LANGUAGES = ("es", "en", "fr", "pt", "ar", "zh", "ru")
STATES = [each for each in countries().values() if each.is_state]
# Names that are another word, too (Maurice, Того, مالي), count behind a word of place or beside another country.
CARRIERS = {
    "es": ("trabajadores migrantes de {} y sus familias", "¿Cuánto cuestan las remesas enviadas desde {} en 2022?"),
    "en": ("migrant workers from {} and their families", "What do remittances cost in {} since 2022?"),
    "fr": ("les travailleurs migrants de {} et leurs familles", "les envois de fonds vers {} en 2022"),
    "pt": ("trabalhadores migrantes de {} e as suas famílias", "as remessas enviadas para {} em 2022"),
    "ar": ("حقوق العمال المهاجرين في {} وأسرهم", "ما كلفة التحويلات المالية من {}؟"),
    "zh": ("在{}的移民工人有哪些权利", "从{}汇款的费用是多少"),
    "ru": ("соглашение о труде мигрантов между Канадой и {}", "для Канады и {} права мигрантов"),
}
BESIDE = {"ru": "CAN"}


def read(text: str) -> list[str]:
    return [named.code for named in find_nations_asked(text)]


def test_the_table_holds_every_state() -> None:
    assert len(STATES) == 195
    assert len(countries()) == 249
    assert not any(countries()[code].is_state for code in ("PRI", "HKG", "GRL", "FLK", "ESH", "TWN"))


def test_every_country_has_its_names_in_every_language() -> None:
    for country in countries().values():
        for language, names in country.names.items():
            assert names, (country.code, language)
            assert all(name == name.strip() and name for name in names), names
            assert len({fold(name) for name in names}) == len(names) or language in ("es", "pt", "fr", "en"), names


def test_no_name_is_that_of_two_countries() -> None:
    owners: dict[str, set[str]] = {}
    for country in countries().values():
        for name in (*country.all_names, *country.short):
            owners.setdefault(fold(name), set()).add(country.code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("BOL", "en", "Bolivia (Plurinational State of)"),
        ("CIV", "es", "Côte d'Ivoire"),
        ("KOR", "fr", "République de Corée"),
        ("PRK", "en", "Democratic People's Republic of Korea"),
        ("PSE", "es", "Estado de Palestina"),
        ("TUR", "en", "Türkiye"),
        ("VNM", "es", "Viet Nam"),
        ("FLK", "en", "Falkland Islands (Malvinas)"),
        ("IRN", "ru", "Иран (Исламская Республика)"),
        ("SYR", "ar", "الجمهورية العربية السورية"),
        ("TZA", "zh", "坦桑尼亚联合共和国"),
        ("RUS", "pt", "Rússia"),
        ("NLD", "en", "Netherlands (Kingdom of the)"),
        ("XXX", "en", "XXX"),
        ("PER", "xx", "Peru"),
    ],
)
def test_names_are_shown_as_the_united_nations_write_them(code: str, language: str, name: str) -> None:
    assert name_of(code, language) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_found_by_each_of_its_names(language: str) -> None:
    missed = [
        (name, found) for state in STATES for name in state.names[language] if (found := read(name)) != [state.code]
    ]
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_found_in_sentences(language: str) -> None:
    beside = [BESIDE[language]] if language in BESIDE else []
    missed = [
        (text, found)
        for state in STATES
        for carrier in CARRIERS[language]
        if (found := read(text := carrier.format(state.names[language][0]))) != [*beside, state.code]
    ]
    assert missed == []


def test_arabic_names_are_found_behind_what_is_joined_to_them() -> None:
    missed = []
    for state in STATES:
        name = state.names["ar"][0]
        behind_to = f"لل{name[2:]}" if name.startswith("ال") else f"ل{name}"
        for text in (
            f"اتفاق بين كندا و{name} بشأن العمال",
            f"العمال المهاجرون ب{name}",
            f"السياسة الوطنية {behind_to}",
        ):
            if (found := read(text)) != [*(["CAN"] if "كندا و" in text else []), state.code]:
                missed.append((text, found))
    assert missed == []


RUSSIAN = (
    "AFG Афганистане; ALB Албании; DZA Алжире; AGO Анголе; ARG Аргентине; ARM Армении; AUS Австралии; AUT Австрии; "
    "AZE Азербайджане; BHS Багамских Островах; BLR Беларуси; BEL Бельгии; BOL Боливии; BIH Боснии и Герцеговине; "
    "BRA Бразилии; BFA Буркина-Фасо; CAF Центральноафриканской Республике; TCD Чаде; CHL Чили; CHN Китае; "
    "COD Демократической Республике Конго; CUB Кубе; CZE Чехии; DNK Дании; DOM Доминиканской Республике; "
    "EGY Египте; GNQ Экваториальной Гвинее; ETH Эфиопии; GEO Грузии; DEU Германии; HTI Гаити; VAT Святом Престоле; "
    "ISR Израиле; JOR Иордании; KGZ Кыргызстана; LAO Лаосской Народно-Демократической Республики; LBN Ливана; "
    "MDV Мальдивских Островов; MLI Мали; MHL Маршалловых Островов; MUS Маврикия; MEX Мексики; NLD Нидерландов; "
    "NZL Новой Зеландии; MKD Северной Македонии; PER Перу; PHL Филиппин; POL Польши; KOR Республики Корея; "
    "MDA Республики Молдова; RUS Российской Федерации; SAU Саудовской Аравии; SSD Южного Судана; "
    "ZAF Южной Африки; PSE Государства Палестина; SYR Сирийской Арабской Республики; TGO Того; "
    "ARE Объединенных Арабских Эмиратов; GBR Соединенного Королевства; USA Соединенных Штатов Америки; "
    "TZA Объединенной Республики Танзания; UKR Украины; URY Уругвая; USA США"
)


@pytest.mark.parametrize("carrier", ["положение трудящихся-мигрантов в {}", "мигранты из {} и их семьи"])
def test_russian_names_are_found_in_their_cases(carrier: str) -> None:
    cases = [each.split(" ", 1) for each in RUSSIAN.split("; ")]
    assert len(cases) > 60
    assert [(form, read(carrier.format(form))) for code, form in cases if read(carrier.format(form)) != [code]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_documents_name_them_in_every_language(language: str) -> None:
    carrier = CARRIERS[language][0]
    sentences = {state.code: carrier.format(state.names[language][0]) for state in STATES}
    named = {code: {place.code for place in find_countries(sentence)} for code, sentence in sentences.items()}
    assert [sentences[code] for code in named if code not in named[code]] == []


def test_short_forms_count_in_questions_and_in_capitals() -> None:
    assert read("UK and U.S. visas in the DRC; EE. UU. y EAU; США и ОАЭ") == [
        "GBR",
        "USA",
        "COD",
        "USA",
        "ARE",
        "USA",
        "ARE",
    ]
    assert read("help us and the uk") == []
    assert [c.code for c in find_countries("US$ 100 from UK donors; США")] == ["USA"]


def test_names_in_the_languages_of_a_library() -> None:
    assert names_of("DEU", ("es", "en", "fr")) == ("Alemania", "Germany", "Allemagne")
    assert set(names_of("CPV", ("en", "fr", "xx"))) == {"Cabo Verde", "Cape Verde", "Cap-Vert"}
    assert names_of("BOL", ("es",)) == ("Bolivia",)  # which its longer names hold
    assert names_of("XXX", ("es",)) == ()


def test_most_common_first_letters_do_not_matter() -> None:
    typed = Counter(read("migrantes de peru, mexico, el salvador y republica dominicana"))
    assert typed == Counter(["PER", "MEX", "SLV", "DOM"])
