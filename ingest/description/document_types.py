"""Kinds of documents: told by the words of the title and of the first page, in four languages."""

import re

from kb.text.folding import fold_in_place

OTHER = "other"
# Folded patterns. Of two kinds named at the same place the one that stands higher here is meant.
_KINDS: dict[str, tuple[str, ...]] = {
    "terms-of-reference": (
        r"terminos? de referencia|terms of reference|termes? de reference|termos de referencia",
        r"\btdr\b|\btor\b",
    ),
    "implementation-plan": (
        r"plan(?:es)? (?:nacional(?:es)? |local(?:es)? )?de (?:implementacion|aplicacion)|plan de accion nacional",
        r"(?:national )?implementation plan|national action plan|plan d'action national",
        r"plans? (?:national |nationaux )?de mise en (?:oe|œ)uvre|plano nacional de (?:implementacao|implantacao)",
    ),
    "workplan": (
        r"plan(?:es)? de trabajo|work ?-?plan|programme de travail|plan de travail|plano de trabalho",
        r"lineamiento (?:basico|tematico|transversal)",
    ),
    "meeting-record": (
        r"\bactas?\b(?! final)|minutas?\b|relatoria|resumen de la reunion|informe de la reunion",
        r"minutes of|meeting (?:record|notes|summary|report)|summary of the meeting|record of the meeting",
        r"compte[- ]rendu|proces[- ]verbal|ata da reuniao",
    ),
    "civil-society-input": (
        r"(?:aporte|insumo|contribucion|posicionamiento|propuesta|declaracion)(?:e?s)? (?:\w+ ){0,4}"
        r"(?:sociedad civil|organizaciones)",
        r"civil society (?:input|submission|contribution|statement|position)",
        r"(?:input|submission|contribution)s? (?:from|by|of) (?:\w+ ){0,3}civil society",
        r"contribution (?:\w+ ){0,4}societe civile|contribuicao (?:\w+ ){0,4}sociedade civil",
    ),
    "statement": (
        r"\bdeclaracion\b|comunicado|discurso|\bstatement\b|\bspeech\b|\bremarks\b|\baddress (?:by|of)\b",
        r"communique|discours|allocution|declaracao",
    ),
    "practice": (
        r"buenas? practicas?|practica (?:prometedora|replicable)|good practices?|promising practices?",
        r"bonnes? pratiques?|boas? praticas?|case study|estudio de caso",
    ),
    "guidance": (
        r"\bguias?\b|\bmanual\b|directrices|\borientacion(?:es)?\b|lineamientos para|protocolo de actuacion",
        r"caja de herramientas|guidance|guidelines?|handbook|toolkit|\bhow to\b|\bguide\b|policy brief|checklist",
        r"lignes directrices|\borientations?\b|\bmanuel\b",
    ),
    "report": (
        r"\binformes?\b|\breports?\b|\brapports?\b|\brelatorios?\b|\bestudio\b|\bstudy\b|\betude\b|analisis",
        r"analysis|\breview\b|\bexamen\b|evaluacion|evaluation|assessment|diagnostico|\bdigest\b|\bresumen\b",
    ),
}
_PATTERNS = tuple((kind, re.compile("|".join(patterns))) for kind, patterns in _KINDS.items())
_FIRST_LINES = 12


def document_type(title: str, opening: str, source_name: str) -> str:
    """Notation of the type of a document; "other" when neither title, first lines nor file name tell one."""
    first_lines = " ".join(line for line in opening.split("\n")[:_FIRST_LINES] if 0 < len(line) < 120)[:400]
    name = re.sub(r"[-_.]+", " ", source_name)
    return _named(fold_in_place(title)) or _named(fold_in_place(first_lines)) or _named(fold_in_place(name)) or OTHER


def _named(text: str) -> str:
    """The kind whose words come first in `text`."""
    matches = ((pattern.search(text), rank, kind) for rank, (kind, pattern) in enumerate(_PATTERNS))
    found = [(match.start(), rank, kind) for match, rank, kind in matches if match]
    return min(found)[2] if found else ""
