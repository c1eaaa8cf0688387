"""Client events before a session sees them: what is refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from realtime_api.client_events import MAX_EVENT_ID, ClientEventError, decode
from realtime_api.ga import GA


def refused(**event: Any) -> ClientEventError:
    with pytest.raises(ClientEventError) as caught:
        decode(json.dumps(event), GA)
    return caught.value


def test_a_long_event_id_is_refused_and_its_beginning_returned() -> None:
    error = refused(type="response.cancel", event_id="e" * (MAX_EVENT_ID + 1))
    assert (error.error.code, error.error.param) == ("invalid_value", "event_id")
    assert f"at most {MAX_EVENT_ID}" in error.error.message
    assert error.event_id == "e" * MAX_EVENT_ID


def test_the_longest_event_id_is_taken() -> None:
    longest = "e" * MAX_EVENT_ID
    assert decode(json.dumps({"type": "response.cancel", "event_id": longest}), GA).event_id == longest


def test_an_event_id_that_is_no_string_is_refused_and_not_returned() -> None:
    error = refused(type="response.cancel", event_id=5)
    assert (error.error.code, error.event_id) == ("invalid_type", None)


@pytest.mark.parametrize("kind", ["mcp_approval_response", "mcp_call", "mcp_list_tools", "mcp_approval_request"])
def test_items_of_mcp_are_refused_by_name(kind: str) -> None:
    error = refused(type="conversation.item.create", item={"type": kind, "approve": True})
    assert (error.error.code, error.error.param) == ("mcp_not_supported", "item.type")


def test_a_number_of_thousands_of_digits_is_called_too_large() -> None:
    with pytest.raises(ClientEventError, match="too large") as caught:
        decode('{"type": "response.cancel", "response_id": ' + "9" * 5000 + "}", GA)
    assert caught.value.error.code == "invalid_event"


def test_a_custom_voice_of_a_response_is_refused_by_name() -> None:
    voice = {"audio": {"output": {"voice": {"id": "voice_1"}}}}
    error = refused(type="response.create", response=voice).error
    assert (error.code, error.param) == ("custom_voice_not_supported", "response.audio.output.voice")
