"""Names and their qualifiers as sequences of stems, compared with the stems of a text."""

from collections.abc import Sequence


def last_place(stems: Sequence[str], noun: tuple[str, ...]) -> int | None:
    """Where `noun` last begins in `stems`."""
    size = len(noun)
    return next((i for i in range(len(stems) - size, -1, -1) if tuple(stems[i : i + size]) == noun), None)


def common_beginning(stems: Sequence[str], qualifier: tuple[str, ...]) -> int:
    """Length of the common beginning, if it is enough of the qualifier to be recognised; else 0."""
    size = 0
    while size < min(len(stems), len(qualifier)) and stems[size] == qualifier[size]:
        size += 1
    return size if size >= min(2, len(qualifier)) else 0


def ends_with(stems: Sequence[str], qualifier: tuple[str, ...]) -> int:
    """Length of the longest beginning of the qualifier, of two words or all of it, that `stems` end with; else 0."""
    for size in range(len(qualifier), min(2, len(qualifier)) - 1, -1):
        if size and tuple(stems[-size:]) == qualifier[:size]:
            return size
    return 0


def mentions(stems: Sequence[str], qualifier: tuple[str, ...]) -> bool:
    """Whether the first two words of a qualifier stand together in `stems`."""
    if len(qualifier) < 2:
        return False
    return any(stems[i] == qualifier[0] and stems[i + 1] == qualifier[1] for i in range(len(stems) - 1))
