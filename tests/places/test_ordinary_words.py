"""Ordinary words and phrases name no country, however like a name they are; and where the context makes them one."""

import pytest

from kb.places.countries import find_countries
from kb.places.demonyms import find_nations_asked

# Words of the field, and words that are spelled like names or hold them.
ORDINARY = {
    "es": (
        "remesas|trata de personas|trabajo decente|retorno digno|regularización migratoria|"
        "¿quién irá a la mesa?|¿cuánto gana un jornalero?|de buena gana|una granada de mano|"
        "la granada y otras frutas|zonas francas|zona franca|de manera franca|el documento servía de base|"
        "el polen del campo|chili con carne|salsa de chile|chile en polvo|el golfo de México|Nuevo México|"
        "Nueva Gales del Sur|la línea del ecuador|cerca del río Níger|delta del Níger|cuba libre|"
        "don Mauricio firmó el acta|la Virgen de Guadalupe|la próxima reunión|camarones al ajillo|"
        "un pan al día|el mango maduro|una cañería rota|hombre y mujer|la isla más cercana|"
        "Salvador Allende|bermudas de algodón|mar de China|catarata|turismo|granadino de honor|"
        "un indicador índice|omitir datos|niñas, niños y adolescentes|la moneda"
    ),
    "en": (
        "remittances|human trafficking|decent work|labour migration|a turkey dinner|turkey meat|"
        "roast turkey|a guinea pig|guinea fowl|guinea worm|fine china|a bone china cup|a panama hat|"
        "the Panama Papers|hanging chads|Michael Jordan|Air Jordan|Atlanta, Georgia|Georgia Tech|"
        "State of Georgia|New Mexico|New England|New South Wales|the Prince of Wales|the Gulf of Guinea|"
        "Lake Chad|Niger Delta|the Jordan River|South China Sea|chili peppers|"
        "small island developing states|a man in Jersey|help us|who leads it|a family reunion|suede shoes|"
        "a swiss roll|polish the floor|the danish pastry|chadian|omission|to manage|panacea|a mandate|"
        "malt and hops|cubic metres|Indiana|the uk and the us|congruence"
    ),
    "fr": (
        "envois de fonds|traite des personnes|travail décent|manger ensemble|du pain|la côte est|"
        "une cote mal taillée|lancer une grenade|la table servie|la réunion de demain|"
        "La Réunion est ouverte|Maurice Dupont|Maurice préside|Dominique de Villepin|avec Dominique|"
        "Nouveau-Mexique|Nouvelle-Angleterre|golfe de Guinée|golfe du Mexique|lac Tchad|delta du Niger|"
        "fleuve Niger|océan Indien|cochon d'Inde|encre de Chine|mer de Chine|ligne de l'équateur|"
        "Nouvelle-Guinée|un émir|chiner au marché|irréel|ironie|une île|les îles|la malle|malter|le niveau|"
        "nigaud|un serbisme|catalogue|une tonne|perdu|la turbine|une guimauve|du malt"
    ),
    "pt": (
        "remessas|tráfico de pessoas|trabalho digno|reunião de amanhã|a Reunião começou|ele irá à mesa|"
        "quanto gana|camarões na brasa|peito de peru|peru assado|peru de Natal|carne de peru|zona franca|"
        "língua franca|o texto servia de base|granada de mão|linha do equador|Novo México|Nova Inglaterra|"
        "golfo da Guiné|golfo do México|Lago Chade|Rio Níger|delta do Níger|mar da China|Salvador da Bahia|"
        "pão com manteiga|mango e manga|porquinho da índia|Maurício de Sousa|malte de cevada|"
        "o pólen das flores|o rumo|a turma|uma ilha|o índice|japona de lã|catarro|homem e mulher|omissão"
    ),
    "ar": (
        "التحويلات المالية|الإدارة المالية|دعم مالي|تعليم مالي|مبلغ مالي كبير|تقني ومالي|وزارة المالية|"
        "الشؤون المالية|الاتجار بالبشر|العمل اللائق|العودة الطوعية|بنات وبنين|مدارس بنين للأطفال|"
        "كل قطر على حدة|نصف قطر الدائرة|أي قطر آخر|شرب كوبا من الشاي|العاصمة عمان|عمان العاصمة|"
        "عمّان مدينة كبيرة|صلاة المغرب|المغرب العربي|خليج غينيا|خليج المكسيك|المحيط الهندي|بحيرة تشاد|"
        "نهر النيجر|بحر الصين|نهر الأردن|اليد اليمنى|الفريق القطري|على الصعيد القطري|كلاوس|أروبا والعالم|"
        "تركيب الأجهزة|سكان الجزر|لبن وعسل|كندور|هندسة|غناء|المهاجرون واللاجئون|تنقل الأيدي العاملة|"
        "جواز سفر"
    ),
    "zh": (
        "汇款|贩运人口|体面工作|发展中国家|拉美国家|欧美国家|其中国家数量|集中国际力量|合法国民身份|"
        "非法国际移民|道德国家|沿海地区|地中海地区|加勒比海地区|上海地铁|深海地形|跨越南部边境|越来越南方|"
        "参加纳税人会议|更加纳入考虑|增加纳税|明智利用资源|罗马里程碑|马里兰州|约旦河西岸|乍得湖|印度洋|"
        "几内亚湾|内蒙古|朝鲜半岛|古巴比伦|新泽西州|新墨西哥州|墨西哥湾|云南非政府组织|海南非物质文化|"
        "近日本组织|节日本身|生日本来|许多哥哥|英文莱文"
    ),
    "ru": (
        "денежные переводы|торговля людьми|достойный труд|данные о миграции|данными о мигрантах|"
        "малых предприятий|малые города|кроме того|более того|Того, кто приехал|того требует закон|"
        "самое главное|стоять в чаду|дым и чад|принадлежит перу автора|перец чили|соус чили|озеро Чад|"
        "дельта Нигера|Индийский океан|в Индийском океане|Мексиканский залив|Мексиканского залива|"
        "Оманский залив|Японское море|Новая Гвинея|Новая Англия|Новый Южный Уэльс|болезнь катар|"
        "два куба воды|три кубы|о царе|бен|мало данных|иранизм|турист|туризм|полька танец|судно|"
        "судный день|польза|чек|права человека"
    ),
}


