"""What the engine cannot do is said."""

from __future__ import annotations

import pytest

from realtime_api.beta import BETA
from realtime_api.config import NoiseReduction, SemanticVad, SessionConfig, Transcription
from realtime_api.errors import InvalidRequest
from realtime_api.ga import GA
from realtime_engine.core import capabilities
from tests.realtime_engine.core.harness import Bench

DIARIZE = "gpt-4o-transcribe-diarize"


def test_a_session_tells_that_a_diarizing_model_gives_no_speakers() -> None:
    bench = Bench()
    transcription = {"model": DIARIZE}
    bench.send(
        type="session.update", session={"type": "realtime", "audio": {"input": {"transcription": transcription}}}
    )
    effects = bench.last("session.updated")["session"]["x-effect"]
    assert "without speakers" in effects["audio.input.transcription.model"]


def test_a_session_that_is_honoured_says_nothing() -> None:
    bench = Bench()
    bench.send(type="session.update", session={"type": "realtime", "instructions": "Hi."})
    assert "x-effect" not in bench.last("session.updated")["session"]


DEGRADED = {"turn_judge": "The model is missing.", "noise_reduction": "A simpler one runs."}


@pytest.mark.parametrize(("dialect", "field"), [(GA, "audio.input.turn_detection.type"), (BETA, "turn_detection.type")])
def test_a_missing_turn_judge_is_told_where_it_matters(dialect, field: str) -> None:
    told = capabilities.effects(SessionConfig(turn_detection=SemanticVad()), dialect, DEGRADED)
    assert told["x-effect"].keys() == {field}
    assert told["x-effect"][field].endswith("The model is missing.")
    assert capabilities.effects(SessionConfig(), dialect, DEGRADED) == {}


def test_a_simpler_noise_reduction_is_told_where_it_runs() -> None:
    reduced = SessionConfig(noise_reduction=NoiseReduction(type="far_field"))
    told = capabilities.effects(reduced, GA, DEGRADED)
    assert told == {"x-effect": {"audio.input.noise_reduction.type": "A simpler one runs."}}


def test_a_session_tells_what_is_missing() -> None:
    bench = Bench(turn_detection=SemanticVad(), degraded=DEGRADED)
    assert "x-effect" in bench.last("session.created")["session"]


@pytest.mark.parametrize(
    ("dialect", "prefix", "param"),
    [(GA, "session.", "session.audio.input.transcription"), (BETA, "", "input_audio_transcription")],
)
def test_a_language_nobody_here_knows_is_refused(dialect, prefix: str, param: str) -> None:
    german = SessionConfig(transcription=Transcription(language="de"))
    with pytest.raises(InvalidRequest) as refused:
        capabilities.check(german, dialect, prefix)
    assert refused.value.param == f"{param}.language"


@pytest.mark.parametrize("languages", [("en", "de"), None])
def test_another_recogniser_may_know_it(languages) -> None:
    capabilities.check(SessionConfig(transcription=Transcription(language="de-AT")), GA, languages=languages)


def test_a_session_refuses_what_its_recogniser_has_not_said_it_knows() -> None:
    bench = Bench(languages=("en", "de"))
    for language in ("de", "fr"):
        transcription = {"model": "whisper-1", "language": language}
        bench.send(
            type="session.update", session={"type": "realtime", "audio": {"input": {"transcription": transcription}}}
        )
    assert bench.last("session.updated")["session"]["audio"]["input"]["transcription"]["language"] == "de"
    refused = bench.last("error")["error"]
    assert refused["param"] == "session.audio.input.transcription.language"
    assert "only 'de', 'en'" in refused["message"]
