"""Word lists: sets of words written as one string, and the small words no phrase ends with."""


def word_set(words: str) -> frozenset[str]:
    """The words of a string, apart by spaces."""
    return frozenset(words.split())


SMALL_WORDS = word_set(
    "de del la el los las y e o u en a al para por con sobre of the and to in for on du des le les et à au"
)
