from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from realtime_api import config
from sessions_app.forms import SessionForm, TalkForm, TranscribeForm
from tests.sessions_app.conftest import MakeProvider

TODAY = "2026-11-20"

BOUNDS = {
    "threshold": ("0", "1", "-0.01", "1.01"),
    "prefix_padding_ms": ("0", "10000", "-1", "10001"),
    "silence_duration_ms": ("0", "10000", "-1", "10001"),
    "temperature": ("0.6", "1.2", "0.59", "1.21"),
    "max_output_tokens": ("1", "4096", "0", "4097"),
}


@pytest.fixture
def talk(make_provider: MakeProvider) -> Any:
    def fill(dialect: str = "beta", **fields: str) -> SessionForm:
        return filled(TalkForm, make_provider(dialect=dialect), fields)

    return fill


@pytest.fixture
def transcribe(make_provider: MakeProvider) -> Any:
    def fill(dialect: str = "ga", **fields: str) -> SessionForm:
        return filled(TranscribeForm, make_provider(dialect=dialect), fields)

    return fill


def filled(form_class: type[SessionForm], provider: Any, fields: dict[str, str]) -> SessionForm:
    data = QueryDict(mutable=True)
    data.update(fields)
    return form_class(data, providers=[provider], today=TODAY)


def test_an_untouched_talk_form_asks_for_the_documented_defaults(talk: Any) -> None:
    asked = talk(transcription="on").session_config()
    assert asked.turn_detection == config.ServerVad(threshold=0.5, prefix_padding_ms=300, silence_duration_ms=500)
    assert (asked.voice, asked.temperature, asked.max_output_tokens) == ("alloy", 0.8, "inf")
    assert asked.transcription == config.Transcription(model="gpt-4o-transcribe")


def test_an_untouched_transcribe_form_asks_for_a_transcription_session(transcribe: Any) -> None:
    asked = transcribe().session_config()
    assert asked.kind == "transcription"
    assert asked.transcription == config.Transcription(model="gpt-4o-transcribe", language=None, prompt=None)
    assert not asked.wants_logprobs


def test_what_the_configuration_says_of_a_choice_helps_in_the_form(talk: Any) -> None:
    described = {name: talk()[name].help_text for name in ("eagerness", "noise_reduction")}
    assert "low 8 s, medium 4 s, high 2 s" in described["eagerness"]
    assert "near_field for headsets" in described["noise_reduction"]


@pytest.mark.parametrize(("field", "edges"), [pytest.param(*row, id=row[0]) for row in BOUNDS.items()])
def test_both_ends_of_a_range_are_in_it(talk: Any, field: str, edges: tuple[str, ...]) -> None:
    lowest, highest, *_ = edges
    assert talk(**{field: lowest}).is_valid()
    assert talk(**{field: highest}).is_valid()


@pytest.mark.parametrize(("field", "edges"), [pytest.param(*row, id=row[0]) for row in BOUNDS.items()])
def test_a_number_outside_its_range_is_told_the_range(talk: Any, field: str, edges: tuple[str, ...]) -> None:
    lowest, highest, *outside = edges
    for value in outside:
        (message,) = talk(**{field: value}).errors[field]
        assert f"from {lowest} to {highest}" in message
        assert str(TalkForm.base_fields[field].label) in message


@pytest.mark.parametrize("value", ["nan", "inf", "loud", "1e400", "½"])
def test_a_threshold_that_is_no_number_is_refused(talk: Any, value: str) -> None:
    assert "Threshold" in talk(threshold=value).errors["threshold"][0]


@pytest.mark.parametrize("field", ["threshold", "prefix_padding_ms", "silence_duration_ms", "temperature"])
def test_a_number_sent_empty_is_asked_for(talk: Any, field: str) -> None:
    assert list(talk(**{field: ""}).errors) == [field]


def test_no_limit_of_output_tokens_is_an_empty_field(talk: Any) -> None:
    assert talk(max_output_tokens="").session_config().max_output_tokens == "inf"
    assert talk(max_output_tokens="77").session_config().max_output_tokens == 77


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("provider", "elsewhere"),
        ("model", "gpt-nothing"),
        ("voice", "nobody"),
        ("turn_detection", "psychic"),
        ("eagerness", "very"),
        ("noise_reduction", "all"),
        ("input_format", "mp3"),
        ("output_format", "mp3"),
        ("output_modality", "video"),
        ("transport", "post"),
    ],
)
def test_a_choice_that_is_not_offered_names_field_and_value(talk: Any, field: str, value: str) -> None:
    fields = {"turn_detection": "semantic_vad", field: value}
    (message,) = talk(**fields).errors[field]
    assert value in message
    assert "Choose" in message


