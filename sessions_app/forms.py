"""The settings of a session as forms: what a visitor chose becomes a ``SessionConfig``.

Bounds and defaults are those of the configuration itself; what single fields cannot say (a model that takes no turn
detection, say) is asked of the provider's dialect, and its complaint is put at the field it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from realtime_api import config
from realtime_api.config import Kind, SessionConfig
from realtime_api.errors import InvalidRequest
from sessions_app import fields, offers, params
from sessions_app.providers import FREE_TTL_S, RealtimeProvider

TURN_DETECTIONS = (("server_vad", "Server VAD"), ("semantic_vad", "Semantic VAD"), ("off", "Off"))
EAGERNESS = tuple((value, value.capitalize()) for value in ("auto", "low", "medium", "high"))
NOISE_REDUCTIONS = (("off", "Off"), ("near_field", "Near field"), ("far_field", "Far field"))
TRANSPORTS = (("webrtc", "WebRTC"), ("websocket", "WebSocket"))
AUDIO_FORMATS = (
    ("pcm16", "PCM 16 bit, 24 kHz"),
    ("g711_ulaw", "G.711 µ-law, 8 kHz (phone)"),
    ("g711_alaw", "G.711 A-law, 8 kHz (phone)"),
)
MODALITIES = (("audio", "Voice and text"), ("text", "Text only"))

UNUSED_BY_TURN_DETECTION = {
    "server_vad": ("eagerness",),
    "semantic_vad": ("threshold", "prefix_padding_ms", "silence_duration_ms"),
    "off": ("threshold", "prefix_padding_ms", "silence_duration_ms", "eagerness"),
}


class SessionForm(forms.Form):
    """What both kinds of session have in common. ``providers`` are those offered to this client, best first;
    ``today`` is an ISO date.

    A field that was not sent has its default, as in the API; one that was sent empty is an error where it needs a
    value. Without providers the form is shown, but never valid.
    """

    session_kind: ClassVar[Kind]
    field_of_param: ClassVar[Mapping[str, str]] = {}

    kind = forms.CharField(widget=forms.HiddenInput)
    provider = fields.choice("Provider")
    model = fields.choice("Model")
    turn_detection = fields.choice("Turn detection", TURN_DETECTIONS, initial="server_vad", radio=True)
    threshold = fields.number(config.ServerVad, "threshold", "Threshold", step=0.05)
    prefix_padding_ms = fields.number(config.ServerVad, "prefix_padding_ms", "Prefix padding", unit="ms", step=10)
    silence_duration_ms = fields.number(config.ServerVad, "silence_duration_ms", "Silence", unit="ms", step=10)
    eagerness = fields.choice(
        "Eagerness",
        EAGERNESS,
        initial="auto",
        radio=True,
        help_text=fields.description(config.SemanticVad, "eagerness"),
    )
    noise_reduction = fields.choice(
        "Noise reduction",
        NOISE_REDUCTIONS,
        initial="off",
        radio=True,
        help_text=fields.description(config.NoiseReduction, "type"),
    )
    transport = fields.choice("Transport", TRANSPORTS, initial="webrtc", radio=True)

    def __init__(
        self, data: QueryDict | None = None, *, providers: Sequence[RealtimeProvider], today: str, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.providers, self.today = providers, today
        self._config: SessionConfig | None = None
        self.fields["kind"].initial = self.session_kind
        self.fields["provider"].initial = providers[0].id if providers else None
        self._offer("provider", [(provider.id, provider.label) for provider in providers])
        if providers:
            self._fit(self.chosen or providers[0])
        if data is not None:
            self.data = self._with_defaults(data)

    @property
    def chosen(self) -> RealtimeProvider | None:
        """The provider in use: the one asked for, else the first; None where none is offered or the name is wrong."""
        asked = self.data.get("provider", self.get_initial_for_field(self.fields["provider"], "provider"))
        return next((provider for provider in self.providers if provider.id == asked), None)

    def session_config(self) -> SessionConfig:
        """The configuration asked for. Raises ValueError unless the form is valid."""
        if not self.is_valid() or self._config is None:
            raise ValueError("The form is not valid.")
        return self._config

    def reject(self, param: str | None, message: str) -> None:
        """Puts an API error at the field its dotted ``param`` is about, or above the form."""
        dialect = self.chosen.dialect.name if self.chosen else "ga"
        known = {**{name: name for name in self.fields}, **self.field_of_param}
        field = params.field_for(dialect, param, known) if param else None
        self.add_error(known[field] if field else None, forms.ValidationError(message, code="rejected"))

    def clean_kind(self) -> Kind:
        if self.cleaned_data["kind"] != self.session_kind:
            raise forms.ValidationError("Send kind=realtime or kind=transcription.", code="invalid_choice")
        return self.session_kind

    def clean(self) -> dict[str, Any]:
        for name in UNUSED_BY_TURN_DETECTION.get(self.cleaned_data.get("turn_detection", ""), ()):
            self.errors.pop(name, None)  # the page hides these fields; nobody could mend them
        if not self.errors and self.chosen is not None:
            self._config = SessionConfig(kind=self.session_kind, **self.config_fields(self.cleaned_data))
            self._ask_dialect(self.chosen, self._config)
        return self.cleaned_data

    def config_fields(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of SessionConfig as the cleaned values set them."""
        reduction = values["noise_reduction"]
        return {
            "turn_detection": turn_detection(values),
            "noise_reduction": None if reduction == "off" else config.NoiseReduction(type=reduction),
        }

    def _ask_dialect(self, provider: RealtimeProvider, asked: SessionConfig) -> None:
        body = provider.dialect.encode_mint(asked, FREE_TTL_S)
        try:
            provider.dialect.decode_mint(body, asked.kind)
        except InvalidRequest as error:
            self.reject(error.param, error.message)

    def _fit(self, provider: RealtimeProvider) -> None:
        """Offers what this provider has."""
        models = offers.models(provider, self.session_kind, self.today)
        self._offer("model", [(model.id, model.id) for model in models])
        self.fields["model"].initial = offers.default_model(provider, self.session_kind, self.today)

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def _with_defaults(self, data: QueryDict) -> QueryDict:
        complete = data.copy()
        for name, field in self.fields.items():
            absent = name not in complete and not isinstance(field, forms.BooleanField)
            if absent and (initial := self.get_initial_for_field(field, name)) is not None:
                complete[name] = str(initial)
        return complete


