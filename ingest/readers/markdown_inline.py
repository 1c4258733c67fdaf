"""What stands within a line of Markdown, as plain text: without emphasis, links, escapes and small HTML."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

DEEPEST = 100  # lists and quotations within one another count two and one; below this the parser reads nothing
_INLINE = (
    "a abbr b big br center cite code del details dfn div em font hr i img ins kbd mark p q s samp small span strike "
    "strong sub summary sup tt u var wbr"
)
# A tag of HTML, and not a blank to fill in, as in "<name of the person>": attributes have values.
_TAG = re.compile(rf"</?(?:{_INLINE.replace(' ', '|')})(?:\s+[\w:-]+\s*=[^>]*)?\s*/?>", re.IGNORECASE)
_MARKS = frozenset("\\`*_[<&~")
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)


class _Parser(MarkdownIt):
    """Markdown of which only the text is wanted: a link may lead anywhere."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's name and argument
        return True


def _markdown() -> MarkdownIt:
    # Indented text is text here; only fences are code.
    parser = _Parser("commonmark", {"html": True, "maxNesting": DEEPEST}).enable(["table", "strikethrough"])
    return parser.disable("code").use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)


MARKDOWN = _markdown()
# What a plain text may borrow from Markdown without being one: a lone * or & means itself there.
_PLAIN = _Parser("zero", {"html": True}).enable(["emphasis", "link", "image", "autolink", "html_inline", "escape"])
_PLAIN.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)


def strip_marks(text: str) -> str:
    """A line of Markdown as plain text."""
    return inline_text(MARKDOWN.parseInline(text)[0]) if _MARKS & set(text) else text


def strip_plain_marks(text: str) -> str:
    """A line of a text file that may come from Markdown: only marks that mean nothing else."""
    return inline_text(_PLAIN.parseInline(text)[0], emphasis=True) if _MARKS & set(text) else text


def inline_text(inline: Token, *, emphasis: bool = False) -> str:
    """The text of an inline token; with `emphasis` a single * or _ stays where it stands."""
    return "".join(_text(token, emphasis) for token in inline.children or ())


def _text(token: Token, emphasis: bool) -> str:
    match token.type:
        case "softbreak" | "hardbreak":
            return " "
        case "image":
            return inline_text(token, emphasis=emphasis)
        case "html_inline":
            return _text_of_tag(token.content)
        case "em_open" | "em_close":
            return token.markup if emphasis else ""
        case _:
            return token.content


def is_tag(text: str) -> bool:
    return _TAG.match(text) is not None


def _text_of_tag(tag: str) -> str:
    if _LINE_BREAK.match(tag):
        return " "
    return "" if is_tag(tag) else tag
