"""Works out arithmetic, with the usual precedence, and goes on from the last result ("times two")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from realtime_engine.core.ports import Turn
from realtime_engine.speech.guide.heard import Heard
from realtime_engine.speech.guide.heard_numbers import read_signed
from realtime_engine.speech.guide.said_numbers import spoken
from realtime_engine.speech.guide.scene import Answer, Scene, sentence, versions
from realtime_engine.speech.guide.sums import Token, Unanswerable, evaluate, find_expression

MAX_CHAIN = 20
"""Results that go on from results are followed back over so many requests."""

MAX_SAID = 300
"""Characters of an expression that is read back."""

_QUESTIONS = (("what", "is"), ("how", "much", "is"))


def find(heard: Heard) -> Answer | None:
    """Answers an expression anywhere in the request."""
    tokens = _tokens(heard)
    return (lambda scene: _result(tokens, scene)) if tokens else None


def _tokens(heard: Heard) -> tuple[Token, ...] | None:
    words = _without_and(heard.request.split())
    return _two_and_two(words) or find_expression(words)


def _without_and(words: Sequence[str]) -> Sequence[str]:
    """ "and ..." at the start only joins a request to the one before."""
    return words[1:] if words and words[0] == "and" else words


def _two_and_two(words: Sequence[str]) -> tuple[Token, ...] | None:
    """ "what is two and two": "and" is a plus only where the question is nothing else."""
    start = next((len(question) for question in _QUESTIONS if tuple(words[: len(question)]) == question), None)
    first = read_signed(words, start) if start is not None else None
    second = read_signed(words, first.end + 1) if first and "and" in words[first.end : first.end + 1] else None
    if first is None or second is None or second.end < len(words):
        return None
    left, right = (Token("number", "", spoken(number.value), number.value) for number in (first, second))
    return (left, Token("infix", "+", "plus"), right)


def _result(tokens: Sequence[Token], scene: Scene) -> Iterable[str]:
    previous = _last_result(scene.earlier)
    if previous is None and any(token.kind == "previous" for token in tokens):
        yield "There is no earlier result to go on from. Ask me for a whole sum, for instance twelve times seven."
        return
    try:
        value = evaluate(tokens, previous or Fraction(0))
    except Unanswerable as reason:
        yield str(reason)
        return
    yield f"{sentence(_said(tokens, previous))} is {spoken(value)}{_precedence(tokens, value)}."


def _said(tokens: Sequence[Token], previous: Fraction | None) -> str:
    """The expression read back; one with brackets cannot be said without doubt, so it is only pointed at."""
    if any(token.kind == "open" for token in tokens):
        return "that"
    words = [spoken(previous) if token.kind == "previous" and previous is not None else token.words for token in tokens]
    said = " ".join(words)
    return said if len(said) <= MAX_SAID else "that"


def _precedence(tokens: Sequence[Token], value: Fraction) -> str:
    """Said where working from left to right leads elsewhere."""
    plain = all(token.kind == ("number", "infix")[place % 2] for place, token in enumerate(tokens))
    if not plain or any(token.sign == "^" for token in tokens):
        return ""
    left_to_right = tokens[0].value
    for infix, operand in zip(tokens[1::2], tokens[2::2], strict=True):
        left_to_right = evaluate((Token("previous"), infix, operand), left_to_right)
    return "" if left_to_right == value else ", with multiplication and division done first"


def _last_result(turns: Sequence[Turn], depth: int = MAX_CHAIN) -> Fraction | None:
    """The value of the latest request that had one: a sum, or a number on its own ("what is twelve")."""
    for place in range(len(turns) - 1, -1, -1):
        if turns[place].role == "user" and depth:
            for heard in versions(turns[place]):
                value = _value(heard, turns[:place], depth - 1)
                if value is not None:
                    return value
    return None


def _value(heard: Heard, earlier: Sequence[Turn], depth: int) -> Fraction | None:
    tokens = _tokens(heard)
    if not tokens:
        return lone_number(heard)
    previous = _last_result(earlier, depth) if any(token.kind == "previous" for token in tokens) else Fraction(0)
    try:
        return None if previous is None else evaluate(tokens, previous)
    except Unanswerable:
        return None


def lone_number(heard: Heard) -> Fraction | None:
    """The number a request consists of, "what is" before it or not."""
    words = heard.request.split()
    start = next((len(question) for question in _QUESTIONS if tuple(words[: len(question)]) == question), 0)
    number = read_signed(words, start)
    return number.value if number and number.end == len(words) else None
