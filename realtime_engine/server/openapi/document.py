"""The whole description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from realtime_engine.server.http import BASE
from realtime_engine.server.openapi.operations import operations
from realtime_engine.server.openapi.schemas import schemas

DESCRIPTION = """\
Keys, calls and models of the Realtime API, in both of its dialects, as the embedded engine serves them.

A field marked `x-effect` is checked and echoed, and has no effect in this installation; the mark says why."""


def document(effects: Mapping[str, str]) -> dict[str, Any]:
    """An OpenAPI 3.1 document. ``effects``: what has no effect here, path in SessionConfig -> reason."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Realtime engine", "version": "2026-11", "description": DESCRIPTION},
        "servers": [{"url": BASE}],
        "security": [{"key": []}],
        "tags": [
            {"name": "GA", "description": "The nested dialect, which OpenAI serves too."},
            {"name": "Beta", "description": "The flat dialect, which OpenAI stopped serving on 2026-05-12."},
            {"name": "Models", "description": "What else there is."},
        ],
        "paths": operations(),
        "components": {
            "schemas": schemas(effects),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The engine's own key, or an ephemeral one where no key is made.",
                }
            },
        },
    }