@pytest.mark.parametrize("language", ORDINARY)
def test_ordinary_words_are_no_countries(language: str) -> None:
    phrases = ORDINARY[language].split("|")
    assert len(phrases) >= 30
    found = [(phrase, [named.code for named in find_nations_asked(phrase)]) for phrase in phrases]
    assert [each for each in found if each[1]] == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # What people ask a library of migration about is the country, in small letters too, ...
        ("refugees in turkey", ["TUR"]),
        ("turkey border", ["TUR"]),
        ("chad", ["TCD"]),
        ("migrants from chad and niger", ["TCD", "NER"]),
        ("jordan compact", ["JOR"]),
        ("cuba, panama e peru", ["CUB", "PAN", "PER"]),
        # ... but words that mean something else more often need a capital, ...
        ("¿qué hace Gana?", ["GHA"]),
        ("trabajadores de Granada", ["GRD"]),
        ("гражданин Чада", ["TCD"]),
        ("Мали", ["MLI"]),
        # ... a word of place before them, ...
        ("migrantes en granada", ["GRD"]),
        ("жители в мали", ["MLI"]),
        ("trabalhadores em gana", ["GHA"]),
        # ... and given names, pronouns and words of a script without capitals such a word even then,
        ("à Maurice", ["MUS"]),
        ("les autorités de la Dominique", ["DMA"]),
        ("мигранты из Того", ["TGO"]),
        ("العمال في مالي", ["MLI"]),
        ("حكومة مالي", ["MLI"]),
        ("السفر إلى بنين", ["BEN"]),
        ("بمالي", ["MLI"]),
        # or another country beside them.
        ("Comores, Maurice et Madagascar", ["COM", "MUS", "MDG"]),
        ("النيجر ومالي", ["NER", "MLI"]),
        ("مالي والنيجر", ["MLI", "NER"]),
        ("Мексика и Того", ["MEX", "TGO"]),
        # Alone they are what is asked for.
        ("Maurice", ["MUS"]),
        ("مالي", ["MLI"]),
        ("عمان", ["OMN"]),
        ("سلطنة عُمان", ["OMN"]),
        # Accents tell short names from other words.
        ("Irã", ["IRN"]),
        ("irá", []),
        # A name within a longer one, or beside a word that looks like it.
        ("参加纳米比亚的会议", ["NAM"]),
        ("中国家庭与美国家庭", ["CHN", "USA"]),
        ("在中国和法国国内", ["CHN", "FRA"]),
        ("沿海地区的海地移民", ["HTI"]),
        ("从索马里到马里", ["SOM", "MLI"]),
        ("印度尼西亚和印度", ["IDN", "IND"]),
        ("赤道几内亚、几内亚比绍和几内亚", ["GNQ", "GNB", "GIN"]),
        ("北爱尔兰", ["GBR"]),
        ("Irlanda del Norte e Irlanda", ["GBR", "IRL"]),
        ("Congo (Democratic Republic of the) and Congo", ["COD", "COG"]),
        ("الولايات المتحدة المكسيكية والولايات المتحدة", ["MEX", "USA"]),
        ("جمهورية الكونغو الديمقراطية والكونغو", ["COD", "COG"]),
    ],
)
def test_what_is_another_word_too_is_read_by_what_stands_around_it(text: str, codes: list[str]) -> None:
    assert [named.code for named in find_nations_asked(text)] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("trabajadores haitianos y mujeres hondureñas", ["HTI", "HND"]),
        ("trabalhadores moçambicanos, angolanas e letões", ["MOZ", "AGO", "LVA"]),
        ("haitianos e sul-africanos", ["HTI", "ZAF"]),
        ("гаитянские мигранты, мексиканцы и дети сирийцев", ["HTI", "MEX", "SYR"]),
        ("украинских граждан в южнокорейской программе", ["UKR", "KOR"]),
        ("المهاجرون السوريون والعراقيات للمصريين", ["SYR", "IRQ", "EGY"]),
        ("العمال الكوريين الجنوبيين", ["KOR"]),
        ("海地移民和墨西哥籍工人", ["HTI", "MEX"]),
        ("la lengua española y el portugués", []),
        ("русский язык и китайский язык", []),
    ],
)
def test_adjectives_of_nationality_in_questions(text: str, codes: list[str]) -> None:
    assert [named.code for named in find_nations_asked(text)] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("reunidos en Ciudad de México", []),  # a seat of meetings
        ("la ciudad de Guatemala y Guatemala", ["GTM"]),
        ("el golfo de México, México", ["MEX"]),
        ("chad y turkey", []),
        ("Maurice Dupont vit à Maurice", ["MUS"]),
        ("Compte rendu de La Réunion", []),
        ("الحوار بين المكسيك وكندا والدعم المالي", ["MEX", "CAN"]),
        ("中国和拉美国家", ["CHN"]),
        ("в Мексике и США", ["MEX", "USA"]),
    ],
)
def test_documents(text: str, codes: list[str]) -> None:
    assert [named.code for named in find_countries(text)] == codes
