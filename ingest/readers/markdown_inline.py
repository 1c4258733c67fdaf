"""Takes the inline marks of Markdown off a line of text: emphasis, links, escapes, small HTML."""

import html
import re
from collections.abc import Callable

# Every repetition is bounded, so that a hostile line costs no more than a long one.
IMAGE = re.compile(r"!\[([^\[\]]{0,500})\]\([^()\n]{0,2000}\)")
LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\[\]\\]){1,1000})\](?:\([^()\n]{0,2000}\)|\[[^\[\]]{0,200}\])")
AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
FOOTNOTE_MARK = re.compile(r"\[\^[^\[\]\s]{1,60}\]|<sup>[\s\d,]{1,20}</sup>|(?<=\S)\^\{[\s\d,]{1,20}\}")
TAG = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|em|i|kbd|mark|p|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE
)
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
CODE = re.compile(r"(`{1,3})([^`]{1,1000})\1")
STRONG = re.compile(r"(\*\*\*|\*\*|(?<!\w)___|(?<!\w)__)(?=\S)([^\n]{1,600}?)(?<=\S)\1")
EMPHASIS = re.compile(
    r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,1000})(?<=[^\s\\])\*(?![\w*])|(?<![\w\\])_(?=[^\s_])([^_\n]{1,1000})(?<=[^\s\\])_(?!\w)"
)
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def _emphasised(match: re.Match[str]) -> str:
    return match[1] or match[2]


def _unstrong(text: str) -> str:
    return STRONG.sub(lambda match: match[2], text)


# In this order: what may hold other marks comes before them, escapes come last.
STEPS: tuple[Callable[[str], str], ...] = (
    lambda text: FOOTNOTE_MARK.sub("", text),
    lambda text: IMAGE.sub(lambda match: match[1], text),
    lambda text: LINK.sub(lambda match: match[1], text),
    lambda text: AUTOLINK.sub(lambda match: match[1], text),
    lambda text: LINE_BREAK.sub(" ", text),
    lambda text: TAG.sub("", text),
    lambda text: CODE.sub(lambda match: match[2], text),
    _unstrong,
    lambda text: EMPHASIS.sub(_emphasised, text),
    lambda text: ESCAPE.sub(lambda match: match[1], text),
    html.unescape,
)
# What a plain text may borrow from Markdown without being one: a lone * or & means itself there.
PLAIN_STEPS: tuple[Callable[[str], str], ...] = (*STEPS[:4], *STEPS[4:6], STEPS[7], STEPS[9])


def strip_marks(text: str) -> str:
    """A line or paragraph of Markdown as plain text."""
    return _apply(STEPS, text)


def strip_plain_marks(text: str) -> str:
    """A line of a text file that may come from Markdown: only marks that mean nothing else."""
    return _apply(PLAIN_STEPS, text) if any(mark in text for mark in "*[]\\<^_") else text


def _apply(steps: tuple[Callable[[str], str], ...], text: str) -> str:
    for step in steps:
        text = step(text)
    return text
