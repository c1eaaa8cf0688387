"""Chooses a tool of the session for a request.

With ``tool_choice`` "auto" a tool is called when it clearly matches. Its score is the share of its name's words that
the user said, and 0.3 for each further word of its description, for three at most; CALL is enough. "get_weather:
Get the weather of a city" scores 1.0 by "what is the weather like in Paris". Words that say nothing about a tool
(get, the, current ...) do not count. "required" takes the best tool whatever its score, a named function is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from realtime_engine.speech.guide.heard import Heard, words_of

from .arguments import build_arguments
from .slots import Slots, singular

CALL = 0.6
"""The score from which a tool is called."""

WORD_OF_DESCRIPTION = 0.3
MAX_WORDS_OF_DESCRIPTION = 3
MAX_TOOLS = 128
MAX_DESCRIPTION = 1_000

_WITHOUT_MEANING = """
a an the and or of for in on at to by from with about into this that these those is are be was it its as if when get set
do does make run use call fetch lookup look give tell show return returns find current currently given user users me my
you your i we our us please can could would will want need what which who how where why some any all new tool function
api data information info value values name names times like let now not no yes one has have hello there then than up
out so
"""
_EMPTY_WORDS = frozenset(_WITHOUT_MEANING.split())

Tool = Mapping[str, Any]


def choose_tool(tools: Sequence[Tool], tool_choice: object, heard: Heard) -> Tool | None:
    """The function to call, or None. Tools that are no functions (MCP servers) cannot be called from here."""
    functions = [tool for tool in tools[:MAX_TOOLS] if tool.get("type", "function") == "function" and tool.get("name")]
    if not functions or tool_choice == "none":
        return None
    if isinstance(tool_choice, Mapping):
        return next((tool for tool in functions if tool["name"] == tool_choice.get("name")), None)
    best = max(functions, key=lambda tool: score(tool, heard))
    return best if tool_choice == "required" or score(best, heard) >= CALL else None


def score(tool: Tool, heard: Heard) -> float:
    """How clearly the words of a tool match what was heard; 0 is not at all."""
    said = _telling(heard.words)
    named = tool_words(tool)
    described = _telling_words(str(tool.get("description") or "")[:MAX_DESCRIPTION]) - named
    share = len(named & said) / len(named) if named else 0.0
    return share + WORD_OF_DESCRIPTION * min(len(described & said), MAX_WORDS_OF_DESCRIPTION)


def tool_words(tool: Tool) -> frozenset[str]:
    """The telling words of a tool's name: "getWeather" and "get_weather" are weather."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]", " ", str(tool["name"]))
    return _telling_words(name)


def arguments_for(tool: Tool, heard: Heard, now: datetime) -> str:
    """The arguments of a call as JSON."""
    arguments = build_arguments(tool.get("parameters"), Slots(heard), now, tool_words(tool))
    return json.dumps(arguments, ensure_ascii=False)


@lru_cache(maxsize=2 * MAX_TOOLS)
def _telling_words(text: str) -> frozenset[str]:
    """Kept, because each part of a turn is held against the same tools."""
    return _telling(words_of(text))


def _telling(words: Sequence[str]) -> frozenset[str]:
    return frozenset(singular(word) for word in words if word not in _EMPTY_WORDS and word[0].isalpha())
