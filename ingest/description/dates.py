"""Dates: the date a document bears on its first page, in Spanish, English, French or Portuguese."""

import re

from kb.text.folding import fold_in_place

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero january janvier janeiro jan", "febrero february fevrier fevereiro feb", "marzo march mars marco",
            "abril april avril apr abr", "mayo may mai maio", "junio june juin junho jun",
            "julio july juillet julho jul",
            "agosto august aout aug ago", "septiembre setiembre september septembre setembro sep sept set",
            "octubre october octobre outubro oct", "noviembre november novembre novembro nov",
            "diciembre december decembre dezembro dec dic",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\s?[-–/]\s?\d)"
_FULL = re.compile(
    rf"(?<!\d)(?:(?P<day>\d{{1,2}})(?:º|o|er|st|nd|rd|th)?\s+(?:de\s+)?)?{_MONTH}\s*,?\s+(?:de\s+|del\s+)?{_YEAR}(?!\d)"
)
_AMERICAN = re.compile(rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)")
_ISO = re.compile(
    r"(?<![\d/-])(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?![\d-])"
)
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?P<day>0?[1-9]|[12]\d|3[01])[/.](?P<month>0?[1-9]|1[0-2])[/.](?P<year>(?:19|20)\d\d)(?!\d)"
)
_TITLE_YEAR = re.compile(r"(?<![\d/–-])(?P<year>20\d\d)(?!\s?[-–/]\s?\d|\d)")
_PUBLISHED = re.compile(
    r"(?:fecha|date|data|publicado|publicada|published|publie|publication|version|versao|actualizado|updated|"
    r"mis a jour|adoptado el presente|aprobado por la red)[^.\n]{0,25}[:\s]\s*$"
)
_LINE_SHARE = 0.5


def date_in(title: str, opening: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD that the title or a line of its own on the first page bears; "" when none does.

    A date within a sentence is one the document mentions, not its own; a period ("2022-2026") is no date.
    """
    for pattern in (_FULL, _AMERICAN, _ISO, _NUMERIC):
        if match := pattern.search(fold_in_place(title)):
            return _written(match)
    for line in opening.split("\n"):
        if found := _of_line(fold_in_place(line.strip())):
            return found
    match = _TITLE_YEAR.search(title)
    return match.group("year") if match else ""


def _of_line(line: str) -> str:
    """The date of a line that is hardly more than a date, or says that one follows."""
    for pattern in (_FULL, _AMERICAN, _ISO, _NUMERIC):
        match = pattern.search(line[:160])
        if match is None:
            continue
        alone = len(match.group()) >= _LINE_SHARE * len(line)
        if alone or (len(line) < 160 and _PUBLISHED.search(line[: match.start()])):
            return _written(match)
    return ""


def _written(match: re.Match[str]) -> str:
    parts = match.groupdict()
    month = parts["month"]
    number = int(month) if month.isdigit() else _MONTHS[month]
    day = int(parts["day"]) if parts["day"] else 0
    if day > 31:
        return f"{parts['year']}-{number:02d}"
    return f"{parts['year']}-{number:02d}" + (f"-{day:02d}" if day else "")
