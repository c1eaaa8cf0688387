"""Bodies to start from, and the answers and refusals they get: computed by the code that answers, so they are true."""

from __future__ import annotations

from typing import Any

from realtime_api.config import Kind
from realtime_api.dialect import Dialect
from realtime_api.errors import ApiError
from realtime_engine.core import capabilities

Document = dict[str, Any]

CREATED_AT = 1_800_000_000
SESSION_ID = "sess_0123456789ABCDEFGHIJK"
KEY = "ek_" + "x" * 32
CALL_ID = "rtc_0123456789ABCDEFGHIJK"

WEATHER_TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather of a place.",
    "parameters": {
        "type": "object",
        "properties": {"place": {"type": "string"}},
        "required": ["place"],
    },
}

BETA_SESSIONS: dict[str, Document] = {
    "defaults": {},
    "tuned": {
        "model": "gpt-4o-realtime-preview",
        "modalities": ["audio", "text"],
        "instructions": "Answer in one sentence.",
        "voice": "ash",
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_transcription": {"model": "whisper-1", "language": "en"},
        "turn_detection": {"type": "server_vad", "threshold": 0.6, "silence_duration_ms": 700},
        "input_audio_noise_reduction": {"type": "near_field"},
        "tools": [WEATHER_TOOL],
        "tool_choice": "auto",
        "temperature": 0.8,
        "max_response_output_tokens": 500,
    },
}
BETA_TRANSCRIPTION_SESSIONS: dict[str, Document] = {
    "defaults": {},
    "tuned": {
        "input_audio_format": "pcm16",
        "input_audio_transcription": {"model": "gpt-4o-transcribe", "language": "en", "prompt": "Ada, Grace"},
        "turn_detection": {"type": "semantic_vad", "eagerness": "low"},
        "input_audio_noise_reduction": {"type": "far_field"},
        "include": ["item.input_audio_transcription.logprobs"],
        "client_secret": {"expires_at": {"anchor": "created_at", "seconds": 120}},
    },
}
CLIENT_SECRETS: dict[str, Document] = {
    "conversation": {
        "expires_after": {"anchor": "created_at", "seconds": 600},
        "session": {
            "type": "realtime",
            "model": "gpt-realtime-2.1",
            "instructions": "Answer in one sentence.",
            "audio": {
                "input": {
                    "transcription": {"model": "gpt-4o-transcribe", "language": "en"},
                    "noise_reduction": {"type": "near_field"},
                    "turn_detection": {"type": "semantic_vad", "eagerness": "auto"},
                },
                "output": {"voice": "marin", "speed": 1.0},
            },
            "tools": [WEATHER_TOOL],
        },
    },
    "captions": {
        "session": {
            "type": "transcription",
            "audio": {
                "input": {
                    "transcription": {"model": "gpt-live-transcribe", "language": "en", "delay": "low"},
                    "turn_detection": None,
                }
            },
            "include": ["item.input_audio_transcription.logprobs"],
        }
    },
    "defaults": {},
}
UNKNOWN_FIELD = {"tempo": 1}

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=ice-ufrag:4ZcD",
        "a=ice-pwd:2/1muCWoOi3uLifh0NuRHlU1",
        "a=fingerprint:sha-256 " + ":".join(["00", "11", "22", "33", "44", "55", "66", "77"] * 4),
        "a=setup:actpass",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:4ZcD",
        "a=ice-pwd:2/1muCWoOi3uLifh0NuRHlU1",
        "a=fingerprint:sha-256 " + ":".join(["00", "11", "22", "33", "44", "55", "66", "77"] * 4),
        "a=setup:actpass",
        "a=mid:1",
        "a=sctp-port:5000",
        "a=max-message-size:262144",
        "",
    ]
)
"""An offer as a browser makes it before it has candidates."""


def minted(dialect: Dialect, kind: Kind, body: Document) -> Document:
    """What the mint endpoint answers to ``body``, at CREATED_AT and with a key that opens nothing."""
    asked = dialect.decode_mint(body, kind)
    session = dialect.describe_session(asked.config, SESSION_ID, 0) | capabilities.effects(asked.config, dialect)
    return dialect.encode_minted(session, KEY, CREATED_AT + asked.ttl_s)


def refused(dialect: Dialect, kind: Kind, body: Document) -> Document:
    """What the mint endpoint answers to a body it refuses."""
    try:
        dialect.decode_mint(body, kind)
    except ApiError as error:
        return {"error": error.body()}
    raise AssertionError("an example of a refusal is accepted")
