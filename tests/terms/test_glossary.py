"""Terms are found in questions under any form of seven languages, inflected, and never as parts of other words."""

from functools import lru_cache

import pytest

from kb.cli.bootstrap import CORPUS
from kb.terms.glossary import Glossary
from kb.vocabularies.skos import read_scheme


@lru_cache(maxsize=1)
def shipped() -> Glossary:
    (scheme,) = read_scheme(CORPUS / "vocabularies" / "terms.ttl")
    return Glossary(scheme.concepts)


def named(text: str) -> list[tuple[str, str]]:
    return [(found.concept.notation, text[found.start : found.end]) for found in shipped().named_in(text)]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("remittances", ("remittances", "remittances")),
        ("Remesas y género", ("remittances", "Remesas")),
        ("lower the cost of sending remittances", ("remittances", "remittances")),
        ("envois de fonds", ("remittances", "envois de fonds")),
        ("trade union", ("trade-unions", "trade union")),
        ("papel de los sindicatos", ("trade-unions", "sindicatos")),
        ("human smuggling in the Darien", ("migrant-smuggling", "human smuggling")),
        ("trafic des êtres humains", ("human-trafficking", "trafic des êtres humains")),
        ("rota do tráfico de pessoas", ("human-trafficking", "tráfico de pessoas")),
        # Russian and Arabic inflect.
        ("воздействие денежных переводов на развитие", ("remittances", "денежных переводов")),
        ("без визы", ("visa", "визы")),
        ("положение трудящихся-мигрантов", ("migrant-workers", "трудящихся-мигрантов")),
        ("دور التحويلات المالية", ("remittances", "التحويلات المالية")),
        ("دور النقابات العمالية", ("trade-unions", "النقابات العمالية")),
        ("حماية اللاجئين", ("refugees", "اللاجئين")),
        # Chinese has no spaces.
        ("如何降低汇款成本", ("remittance-costs", "汇款成本")),
        ("工会的作用", ("trade-unions", "工会")),
        # Hyphens join words.
        ("respect for non-refoulement", ("non-refoulement", "non-refoulement")),
        ("a whole of government approach", ("whole-of-government", "whole of government approach")),
    ],
)
def test_a_term_is_found_in_any_form(text: str, term: tuple[str, str]) -> None:
    assert term in named(text)


def test_the_longest_form_counts_and_none_within_it() -> None:
    assert named("alternatives to immigration detention") == [
        ("alternatives-to-detention", "alternatives to immigration detention")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "¿de qué trata el documento?",  # not trata de personas
        "tratados ratificados",
        "визит президента",  # not виза
        "المرحلة الثانية",  # a phase, not المرحلون
        "عائدات النفط",  # yields, not العائدون
        "员工时间表",  # 员工 | 时间
        "不同水平等级",
        "wash the cat",
        "esta es la sede",
        "how can it be done",
        "Reino Unido",
        "les infos",
        "храбрый воин",
        "عائد الاستثمار",
        "for de la on in",
    ],
)
def test_other_words_are_no_terms(text: str) -> None:
    assert named(text) == []


ACRONYMS = {
    "GFMD": "gfmd",
    "FMMD": "gfmd",
    "VNR": "voluntary-national-review",
    "IMRF": "imrf",
    "FEMI": "imrf",
    "MPTF": "migration-mptf",
    "NIP": "national-implementation-plan",
    "RCP": "regional-consultative-processes",
    "ATD": "alternatives-to-detention",
    "UNSDCF": "unsdcf",
    "AVRR": "avrr",
    "BLMA": "blma",
    "SDGs": "sdgs",
    "ONG": "ngos",
    "UNHCR": "unhcr",
    "ACNUR": "unhcr",
    "IOM": "iom",
    "OIT": "ilo",
    "CSO": "civil-society",
    "CEPAL": "eclac",
    "ICRMW": "icrmw",
    "CMW": "committee-on-migrant-workers",
    "UNCT": "un-country-team",
    "DTM": "displacement-tracking-matrix",
    "CEDAW": "cedaw",
    "TVET": "vocational-training",
    "UPR": "universal-periodic-review",
    "GCR": "global-compact-on-refugees",
    "UASC": "unaccompanied-and-separated-children",
    "IDPs": "internally-displaced-persons",
}


@pytest.mark.parametrize("acronym", ACRONYMS)
def test_acronyms_are_found_in_capitals_and_in_small_letters(acronym: str) -> None:
    assert named(f"what is {acronym}") == [(ACRONYMS[acronym], acronym)]
    assert [notation for notation, _ in named(acronym.lower())] == [ACRONYMS[acronym]]
