"""An OpenAPI document as the reference page shows it: operations, and their fields as one list per body.

The document comes from the provider, so everything is looked up with care: what is not there is not shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

Node = Mapping[str, Any]

MAX_DEPTH = 8  # levels of objects; the API's deepest is five
LIMITS = (
    # (lowest, highest, unit)
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " of them"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body; ``name`` is dotted, as errors name it. ``variant`` is the ``type`` it goes with, if any."""

    name: str
    types: tuple[str, ...]
    choices: tuple[str, ...] = ()
    required: bool = False
    nullable: bool = False
    default: str | None = None
    limits: tuple[str, ...] = ()
    description: str = ""
    effect: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the address; ``place`` is path or query."""

    name: str
    place: str
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Example:
    """A body to start from, and what it is answered."""

    name: str
    body: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. ``content_type`` is that of the body a test sends; ``content_types`` are all it takes."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    needs_key: bool
    content_types: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    examples: tuple[Example, ...] = ()
    responses: tuple[tuple[str, str], ...] = ()
    answer_fields: tuple[Field, ...] = ()
    """Fields of the answer that the body has not: the rest is the body, with defaults filled in."""

    @property
    def content_type(self) -> str:
        return self.content_types[0] if self.content_types else ""


def operations(document: Node) -> list[Operation]:
    """The operations of a document, in its order."""
    return [
        _operation(document, path, method, node)
        for path, methods in document.get("paths", {}).items()
        for method, node in methods.items()
    ]


def _operation(document: Node, path: str, method: str, node: Node) -> Operation:
    content: Mapping[str, Node] = node.get("requestBody", {}).get("content", {})
    body = next(iter(content.values()), {})
    fields = tuple(_fields(document, body.get("schema", {})))
    sent = {each.name for each in fields}
    answered = _fields(document, _answer(node).get("schema", {}))
    return Operation(
        id=str(node.get("operationId", "")),
        method=method.upper(),
        path=path,
        tag=next(iter(node.get("tags", ())), ""),
        summary=str(node.get("summary", "")),
        description=_plain(node.get("description", "")),
        needs_key=node.get("security") != [],
        content_types=tuple(content),
        fields=fields,
        parameters=tuple(_parameters(node)),
        examples=tuple(_examples(body, node)),
        answer_fields=tuple(each for each in answered if each.name not in sent),
        responses=tuple((status, _plain(each.get("description", ""))) for status, each in node["responses"].items()),
    )


def _parameters(node: Node) -> Iterator[Parameter]:
    for each in node.get("parameters", ()):
        example = each.get("example", each.get("schema", {}).get("default", ""))
        yield Parameter(each["name"], each["in"], _plain(each.get("description", "")), str(example))


def _examples(body: Node, node: Node) -> Iterator[Example]:
    if "example" in body:
        yield Example("example", _shown(body["example"]))
    for name, each in body.get("examples", {}).items():
        answer = _answer(node).get("examples", {}).get(name, {}).get("value")
        yield Example(name, _shown(each["value"]), "" if answer is None else _shown(answer))


def _answer(node: Node) -> Node:
    """What the operation answers when all is well."""
    answer: Node = node.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
    return answer


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _plain(text: Any) -> str:
    """Descriptions are Markdown, of which only code marks are used."""
    return str(text).replace("`", "")


# --- fields ---


def _fields(document: Node, schema: Node) -> Iterator[Field]:
    """The fields of a body; one that several variants share is named once."""
    found: dict[str, Field] = {}
    for each in _walk(document, schema, "", "", 0):
        found[each.name] = _merged(found[each.name], each) if each.name in found else each
    yield from found.values()


def _merged(first: Field, second: Field) -> Field:
    effect = first.effect
    if second.effect and second.effect != effect:
        effect = f"{effect} With type {second.variant}: {second.effect}".strip()
    choices = tuple(dict.fromkeys((*first.choices, *second.choices)))
    required = first.required and second.required
    variant = first.variant if first.variant == second.variant else ""
    return replace(first, choices=choices, effect=effect, required=required, variant=variant)


def _walk(document: Node, schema: Node, prefix: str, variant: str, depth: int) -> Iterator[Field]:
    """The fields of every object the schema allows, depth first."""
    if depth > MAX_DEPTH:
        return
    objects = [each for each in _choices(document, schema) if "properties" in each]
    for each in objects:
        name = variant if len(objects) == 1 else _type_of(each) or variant
        required = each.get("required", ())
        for key, value in each["properties"].items():
            path = f"{prefix}.{key}" if prefix else key
            yield _field(document, path, value, required=key in required, variant=name)
            yield from _walk(document, value, path, name, depth + 1)
            yield from _items(document, value, path, name, depth + 1)


def _items(document: Node, schema: Node, path: str, variant: str, depth: int) -> Iterator[Field]:
    for each in _choices(document, schema):
        if "items" in each:
            yield from _walk(document, each["items"], f"{path}[]", variant, depth)


def _field(document: Node, name: str, schema: Node, *, required: bool, variant: str) -> Field:
    choices = list(_choices(document, schema))
    real = [each for each in choices if each.get("type") != "null"] or choices
    # What stands in a reference to an object describes this use of it, and so does the first that says anything.
    says = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()), *real]
    return Field(
        name=name,
        types=tuple(dict.fromkeys(_type_name(each, document) for each in real)),
        choices=tuple(value for each in real for value in _values(document, each)),
        required=required,
        nullable=len(real) < len(choices),
        default=json.dumps(schema["default"], ensure_ascii=False) if "default" in schema else None,
        limits=tuple(limit for each in real for limit in _limits(each)),
        description=_plain(next((each["description"] for each in says if each.get("description")), "")),
        effect=_plain(schema.get("x-effect", "")),
        variant=variant,
    )


def _choices(document: Node, schema: Node) -> Iterator[Node]:
    """What a value may be: references followed, unions opened."""
    union = (*schema.get("anyOf", ()), *schema.get("oneOf", ()))
    if "$ref" in schema:
        yield from _choices(document, _resolved(document, schema["$ref"]))
    elif union:
        for each in union:
            yield from _choices(document, each)
    else:
        yield schema


def _resolved(document: Node, reference: str) -> Node:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    resolved: Node = node
    return resolved


def _type_name(schema: Node, document: Node) -> str:
    kind = schema.get("type", "")
    if kind == "array":
        inner = dict.fromkeys(_type_name(each, document) for each in _choices(document, schema.get("items", {})))
        return f"array of {' or '.join(inner)}s"
    return str(kind or ("string" if isinstance(schema.get("const"), str) else "any"))


def _limits(schema: Node) -> Iterator[str]:
    """Bounds in words; an enumeration needs none."""
    if "enum" in schema:
        return
    for lowest, highest, unit in LIMITS:
        low, high = schema.get(lowest), schema.get(highest)
        if low is not None and high is not None:
            yield f"{low:,} to {high:,}{unit}" if low != high else f"exactly {low:,}{unit}"
        elif low is not None or high is not None:
            yield f"at least {low:,}{unit}" if high is None else f"at most {high:,}{unit}"
    if "pattern" in schema:
        yield f"matching {schema['pattern']}"


def _values(document: Node, schema: Node) -> Iterator[str]:
    """The values of an enumeration, or of what an array may hold."""
    if "const" in schema:
        yield json.dumps(schema["const"])
    for value in schema.get("enum", ()):
        yield json.dumps(value)
    if schema.get("type") == "array":
        for each in _choices(document, schema.get("items", {})):
            yield from _values(document, each)


def _type_of(schema: Node) -> str:
    """The one value of an object's ``type``."""
    return str(schema["properties"].get("type", {}).get("const", ""))
