"""Countries are found in questions under any of their usual names, in any of the languages, and nothing else is."""

import pytest

from kb.places.demonyms import find_nations_asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¿Qué hace la red de México?", [("MEX", "México")]),
        ("que hace la red de mexico", [("MEX", "mexico")]),  # typed in a hurry
        ("在墨西哥和秘鲁", [("MEX", "墨西哥"), ("PER", "秘鲁")]),
        ("работа мигрантов в Мексике и Эквадоре", [("MEX", "Мексике"), ("ECU", "Эквадоре")]),  # inflected
        ("الشبكة في المكسيك", [("MEX", "المكسيك")]),
        ("للمكسيك", [("MEX", "للمكسيك")]),  # a preposition grown together with the article
        ("Royaume-Uni et Côte d’Ivoire", [("GBR", "Royaume-Uni"), ("CIV", "Côte d’Ivoire")]),
        ("South Sudan and Sudan", [("SSD", "South Sudan"), ("SDN", "Sudan")]),  # the longest name wins
        ("Ecuador y Guinea Ecuatorial", [("ECU", "Ecuador"), ("GNQ", "Guinea Ecuatorial")]),
        ("help for us in the UK", [("GBR", "UK")]),  # short forms only in capitals
        ("the US and a man in Jersey", [("USA", "US")]),  # names that are other words do not count
        ("qué hace la red mexicana", [("MEX", "mexicana")]),
        ("fee of the Australian visa", [("AUS", "Australian")]),
        ("les autorités péruviennes", [("PER", "péruviennes")]),
        ("¿cuándo es la próxima reunión?", []),  # no island
        ("de Nuevo México a Peru", [("PER", "Peru")]),  # part of another name
        ("Congo-Kinshasa and Congo-Brazzaville", [("COD", "Congo-Kinshasa"), ("COG", "Congo-Brazzaville")]),
        ("albergues en ciudad de mexico", [("MEX", "mexico")]),
        ("alternatives to detention", []),
        ("", []),
    ],
)
def test_countries_named_in_a_question(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(c.code, text[c.start : c.end]) for c in find_nations_asked(text)] == expected
