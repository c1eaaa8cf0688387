"""Finds an arithmetic expression among the words of a request, spoken ("twelve times seven") or typed ("12*7")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from .evaluation import Token, Unanswerable, evaluate
from .tokens import Read, Words, read_infix, read_operand, read_operator, read_sign
from .verb_forms import verb_form

MAX_TOKENS = 60
"""Longer expressions are not looked at."""

MAX_STRANGE_WORDS = 3
"""With more words around it that do not ask for a result, an expression is taken for chance."""

_ASKING_WORDS = """
what is are was how much many calculate compute work out tell me the a an answer result of to if you your i do does did
know can could please equal equals make makes get give gives us now then and so = say solve evaluate find add sum
"""
_ASKING = frozenset(_ASKING_WORDS.split())


class _Run(NamedTuple):
    """Tokens, and the words they were read from."""

    tokens: list[Token]
    start: int
    end: int


def find_expression(words: Words) -> tuple[Token, ...] | None:
    """The longest expression with at least one operation, or None.

    A token of kind "previous" stands for the result before, as in "times two" or "add five to that".
    """
    runs = [run for run in (_Run(*verb_form(words)), *_runs(words)) if _is_expression(run.tokens)]
    best = max(runs, key=lambda run: len(run.tokens), default=None)
    if best is None:
        return None
    around = (*words[: best.start], *words[best.end :])
    return tuple(best.tokens) if sum(word not in _ASKING for word in around) <= MAX_STRANGE_WORDS else None


def _is_expression(run: Sequence[Token]) -> bool:
    """Some operation on something; a number with its sign alone is none."""
    if not 2 <= len(run) <= MAX_TOKENS or (len(run) == 2 and run[0].kind == "infix"):
        return False
    try:
        evaluate(run, Fraction(1))
    except Unanswerable:
        return True
    except ValueError:
        return False
    return True


def _runs(words: Words) -> Iterator[_Run]:
    """The words as tokens; a new run begins where a word does not continue the one before."""
    run: list[Token] = []
    start = at = 0
    while at < len(words):
        if found := _next_token(words, at, run):
            run.append(found.token)
            at = found.end
        elif run:
            yield _Run(_without_loose_end(_going_on(run)), start, at)
            run, start = [], at
        else:
            start = at = at + 1
    yield _Run(_without_loose_end(_going_on(run)), start, at)


def _next_token(words: Words, at: int, run: Sequence[Token]) -> Read | None:
    last = run[-1].kind if run else None
    if last in ("number", "previous", "postfix", "close"):
        return read_operator(words, at, run[-1])
    starts_request = at == (2 if tuple(words[:2]) == ("what", "is") else 0)
    if last is None and starts_request and not read_sign(words, at) and (infix := read_infix(words, at)):
        return infix
    return read_operand(words, at, last)


def _going_on(run: list[Token]) -> list[Token]:
    """A run that starts with an operation goes on from the result before; so does "minus five" on its own."""
    goes_on = run and run[0].kind == "infix" and (run[0].sign != "-" or len(run) == 2)
    return [Token("previous", "that", "that"), *run] if goes_on else run


def _without_loose_end(run: list[Token]) -> list[Token]:
    while run and run[-1].kind in ("infix", "prefix", "open"):
        run = run[:-1]
    return run
