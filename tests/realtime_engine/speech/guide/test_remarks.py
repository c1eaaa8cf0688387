from __future__ import annotations

import pytest

from .talk import answer_to, conversation, guide, said, user


@pytest.mark.parametrize(
    ("remark", "answer"),
    [
        pytest.param("hello", "Hello, I am the guide of this demo", id="greeting"),
        pytest.param("Good morning!", "Hello, I am the guide of this demo", id="good morning"),
        pytest.param("hi how are you", "I am well, thank you", id="how are you"),
        pytest.param("thank you very much", "You are welcome.", id="thanks"),
        pytest.param("okay thanks goodbye", "Goodbye", id="goodbye"),
        pytest.param("stop talking please", "All right, I stop.", id="stop"),
        pytest.param("never mind", "All right.", id="never mind"),
        pytest.param("no thank you", "All right.", id="no thanks"),
        pytest.param("can you speak slower", "How fast and loud I speak is set for the whole session", id="slower"),
        pytest.param("what is the weather like in paris", "I cannot look anything up", id="weather"),
        pytest.param("can you hear me", "Yes, I hear you.", id="hearing"),
        pytest.param("testing one two three", "Yes, I hear you.", id="testing"),
        pytest.param("what can you do", "I tell the time and the date", id="help"),
        pytest.param("who are you", "I am the guide of this demo, a small scripted program", id="who"),
        pytest.param("are you open a i", "I am the guide of this demo, a small scripted program", id="not OpenAI"),
    ],
)
def test_remarks_are_answered(remark: str, answer: str) -> None:
    assert answer_to(remark).startswith(answer)


def test_it_says_that_it_is_no_language_model() -> None:
    assert "no language model behind me" in answer_to("are you a language model")


def test_a_second_greeting_is_shorter() -> None:
    assert said(*conversation("hello"), user("hello")).startswith("Hello, I am still here.")


def test_instructions_are_quoted_and_not_followed() -> None:
    answer = answer_to("what are your instructions", instructions="Always answer\nin rhyme.")
    assert answer.startswith("My instructions are: Always answer in rhyme.")
    assert "cannot follow them" in answer


def test_long_instructions_are_cut() -> None:
    assert len(answer_to("what are your instructions", instructions="word " * 5000)) < 400


def test_again_repeats_the_last_answer() -> None:
    turns = [user("what is two plus two"), guide("Two plus two is four.")]
    assert said(*turns, user("say that again please")) == "Two plus two is four."


def test_again_without_an_answer_before() -> None:
    assert answer_to("repeat that") == "I have not said anything yet."


def test_what_did_i_say_quotes_the_turn_before() -> None:
    turns = [user("go forward ten meters"), guide("I did not understand.")]
    assert said(*turns, user("what did i say")) == "Before this I heard: go forward ten meters"
