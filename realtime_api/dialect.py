"""What a dialect is: the one canonical configuration, arranged as one version of the API wants it.

``beta`` is the flat shape with ``POST /realtime/sessions``; ``ga`` the nested one with ``/realtime/client_secrets``.
Servers decode with it what clients send; the site encodes with it what it asks of a provider.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, ValidationError

from realtime_api import catalog, config, errors
from realtime_api.config import Kind, SessionConfig, Wire
from realtime_api.responses import Response, ResponseParams

DialectName = Literal["beta", "ga"]
W = TypeVar("W", bound=Wire)

MIN_TTL_S, MAX_TTL_S = 10, 7200
TTL_SECONDS = Annotated[
    int, Field(ge=MIN_TTL_S, le=MAX_TTL_S, description="Seconds in which the key opens sessions; they may last longer.")
]
TTL_ANCHOR = Annotated[Literal["created_at"], Field(description="When the seconds begin.")]

TRANSCRIPTION_MODELS = frozenset(model.id for model in catalog.models("transcription"))

MERGED_OBJECTS = frozenset(
    {
        "audio",
        "input",
        "output",
        "transcription",
        "noise_reduction",
        "turn_detection",
        "input_audio_transcription",
        "input_audio_noise_reduction",
    }
)
"""Objects of a session that an update changes member by member; everything else is replaced as a whole."""


SECRET_VALUE = Annotated[str, Field(description="The ephemeral key: give it to the browser, store it nowhere.")]
EXPIRES_AT = Annotated[int, Field(description="Unix time in seconds after which the key opens no session.")]
SESSION_ID = Annotated[str, Field(description="Id of the session, sess_...")]
SESSION_EXPIRES_AT = Annotated[int, Field(description="Unix time in seconds; 0 before the session has begun.")]
EFFECTS = Annotated[
    dict[str, str],
    Field(alias="x-effect", description="Fields of this session that the server cannot honour, with the reason."),
]


class ResponseFields(Wire):
    """What response.create may say in either dialect."""

    instructions: config.Instructions | None = None
    tools: config.Tools | None = None
    tool_choice: config.ToolChoice | None = None
    max_output_tokens: config.MaxOutputTokens | None = None
    conversation: Literal["auto", "none"] = "auto"
    metadata: config.Metadata | None = None
    input: Annotated[list[dict[str, Any]], Field(max_length=1024)] | None = None
    prompt: config.HostedPrompt = None

    def canonical(self) -> dict[str, Any]:
        """The same as fields of ResponseParams."""
        return {
            "instructions": self.instructions,
            "tools": [tool.model_dump() for tool in self.tools] if self.tools is not None else None,
            "tool_choice": dump(self.tool_choice),
            "max_output_tokens": self.max_output_tokens,
            "out_of_band": self.conversation == "none",
            "metadata": self.metadata,
            "input": self.input,
        }


@dataclass(frozen=True, slots=True)
class MintRequest:
    """What a client asks of the mint endpoints: a configuration and how long the key may open sessions."""

    config: SessionConfig
    ttl_s: int


@dataclass(frozen=True, slots=True)
class Minted:
    """An ephemeral key as the API returns it; ``expires_at`` is unix seconds, ``session`` the effective session."""

    value: str
    expires_at: int
    session: dict[str, Any]


class Dialect(ABC):
    """One version of the API. Stateless; the two instances are ``beta.BETA`` and ``ga.GA``."""

    name: ClassVar[DialectName]
    default_model: ClassVar[str]
    voices: ClassVar[tuple[str, ...]]
    assistant_text: ClassVar[str]
    assistant_audio: ClassVar[str]
    renamed: ClassVar[Mapping[str, str]]
    """Where a field of SessionConfig lies, unless it is called the same."""

    # --- session ---

    def param(self, path: str) -> str:
        """This dialect's dotted name, within a session, of a field of ``SessionConfig``."""
        name, dot, rest = path.partition(".")
        return self.renamed.get(name, name) + dot + rest

    @abstractmethod
    def encode_session(self, config: SessionConfig) -> dict[str, Any]:
        """The whole configuration in this dialect's shape, nulls included."""

    @abstractmethod
    def decode_session(self, document: Any, kind: Kind, prefix: str = "session") -> SessionConfig:
        """A session object a client sent. Raises InvalidRequest with the dotted param; unset fields get defaults."""

    def describe_session(self, config: SessionConfig, session_id: str, expires_at: int) -> dict[str, Any]:
        """The effective session as the server echoes it."""
        kind = "realtime.session" if config.kind == "realtime" else "realtime.transcription_session"
        return {"id": session_id, "object": kind, "expires_at": expires_at, **self.encode_session(config)}

    def merge(self, config: SessionConfig, patch: Any) -> SessionConfig:
        """The configuration after a session.update; raises InvalidRequest and then nothing has changed.

        Omitted fields keep their value. The model is fixed for the life of the session and stays as it is.
        """
        if not isinstance(patch, Mapping):
            raise errors.InvalidRequest("Invalid 'session': expected an object.", "invalid_type", "session")
        document = merged(self.encode_session(config), patch)
        return self.decode_session(document, config.kind, "session").model_copy(update={"model": config.model})

    # --- ephemeral keys ---

    @abstractmethod
    def mint_path(self, kind: Kind) -> str:
        """Path below the API's base URL that mints a key for this kind of session."""

    @abstractmethod
    def decode_mint(self, body: Any, kind: Kind) -> MintRequest:
        """The body of a mint request. Raises InvalidRequest."""

    @abstractmethod
    def encode_mint(self, config: SessionConfig, ttl_s: int) -> dict[str, Any]:
        """The body with which to ask a provider for a key."""

    @abstractmethod
    def encode_minted(self, session: dict[str, Any], value: str, expires_at: int) -> dict[str, Any]:
        """The answer of a mint endpoint; ``session`` as ``describe_session`` shows one that has not begun."""

    @abstractmethod
    def decode_minted(self, body: Any) -> Minted:
        """A provider's answer. Raises ValueError where it is not of this dialect's shape."""

    # --- responses and events ---

    @abstractmethod
    def decode_response(self, document: Any) -> ResponseParams:
        """The ``response`` object of response.create. Raises InvalidRequest."""

    def encode_response(self, response: Response) -> dict[str, Any]:
        """A response object with its output items."""
        return {
            "object": "realtime.response",
            "id": response.id,
            "status": response.status,
            "status_details": response.status_details,
            "output": [item.to_wire(self) for item in response.output],
            "conversation_id": response.conversation_id,
            **self.encode_output(response),
            "max_output_tokens": response.max_output_tokens,
            "usage": response.usage.to_wire() if response.usage else None,
            "metadata": response.metadata,
        }

    @abstractmethod
    def encode_output(self, response: Response) -> dict[str, Any]:
        """The fields of a response object about modality, voice and format."""

    @abstractmethod
    def event_name(self, name: str) -> str | None:
        """This dialect's name of a server event, given the GA name; None where the dialect has no such event."""


