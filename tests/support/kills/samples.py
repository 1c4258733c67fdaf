"""Sample files of every format, each with words of its own."""

from functools import lru_cache
from pathlib import Path

from tests.support import bad_files

_SUFFIXES = ("md", "txt", "html", "docx", "pdf")
_TOPICS = ("consular help", "family reunification", "remittances", "search and rescue", "skills", "return")


def name_of(number: int) -> str:
    """The name of a sample file."""
    return f"sample-{number:04}.{_SUFFIXES[number % len(_SUFFIXES)]}"


@lru_cache(maxsize=1000)  # a DOCX holds the time at which it was written; sent again, it is to be the same
def bytes_of(number: int) -> bytes:
    """What a sample file holds."""
    title = f"Sample {number} on migration"
    at = number % len(_TOPICS)
    lines = [
        f"In sample {number}.{part} the group spoke of {topic} and migration, with figures of year {1900 + number}."
        for part, topic in enumerate(_TOPICS[at:] + _TOPICS[:at])
    ]
    match _SUFFIXES[number % len(_SUFFIXES)]:
        case "docx":
            return bad_files.docx(
                bad_files.paragraph(title, "Ttulo1") + "".join(bad_files.paragraph(line) for line in lines)
            )
        case "pdf":
            return bad_files.text_pdf([title, "", *lines])
        case "html":
            return f"<h1>{title}</h1>{''.join(f'<p>{line}</p>' for line in lines)}".encode()
        case _:
            return f"# {title}\n\n{chr(10).join(lines)}\n\n## More\n\n{' '.join(lines * 4)}\n".encode()


def written(folder: Path, count: int) -> Path:
    """A folder that holds the first so many sample files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / name_of(number)).write_bytes(bytes_of(number))
    return folder
