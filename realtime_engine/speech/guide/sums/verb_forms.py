"""Arithmetic told by a verb: "add two to five", "the product of three and four", "divide that by two"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .evaluation import Token
from .tokens import Words, operation, read_operand, read_sign

_VERBS = {
    "add": ("+", {"to", "and", "with"}),
    "sum": ("+", {"and"}),
    "subtract": ("-", {"from"}),
    "take": ("-", {"from", "away"}),
    "difference": ("-", {"and"}),
    "multiply": ("*", {"by", "and", "with"}),
    "product": ("*", {"and"}),
    "divide": ("/", {"by"}),
}
"""Verbs and nouns: the operation, and what stands between the operands."""

_AFTER_VERB = {"of", "between", "up", "together", "the"}
_CHANGE_PLACES = {"to", "from", "away"}
"""Behind these stands what is worked upon: "subtract three from ten"."""


def verb_form(words: Words) -> tuple[list[Token], int, int]:
    """The expression with its operations between its operands, and where it starts and ends; empty without one."""
    for at, word in enumerate(words):
        if word in _VERBS:
            sign, connectors = _VERBS[word]
            operands, end = _operands(words, at + 1, connectors)
            if len(operands) > 1:
                return _joined(operands, operation(sign)), at, end
    return [], 0, 0


def _operands(words: Words, at: int, connectors: set[str]) -> tuple[list[list[Token]], int]:
    """What stands between the connectors, in the order of the operation, and where it ends."""
    while at < len(words) and words[at] in _AFTER_VERB:
        at += 1
    operands: list[list[Token]] = []
    while found := _operand(words, at):
        operands.append(found[0])
        at = found[1]
        connector = words[at] if at < len(words) else ""
        if connector not in connectors:
            break
        at += 2 if connector == "away" and "from" in words[at + 1 : at + 2] else 1
        if connector in _CHANGE_PLACES and (last := _operand(words, at)):
            return [last[0], *operands], last[1]
    return operands, at


def _operand(words: Words, at: int) -> tuple[list[Token], int] | None:
    """A number or "that", with a sign perhaps."""
    sign = read_sign(words, at) if at < len(words) else None
    start = sign.end if sign else at
    found = read_operand(words, start, "infix") if start < len(words) else None
    if not found or found.token.kind not in ("number", "previous"):
        return None
    return ([sign.token] if sign else []) + [found.token], found.end


def _joined(operands: Sequence[Iterable[Token]], between: Token) -> list[Token]:
    tokens = [*operands[0]]
    for operand in operands[1:]:
        tokens += [between, *operand]
    return tokens
