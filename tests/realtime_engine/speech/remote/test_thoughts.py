"""Models that think aloud are heard only when they have done so."""

from __future__ import annotations

import pytest

from realtime_engine.speech.remote.thoughts import Thoughts

REPLIES: dict[str, tuple[str, str]] = {
    "no thoughts": ("Hello.", "Hello."),
    "thoughts first": ("<think>Hm, a greeting.</think>\n\nHello.", "Hello."),
    "thoughts behind a blank": ("\n<think>Hm.</think>Hello.", "Hello."),
    "empty thoughts": ("<think></think>Hello.", "Hello."),
    "thoughts without end": ("<think>Hm, and then", ""),
    "something like thoughts": ("<thin ice>", "<thin ice>"),
    "only the beginning of a tag": ("<th", "<th"),
    "tag in the middle": ("Write <think> so.", "Write <think> so."),
}


@pytest.mark.parametrize("step", [1, 3, 100])
@pytest.mark.parametrize(("written", "reply"), REPLIES.values(), ids=REPLIES)
def test_reply_without_thoughts(written: str, reply: str, step: int) -> None:
    thoughts = Thoughts()
    heard = [thoughts.strip(written[start : start + step]) for start in range(0, len(written), step)]
    assert "".join(heard) + thoughts.close() == reply


def test_reply_is_not_held_back() -> None:
    thoughts = Thoughts()
    assert [thoughts.strip(delta) for delta in ("He", "llo")] == ["He", "llo"]
