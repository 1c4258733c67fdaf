"""Pages of PDFs that would take without end: streams that unpack to much, forms that draw one another over and over."""

import re

from pypdf import PageObject
from pypdf.errors import LimitReachedError
from pypdf.generic import DictionaryObject, StreamObject

MOST_DRAWN = 20_000  # times that forms are drawn on a page
DRAWS = re.compile(rb"/([^\s/<>\[\]()]{1,127})\s+Do\b")


def require_bounded(page: PageObject) -> None:
    """Raises LimitReachedError when the page unpacks to more than is allowed, or draws its forms too often."""
    contents = page.get_contents()
    if contents is not None and _drawn(contents.get_data(), page.get("/Resources"), {}, ()) > MOST_DRAWN:
        raise LimitReachedError("forms are drawn too often")


def _drawn(content: bytes, resources: object, known: dict[int, int], within: tuple[int, ...]) -> int:
    """How often forms are drawn by a content stream, those within forms counted each time."""
    forms = _forms(resources)
    total = 0
    for name in DRAWS.findall(content):
        form = forms.get("/" + name.decode("latin-1"))
        if form is None or id(form) in within:
            continue
        if id(form) not in known:
            known[id(form)] = 1 + _drawn(form.get_data(), form.get("/Resources", resources), known, (*within, id(form)))
        total += known[id(form)]
    return total


def _forms(resources: object) -> dict[str, StreamObject]:
    held = resources.get_object() if hasattr(resources, "get_object") else resources
    listed = held.get("/XObject") if isinstance(held, DictionaryObject) else None
    listed = listed.get_object() if listed is not None else None
    if not isinstance(listed, DictionaryObject):
        return {}
    objects = {name: listed[name].get_object() for name in listed}
    return {n: o for n, o in objects.items() if isinstance(o, StreamObject) and o.get("/Subtype") == "/Form"}
