"""Pages that only say that the document cannot be shown here: of dynamic forms, protected files and portfolios."""

import re
from collections.abc import Sequence

from kb.documents.reading import ReadFault

MOST_WORDS = 160  # of a page that says no more than that
MOST_PAGES = 2
_FORM = re.compile(
    r"please wait|veuillez (?:patienter|attendre)|(?:por favor,? )?espere|aguarde|attendere|bitte warten|подождите|"
    r"请稍候|請稍候|お待ちください|يرجى الانتظار",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"replaced by|remplacé par|(?:reemplaz|sustituy|substitu[ií])|sostituito|ersetzt|заменен|替换|取代|置き換|استبدال",
    re.IGNORECASE,
)
_PORTFOLIO = re.compile(
    r"pdf portfolio|pdf package|(?:portfolio|porte-documents|portefeuille|cartera|portafolios?|portf[oó]lio) pdf|"
    r"pdf-portfolio|pdf-paket|портфолио pdf",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\b(?:open|view|reader|acrobat|ouvr\w+|affich\w+|abr\w+|visual\w+|öffnen|открыть)\b", re.IGNORECASE
)
_PROTECTED = re.compile(
    r"(?:file|document|content) is (?:protected|encrypted)|protected (?:content|document|file|pdf)|"
    r"(?:fichier|document)s? (?:est )?protégés?|(?:archivo|documento) (?:está )?protegido|"
    r"(?:arquivo|ficheiro) (?:está )?protegido|rights management",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"(?:compatible|different|supported) (?:pdf )?(?:reader|viewer)|permission to (?:open|view)|microsoft information|"
    r"(?:lecteur|lector|leitor) (?:pdf )?compat[ií]?[ib]",
    re.IGNORECASE,
)


def placeholder(texts: Sequence[str]) -> ReadFault | None:
    """What the pages of a PDF stand for, when they say no more than that it cannot be shown."""
    text = " ".join(" ".join(texts).split())
    if len(texts) > MOST_PAGES or len(text.split()) > MOST_WORDS:
        return None
    if _FORM.search(text) and _REPLACED.search(text):
        return ReadFault.DYNAMIC_FORM
    if _PORTFOLIO.search(text) and _OPENS.search(text):
        return ReadFault.PORTFOLIO
    return ReadFault.RIGHTS_MANAGED if _PROTECTED.search(text) and _NEEDS.search(text) else None
