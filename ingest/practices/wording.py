"""The words of the form and of the Word template of a practice, in the languages in which both are given."""

from dataclasses import dataclass

from kb.documents.practice import Field, Question

LANGUAGES = ("en", "fr", "es")


@dataclass(frozen=True, slots=True)
class FieldWording:
    """How a field is asked for: its label, what to write, and the question that is put when it is empty."""

    label: str
    hint: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one language."""

    heading: str
    opening: str
    about: str  # heading over the short fields
    mark: str  # what to do in the table of principles
    fields: dict[Field, FieldWording]
    principles: dict[str, str]  # by notation
    questions: dict[Question, str]


_EN = Words(
    heading="A practice for the Global Compact for Migration",
    opening="Write into the empty cells and under the headings, save the file, and send it in on the site. Leave the "
    "headings as they are: they tell what is what. What you leave empty you will be asked for.",
    about="About the practice",
    mark="Put an x beside each principle that the practice shows, or say in a sentence how.",
    fields={
        Field.TITLE: FieldWording("Title of the practice", "", "What is the practice called?"),
        Field.IMPLEMENTER: FieldWording(
            "Main implementer", "The institution that carries it out.", "Who carries it out?"
        ),
        Field.PARTNERS: FieldWording("Partners", "Others who take part."),
        Field.FOCAL_POINT: FieldWording(
            "Focal point of the implementer",
            "Name and e-mail address. They are not published; those who review the practice see them.",
            "Who at the main implementer can be asked about it?",
        ),
        Field.COUNTRIES: FieldWording("Countries", "Where it is carried out."),
        Field.BEGIN: FieldWording("Beginning", "Year, or year and month: 2021 or 2021-05.", "When did it begin?"),
        Field.END: FieldWording("End", "Empty if it goes on."),
        Field.STAGE: FieldWording("How far it is carried out", "Fully, mostly, in part, or only planned."),
        Field.OBJECTIVES: FieldWording(
            "Objectives of the Compact",
            "Their numbers, 1 to 23, the most important first: 13, 7.",
            "Which objectives of the Compact does it serve?",
        ),
        Field.PRINCIPLES: FieldWording(
            "Guiding principles", "Those the practice shows.", "Which guiding principles does it show?"
        ),
        Field.SUMMARY: FieldWording(
            "What was done", "In a few sentences: what, for whom, how.", "What exactly was done?"
        ),
        Field.CONTEXT: FieldWording(
            "Context", "The situation before, and why something had to be done.", "What was the situation before?"
        ),
        Field.CHALLENGES: FieldWording(
            "Challenges", "What stood in the way, and what was done about it.", "What stood in the way?"
        ),
        Field.RESULTS: FieldWording(
            "Results", "What changed, with figures where there are any, and how it is known.", "What changed?"
        ),
        Field.REASONS: FieldWording("Why it worked", "What it would not have worked without.", "Why did it work?"),
        Field.REPLICABLE: FieldWording(
            "What makes it replicable",
            "What others need in order to do the same, and what they would have to change.",
            "What would others need in order to do the same?",
        ),
        Field.SOURCES: FieldWording("Sources", "Reports, evaluations, addresses of pages."),
    },
    principles={
        "people-centred": "People-centred",
        "international-cooperation": "International cooperation",
        "national-sovereignty": "National sovereignty",
        "rule-of-law-and-due-process": "Rule of law and due process",
        "sustainable-development": "Sustainable development",
        "human-rights": "Human rights",
        "gender-responsive": "Gender-responsive",
        "child-sensitive": "Child-sensitive",
        "whole-of-government": "Whole-of-government",
        "whole-of-society": "Whole-of-society",
    },
    questions={
        Question.OLD: "It ended before December 2018, when the Compact was adopted. Is there anything newer to tell?"
    },
)
_ES = Words(
    heading="Una práctica para el Pacto Mundial para la Migración",
    opening="Escriba en las celdas vacías y debajo de los títulos, guarde el archivo y envíelo por el sitio. No cambie "
    "los títulos: indican qué es cada cosa. Lo que deje vacío se le preguntará después.",
    about="Datos de la práctica",
    mark="Ponga una x junto a cada principio que la práctica ejemplifica, o diga en una frase de qué modo.",
    fields={
        Field.TITLE: FieldWording("Título de la práctica", "", "¿Cómo se llama la práctica?"),
        Field.IMPLEMENTER: FieldWording(
            "Ejecutor principal", "La institución que la lleva a cabo.", "¿Quién la lleva a cabo?"
        ),
        Field.PARTNERS: FieldWording("Socios", "Otras entidades que participan."),
        Field.FOCAL_POINT: FieldWording(
            "Punto focal del ejecutor",
            "Nombre y correo electrónico. No se publican; los ven quienes revisan la práctica.",
            "¿A quién del ejecutor principal se puede consultar?",
        ),
        Field.COUNTRIES: FieldWording("Países", "Dónde se lleva a cabo."),
        Field.BEGIN: FieldWording("Comienzo", "Año, o año y mes: 2021 o 2021-05.", "¿Cuándo comenzó?"),
        Field.END: FieldWording("Final", "Vacío si continúa."),
        Field.STAGE: FieldWording("Grado de ejecución", "Total, en su mayor parte, en parte o solo prevista."),
        Field.OBJECTIVES: FieldWording(
            "Objetivos del Pacto",
            "Sus números, del 1 al 23, primero el más importante: 13, 7.",
            "¿A qué objetivos del Pacto contribuye?",
        ),
        Field.PRINCIPLES: FieldWording(
            "Principios rectores", "Los que la práctica ejemplifica.", "¿Qué principios rectores ejemplifica?"
        ),
        Field.SUMMARY: FieldWording(
            "Qué se hizo", "En pocas frases: qué, para quién, cómo.", "¿Qué se hizo exactamente?"
        ),
        Field.CONTEXT: FieldWording(
            "Contexto", "La situación anterior y por qué había que hacer algo.", "¿Cuál era la situación anterior?"
        ),
        Field.CHALLENGES: FieldWording(
            "Desafíos", "Qué lo dificultaba y qué se hizo al respecto.", "¿Qué dificultades hubo?"
        ),
        Field.RESULTS: FieldWording("Resultados", "Qué cambió, con cifras si las hay, y cómo se sabe.", "¿Qué cambió?"),
        Field.REASONS: FieldWording("Por qué funcionó", "Sin qué no habría funcionado.", "¿Por qué funcionó?"),
        Field.REPLICABLE: FieldWording(
            "Qué la hace replicable",
            "Qué necesitan otros para hacer lo mismo y qué tendrían que cambiar.",
            "¿Qué necesitarían otros para hacer lo mismo?",
        ),
        Field.SOURCES: FieldWording("Fuentes", "Informes, evaluaciones, direcciones de páginas."),
    },
    principles={
        "people-centred": "Centrada en las personas",
        "international-cooperation": "Cooperación internacional",
        "national-sovereignty": "Soberanía nacional",
        "rule-of-law-and-due-process": "Estado de derecho y garantías procesales",
        "sustainable-development": "Desarrollo sostenible",
        "human-rights": "Derechos humanos",
        "gender-responsive": "Perspectiva de género",
        "child-sensitive": "Perspectiva infantil",
        "whole-of-government": "Enfoque pangubernamental",
        "whole-of-society": "Enfoque pansocial",
    },
    questions={
        Question.OLD: "Terminó antes de diciembre de 2018, cuando se aprobó el Pacto. ¿Hay algo más reciente que "
        "contar?"
    },
)
_FR = Words(
    heading="Une pratique pour le Pacte mondial sur les migrations",
    opening="Écrivez dans les cellules vides et sous les titres, enregistrez le fichier et envoyez-le sur le site. Ne "
    "changez pas les titres\u00a0: ils indiquent à quoi correspond chaque partie. Ce que vous laissez vide vous sera "
    "demandé plus tard.",
    about="La pratique en bref",
    mark="Mettez un x à côté de chaque principe que la pratique illustre, ou dites en une phrase comment.",
    fields={
        Field.TITLE: FieldWording("Titre de la pratique", "", "Comment la pratique s’appelle-t-elle\u00a0?"),
        Field.IMPLEMENTER: FieldWording(
            "Principal responsable de la mise en œuvre",
            "L’institution qui met la pratique en œuvre.",
            "Qui la met en œuvre\u00a0?",
        ),
        Field.PARTNERS: FieldWording("Partenaires", "Les autres qui y prennent part."),
        Field.FOCAL_POINT: FieldWording(
            "Point focal du responsable de la mise en œuvre",
            "Nom et adresse électronique. Ils ne sont pas publiés\u00a0; les évaluateurs de la pratique les voient.",
            "À qui peut-on s’adresser chez le principal responsable\u00a0?",
        ),
        Field.COUNTRIES: FieldWording("Pays", "Où elle est mise en œuvre."),
        Field.BEGIN: FieldWording(
            "Début", "Année, ou année et mois\u00a0: 2021 ou 2021-05.", "Quand a-t-elle commencé\u00a0?"
        ),
        Field.END: FieldWording("Fin", "Vide si elle se poursuit."),
        Field.STAGE: FieldWording("Degré de réalisation", "Entier, presque entier, partiel ou seulement prévu."),
        Field.OBJECTIVES: FieldWording(
            "Objectifs du Pacte",
            "Leurs numéros, de 1 à 23, le plus important d’abord\u00a0: 13, 7.",
            "Quels objectifs du Pacte sert-elle\u00a0?",
        ),
        Field.PRINCIPLES: FieldWording(
            "Principes directeurs",
            "Ceux que la pratique illustre.",
            "Quels principes directeurs illustre-t-elle\u00a0?",
        ),
        Field.SUMMARY: FieldWording(
            "Ce qui a été fait",
            "En quelques phrases\u00a0: quoi, pour qui, comment.",
            "Qu’a-t-on fait exactement\u00a0?",
        ),
        Field.CONTEXT: FieldWording(
            "Contexte", "La situation d’avant, et pourquoi il fallait agir.", "Quelle était la situation d’avant\u00a0?"
        ),
        Field.CHALLENGES: FieldWording(
            "Difficultés",
            "Ce qui faisait obstacle, et ce qui a été fait pour y remédier.",
            "Qu’est-ce qui faisait obstacle\u00a0?",
        ),
        Field.RESULTS: FieldWording(
            "Résultats",
            "Ce qui a changé, avec des chiffres s’il y en a, et comment on le sait.",
            "Qu’est-ce qui a changé\u00a0?",
        ),
        Field.REASONS: FieldWording(
            "Pourquoi cela a fonctionné",
            "Ce sans quoi cela n’aurait pas fonctionné.",
            "Pourquoi cela a-t-il fonctionné\u00a0?",
        ),
        Field.REPLICABLE: FieldWording(
            "Ce qui la rend reproductible",
            "Ce dont d’autres ont besoin pour faire de même, et ce qu’ils devraient changer.",
            "De quoi d’autres auraient-ils besoin pour faire de même\u00a0?",
        ),
        Field.SOURCES: FieldWording("Sources", "Rapports, évaluations, adresses de pages."),
    },
    principles={
        "people-centred": "Priorité à la dimension humaine",
        "international-cooperation": "Coopération internationale",
        "national-sovereignty": "Souveraineté nationale",
        "rule-of-law-and-due-process": "Primauté du droit et garanties d'une procédure régulière",
        "sustainable-development": "Développement durable",
        "human-rights": "Droits de l'homme",
        "gender-responsive": "Prise en compte de la problématique femmes-hommes",
        "child-sensitive": "Adaptation aux besoins de l'enfant",
        "whole-of-government": "Approche mobilisant l'ensemble des pouvoirs publics",
        "whole-of-society": "Approche mobilisant l'ensemble de la société",
    },
    questions={
        Question.OLD: "Elle a pris fin avant décembre 2018, quand le Pacte a été adopté. Y a-t-il quelque chose de "
        "plus récent à signaler\u00a0?"
    },
)
WORDS = {"en": _EN, "fr": _FR, "es": _ES}


def question(asked: Field | Question, language: str) -> str:
    """A question in a language of the pages."""
    words = WORDS[language]
    return words.fields[asked].question if isinstance(asked, Field) else words.questions[asked]


def translated(sentence: str, language: str) -> str:
    """A question that was kept in English, in another language; any other sentence as it is."""
    for asked in (*Field, *Question):
        if sentence and sentence == question(asked, "en"):
            return question(asked, language)
    return sentence