def turn_detection(values: Mapping[str, Any]) -> config.ServerVad | config.SemanticVad | None:
    """The turn detection asked for; None is off."""
    match values["turn_detection"]:
        case "server_vad":
            names = ("threshold", "prefix_padding_ms", "silence_duration_ms")
            return config.ServerVad(**{name: values[name] for name in names})
        case "semantic_vad":
            return config.SemanticVad(eagerness=values["eagerness"])
    return None


class TalkForm(SessionForm):
    """A conversation: kind realtime."""

    session_kind = "realtime"

    voice = fields.choice("Voice", initial=SessionConfig.model_fields["voice"].default)
    instructions = fields.text("Instructions", config.Instructions, rows=4, initial=config.DEFAULT_INSTRUCTIONS)
    transcription = forms.BooleanField(label="Transcribe what I say", required=False, initial=True)
    temperature = fields.number(SessionConfig, "temperature", "Temperature", step=0.05)
    max_output_tokens = fields.number(
        SessionConfig, "max_output_tokens", "Maximum output tokens", help_text="Empty means no limit."
    )
    input_format = fields.choice("Input format", AUDIO_FORMATS, initial="pcm16")
    output_format = fields.choice("Output format", AUDIO_FORMATS, initial="pcm16")
    output_modality = fields.choice("Answers", MODALITIES, initial="audio", radio=True)

    def clean_instructions(self) -> str:
        return _with_plain_newlines(self.cleaned_data["instructions"])

    def clean_temperature(self) -> float:
        """Only the dialect that has it takes another than the default; silence would be a lie."""
        value: float = self.cleaned_data["temperature"]
        reason = offers.unsupported(self.chosen).get("temperature") if self.chosen else None
        if reason and value != self.fields["temperature"].initial:
            raise forms.ValidationError(f"Leave Temperature out. {reason}", code="unsupported")
        return value

    def config_fields(self, values: Mapping[str, Any]) -> dict[str, Any]:
        same_name = (
            "model", "voice", "instructions", "temperature", "input_format", "output_format", "output_modality",
        )  # fmt: skip
        return {
            **super().config_fields(values),
            **{name: values[name] for name in same_name},
            "transcription": config.Transcription() if values["transcription"] else None,
            "max_output_tokens": values["max_output_tokens"] or "inf",
        }

    def _fit(self, provider: RealtimeProvider) -> None:
        super()._fit(provider)
        self._offer("voice", [(voice, voice.capitalize()) for voice in provider.dialect.voices])
        for name in offers.unsupported(provider):
            self.fields[name].widget.attrs["disabled"] = True


class TranscribeForm(SessionForm):
    """Live captions: kind transcription."""

    session_kind = "transcription"
    field_of_param: ClassVar[Mapping[str, str]] = {"transcription_model": "model", "transcription": "model"}

    language = forms.RegexField(
        fields.pattern(config.Language),
        label="Language",
        required=False,
        strip=True,
        help_text="A code such as en or de; empty lets the model find out.",
        error_messages={"invalid": "Enter a language code such as en or de for Language, or leave it empty."},
    )
    prompt = fields.text("Prompt", config.Instructions, rows=3, help_text="Names and words to expect.")
    logprobs = forms.BooleanField(label="Mark uncertain words", required=False, initial=True)

    def clean_prompt(self) -> str:
        return _with_plain_newlines(self.cleaned_data["prompt"])

    def config_fields(self, values: Mapping[str, Any]) -> dict[str, Any]:
        transcription = config.Transcription(
            model=values["model"], language=values["language"] or None, prompt=values["prompt"] or None
        )
        return {
            **super().config_fields(values),
            "transcription": transcription,
            "include": ["item.input_audio_transcription.logprobs"] if values["logprobs"] else [],
        }


FORMS: Mapping[str, type[SessionForm]] = {form.session_kind: form for form in (TalkForm, TranscribeForm)}


def _with_plain_newlines(text: str) -> str:
    """Browsers send CRLF, whatever was typed."""
    return text.replace("\r\n", "\n")
