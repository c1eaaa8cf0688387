from __future__ import annotations

import pytest

from realtime_engine.core.ports import ReplyText
from realtime_engine.speech.guide.skills.stories import STORIES

from .talk import answer_to, conversation, guide, replies, said, user


@pytest.mark.parametrize("request_", ["tell me a story", "Please tell me a long story!", "a story please", "story"])
def test_a_story_is_told(request_: str) -> None:
    assert answer_to(request_) == " ".join(STORIES[0])


@pytest.mark.parametrize("number", range(len(STORIES)))
def test_a_story_is_about_a_minute_of_speech(number: int) -> None:
    assert 180 <= len(" ".join(STORIES[number]).split()) <= 230  # at about 200 words a minute


def test_a_story_streams_sentence_by_sentence() -> None:
    deltas = [reply.delta.strip() for reply in replies(user("tell me a story")) if isinstance(reply, ReplyText)]
    assert tuple(deltas) == STORIES[0]


def test_another_story_is_another_one() -> None:
    assert said(*conversation("tell me a story"), user("another story please")) == " ".join(STORIES[1])


def test_stories_come_round_again() -> None:
    turns = conversation(*["tell me a story"] * len(STORIES))
    assert said(*turns, user("tell me a story")) == " ".join(STORIES[0])


def test_go_on_takes_up_the_story_at_the_sentence_that_was_cut() -> None:
    heard = " ".join(STORIES[0][:3]) + " One evening the lighthouse"
    turns = [user("tell me a story"), guide(heard), *conversation("stop")]
    assert said(*turns, user("go on please")) == " ".join(STORIES[0][3:])


def test_go_on_works_more_than_once() -> None:
    first, second = " ".join(STORIES[0][:3]), " ".join(STORIES[0][3:6])
    turns = [user("tell me a story"), guide(first), user("continue"), guide(second)]
    assert said(*turns, user("keep going")) == " ".join(STORIES[0][6:])
