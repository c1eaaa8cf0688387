"""Evaluates arithmetic tokens with the usual precedence: powers, then products, then sums, each left to right."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Literal

MAX_BITS = 4_096
"""A power whose result would be longer than this is not computed."""

_ROOT_SCALE = 10**12

Kind = Literal["number", "previous", "infix", "prefix", "postfix", "open", "close"]


class Unanswerable(ArithmeticError):
    """There is no answer; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """A part of an expression: ``sign`` says which operation, ``value`` which number, ``words`` how it is said."""

    kind: Kind
    sign: str = ""
    words: str = ""
    value: Fraction = Fraction(0)


def evaluate(tokens: Sequence[Token], previous: Fraction) -> Fraction:
    """The value; ``previous`` stands for "that".

    Raises Unanswerable where there is none, and ValueError where the tokens are no expression.
    """
    return _Reader(tokens, previous).whole()


class _Reader:
    """Recursive descent, one method per level of precedence."""

    def __init__(self, tokens: Sequence[Token], previous: Fraction) -> None:
        self._tokens = list(tokens)
        self._previous = previous

    def whole(self) -> Fraction:
        value = self._sum()
        if self._tokens:
            raise ValueError("not an expression")
        return value

    def _sum(self) -> Fraction:
        return self._left_to_right(("+", "-"), self._product)

    def _product(self) -> Fraction:
        return self._left_to_right(("*", "/"), self._signed)

    def _left_to_right(self, signs: tuple[str, ...], operand: Callable[[], Fraction]) -> Fraction:
        value = operand()
        while token := self._next("infix", *signs):
            value = _apply(token.sign, value, operand())
        return value

    def _signed(self) -> Fraction:
        if self._next("infix", "-"):
            return -self._signed()
        if token := self._next("prefix"):
            return PREFIXES[token.sign][1](self._signed())
        return self._power()

    def _power(self) -> Fraction:
        base = self._primary()
        while token := self._next("postfix"):
            base = _POSTFIXES[token.sign](base)
        return _power(base, self._signed()) if self._next("infix", "^") else base

    def _primary(self) -> Fraction:
        if token := self._next("number"):
            return token.value
        if self._next("previous"):
            return self._previous
        if not self._next("open"):
            raise ValueError("an operand is missing")
        value = self._sum()
        if not self._next("close"):
            raise ValueError("a bracket is open")
        return value

    def _next(self, kind: Kind, *signs: str) -> Token | None:
        if self._tokens and self._tokens[0].kind == kind and (not signs or self._tokens[0].sign in signs):
            return self._tokens.pop(0)
        return None


def _apply(sign: str, left: Fraction, right: Fraction) -> Fraction:
    if sign == "/" and right == 0:
        raise Unanswerable("Nothing can be divided by zero, so there is no answer to that.")
    return _INFIXES[sign](left, right)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise Unanswerable("I can raise numbers to whole powers only.")
    if base == 0 and exponent < 0:
        raise Unanswerable("Nothing can be divided by zero, so there is no answer to that.")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits * abs(exponent.numerator) > MAX_BITS:
        raise Unanswerable("That number is too long for me to work out.")
    return Fraction(base**exponent.numerator)


def _square_root(value: Fraction) -> Fraction:
    """Exact for squares of fractions, else right to twelve decimals."""
    if value < 0:
        raise Unanswerable("A negative number has no real square root.")
    exact = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    if exact**2 == value:
        return exact
    return Fraction(isqrt(value.numerator * _ROOT_SCALE**2 // value.denominator), _ROOT_SCALE)


_INFIXES: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_POSTFIXES: Mapping[str, Callable[[Fraction], Fraction]] = {
    "squared": lambda value: _power(value, Fraction(2)),
    "cubed": lambda value: _power(value, Fraction(3)),
    "percent": lambda value: value / 100,
}
PREFIXES: Mapping[str, tuple[str, Callable[[Fraction], Fraction]]] = {
    "root": ("the square root of", _square_root),
    "double": ("twice", lambda value: 2 * value),
    "half": ("half of", lambda value: value / 2),
    "square": ("the square of", _POSTFIXES["squared"]),
    "cube": ("the cube of", _POSTFIXES["cubed"]),
}
"""Operations before their operand: how they are said, and what they do."""
