"""The reference of the interface for programs, as Markdown: `python -m web.api.reference` prints it."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI

from kb.config import Settings
from web.api.documents import api_routes
from web.api.jobs import job_api_routes
from web.api.manual import Field, Operation, read_manual
from web.api.terms import term_api_routes

_HEAD = """# The interface for programs

This page is written by `make reference` from the OpenAPI description of the site, which stands at `/openapi.json`.
The page `/docs` of a site says the same in the language of its reader.

The same searches and documents as on the pages, in JSON. Reading needs no key. To send files in, a program sends the
token of an account, made on `/account`: `Authorization: Bearer …`. Errors come as problem documents (RFC 9457,
`application/problem+json`). Offsets count characters, from 0.

| address | |
|---|---|
"""


def description() -> dict[str, Any]:
    """The OpenAPI description of the interface, without an instance."""
    app = FastAPI(openapi_url=None)
    app.include_router(api_routes())
    app.include_router(term_api_routes())
    app.include_router(job_api_routes(Settings()))
    return app.openapi()


def api() -> str:
    """Every address of the interface, with what can be asked, what comes back and what can go wrong."""
    manual = read_manual(description(), str)
    listed = "".join(f"| `{each.method} {each.path}` | {each.summary} |\n" for each in manual.operations)
    parts = [_HEAD + listed, *("\n".join(_operation(each)) for each in manual.operations), "## Shapes\n"]
    shapes = ("\n".join((f"### {name}\n", *_table(members))) for name, members in manual.shapes)
    return "\n".join([*parts, *shapes])


def _operation(operation: Operation) -> Iterator[str]:
    yield f"## {operation.method} {operation.path}\n"
    yield f"{operation.summary}\n"
    if operation.example:
        yield f"For example `{operation.example}`.\n"
    if operation.parameters:
        yield "What can be asked:\n"
        yield from _table(operation.parameters)
    yield "What comes back:\n"
    yield from _table(operation.members)
    if operation.problems:
        yield "What can go wrong:\n"
        yield from (f"- {status}: {told}" for status, told in operation.problems)
        yield ""


def _table(fields: Iterable[Field]) -> Iterator[str]:
    yield "| name | kind | meaning |\n|---|---|---|"
    for field in fields:
        kind = field.kind.replace("|", "\\|")
        meaning = f"{field.description}; required" if field.required and field.description else field.description
        yield f"| `{field.name}` | `{kind}` | {meaning or ('required' if field.required else '')} |"
    yield ""


if __name__ == "__main__":
    print(api(), end="")
