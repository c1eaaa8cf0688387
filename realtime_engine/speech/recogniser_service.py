"""The worker process around the recogniser."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np

from realtime_engine.speech.messages import Header
from realtime_engine.speech.recogniser import Heard, Recogniser
from realtime_engine.speech.worker import Requests, Send


def serve(requests: Requests, send: Send) -> None:
    """Listens to one utterance after the other."""
    recogniser = Recogniser()
    send({"kind": "ready"}, b"")
    while (message := requests.inbox.get()) is not None:
        header, payload = message
        if header["job_id"] not in requests.cancelled:
            _listen(recogniser, header, payload, send)
        elif header["op"] == "cancel":
            requests.cancelled.discard(header["job_id"])


def _listen(recogniser: Recogniser, header: Header, payload: bytes, send: Send) -> None:
    match header["op"]:
        case "transcribe":
            recogniser.begin(for_guide=header["for_guide"])
        case "audio":
            stable = recogniser.hear(np.frombuffer(payload, dtype=np.int16))
            if stable is not None:
                send({"kind": "stable", "job_id": header["job_id"], "text": stable}, b"")
        case "end":
            send({"job_id": header["job_id"], **_as_message(recogniser.end())}, b"")


def _as_message(heard: Heard) -> Header:
    words = [astuple(word) for word in heard.words]
    return {"kind": "heard", "text": heard.text, "words": words, "guide_text": heard.guide_text}
