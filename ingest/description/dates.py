"""Dates: the date a document bears on its first page, in the languages of the United Nations and a few others."""

import re
from calendar import monthrange

from kb.text.folding import fold_in_place

_MONTHS = {
    fold_in_place(name.replace("_", " ")): number
    for number, names in enumerate(
        (
            "enero ene january janvier janeiro jan janv gennaio januar января январь يناير كانون_الثاني جانفي",
            "febrero february fevrier fevereiro feb fevr fev febbraio februar февраля февраль فبراير شباط فيفري",
            "marzo march mars marco mar marz марта март مارس آذار",
            "abril april avril apr abr avr aprile апреля апрель أبريل إبريل نيسان أفريل",
            "mayo may mai maio maggio мая май مايو أيار ماي",
            "junio june juin junho jun giugno juni июня июнь يونيو يونيه حزيران جوان",
            "julio july juillet julho jul juil luglio juli июля июль يوليو يوليه تموز جويلية يوليوز",
            "agosto august aout aug ago августа август أغسطس آب أوت غشت",
            "septiembre setiembre september septembre setembro sep sept set settembre сентября сентябрь سبتمبر أيلول "
            "شتنبر",
            "octubre october octobre outubro oct ottobre oktober okt октября октябрь أكتوبر تشرين_الأول",
            "noviembre november novembre novembro nov ноября ноябрь نوفمبر تشرين_الثاني نونبر",
            "diciembre december decembre dezembro dec dic dicembre dezember dez декабря декабрь ديسمبر كانون_الأول "
            "دجنبر",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ROMAN = {
    roman: number
    for number, roman in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), 1)
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True)).replace(" ", r"\s+")
_MONTH = rf"(?<![^\W\d_])(?P<month>{_NAMES})\b(?:/(?:{_NAMES})\b)?\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\s?[-–/]\s?\d)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:\s?[-–]\s?\d{1,2})?(?:º|°|ª|o|er|st|nd|rd|th|\.|-?го)?"  # the first of several
_FULL = re.compile(
    rf"(?:{_DAY}\s+(?:de\s+|d'|of\s+|dias?\s+del\s+mes\s+de\s+|dias?\s+do\s+mes\s+de\s+)?)?{_MONTH}\s*,?\s+(?:de\s+|del\s+)?"
    rf"{_YEAR}(?!\d)"
)
_AMERICAN = re.compile(rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}(?!\d)")
_EAST = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*(?:年|년)\s*(?P<month>\d{1,2})\s*(?:月|월)(?:\s*(?P<day>\d{1,2})\s*(?:日|일))?"
)
_ISO = re.compile(
    r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>\d{1,2})(?![\d/-])"
)
_ISO_MONTH = re.compile(r"(?<![\d/-])(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?P<day>)(?![\d-])")
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)(?![\d/-])"
)
_WITH_ROMAN = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>[ivx]{1,4})(?P=mark)(?P<year>(?:19|20)\d\d)(?!\d)"
)
_PATTERNS = (_FULL, _AMERICAN, _EAST, _ISO, _ISO_MONTH, _NUMERIC, _WITH_ROMAN)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_TITLE_YEAR = re.compile(r"(?<![\d/–-])(?P<year>20\d\d)(?!\s?[-–/]\s?\d|\d)")
_PUBLISHED = re.compile(
    r"(?:fecha|date|datum|data|дата|تاريخ|日期|publicado|publicada|published|publie|publication|version|versao|"
    r"actualizado|updated|mis a jour|adoptado el presente|aprobado por la red|distr)[^.\n]{0,25}[:：\s]\s*$"
)
_LINE_SHARE = 0.5


def date_in(title: str, opening: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD that the title or a line of its own on the first page bears; "" when none does.

    A date within a sentence is one the document mentions, not its own; a period ("2022-2026") is no date.
    """
    title = _compared(title)
    for pattern in _PATTERNS:
        if (match := pattern.search(title)) and (found := _written(match)):
            return found
    for line in opening.split("\n"):
        if found := _of_line(_compared(line.strip())):
            return found
    year = _TITLE_YEAR.search(title)
    return year.group("year") if year else ""


def _compared(text: str) -> str:
    return fold_in_place(text).translate(_DIGITS)


def _of_line(line: str) -> str:
    """The date of a line that is hardly more than a date, or says that one follows."""
    for pattern in _PATTERNS:
        match = pattern.search(line[:160])
        if match is None:
            continue
        alone = len(match.group()) >= _LINE_SHARE * len(line)
        if alone or (len(line) < 160 and _PUBLISHED.search(line[: match.start()])):
            return _written(match)
    return ""


def _written(match: re.Match[str]) -> str:
    """The date in figures; without its day where the month has no such day, "" where there is no such month."""
    parts = match.groupdict()
    year, month, day = int(parts["year"]), _month(parts["month"]), int(parts["day"] or 0)
    if month > 12 >= day:
        month, day = day, month  # the month stands first
    if not 1 <= month <= 12:
        return ""
    dated = 1 <= day <= monthrange(year, month)[1]
    return f"{year}-{month:02d}-{day:02d}" if dated else f"{year}-{month:02d}"


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    return _MONTHS.get(" ".join(written.split())) or _ROMAN.get(written, 0)
