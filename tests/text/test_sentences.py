"""Sentences: where they end in each language, that abbreviations and numbers of a list end none, and their offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.sentences import sentence_ends, sentence_spans


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Es así. No es así.", ["Es así. ", "No es así."]),
        ("Véase el párr. 17 c) del texto. Fin.", ["Véase el párr. 17 c) del texto. ", "Fin."]),
        ("El Sr. Pérez vino. Se fue.", ["El Sr. Pérez vino. ", "Se fue."]),
        ("Son 1.1 millones. Viven lejos.", ["Son 1.1 millones. ", "Viven lejos."]),
        ("1. Contexto de la mesa. Sigue.", ["1. Contexto de la mesa. ", "Sigue."]),
        ("¿Qué es? ¡Esto! Bien.", ["¿Qué es? ", "¡Esto! ", "Bien."]),
        ("Las NN.UU. ayudan. Mucho.", ["Las NN.UU. ayudan. ", "Mucho."]),
        ("他们来了。我们走吧！好。", ["他们来了。", "我们走吧！", "好。"]),
        ("Lo vio el Comité, etc. Los Estados deciden.", ["Lo vio el Comité, etc. ", "Los Estados deciden."]),
        ("Qué se hará\n\n2. Ensayar el apoyo. Sigue.", ["Qué se hará\n\n", "2. Ensayar el apoyo. ", "Sigue."]),
        ("M. Dupont et Mme. Roy arrivent. Ils partent.", ["M. Dupont et Mme. Roy arrivent. ", "Ils partent."]),
        ("What is it bad at?) and (ii) why. So.", ["What is it bad at?) and (ii) why. ", "So."]),
        ("Las letras p1, p2, . . . , pn. Fin.", ["Las letras p1, p2, . . . , pn. ", "Fin."]),
        ("As Auer et al. (2002) say. It is.", ["As Auer et al. (2002) say. ", "It is."]),
        ("هل وصلوا؟ نعم وصلوا. شكرا.", ["هل وصلوا؟ ", "نعم وصلوا. ", "شكرا."]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    ends = list(sentence_ends(text))
    assert [text[a:b] for a, b in zip([0, *ends], ends, strict=False)] == sentences


@given(st.text(alphabet='aBé1 .?!…;\n¿"»。', max_size=80))
def test_spans_are_all_of_a_text_but_the_space_between_them(text: str) -> None:
    spans = sentence_spans(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


def test_spans_of_a_stretch_point_into_the_whole_text() -> None:
    text = "Antes. Es así.  No es así. Después."
    assert [text[a:b] for a, b in sentence_spans(text, 7, 26)] == ["Es así.", "No es así."]
