"""The log as JSON."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import copy_context
from typing import Any

from realtime_demo.logs import JsonFormatter
from realtime_engine.server.session_log import session_id


def logged(message: str, *values: Any, exc_info: Any = None) -> dict[str, Any]:
    record = logging.LogRecord("engine", logging.WARNING, __file__, 1, message, values, exc_info)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    return dict(json.loads(line))


def test_line_is_one_object() -> None:
    line = logged("%d sessions\nof %s", 3, "all")
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "engine", "3 sessions\nof all")
    assert line["time"].endswith("+00:00")
    assert "session" not in line


def test_line_of_a_session_names_it() -> None:
    def in_a_session() -> dict[str, Any]:
        session_id.set("sess_1")
        return logged("late")

    assert copy_context().run(in_a_session)["session"] == "sess_1"


def test_exception_is_part_of_the_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        line = logged("failed", exc_info=sys.exc_info())
    assert "ValueError: broken" in line["exception"]