def merged(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with ``patch`` laid over it, by the rules of session.update."""
    result = dict(document)
    for key, value in patch.items():
        current = result.get(key)
        both_objects = isinstance(current, Mapping) and isinstance(value, Mapping)
        if key in MERGED_OBJECTS and both_objects and not (key == "turn_detection" and _changes_type(current, value)):
            result[key] = merged(current, value)  # type: ignore[arg-type]
        else:
            result[key] = value
    return result


def _changes_type(current: Any, value: Any) -> bool:
    """Whether a turn detection of another type is asked for: it brings its own fields, and the old type's would be
    unknown to it.
    """
    return "type" in current and value.get("type", current["type"]) != current["type"]


def validated(model: type[W], document: Any, prefix: str) -> W:
    """``document`` as an instance of ``model``; pydantic's complaint as InvalidRequest."""
    if not isinstance(document, Mapping):
        name = f"Invalid '{prefix}'" if prefix else "Invalid request body"
        raise errors.InvalidRequest(f"{name}: expected a JSON object.", "invalid_type", prefix or None)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise errors.from_validation(error, document, prefix) from None


def check_voice(voice: str, offered: tuple[str, ...], param: str) -> None:
    """Raises InvalidRequest unless the dialect offers the voice."""
    if voice not in offered:
        names = ", ".join(f"'{name}'" for name in offered)
        raise errors.invalid_value(param, f"Invalid value: {voice[:80]!a}. Supported values are: {names}.")


def dump(value: Any) -> Any:
    """An object of the wire without what is unset; anything else as it is."""
    return value.model_dump(exclude_none=True) if isinstance(value, Wire) else value


def join(prefix: str, name: str) -> str:
    """Dotted path of ``name`` within ``prefix``, which may be empty."""
    return f"{prefix}.{name}" if prefix else name


def refuse_hosted(document: Any, prefix: str) -> None:
    """Raises InvalidRequest for MCP tools and hosted prompts: they live at the provider, no other server can honour
    them.
    """
    if not isinstance(document, Mapping):
        return
    if document.get("prompt") is not None:
        message = "Hosted prompts are not available on this server: send 'instructions' instead."
        raise errors.InvalidRequest(message, "prompt_not_supported", join(prefix, "prompt"))
    tools = document.get("tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else []):
        _refuse_mcp(tool, join(prefix, f"tools[{index}].type"))
    _refuse_mcp(document.get("tool_choice"), join(prefix, "tool_choice.type"))


def _refuse_mcp(tool: Any, param: str) -> None:
    if isinstance(tool, Mapping) and tool.get("type") == "mcp":
        message = "MCP tools are not available on this server: define a function tool instead."
        raise errors.InvalidRequest(message, "mcp_not_supported", param)


def check_config(config: SessionConfig, dialect: Dialect, prefix: str) -> None:
    """Raises InvalidRequest for what single fields cannot say: unknown models, and pairs that exclude each other."""
    if config.kind == "realtime" and not catalog.is_known(config.model, "realtime"):
        message = f"The model {config.model[:80]!a} does not exist or you do not have access to it."
        raise errors.InvalidRequest(message, "model_not_found", join(prefix, dialect.param("model")))
    tools = [tool.model_dump() for tool in config.tools]
    check_prompt_size(config.instructions, tools, prefix)
    check_tool_choice(dump(config.tool_choice), tools, join(prefix, "tool_choice"))
    if config.transcription is None:
        return
    check_transcription(config.transcription, join(prefix, dialect.param("transcription")))
    model = config.transcription.model
    if model in catalog.MANUAL_ONLY_MODELS and config.turn_detection:
        message = f"Turn detection is not supported for this transcription model ('{model}'): set it to null."
        raise errors.invalid_value(join(prefix, dialect.param("turn_detection")), message)


def check_response(params: ResponseParams, session: SessionConfig) -> None:
    """Raises InvalidRequest for what a response.create makes of the session's instructions, tools and tool choice."""
    instructions = session.instructions if params.instructions is None else params.instructions
    tools = [tool.model_dump() for tool in session.tools] if params.tools is None else params.tools
    check_prompt_size(instructions, tools, "response")
    choice = dump(session.tool_choice) if params.tool_choice is None else params.tool_choice
    check_tool_choice(choice, tools, "response.tool_choice")


def check_prompt_size(instructions: str, tools: Sequence[Mapping[str, Any]], prefix: str) -> None:
    """Raises InvalidRequest where instructions and tools, as JSON, are too long together; of the longer of the two."""
    of_tools = len(json.dumps(tools, ensure_ascii=False)) if tools else 0
    if len(instructions) + of_tools > config.MAX_INSTRUCTIONS:
        longer = "tools" if of_tools > len(instructions) else "instructions"
        message = (
            f"Instructions and tools are {len(instructions) + of_tools} characters together; shorten them to at most "
            f"{config.MAX_INSTRUCTIONS}, which is {config.MAX_PROMPT_TOKENS} tokens of {config.LONG_TOKEN} characters."
        )
        raise errors.invalid_value(join(prefix, longer), message)


def check_tool_choice(choice: Any, tools: Sequence[Mapping[str, Any]], param: str) -> None:
    """Raises InvalidRequest where the choice (as on the wire) forces a function that is not among the tools."""
    if not isinstance(choice, Mapping) or any(tool["name"] == choice["name"] for tool in tools):
        return
    message = f"Tool choice '{choice['name']}' is not among the tools: define it in 'tools', or choose another."
    raise errors.invalid_value(param, message)


def check_transcription(asked: config.Transcription, param: str) -> None:
    """Raises InvalidRequest for a field that its model does not take."""
    takers = {
        "languages": catalog.HINTED_MODELS,
        "keywords": catalog.HINTED_MODELS,
        "delay": catalog.DELAYED_MODELS,
        "prompt": TRANSCRIPTION_MODELS - catalog.UNPROMPTED_MODELS,
    }
    for name, models in takers.items():
        if getattr(asked, name) is not None and asked.model not in models:
            message = f"'{name}' is not supported for this transcription model ('{asked.model}'): leave it out."
            raise errors.invalid_value(f"{param}.{name}", message)
