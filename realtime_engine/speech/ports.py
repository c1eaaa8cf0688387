"""The frame ports of the core, made real in this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np
from threadpoolctl import threadpool_limits

from realtime_engine.core.ports import (
    VAD_FRAME,
    Decoder,
    Encoder,
    FrontEnd,
    SpeechPorts,
    VoiceActivityDetector,
)

from . import codecs, models, noise, turn_judge
from .turn_judge import WINDOW, SmartTurnJudge
from .vad import SileroVad, network

_NUMPY_NOISE_REDUCTION = (
    "webrtc-noise-gain is not installed (it has wheels for Linux only): near_field and far_field run on a simpler "
    "spectral gate, which lets more noise through."
)


class LocalSpeechPorts(SpeechPorts):
    """Makes the frame ports of each session; all sessions of the process share its models.

    ``judge`` answers the core's JudgeTurn jobs and is None where its model is missing; ``degraded`` then says why.
    """

    def __init__(self, judge: SmartTurnJudge | None, degraded: Mapping[str, str]) -> None:
        self.judge = judge
        self._degraded = dict(degraded)

    @classmethod
    def load(cls) -> Self:
        """Load and run each model once, so that no conversation pays for it. Raises ModelMissing without a VAD."""
        threadpool_limits(1, "blas")  # the products are small and many: threads would wait for each other
        SileroVad(network()).probabilities([np.zeros(VAD_FRAME, np.int16)])
        degraded = {} if noise.BACKEND == "webrtc" else {"noise_reduction": _NUMPY_NOISE_REDUCTION}
        try:
            judge = SmartTurnJudge(turn_judge.network())
        except models.ModelMissing as missing:
            return cls(None, degraded | {"turn_judge": str(missing)})
        judge.judge(np.zeros(WINDOW, np.int16))
        return cls(judge, degraded)

    def degraded(self) -> dict[str, str]:
        """What is missing or replaced by something simpler (noise_reduction, turn_judge), and why."""
        return dict(self._degraded)

    def decoder(self, audio_format: str) -> Decoder:
        return codecs.decoder(audio_format)

    def encoder(self, audio_format: str) -> Encoder:
        return codecs.encoder(audio_format)

    def front_end(self, noise_reduction: str | None, strength: float) -> FrontEnd:
        return noise.front_end(noise_reduction, strength)

    def voice_activity_detector(self) -> VoiceActivityDetector:
        return SileroVad(network())
