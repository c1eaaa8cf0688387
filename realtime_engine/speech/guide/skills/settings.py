"""Reads back the settings of the session, all of them or those of one topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.said_numbers import spoken
from realtime_engine.speech.guide.scene import Answer, Scene, sentence, shortened

MAX_FACTS = 24
MAX_VALUE = 80
"""Characters of one setting's value."""

_FACTS_PER_SENTENCE = 3
_ALL = re.compile(r"\b(settings?|configuration|configured|setup|set up|parameters)\b")
_QUESTION = re.compile(r"(tell me |give me |read me |say )?(what|which|is|are|how|the|does|are you using|current)\b")
_TOPICS = {
    r"transcri\w+": ("transcription", "transcription_model", "language"),
    r"threshold": ("threshold",),
    r"padding|prefix": ("prefix_padding_ms",),
    r"silence|pause": ("silence_duration_ms",),
    r"eagerness|eager": ("eagerness",),
    r"turn detection|turn taking|voice activity|v ?a ?d": (
        *("turn_detection", "threshold", "prefix_padding_ms", "silence_duration_ms", "eagerness"),
        *("create_response", "interrupt_response"),
    ),
    r"noise": ("noise_reduction",),
    r"temperature( setting)?$|temperature setting|sampling temperature": ("temperature",),
    r"tokens?|limit": ("max_output_tokens",),
    r"formats?|audio": ("input_format", "output_format", "input_audio_format", "output_audio_format"),
    r"modality|modalities": ("output_modality", "output_modalities", "modalities"),
    r"speed|how fast": ("speed",),
    r"transport|connected|connection": ("transport",),
    r"voices?": ("voice",),
    r"(?<!language )models?(?! behind)": ("model",),
    r"tools|functions": ("tools", "tool_choice"),
}
"""What a question asks about, and which settings tell it; the first that occurs is the topic."""

_LABELS = {
    "model": "the model's name",
    "voice": "the voice",
    "threshold": "the threshold",
    "prefix_padding_ms": "the prefix padding",
    "silence_duration_ms": "the silence before a turn ends",
    "eagerness": "the eagerness",
    "language": "the language",
    "temperature": "the sampling temperature",
    "max_output_tokens": "the limit of output tokens",
    "speed": "the speed",
    "input_format": "the input format",
    "output_format": "the output format",
    "output_modality": "the output modality",
    "transport": "the transport",
}
_VALUES = {
    "server_vad": "server VAD",
    "semantic_vad": "semantic VAD",
    "inf": "infinite",
    "pcm16": "PCM sixteen",
    "g711_ulaw": "G seven eleven mu-law",
    "g711_alaw": "G seven eleven A-law",
}


def find(heard: Heard) -> Answer | None:
    """Answers "what are the current settings", "which voice are you using", "is noise reduction on"."""
    request = heard.request
    if _ALL.search(request):
        return _all
    if not _QUESTION.match(request):
        return None
    for topic, keys in _TOPICS.items():
        if match := re.search(rf"\b(?:{topic})\b", request):
            return _topic(keys, match[0])
    return None


def _all(scene: Scene) -> Iterable[str]:
    facts = list(_facts(scene.settings))[:MAX_FACTS]
    if not facts:
        yield "I was not told any settings of this session."
    for at in range(0, len(facts), _FACTS_PER_SENTENCE):
        yield f"{sentence(', '.join(said for _, said in facts[at : at + _FACTS_PER_SENTENCE]))}."


def _topic(keys: Sequence[str], name: str) -> Answer:
    def answer(scene: Scene) -> Iterable[str]:
        facts = [said for key, said in _facts(scene.settings) if key in keys]
        yield f"{sentence(', '.join(facts))}." if facts else f"This session has no setting for {name}."
        if "model" in keys and facts:
            yield "It is only a name here, because a script answers you and no model."

    return answer


def _facts(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each setting with its key and as a clause; the settings inside a group stand by themselves."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            head = value.get("type", value.get("model", "on"))
            inner = {name: inside for name, inside in value.items() if name != "type" and inside != head}
            yield from _facts({key: head, **{name: v for name, v in inner.items() if not isinstance(v, Mapping)}})
        else:
            label = _LABELS.get(key) or key.removesuffix("_ms").replace("_", " ")
            yield key, f"{label} is {_value(key, value)}"


def _value(key: str, value: Any) -> str:
    if value is None or value is False or value == "":
        return "off"
    if value is True:
        return "on"
    if isinstance(value, (list, tuple)):
        return " and ".join(_value("", item) for item in value) or "empty"
    if isinstance(value, (int, float)) and isfinite(value):
        return spoken(Fraction(str(value))) + (" milliseconds" if key.endswith("_ms") else "")
    text = str(value)
    return _VALUES.get(text) or shortened(text.replace("_", " "), MAX_VALUE)
