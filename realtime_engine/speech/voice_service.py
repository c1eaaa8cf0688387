"""The worker process around the voice."""

from __future__ import annotations

from realtime_engine.core.ports import Samples, SpeechMark
from realtime_engine.speech.messages import Header
from realtime_engine.speech.voice import Speaker
from realtime_engine.speech.worker import Requests, Send


def serve(requests: Requests, send: Send) -> None:
    """Speaks one text after the other."""
    speaker = Speaker()
    send({"kind": "ready"}, b"")
    while (message := requests.inbox.get()) is not None:
        header, _ = message
        if header["op"] == "speak":
            _speak(speaker, header, requests, send)
        requests.cancelled.discard(header["job_id"])


def _speak(speaker: Speaker, header: Header, requests: Requests, send: Send) -> None:
    job_id = header["job_id"]

    def on_speech(audio: Samples, marks: list[SpeechMark]) -> bool:
        wanted = job_id not in requests.cancelled
        if wanted:
            flat = [[mark.start, mark.end, mark.sample] for mark in marks]
            send({"kind": "speech", "job_id": job_id, "marks": flat}, audio.tobytes())
        return wanted

    speaker.say(header["text"], header["voice"], header["speed"], on_speech)
    send({"kind": "done", "job_id": job_id}, b"")
