"""The pipeline as a server: ws://127.0.0.1:PORT/ takes input_audio_buffer.append and reports speech_stopped.

    PYTHON server.py PORT vad|smart_turn

Runs in an environment of its own (see run.py). Everything is as pipecat sets it up by default, except that idle
pipelines are not ended and turns do not wait for a transcript; silence is 0.5 s with ``vad``, and with ``smart_turn``
the 0.2 s it recommends.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.utils import create_stream_resampler
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    OutputTransportMessageUrgentFrame,
    UserStoppedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import TurnAnalyzerUserTurnStopStrategy
from pipecat.turns.user_turn_processor import UserTurnProcessor
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

CLIENT_RATE = 24_000
PIPELINE_RATE = 16_000
STOP_SECONDS = {"vad": 0.5, "smart_turn": 0.2}
STOPPED = {"type": "input_audio_buffer.speech_stopped"}


class RealtimeSerializer(FrameSerializer):
    """The two events of the Realtime API that the talkers need."""

    def __init__(self) -> None:
        super().__init__()
        self._resampler = create_stream_resampler()

    async def serialize(self, frame: Frame) -> str | None:
        return json.dumps(frame.message) if isinstance(frame, OutputTransportMessageUrgentFrame) else None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        pcm = base64.b64decode(json.loads(data)["audio"])
        audio = await self._resampler.resample(pcm, CLIENT_RATE, PIPELINE_RATE)
        return InputAudioRawFrame(audio=audio, sample_rate=PIPELINE_RATE, num_channels=1)


class Report(FrameProcessor):
    """Tells the client when speech has stopped."""

    def __init__(self, stopped: type[Frame]) -> None:
        super().__init__()
        self._stopped = stopped

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, self._stopped) and direction is FrameDirection.DOWNSTREAM:
            await self.push_frame(OutputTransportMessageUrgentFrame(message=STOPPED))


def detectors(kind: str) -> list[FrameProcessor]:
    """Voice activity detection, and with smart_turn the judgement of turns."""
    vad = VADProcessor(vad_analyzer=SileroVADAnalyzer(params=VADParams(stop_secs=STOP_SECONDS[kind])))
    if kind == "vad":
        return [vad, Report(VADUserStoppedSpeakingFrame)]
    judge = TurnAnalyzerUserTurnStopStrategy(turn_analyzer=LocalSmartTurnAnalyzerV3(), wait_for_transcript=False)
    strategies = UserTurnStrategies(start=[VADUserTurnStartStrategy()], stop=[judge])
    return [vad, UserTurnProcessor(user_turn_strategies=strategies), Report(UserStoppedSpeakingFrame)]


async def serve(socket: WebSocket, kind: str) -> None:
    """One client, until it leaves."""
    await socket.accept()
    transport = FastAPIWebsocketTransport(
        socket, FastAPIWebsocketParams(audio_in_enabled=True, serializer=RealtimeSerializer(), allowed_origins=[])
    )
    pipeline = Pipeline([transport.input(), *detectors(kind), transport.output()])
    parameters = PipelineParams(audio_in_sample_rate=PIPELINE_RATE)
    worker = PipelineWorker(pipeline, params=parameters, idle_timeout_secs=None)

    @transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
    async def leave(*_: Any) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def main() -> None:
    port, kind = int(sys.argv[1]), sys.argv[2]
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    app = FastAPI()

    @app.websocket("/")
    async def connect(socket: WebSocket) -> None:
        await serve(socket, kind)

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
