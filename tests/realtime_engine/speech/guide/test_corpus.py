from __future__ import annotations

import re
from collections import Counter
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from realtime_engine.speech.guide import understands
from realtime_engine.speech.guide.corpus import sentences
from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.said_numbers import cardinal
from realtime_engine.speech.guide.skills import SKILLS, understand


@pytest.fixture(scope="module")
def corpus() -> list[str]:
    return list(sentences())


@pytest.fixture(scope="module")
def dictionary() -> frozenset[str]:
    """The words pocketsphinx's en-us dictionary knows how to pronounce."""
    spec = find_spec("pocketsphinx")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "model" / "en-us" / "cmudict-en-us.dict"
    return frozenset(line.split()[0] for line in path.read_text(encoding="utf-8").splitlines() if line)


def test_there_are_some_thousand_sentences(corpus: list[str]) -> None:
    assert 4_000 <= len(corpus) <= 8_000


def test_all_words_can_be_pronounced(corpus: list[str], dictionary: frozenset[str]) -> None:
    assert {word for sentence in corpus for word in sentence.split()} - dictionary == set()


def test_sentences_are_lower_case_words(corpus: list[str]) -> None:
    assert all(re.fullmatch(r"[a-z']+( [a-z']+)*", sentence) for sentence in corpus)


def test_every_sentence_is_understood(corpus: list[str]) -> None:
    assert [sentence for sentence in corpus if not understands(sentence)] == []


def test_every_skill_is_there(corpus: list[str]) -> None:
    found = (understand(Heard.of(sentence)) for sentence in corpus)
    skills = Counter(understood.skill for understood in found if understood)
    assert skills.keys() == SKILLS.keys()
    assert min(skills.values()) >= 15


def test_the_choice_is_the_same_each_time(corpus: list[str]) -> None:
    assert list(sentences()) == corpus


def test_another_seed_gives_other_sentences(corpus: list[str]) -> None:
    assert len(set(sentences(1)) - set(corpus)) > 1_000


def test_neighbouring_words_of_numbers_occur(corpus: list[str]) -> None:
    """What a preference for pairs of words must have seen to prefer any number up to 9999."""
    seen = {pair for sentence in corpus for pair in pairs(sentence)}
    wanted = {pair for number in range(10_000) for pair in pairs(cardinal(number).replace("-", " "))}
    assert len(wanted & seen) / len(wanted) > 0.95


def pairs(sentence: str) -> set[tuple[str, str]]:
    words = sentence.split()
    return set(pairwise(words))
