"""Words of the table of experts in English, French and Spanish: columns, values, and the template that tells them."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from kb.experts.expert import LanguageLevel, OrganisationKind, Support

LANGUAGES = ("en", "fr", "es")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what programs call it, and by language its heading, what to write, and a sample."""

    name: str
    heading: Mapping[str, str]
    told: Mapping[str, str]
    sample: Mapping[str, str]


def _all(en: str, fr: str, es: str) -> dict[str, str]:
    return {"en": en, "fr": fr, "es": es}


COLUMNS = (
    Column(
        "code",
        _all("code", "code", "código"),
        _all("your own sign for the person, not their name; importing it again changes the same person",
             "votre propre signe pour la personne, pas son nom ; importé de nouveau, il modifie la même personne",
             "su propio signo para la persona, no su nombre; al importarlo otra vez se cambia la misma persona"),
        _all("sample-1", "exemple-1", "ejemplo-1"),
    ),
    Column(
        "name",
        _all("name", "nom", "nombre"),
        _all("must be filled in", "à remplir", "hay que completarlo"),
        _all("Ana Sample", "Ana Exemple", "Ana Ejemplo"),
    ),
    Column(
        "email",
        _all("email", "courriel", "correo"),
        _all("a link to consent is made for it; may be empty",
             "un lien de consentement lui est préparé ; peut rester vide",
             "se le prepara un enlace para consentir; puede quedar vacío"),
        _all("ana@example.org", "ana@example.org", "ana@example.org"),
    ),
    Column(
        "letter_language",
        _all("language of messages", "langue des messages", "idioma de los mensajes"),
        _all("en, fr or es", "en, fr ou es", "en, fr o es"),
        _all("en", "fr", "es"),
    ),
    Column(
        "organisation",
        _all("organisation", "organisation", "organización"),
        _all("as it calls itself", "comme elle s’appelle elle-même", "como se llama ella misma"),
        _all("Sample Institute", "Institut (exemple)", "Instituto de Muestra"),
    ),
    Column(
        "aliases",
        _all("other names of the organisation", "autres noms de l’organisation", "otros nombres de la organización"),
        _all("acronym and names in other languages, with ; between them",
             "sigle et noms dans d’autres langues, séparés par ;", "sigla y nombres en otros idiomas, separados por ;"),
        _all("SI; Instituto de Muestra", "IE; Sample Institute", "IM; Sample Institute"),
    ),
    Column(
        "kind",
        _all("kind of organisation", "type d’organisation", "tipo de organización"),
        _all("UN, State, civil society, academia or private", "ONU, État, société civile, université ou privé",
             "ONU, Estado, sociedad civil, academia o privado"),
        _all("academia", "université", "academia"),
    ),
    Column(
        "country",
        _all("country", "pays", "país"),
        _all("where they work; name or three letters as PER",
             "où la personne travaille ; nom ou trois lettres, comme PER",
             "donde trabaja; nombre o tres letras, como PER"),
        _all("Peru", "Pérou", "Perú"),
    ),
    Column(
        "countries",
        _all("countries of experience", "pays d’expérience", "países de experiencia"),
        _all("with ; between them", "séparés par ;", "separados por ;"),
        _all("Chile; Ecuador", "Chili; Équateur", "Chile; Ecuador"),
    ),
    Column(
        "gender",
        _all("gender", "genre", "género"),
        _all("as they say it; may be empty", "comme la personne le dit ; peut rester vide",
             "como lo dice la persona; puede quedar vacío"),
        _all("woman", "femme", "mujer"),
    ),
    Column(
        "languages",
        _all("languages", "langues", "idiomas"),
        _all("each with its level: basic, working or fluent", "chacune avec son niveau : notions, travail ou courant",
             "cada uno con su nivel: básico, de trabajo o fluido"),
        _all("English fluent; Spanish working", "français courant; espagnol travail", "español fluido; inglés básico"),
    ),
    Column(
        "objectives",
        _all("objectives", "objectifs", "objetivos"),
        _all("numbers from 1 to 23", "numéros de 1 à 23", "números del 1 al 23"),
        _all("13; 14", "13; 14", "13; 14"),
    ),
    Column(
        "supports",
        _all("support offered", "appui proposé", "apoyo que ofrece"),
        _all("advice, training, drafting, exchange visit, review, data",
             "conseil, formation, rédaction, visite d’échange, relecture, données",
             "asesoría, capacitación, redacción, visita de intercambio, revisión, datos"),
        _all("advice; training", "conseil; formation", "asesoría; capacitación"),
    ),
    Column(
        "statement",
        _all("what they know", "ce que la personne connaît", "lo que sabe"),
        _all("a few sentences", "quelques phrases", "unas frases"),
        _all("Ran a pilot of alternatives to detention.", "A mené un projet pilote d’alternatives à la rétention.",
             "Dirigió un piloto de alternativas a la detención."),
    ),
    Column(
        "works",
        _all("works", "travaux", "trabajos"),
        _all("titles, with | between them; the year in brackets", "titres, séparés par | ; l’année entre parenthèses",
             "títulos, separados por |; el año entre paréntesis"),
        _all("A report that does not exist (2021)", "Un rapport qui n’existe pas (2021)",
             "Un informe que no existe (2021)"),
    ),
)  # fmt: skip
KINDS = {
    OrganisationKind.UN: "un onu|nations unies|naciones unidas|united nations",
    OrganisationKind.STATE: "state estado etat gobierno government gouvernement",
    OrganisationKind.CIVIL_SOCIETY: "civil-society ong ngo osc|civil society|sociedad civil|societe civile",
    OrganisationKind.ACADEMIA: "academia university universidad universite research academie",
    OrganisationKind.PRIVATE: "private privado prive|private sector|sector privado|secteur prive",
}
SUPPORTS = {
    Support.ADVICE: "advice asesoria asesoramiento conseil conseils",
    Support.TRAINING: "training capacitacion formacion formation",
    Support.DRAFTING: "drafting redaccion redaction",
    Support.VISIT: "exchange-visit|exchange visit|visita de intercambio|visite d'echange",
    Support.REVIEW: "review revision relecture",
    Support.DATA: "data datos donnees",
}
LEVELS = {
    LanguageLevel.BASIC: "basic basico notions base|de base",
    LanguageLevel.WORKING: "working intermedio trabajo travail intermediaire|de trabajo|de travail",
    LanguageLevel.FLUENT: "fluent fluido courant native nativo nativa bilingue",
}
SPOKEN = {
    "ar": "arabic arabe", "en": "english ingles anglais", "es": "spanish espanol castellano espagnol",
    "fr": "french frances francais", "pt": "portuguese portugues portugais", "ru": "russian ruso russe",
    "zh": "chinese chino chinois",
}  # fmt: skip
_SAMPLE = _all("SAMPLE, not read:", "EXEMPLE, non lu :", "EJEMPLO, no se lee:")
_TOLD = _all("HELP, not read:", "AIDE, non lue :", "AYUDA, no se lee:")


def template(language: str) -> bytes:
    """The table to fill in, in UTF-8 with the mark by which spreadsheets know it; lines that begin with # are not read.

    Its columns are separated by semicolons where decimals are written with a comma, as spreadsheets there expect.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if language == "en" else ";", lineterminator="\r\n")
    writer.writerow([column.heading[language] for column in COLUMNS])
    for label, field in ((_TOLD, "told"), (_SAMPLE, "sample")):
        cells = [str(getattr(column, field)[language]) for column in COLUMNS]
        writer.writerow([f"# {label[language]} {cells[0]}", *cells[1:]])
    return out.getvalue().encode("utf-8-sig")
