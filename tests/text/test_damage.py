"""Texts that lost their letters on the way are told from those that are only short, dry or in another script."""

import codecs
import random

import pytest
import regex

from benchmarks.garbled import KINDS, WRITTEN, applies, exchanged
from kb.text.damage import Damage, damage

SPANISH = (
    "El objetivo trece pide alternativas a la detención de migrantes y plazos breves para cada caso; los consulados "
    "del país vecino deben saberlo antes que nadie, con intérprete y abogado. "
)
NAMES = "Ana Quispe, Li Wei, Priya Raghunathan, Nguyễn Thị Hương, Oluwaseun Adeyemi, Björn Þórsson, Ewa Szczęsna. "
FORM = "□ Sí □ No   Nombre: ____________ Apellido: ____________ Firma: ......................... Fecha: __/__/____ "
ACRONYMS = "ACNUR, OIM, UNICEF, PNUD, ONU-Mujeres, OIT, UNFPA, CEPAL, ONUSIDA, OPS/OMS, FAO, PMA, ACNUDH, UNODC, FIDA; "
HARD = {"10 % random", "15 % random", "one page of seventeen exchanged"}  # not noticed everywhere


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Cover",
        SPANISH * 3,
        *WRITTEN.values(),
        "寻求庇护者在处理期间有权获得替代拘留的措施。" * 10,
        "Donaudampfschifffahrtsgesellschaft und Vertragsstaatenkonferenz der Bundesrepublik. " * 5,
        "2019 2020 2021 12.5 13.7 44.0 " * 30,  # a table
        "Total 1.234.567,89 | 12,5 % | (3.210) | – | n/a\n" * 20,
        NAMES * 4,
        FORM * 6,
        ACRONYMS * 6,
        "Índice " + "Capítulo .............................. 12 " * 20,
        "\uf0b7 Una línea de la lista sobre plazos.\n" * 30,  # bullets of a font
        SPANISH * 4 + "https://example.org/a%20b?x=1&y=2_z ana.perez@example.org " * 10,
        "Les migrant·e·s, l@s niñ@s y lxs trabajadores/as del sector H2O, CO2 y B2B. " * 8,
        "LA DETENCIÓN DE MIGRANTES SE DECIDE EN PLAZOS BREVES Y CON ALTERNATIVAS PARA CADA FAMILIA. " * 5,
        SPANISH * 4 + "T Í T U L O   G E N E R A L",
        SPANISH * 9 + "La palabra detenciÃ³n se ve así cuando falla la codificación. ",
        "País│Año│Total\nPerú│2022│13\nEspaña│2021│8\n" * 10,  # a table drawn with lines
        "¿Qué pide? ¡Nada! ¿Quién? ¿Dónde? " * 20,
    ],
)
def test_what_reads_well_is_left_alone(text: str) -> None:
    assert damage(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SPANISH.encode().decode("latin-1") * 5, Damage.ENCODING),
        ("Â¿QuÃ© dice la niÃ±ez migrante? â€œNadaâ€\x9d " * 5, Damage.ENCODING),
        ("Ïðèâåò ìèð è ëþäè, êîòîðûå çäåñü æèâóò " * 3, Damage.ENCODING),
        ("detenci&oacute;n de ni&ntilde;os &nbsp; y ni&ntilde;as " * 3, Damage.ENCODING),
        (SPANISH.encode().decode("cp1251", "ignore") * 5, Damage.ENCODING),
        (SPANISH.encode().decode("cp1250", "ignore") * 5, Damage.ENCODING),
        (WRITTEN["ru"].encode().decode("koi8_r", "ignore"), Damage.ENCODING),
        (WRITTEN["zh"].encode().decode("gb18030", "ignore"), Damage.ENCODING),
        ("�l �bjetivo tr�ce pid� altern�tivas � la d�tenci�n " * 5, Damage.LOST),
        ("\ue001\ue002\ue003 \ue004\ue005 texto " * 20, Damage.LOST),
        ("(cid:12)(cid:45)(cid:3) texto (cid:9) " * 9, Damage.LOST),
        ("La detenci?n de ni?os migrantes seg?n la ley " * 5, Damage.LOST),
        ("E l o b j e t i v o t r e c e p i d e a l t e r n a t i v a s " * 5, Damage.APART),
        ("Elobjetivotrecepidealternativasaladetencióndemigrantes" * 5, Damage.TOGETHER),
        ("La m1grac1ón de l0s n1ños y sus der€chos hum4nos " * 5, Damage.NOISE),
        ("#$%& )(/ =?¡ *+- .,:; {}[] " * 20, Damage.NONSENSE),
        (SPANISH[::-1] * 5, Damage.NONSENSE),
        (codecs.encode(SPANISH, "rot13") * 5, Damage.NONSENSE),
        (regex.sub("(?i)[aeiouáéíóú]", "", SPANISH) * 5, Damage.NONSENSE),
    ],
)
def test_each_damage_has_its_name(text: str, expected: Damage) -> None:
    assert damage(text) is expected


@pytest.mark.parametrize(
    "kind", sorted(KINDS.keys() - {"10 % random", "15 % random", "one page of seventeen exchanged"})
)
@pytest.mark.parametrize("language", ["ru", "zh", "pt"])
def test_damage_in_other_languages(kind: str, language: str) -> None:
    if applies(kind, language):
        assert damage(KINDS[kind](WRITTEN[language] * 2, random.Random(1))) is not None


def test_one_page_of_a_long_text_is_enough() -> None:
    page = exchanged(SPANISH * 30, random.Random(2))
    assert damage(SPANISH * 300) is None
    assert damage(SPANISH * 150 + page + SPANISH * 150) is Damage.NONSENSE
