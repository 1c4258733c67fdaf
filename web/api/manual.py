"""The manual of the interface for programs, read from its own OpenAPI description."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from web.http.context import Context

_EXAMPLES = {
    "/api/search": "/api/search?q=alternatives+to+detention&limit=3",
    "/healthz": "/healthz",
}
_ANSWERS = ("AnswerShape", "FullDocumentShape", "HealthShape", "JobsShape")  # told where they come back


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter that is sent, or a member that comes back."""

    name: str
    kind: str
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the interface."""

    method: str
    path: str
    anchor: str
    summary: str
    example: str
    parameters: tuple[Field, ...]
    members: tuple[Field, ...]
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ManualView:
    """What the manual shows."""

    operations: tuple[Operation, ...]
    shapes: tuple[tuple[str, tuple[Field, ...]], ...]


def manual(context: Context) -> Response:
    """The manual as a page."""
    return context.page("api/manual.html", read_manual(context.request.app.openapi(), context.say))


def read_manual(description: Mapping[str, Any], say: Callable[[str], str]) -> ManualView:
    """The manual of an interface by its OpenAPI description, in the language of `say`."""
    schemas = description["components"]["schemas"]
    operations = tuple(
        _operation(path, method, told, schemas, say)
        for path, methods in description["paths"].items()
        for method, told in methods.items()
    )
    shapes = tuple(
        (name.removesuffix("Shape"), _members(shape, say))
        for name, shape in schemas.items()
        if name.endswith("Shape") and name not in _ANSWERS
    )
    return ManualView(operations, shapes)


def _operation(
    path: str, method: str, told: dict[str, Any], schemas: Mapping[str, Any], say: Callable[[str], str]
) -> Operation:
    done = next(response for status, response in told["responses"].items() if status.startswith("2"))
    good = done["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    sent = told.get("requestBody", {}).get("content", {}).get("multipart/form-data", {}).get("schema", {})
    return Operation(
        method=method.upper(),
        path=path,
        anchor=path.strip("/").replace("/", "-").replace("{", "").replace("}", ""),
        summary=say(told.get("description", "")),
        example=_EXAMPLES.get(path, ""),
        parameters=(
            *(_parameter(parameter, say) for parameter in told.get("parameters", ())),
            *(
                Field(name, _kind(schema), say(schema["description"]), name in sent["required"])
                for name, schema in sent.get("properties", {}).items()
            ),
        ),
        members=_members(schemas[good], say),
        problems=tuple(
            (status, say(response["description"]))
            for status, response in told["responses"].items()
            if status in ("400", "404", "410")
        ),
    )


def _parameter(told: dict[str, Any], say: Callable[[str], str]) -> Field:
    schema = told["schema"]
    return Field(told["name"], _kind(schema), say(told.get("description", "")), told.get("required", False))


def _members(shape: dict[str, Any], say: Callable[[str], str]) -> tuple[Field, ...]:
    return tuple(
        Field(name, _kind(schema), say(schema.get("description", ""))) for name, schema in shape["properties"].items()
    )


def _kind(schema: dict[str, Any]) -> str:
    """A JSON Schema type in a few words: "array of integer", "string or null"."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1]).removesuffix("Shape")
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(_kind(item) for item in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'])}, …]"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"{{…: {_kind(schema['additionalProperties'])}}}"
    return str(schema.get("type", "any"))
