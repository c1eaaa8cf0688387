"""Several requests in one turn: "what time is it, and what's the weather in Paris and in Rome"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .heard import Heard
from .skills import Understood, understand
from .tools import choose_tool

Tool = Mapping[str, Any]

MAX_PIECES = 16
"""Pieces a turn is cut into; what is left belongs to the last."""

STANDING = frozenset({"arithmetic", "count", "story", "clock", "about", "settings"})
"""Skills that answer a part of a turn; the others look at the whole of it."""

_BETWEEN = re.compile(r"([,;.?!]+\s+(?:and\s+|then\s+|also\s+)*|\s+(?:and|then)\s+(?:then\s+|also\s+)?)", re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?P<lead>in|at|near|for|of|from|to|about)\s+\S", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|near)\s+\S[^,;?!]*$", re.IGNORECASE)
_QUOTE = re.compile(r"[\"\u201c\u201d]")


class Part(NamedTuple):
    """One request: a tool answers it, or else the guide."""

    heard: Heard
    tool: Tool | None
    understood: Understood | None


def parts_of(heard: Heard, tools: Sequence[Tool]) -> list[Part]:
    """The requests of a turn, where it clearly holds several and a tool is wanted for one of them; else nothing."""
    parts: list[Part] = []
    unclear = ""  # what stands for nothing by itself belongs to what is before it, or else behind it
    for between, text in _pieces(heard.text):
        part = _part(text, tools) or _elliptic(text, parts, tools)
        if part and unclear and not parts:
            part = part._replace(heard=Heard.of(unclear + between + text))
        if part:
            parts.append(part)
        elif parts:
            parts[-1] = parts[-1]._replace(heard=Heard.of(parts[-1].heard.text + between + text))
        else:
            unclear += between + text
    several = len(parts) > 1 and any(part.tool for part in parts)
    return [_placed(part, heard) for part in parts] if several else []


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What is between "and", "then" and punctuation, each behind its separator; quoted words are never cut apart."""
    cut = [text] if _QUOTE.search(text) else _BETWEEN.split(text, maxsplit=MAX_PIECES - 1)
    for between, piece in zip(["", *cut[1::2]], cut[::2], strict=True):
        if Heard.of(piece).request:
            yield between, piece


def _part(text: str, tools: Sequence[Tool]) -> Part | None:
    heard = Heard.of(text)
    if tool := choose_tool(tools, "auto", heard):
        return Part(heard, tool, None)
    understood = understand(heard)
    return Part(heard, None, understood) if understood and understood.skill in STANDING else None


def _elliptic(text: str, before: Sequence[Part], tools: Sequence[Tool]) -> Part | None:
    """ "in Rome" behind "the weather in Paris": the part before, said of something else."""
    match = _ELLIPSIS.match(text)
    if not match or not before or not before[-1].tool:
        return None
    said, *rest = re.split(rf"\b{match['lead']}\b", before[-1].heard.text, maxsplit=1, flags=re.IGNORECASE)
    return _part(said + text, tools) if rest else None


def _placed(part: Part, whole: Heard) -> Part:
    """ "the weather and the time in Paris": both are asked of the place that is named last, if the tool needs words."""
    place = _PLACE.search(whole.text)
    if place and part.tool and _needs_words(part.tool) and not _PLACE.search(part.heard.text):
        return part._replace(heard=Heard.of(f"{part.heard.text} {place.group()}"))
    return part


def _needs_words(tool: Tool) -> bool:
    parameters = tool.get("parameters")
    if not isinstance(parameters, Mapping):
        return False
    properties, required = parameters.get("properties"), parameters.get("required")
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return False
    needed = (properties.get(name) for name in required if isinstance(name, str))
    return any(isinstance(schema, Mapping) and schema.get("type") == "string" for schema in needed)