def test_eagerness_reaches_semantic_vad(talk: Any) -> None:
    asked = talk(turn_detection="semantic_vad", eagerness="low").session_config()
    assert asked.turn_detection == config.SemanticVad(eagerness="low")


def test_turn_detection_off_is_null(talk: Any) -> None:
    assert talk(turn_detection="off").session_config().turn_detection is None


@pytest.mark.parametrize(("kind", "unused"), [("semantic_vad", "threshold"), ("server_vad", "eagerness")])
def test_a_field_the_turn_detection_does_not_use_cannot_be_wrong(talk: Any, kind: str, unused: str) -> None:
    assert talk(turn_detection=kind, **{unused: "nonsense"}).is_valid()


def test_a_voice_of_the_beta_dialect_is_not_offered_in_ga(talk: Any) -> None:
    assert talk("beta", voice="fable").is_valid()
    assert list(talk("ga", voice="fable").errors) == ["voice"]


def test_temperature_is_refused_where_the_dialect_has_none(talk: Any) -> None:
    (message,) = talk("ga", temperature="1.0").errors["temperature"]
    assert "beta" in message


def test_the_default_temperature_is_no_wish_and_so_no_error(talk: Any) -> None:
    assert talk("ga", temperature="0.8").is_valid()


def test_instructions_keep_their_line_breaks_as_typed(talk: Any) -> None:
    assert talk(instructions="Be brief.\r\nBe kind.").session_config().instructions == "Be brief.\nBe kind."


def test_instructions_can_be_cleared(talk: Any) -> None:
    assert talk(instructions="").session_config().instructions == ""


@pytest.mark.parametrize(("form", "field"), [("talk", "instructions"), ("transcribe", "prompt")])
def test_a_text_that_is_too_long_is_told_by_how_much(request: pytest.FixtureRequest, form: str, field: str) -> None:
    longest = config.MAX_INSTRUCTIONS
    fill = request.getfixturevalue(form)
    assert fill(**{field: "x" * longest}).is_valid()
    assert f"{longest}" in fill(**{field: "x" * (longest + 1)}).errors[field][0]


@pytest.mark.parametrize("language", ["en", "de", "pt-BR", "yue", ""])
def test_language_codes_are_taken(transcribe: Any, language: str) -> None:
    asked = transcribe(language=language).session_config()
    assert asked.transcription.language == (language or None)


@pytest.mark.parametrize("language", ["English", "e", "en_US", "en\nde"])
def test_a_language_that_is_no_code_is_told_what_one_is(transcribe: Any, language: str) -> None:
    assert "such as en or de for Language" in transcribe(language=language).errors["language"][0]


def test_marking_uncertain_words_asks_for_log_probabilities(transcribe: Any) -> None:
    assert transcribe(logprobs="on").session_config().wants_logprobs


@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_a_model_without_turn_detection_says_so_at_turn_detection(transcribe: Any, dialect: str) -> None:
    form = transcribe(dialect, model="gpt-realtime-whisper", turn_detection="server_vad")
    assert list(form.errors) == ["turn_detection"]
    assert transcribe(dialect, model="gpt-realtime-whisper", turn_detection="off").is_valid()


def test_the_kind_of_the_form_is_not_to_be_changed(talk: Any) -> None:
    assert list(talk(kind="transcription").errors) == ["kind"]


def test_an_invalid_form_has_no_configuration(talk: Any) -> None:
    with pytest.raises(ValueError, match="not valid"):
        talk(voice="nobody").session_config()


def test_without_providers_the_form_can_be_shown_but_not_sent() -> None:
    form = TalkForm(QueryDict("kind=realtime"), providers=[], today=TODAY)
    assert form["provider"].errors


def test_openai_offers_no_model_it_has_shut_down(make_provider: MakeProvider) -> None:
    openai, lab = make_provider(is_openai=True), make_provider()
    names = [
        [name for name, _ in TalkForm(providers=[each], today=TODAY)["model"].field.choices] for each in (openai, lab)
    ]
    assert "gpt-4o-realtime-preview" not in names[0]
    assert "gpt-4o-realtime-preview" in names[1]


def test_the_default_model_moves_on_when_it_is_shut_down(make_provider: MakeProvider) -> None:
    openai = make_provider(is_openai=True)
    assert TranscribeForm(providers=[openai], today="2027-02-25")["model"].initial == "gpt-4o-transcribe"
    assert TranscribeForm(providers=[openai], today="2027-02-26")["model"].initial == "gpt-transcribe"
