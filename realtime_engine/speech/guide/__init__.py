"""The guide: the small scripted answerer of the embedded engine. It is no language model, and it says so.

It tells the time and the date, works out arithmetic, counts, repeats, spells, tells stories, reads the settings, calls
the session's tools, and says honestly what it did not understand. Pure functions: the clock comes in as an argument.
"""

from __future__ import annotations

from .corpus import language_model_sentences
from .reply import answer, understands

__all__ = ["answer", "language_model_sentences", "understands"]
