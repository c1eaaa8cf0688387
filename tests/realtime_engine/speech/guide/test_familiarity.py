from __future__ import annotations

import pytest

from realtime_engine.speech.guide import familiarity

LIKELIER = [
    pytest.param("Okay, tell me a story.", "Okay, tell the story.", id="a request"),
    pytest.param("What is 12 times 7?", "What is 12 time 7?", id="numerals"),
    pytest.param("What is thirty-six times seven?", "What is thirty-six times heaven?", id="hyphens"),
    pytest.param("One nine two two oh seven.", "One nine two duo seven.", id="digits"),
]


@pytest.mark.parametrize(("asked", "misheard"), LIKELIER)
def test_what_the_guide_is_asked_is_more_familiar_than_what_sounds_like_it(asked: str, misheard: str) -> None:
    assert familiarity(asked) > familiarity(misheard)


def test_what_the_guide_is_never_asked_is_not_familiar() -> None:
    assert familiarity("Umbrellas annoy bureaucrats.") == 0


@pytest.mark.parametrize("spelling", ["What is 144 minus 7?", "what is one hundred forty four minus seven"])
def test_numbers_are_as_familiar_in_digits_as_in_words(spelling: str) -> None:
    assert familiarity(spelling) == familiarity("what is one hundred forty-four minus seven")


def test_nothing_is_not_familiar() -> None:
    assert familiarity("") == 0
