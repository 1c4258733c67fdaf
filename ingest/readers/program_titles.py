"""Titles that a program gave a file, which name no work: "PowerPoint Presentation", "Book1", "report_final.qxd"."""

import re

_UNTITLED = (
    r"\(?(?:untitled|anonymous|unnamed|no title|sin t[ií]tulo|sans (?:titre|nom)|sem t[ií]tulo|senza titolo|ohne titel|"
    r"unbenannt|без (?:названия|имени)|بدون عنوان|无标题|未命名|無題)[\s\d()-]*\)?"
)
_NUMBERED = (
    r"(?:doc|document|documento|dokument|документ|book|classeur|libro|mappe|pasta|cartel|книга|layout|sheet|hoja|"
    r"feuille|slide|diapositiva|diapositive|folie|presentation|présentation|presentación|apresentação|präsentation|"
    r"презентация|print|page|scan|img|image|drawing|dibujo|dessin|form|template|publication|文档|演示文稿|工作簿)"
    r"[\s_-]{0,2}\d*"
)
_PROGRAM = (
    r"microsoft .*|(?:power ?point|word|excel|adobe (?:indesign|illustrator|acrobat|pagemaker)|quarkxpress|pscript\d*|"
    r"acrobat|libreoffice|openoffice(?:\.org)?|latex|coreldraw|publisher)(?: (?:document|template|file))?|"
    r"scanned (?:document|image)|full page (?:photo|print)|crystal reports.*"
)
_FILE = (
    r".*\.(?:do[ct][xm]?|pdf|rtf|od[tpsg]|indd|p[po][tsi][xm]?|xls[xmb]?|qx[dpb]|pm[d56]|p65|pub|exe|e?ps|ai|tex|dvi|"
    r"html?|aspx?|php|tmp|txt|wp[ds]?|cdr|fm|jpe?g|tiff?|png|psd|mdi|vsdx?|pages|key|numbers|md|xml|csv)"
)
_PLACE = r"[a-z]:\\.*|\\\\.*|file:.*|https?://\S*|about:blank"
_NAMES = re.compile("|".join((_UNTITLED, _NUMBERED, _PROGRAM, _FILE, _PLACE, r"[\W\d_]*")), re.IGNORECASE)
_SLIDES = re.compile(r"\bpower ?point\b", re.IGNORECASE)
_MOST_WORDS = 4  # of "PowerPoint Presentation" in any language


def names_no_work(title: str) -> bool:
    """Whether a title is the name of a program, of a file, or of what every new document is called."""
    by_slides = len(title.split()) <= _MOST_WORDS and bool(_SLIDES.search(title))
    return by_slides or bool(_NAMES.fullmatch(title))
