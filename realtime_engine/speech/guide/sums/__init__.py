"""Arithmetic: finds an expression among spoken or typed words, and evaluates it exactly."""

from __future__ import annotations

from .evaluation import Token, Unanswerable, evaluate
from .expressions import find_expression

__all__ = ["Token", "Unanswerable", "evaluate", "find_expression"]
