"""JSON Schema of what the endpoints take and answer: the very models that validate, so the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, NoDefault, models_json_schema
from pydantic_core.core_schema import WithDefaultSchema

from realtime_api import beta, ga
from realtime_api.beta import BETA
from realtime_api.config import Wire
from realtime_api.dialect import Dialect
from realtime_api.dialects import DIALECTS
from realtime_api.ga import GA
from realtime_engine.core.capabilities import IN_TRANSCRIPTION

Schema = dict[str, Any]

COMPONENTS = "#/components/schemas/"
PREFIXES = {"beta": "Beta", "ga": ""}
"""Both dialects have a ``RealtimeSession``: the beta one's name says so."""

REALTIME: Mapping[type[Wire], Dialect] = {
    beta.RealtimeSessionCreate: BETA,
    beta.RealtimeSessionCreated: BETA,
    ga.RealtimeSession: GA,
    ga.EffectiveSession: GA,
}
TRANSCRIPTION: Mapping[type[Wire], Dialect] = {
    beta.TranscriptionSessionCreate: BETA,
    beta.TranscriptionSessionCreated: BETA,
    ga.TranscriptionSession: GA,
    ga.EffectiveTranscriptionSession: GA,
}
MODELS: Mapping[type[Wire], Dialect] = {
    **REALTIME,
    **TRANSCRIPTION,
    ga.ClientSecretCreate: GA,
    ga.ClientSecretCreated: GA,
}
"""What the endpoints take and answer; the first two tables are sessions."""

ERROR: Schema = {
    "type": "object",
    "description": "Every refusal.",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "description": "What is wrong, and how to mend it.",
            "required": ["message", "type", "param", "code"],
            "additionalProperties": False,
            "properties": {
                "message": {"type": "string", "description": "Cause and remedy."},
                "type": {"type": "string", "enum": ["invalid_request_error", "server_error"]},
                "param": {"type": ["string", "null"], "description": "Dotted path of the field it is about."},
                "code": {"type": ["string", "null"], "description": "The cause as one word."},
            },
        }
    },
}
MODEL: Schema = {
    "type": "object",
    "description": "A model name that sessions may ask for.",
    "required": ["id", "object", "created", "owned_by", "shutdown_date"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "description": "The name to ask for."},
        "object": {"const": "model"},
        "created": {"type": "integer", "description": "Unix time in seconds; 0: not known."},
        "owned_by": {"type": "string", "description": "Who serves it here."},
        "shutdown_date": {
            "type": ["string", "null"],
            "format": "date",
            "description": "When the provider of this name stops serving it; the local engine goes on.",
        },
    },
}
MODEL_LIST: Schema = {
    "type": "object",
    "required": ["object", "data"],
    "additionalProperties": False,
    "properties": {
        "object": {"const": "list"},
        "data": {
            "type": "array",
            "description": "One object per name.",
            "items": {"$ref": "#/components/schemas/Model"},
        },
    },
}


class _Generator(GenerateJsonSchema):
    """As pydantic's own, with defaults of objects said and without titles that only repeat a name."""

    def get_default_value(self, schema: WithDefaultSchema) -> Any:
        factory: Any = schema.get("default_factory")
        default = factory() if factory else super().get_default_value(schema)
        if not isinstance(default, Wire):
            return default
        return {"type": default.type} if hasattr(default, "type") else NoDefault  # the rest is each field's default

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def ref(model: type[Wire]) -> Schema:
    """A reference to the model's schema."""
    return {"$ref": f"{COMPONENTS}{_name(model)}"}


def schemas(effects: Mapping[str, str]) -> dict[str, Schema]:
    """All named schemas. ``effects`` (path in SessionConfig -> reason) marks fields that are without effect."""
    found: dict[str, Schema] = {"Error": ERROR, "Model": MODEL, "ModelList": MODEL_LIST}
    for each in DIALECTS.values():
        found |= _generated(each)
    for models, reasons in ((REALTIME, effects), (TRANSCRIPTION, {**effects, **IN_TRANSCRIPTION})):
        for model, dialect in models.items():
            for path, reason in reasons.items():
                _mark(found, _name(model), dialect.param(path), reason)
    return found


def _name(model: type[Wire]) -> str:
    return PREFIXES[MODELS[model].name] + model.__name__


def _generated(dialect: Dialect) -> dict[str, Schema]:
    prefix = PREFIXES[dialect.name]
    models = [(model, "validation") for model, its in MODELS.items() if its is dialect]
    template = f"{COMPONENTS}{prefix}{{model}}"
    _, generated = models_json_schema(models, ref_template=template, schema_generator=_Generator)  # type: ignore[arg-type]
    return {prefix + name: _plain(schema) for name, schema in generated["$defs"].items()}


def _plain(schema: Schema) -> Schema:
    """Without the title, which is the schema's own name."""
    return {key: value for key, value in schema.items() if key != "title"}


def _mark(found: Mapping[str, Schema], name: str, path: str, reason: str) -> None:
    """Notes at the field of the named schema that it has no effect, where the schema has such a field."""
    head, _, rest = path.partition(".")
    field = found[name].get("properties", {}).get(head)
    if field is None:
        return
    if not rest:
        field["x-effect"] = reason
    for target in _targets(field) if rest else ():
        _mark(found, target, rest, reason)


def _targets(field: Schema) -> Iterator[str]:
    """The named schemas a field may have."""
    for choice in (field, *field.get("anyOf", ()), *field.get("oneOf", ())):
        if "$ref" in choice:
            yield choice["$ref"].removeprefix(COMPONENTS)
