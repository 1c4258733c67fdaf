"""Short texts of many kinds: which objectives the tagger finds in them, and in which it finds none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.encoder import open_encoder
from ingest.tagging.tagger import Tagger, Text, TextTags
from kb.taxonomy import Taxonomy, gather, read_scheme

VOCABULARIES = Path(__file__).parent.parent / "corpus" / "vocabularies"


@dataclass(frozen=True, slots=True)
class Labelled:
    """An invented text and the objectives a careful reader gives it; the first is the main one."""

    language: str
    text: str
    objectives: tuple[int, ...]


# Invented samples: requests of officials, news, practices, minutes, questions. None is taken from a document.
LABELLED = (
    Labelled(
        "es",
        "El ministerio quiere incluir en el próximo censo preguntas sobre lugar de nacimiento y año de "
        "llegada, y pide ejemplos de países que crucen esos resultados con los permisos de residencia para "
        "saber cuántas personas viven aquí.",
        (1,),
    ),
    Labelled(
        "en",
        "Our bureau publishes a yearly count of arrivals and departures, but it cannot say how many are women "
        "or minors. We look for methods to break the counts down and for training of enumerators.",
        (1,),
    ),
    Labelled(
        "fr",
        "La sécheresse a vidé trois vallées : les jeunes partent parce que les récoltes ne nourrissent plus "
        "les familles. Le projet finance des puits, des semences résistantes et des emplois pour que partir "
        "redevienne un choix.",
        (2,),
    ),
    Labelled(
        "es",
        "Inversión en empleo rural, educación y adaptación a las inundaciones en los municipios de donde más "
        "gente se va.",
        (2,),
    ),
    Labelled(
        "en",
        "A hotline and a website in eight languages tell people before they leave what a visa costs, which "
        "papers they need and where to complain on arrival. Returnees run evening talks in villages.",
        (3,),
    ),
    Labelled(
        "es",
        "Se abrieron ventanillas de orientación en la terminal de autobuses donde se explica a quien llega qué"
        " trámites debe hacer, en qué plazos y a dónde acudir.",
        (3,),
    ),
    Labelled(
        "en",
        "Mobile civil registration teams issue birth certificates to children born on the road, and consulates"
        " now print biometric passports within ten days.",
        (4,),
    ),
    Labelled(
        "fr",
        "Sans acte de naissance, des milliers d'enfants nés de parents étrangers risquent l'apatridie ; la "
        "commune a ouvert un guichet d'état civil qui enregistre toute naissance.",
        (4,),
    ),
    Labelled(
        "es",
        "El acuerdo crea un visado por motivos humanitarios y facilita que los cónyuges e hijos de quien ya "
        "reside puedan reunirse con él; también habrá cupos para temporeros.",
        (5,),
    ),
    Labelled(
        "en",
        "Under the free movement protocol nationals of the bloc may live and look for work in any member "
        "state; a new student permit adds a year to seek employment after graduation.",
        (5,),
    ),
    Labelled(
        "en",
        "Agencies charged domestic workers half a year's pay to get the job and kept their passports. The new "
        "law bans fees to workers, licenses recruiters and sends inspectors to private homes.",
        (6,),
    ),
    Labelled(
        "fr",
        "Les inspecteurs du travail contrôleront les exploitations agricoles : contrats écrits, salaires payés"
        " à temps, logement décent pour les saisonniers étrangers et sanctions contre les recruteurs qui "
        "prélèvent des frais.",
        (6,),
    ),
    Labelled(
        "es",
        "Protocolo para atender a mujeres embarazadas, personas con discapacidad y adolescentes que viajan "
        "solos: evaluación de sus necesidades, tutor, asistencia jurídica y un permiso que los saque de la "
        "irregularidad.",
        (7, 12),
    ),
    Labelled(
        "en",
        "Stranded after losing their status, survivors of abuse and unaccompanied teenagers get shelter, "
        "counselling and a temporary permit so that their situation does not get worse.",
        (7,),
    ),
    Labelled(
        "es",
        "El equipo forense compara el ADN de las madres con los restos sin nombre hallados en el desierto, y "
        "un centro de rescate recibe las llamadas de quienes se extravían.",
        (8,),
    ),
    Labelled(
        "fr",
        "Le navire a secouru 120 personnes en mer ; les noms des noyés sont transmis aux familles qui "
        "cherchent un proche.",
        (8,),
    ),
    Labelled(
        "en",
        "Prosecutors of both countries opened a joint case against the ring that packed people into lorries "
        "for money. Those carried will not be charged; the organisers face up to twelve years.",
        (9,),
    ),
    Labelled(
        "es",
        "La policía desarticuló una red de coyotes que cobraba por cruzar el río; habrá intercambio de "
        "inteligencia con el país vecino y no se penalizará a quienes fueron transportados.",
        (9,),
    ),
    Labelled(
        "en",
        "Hotel staff learn to spot guests held for forced prostitution or bonded labour; victims get a "
        "recovery period, a lawyer and compensation, and buyers are fined.",
        (10,),
    ),
    Labelled(
        "fr",
        "Le plan national contre l'esclavage moderne prévoit l'identification précoce des victimes, des foyers"
        " protégés, un délai de rétablissement et des poursuites contre les exploiteurs.",
        (10,),
    ),
    Labelled(
        "es",
        "Los dos países acordaron compartir el mismo puesto de control, con lectores de documentos, guardias "
        "formados en derechos y horarios ampliados para que el comercio y los viajeros pasen con seguridad.",
        (11,),
    ),
    Labelled(
        "en",
        "Guards at the crossing were trained to carry out checks without discrimination, and advance passenger"
        " information shortens queues at the airport.",
        (11,),
    ),
    Labelled(
        "en",
        "Within 48 hours of disembarkation each person is interviewed one by one by a mixed team, with an "
        "interpreter, and sent on to asylum, child protection or anti-trafficking services according to a "
        "standard form.",
        (12,),
    ),
    Labelled(
        "es",
        "¿Cómo organizar una ventanilla única donde se entreviste a cada persona que llega, se sepa en qué "
        "procedimiento está y se la remita a la institución competente?",
        (12,),
    ),
    Labelled(
        "fr",
        "Plutôt que d'enfermer les familles en attente d'une décision, le gouvernement les loge dans des "
        "maisons ouvertes avec un accompagnateur ; aucun enfant ne sera plus privé de liberté.",
        (13,),
    ),
    Labelled(
        "es",
        "Un juez ordenó soltar a los extranjeros encerrados en la estación: podrán firmar cada semana mientras"
        " se resuelve su expediente.",
        (13,),
    ),
    Labelled(
        "en",
        "Labour attachés will be posted to four embassies and visit nationals in prison and in hospital; an "
        "app lets citizens abroad call the honorary consul at night.",
        (14,),
    ),
    Labelled(
        "es",
        "El consulado móvil recorre los campos para renovar papeles, visitar a connacionales presos y defender"
        " a quienes no cobraron su salario.",
        (14, 4),
    ),
    Labelled(
        "fr",
        "Toute personne, même sans titre de séjour, peut consulter un médecin et inscrire ses enfants à "
        "l'école ; les soignants ne transmettent aucune donnée à la police.",
        (15,),
    ),
    Labelled(
        "en",
        "The city clinic vaccinates anyone who comes in, and schools enrol pupils whose parents have no permit.",
        (15,),
    ),
    Labelled(
        "es",
        "Clases de idioma, torneos de barrio y consejos vecinales donde participan quienes acaban de llegar: "
        "la ciudad aprende a convivir y los recién llegados se sienten parte.",
        (16,),
    ),
    Labelled(
        "fr",
        "La mairie forme des médiateurs, ouvre les conseils de quartier aux nouveaux venus et propose des "
        "cours de langue et de vie civique.",
        (16,),
    ),
    Labelled(
        "en",
        "Editors signed a code on how to write about foreigners; an observatory tracks hate speech online and "
        "victims of racist attacks can report them safely.",
        (17,),
    ),
    Labelled(
        "es",
        "Campaña contra la xenofobia en las escuelas y formación de periodistas para desmontar bulos sobre "
        "quienes llegan.",
        (17,),
    ),
    Labelled(
        "en",
        "Nurses trained abroad can have their diploma assessed in three months and take a bridging course; "
        "employers and vocational colleges on both sides agreed on the same curriculum.",
        (18,),
    ),
    Labelled(
        "es",
        "Certificación de oficios aprendidos en la práctica para albañiles y cocineras extranjeros, y "
        "homologación rápida de títulos universitarios.",
        (18,),
    ),
    Labelled(
        "fr",
        "Le fonds soutient les entreprises créées par les ressortissants établis à l'étranger dans leur "
        "village d'origine et les invite à conseiller le ministère ; ils peuvent voter depuis leur pays de "
        "résidence.",
        (19,),
    ),
    Labelled(
        "en",
        "Engineers living overseas spend a sabbatical teaching at home universities; hometown associations co-"
        "fund clinics.",
        (19,),
    ),
    Labelled(
        "es",
        "Enviar cien dólares a casa cuesta todavía siete; el regulador quiere más competencia entre "
        "operadores, billeteras móviles y cuentas bancarias para quien no tiene papeles del país.",
        (20,),
    ),
    Labelled(
        "en",
        "People who were sent back receive a small grant, help to find housing and psychological support; "
        "local councils in the communities they come home to are part of the plan.",
        (21,),
    ),
    Labelled(
        "fr",
        "Les personnes qui rentrent volontairement reçoivent un billet, un suivi de douze mois et une aide "
        "pour lancer une activité ; les laissez-passer sont délivrés après vérification individuelle.",
        (21,),
    ),
    Labelled(
        "es",
        "Los años cotizados en el extranjero contarán para la pensión gracias al convenio bilateral, y el "
        "seguro de salud seguirá al trabajador cuando vuelva.",
        (22,),
    ),
    Labelled(
        "en",
        "A treaty lets workers add up pension periods earned in both countries and draw them after moving home.",
        (22,),
    ),
    Labelled(
        "fr",
        "Les États de la région se réunissent chaque année pour aligner leurs plans, partager les financements"
        " avec les villes et les donateurs et aider les pays qui manquent de moyens à appliquer le Pacte.",
        (23,),
    ),
    Labelled(
        "en",
        "The regional consultative process agreed a joint fund and twinning between ministries so that poorer "
        "countries can carry out their commitments with partners.",
        (23,),
    ),
)

# Texts about no objective: everyday ones, then public affairs that have nothing to do with migration.
UNRELATED = (
    (
        "es",
        "Pelar las patatas, cortarlas en rodajas finas y freírlas a fuego lento con la cebolla. Batir seis "
        "huevos, salar y cuajar por ambos lados.",
    ),
    (
        "en",
        "Whisk the eggs with the sugar, fold in the flour and bake for thirty minutes at 180 degrees until golden.",
    ),
    (
        "fr",
        "Le gardien a repoussé le penalty à la dernière minute et l'équipe locale s'impose deux buts à un "
        "devant son public.",
    ),
    (
        "en",
        "The striker scored twice in the second half as the visitors came from behind to win the derby and go "
        "top of the table.",
    ),
    (
        "es",
        "Nombre: ______ Apellidos: ______ Fecha: ______ Firma: ______",
    ),
    (
        "en",
        "Name: ____  Date: ____  Signature: ____  Page 1 of 2",
    ),
    (
        "fr",
        "Pour vidanger le moteur, desserrez le bouchon, laissez couler l'huile usagée, remplacez le filtre "
        "puis refaites le plein.",
    ),
    (
        "es",
        "Mañana habrá cielos despejados en el norte y chubascos por la tarde en la sierra, con vientos flojos "
        "del oeste.",
    ),
    (
        "en",
        "The telescope measured the light curve of a variable star over forty nights and found a period of 5.2 days.",
    ),
    (
        "es",
        "La novela cuenta la infancia de un violinista en un pueblo de montaña; la prosa es lenta y llena de humor.",
    ),
    (
        "en",
        "To reset the router, hold the button for ten seconds, wait for the green light and enter the new password.",
    ),
    (
        "fr",
        "Les actions du constructeur automobile ont reculé de 3 % après l'annonce d'un bénéfice inférieur aux "
        "attentes.",
    ),
    (
        "es",
        "El ayuntamiento licita la recogida de basuras por ocho años; las empresas deben presentar sus ofertas"
        " antes del día 30.",
    ),
    (
        "en",
        "The water utility will replace lead pipes in four districts and read meters remotely from next spring.",
    ),
    (
        "fr",
        "Le conseil régional vote les crédits des lycées : deux internats seront rénovés et les cantines "
        "achèteront des produits locaux.",
    ),
    (
        "es",
        "La huelga de maquinistas dejó sin trenes de cercanías a la capital; sindicatos y empresa vuelven a "
        "reunirse el jueves.",
    ),
    (
        "en",
        "The tax office extended the deadline for small firms to file their value added tax returns online.",
    ),
    (
        "fr",
        "Le parc naturel limite l'accès aux dunes pendant la nidification des sternes et installe des clôtures"
        " légères.",
    ),
    (
        "es",
        "El hospital estrena un acelerador lineal para radioterapia y contratará a dos físicos y cinco técnicos.",
    ),
    (
        "en",
        "Turnout in the by-election was 41 per cent; the candidate of the farmers' list won by ninety votes.",
    ),
    (
        "fr",
        "Le tribunal a annulé le permis de construire du centre commercial, faute d'étude sur le ruissellement"
        " des eaux.",
    ),
    (
        "es",
        "La subida de los tipos de interés encarece las hipotecas variables y enfría la compra de vivienda nueva.",
    ),
    (
        "en",
        "A ferry service between the two islands resumes in May with a larger boat that also takes lorries.",
    ),
    (
        "fr",
        "L'usine de batteries ouvrira en 2028 ; la commune prépare une école maternelle et une ligne d'autobus.",
    ),
    (
        "es",
        "El ministerio de agricultura retira del mercado un plaguicida por su efecto sobre las abejas.",
    ),
    (
        "en",
        "Teachers will receive a pay rise of four per cent and smaller classes in the first two years of "
        "primary school.",
    ),
    (
        "fr",
        "La police municipale verbalise désormais les trottinettes garées sur les trottoirs du centre-ville.",
    ),
    (
        "es",
        "Un fallo informático impidió durante horas pagar con tarjeta en los supermercados de la cadena.",
    ),
    (
        "en",
        "The museum returned three bronze statues after an inquiry into how they had been acquired in the "
        "nineteenth century.",
    ),
    (
        "fr",
        "Le musée d'histoire naturelle numérise ses herbiers et invite des bénévoles à transcrire les étiquettes.",
    ),
    (
        "es",
        "La vacuna contra la gripe se pondrá desde octubre a mayores de sesenta años y a enfermos crónicos en "
        "su centro de salud.",
    ),
    (
        "en",
        "Parliament passed a law on the labelling of sweetened drinks; producers have a year to change their bottles.",
    ),
    (
        "fr",
        "Les retraités de la fonction publique toucheront leur pension le premier jour ouvré du mois.",
    ),
    (
        "es",
        "El censo de aves acuáticas contó nueve mil flamencos en la laguna, un tercio más que el invierno pasado.",
    ),
    (
        "en",
        "The committee met three times, approved the minutes of its last session and elected a new treasurer.",
    ),
    (
        "es",
        "Acta de la reunión: se aprueba el orden del día, se revisan las cuentas y se fija la próxima cita "
        "para el 4 de marzo.",
    ),
)

EVERYDAY = UNRELATED[:12]


@pytest.fixture(scope="module")
def objectives() -> Taxonomy:
    return gather(read_scheme(VOCABULARIES / "objectives.ttl"))


def _share_ranked(tagged: Sequence[TextTags], among: int) -> float:
    hits = 0
    for labelled, tags in zip(LABELLED, tagged, strict=True):
        first = [notation for notation, _ in dict(tags.ranking)["objectives"][:among]]
        hits += any(str(number) in first for number in labelled.objectives)
    return hits / len(LABELLED)


def _texts() -> list[Text]:
    return [Text(each.text, "", each.language) for each in LABELLED]


def test_words_alone_find_the_objective(objectives: Taxonomy) -> None:
    tagged = list(Tagger(objectives).tag_texts(_texts()))
    assert _share_ranked(tagged, 1) >= 0.85
    assert _share_ranked(tagged, 3) >= 0.95


@pytest.mark.parametrize(("language", "text"), EVERYDAY)
def test_everyday_texts_get_no_tag(objectives: Taxonomy, language: str, text: str) -> None:
    assert Tagger(objectives).tag_text(text, language=language).concepts == ()


@pytest.mark.model
def test_words_and_meaning_find_the_objective(objectives: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> None:
    encoder = open_encoder("", tmp_path_factory.getbasetemp() / "home")
    tagger = Tagger(objectives, encoder.encode_passages)
    tagged = list(tagger.tag_texts(_texts()))
    assert _share_ranked(tagged, 1) >= 0.90
    assert _share_ranked(tagged, 3) >= 0.97
    asserted = [{tag.notation for tag in tags.concepts} for tags in tagged]
    right = sum(len(found & set(map(str, each.objectives))) for found, each in zip(asserted, LABELLED, strict=True))
    assert right / sum(map(len, asserted)) >= 0.80
    assert right / sum(len(each.objectives) for each in LABELLED) >= 0.60
    unrelated = list(tagger.tag_texts([Text(text, "", language) for language, text in UNRELATED]))
    assert [tags.concepts for tags in unrelated[: len(EVERYDAY)]] == [()] * len(EVERYDAY)
    assert sum(bool(tags.concepts) for tags in unrelated) <= len(UNRELATED) // 10
