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


OTHERS = {
    "ht": "Fanmi yo te rive nan fwontyè a ak timoun yo, epi anplwaye yo te ba yo dlo ak yon kote pou yo dòmi.",
    "id": "Para pekerja yang kembali ke kampung halaman menerima pelatihan dan bantuan untuk membuka usaha kecil.",
    "tl": "Ang mga manggagawang bumabalik sa kanilang bayan ay tumatanggap ng pagsasanay at tulong.",
    "ro": "Muncitorii care se întorc acasă primesc sprijin pentru a deschide o afacere și pentru școala copiilor.",
    "sq": "Punëtorët që kthehen në shtëpi marrin ndihmë për të hapur një biznes të vogël dhe për shkollën e fëmijëve.",
    "sv": "Arbetare som återvänder hem får stöd för att starta ett litet företag och för barnens skolgång i kommunen.",
    "sw": "Wafanyakazi wanaorudi nyumbani wanapata msaada wa kufungua biashara ndogo na kwa ajili ya shule ya watoto.",
    "ur": "گھر واپس آنے والے کارکنوں کو چھوٹا کاروبار شروع کرنے اور بچوں کی تعلیم کے لیے مدد دی جاتی ہے۔",
}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_that_is_not_known_is_not_given_the_name_of_one_that_is(language: str) -> None:
    assert language_of(OTHERS[language]) == UNKNOWN
    assert language_of(OTHERS[language] * 3, hint="es") == UNKNOWN
