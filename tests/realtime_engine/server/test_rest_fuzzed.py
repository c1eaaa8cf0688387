"""schemathesis sends what the OpenAPI document allows, and what it does not, to a running engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.live import REPOSITORY, live_server

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "unsupported_method",
)
OPERATIONS = 8  # all but the one for the document itself
SECONDS = 240


def test_every_answer_is_as_described(tmp_path: Path) -> None:
    with live_server(tmp_path) as server:
        command = [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("run", f"{server.api}/openapi.json", "--url", server.api),
            *("--header", f"Authorization: Bearer {server.engine_key}"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1"),
            *("--checks", ",".join(CHECKS), "--no-color", "--generation-database", "none"),
        ]
        environment = os.environ | {
            "SCHEMATHESIS_HOOKS": "tests.realtime_engine.server.sdp_bodies",
            "PYTHONPATH": str(REPOSITORY),
        }
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert f"Tested: {OPERATIONS}" in run.stdout
