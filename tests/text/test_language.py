"""Languages of texts and of questions: sure where the text tells, silent where a few words do not."""

import pytest

from kb.text.language import UNKNOWN, language_of, question_language

PROSE = {
    "es": "Los Estados se comprometen a detener a los migrantes solo como último recurso y a buscar alternativas.",
    "en": "States commit to use migration detention only as a measure of last resort and work towards alternatives.",
    "fr": "Les États s'engagent à ne recourir à la détention des migrants qu'en dernier ressort et à chercher mieux.",
    "pt": "Os Estados comprometem-se a deter os migrantes apenas como último recurso e a procurar alternativas.",
    "ar": "تلتزم الدول بعدم اللجوء إلى احتجاز المهاجرين إلا كملاذ أخير والعمل على إيجاد بدائل.",
    "ru": "Государства обязуются применять задержание мигрантов только в качестве крайней меры.",
    "zh": "各国承诺仅将拘留移民作为最后手段，并努力寻找替代办法。",
}


@pytest.mark.parametrize("language", PROSE)
def test_prose_tells_its_language(language: str) -> None:
    assert language_of(PROSE[language]) == language


@pytest.mark.parametrize("language", PROSE)
def test_long_prose_is_not_talked_into_another_language(language: str) -> None:
    assert language_of(PROSE[language] * 3, hint="de") == language


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("", "", UNKNOWN),
        ("", "fr", "fr"),
        ("13.2 — 2024", "", UNKNOWN),
        ("OIM", "es", "es"),
        ("Total", "fr", "fr"),
        ("https://example.org/en/the-page-of-this-and-that info@example.org", "es", "es"),
    ],
)
def test_short_texts_follow_the_hint(text: str, hint: str, expected: str) -> None:
    assert language_of(text, hint) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("¿Qué alternativas hay a la detención?", "es"),
        ("what are the alternatives to detention", "en"),
        ("quelles sont les alternatives à la détention", "fr"),
        ("quais são as alternativas à detenção", "pt"),
        ("niñez", "es"),
        ("بدائل الاحتجاز", "ar"),
        ("альтернативы задержанию", "ru"),
        ("拘留替代办法", "zh"),
        ("GCM", ""),
        ("remittances", ""),
        ("", ""),
        ("13", ""),
    ],
)
def test_language_of_a_question(question: str, expected: str) -> None:
    assert question_language(question) == expected


@pytest.mark.parametrize(
    "text",
    ["Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι", "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে"],
)
def test_a_script_of_none_of_the_languages_is_not_taken_for_one_of_them(text: str) -> None:
    assert language_of(text) == "und"
