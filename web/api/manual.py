"""The manual of the interface for programs, read from its own OpenAPI description."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from web.http.context import Context, RequestContext

_EXAMPLES = {
    "/api/search": "/api/search?q=alternatives+to+detention&limit=3",
    "/healthz": "/healthz",
}


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
    schema = context.request.app.openapi()
    operations = tuple(
        _operation(context, path, method, told)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    )
    shapes = schema["components"]["schemas"]
    named = tuple(
        (name.removesuffix("Shape"), _members(context, shapes[name]))
        for name in shapes
        if name.endswith("Shape") and name not in ("AnswerShape", "FullDocumentShape", "HealthShape", "JobsShape")
    )
    return context.page("api/manual.html", ManualView(operations, named))


def _operation(context: RequestContext, path: str, method: str, told: dict[str, Any]) -> Operation:
    schemas = context.request.app.openapi()["components"]["schemas"]
    done = next(response for status, response in told["responses"].items() if status.startswith("2"))
    good = done["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    sent = told.get("requestBody", {}).get("content", {}).get("multipart/form-data", {}).get("schema", {})
    return Operation(
        method=method.upper(),
        path=path,
        anchor=path.strip("/").replace("/", "-").replace("{", "").replace("}", ""),
        summary=context.say(told.get("description", "")),
        example=_EXAMPLES.get(path, ""),
        parameters=(
            *(_parameter(context, p) for p in told.get("parameters", ())),
            *(
                Field(name, _kind(schema), context.say(schema["description"]), name in sent["required"])
                for name, schema in sent.get("properties", {}).items()
            ),
        ),
        members=_members(context, schemas[good]),
        problems=tuple(
            (status, context.say(response["description"]))
            for status, response in told["responses"].items()
            if status in ("400", "404", "410")
        ),
    )


def _parameter(context: RequestContext, told: dict[str, Any]) -> Field:
    schema = told["schema"]
    return Field(told["name"], _kind(schema), context.say(told.get("description", "")), told.get("required", False))


def _members(context: RequestContext, shape: dict[str, Any]) -> tuple[Field, ...]:
    return tuple(
        Field(name, _kind(schema), context.say(schema.get("description", "")))
        for name, schema in shape["properties"].items()
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
