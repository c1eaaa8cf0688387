"""The site as a process of its own, started as ``make demo`` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.live import REPOSITORY, live_server

KEY = "sk-secret-0123456789"


def test_it_starts_serves_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    with live_server(tmp_path) as server:
        page = httpx.get(server.url)
    log = server.log.read_text()
    assert page.status_code == 200
    assert "server" not in page.headers
    assert f"{server.url}/" in log
    assert "needs no key" in log
    assert server.process.returncode == 0, log
    assert "Traceback" not in log


def test_without_the_engine_extra_it_starts_and_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['aiortc'] = None\n")  # as if not installed
    with live_server(tmp_path, PYTHONPATH=str(tmp_path)) as server:
        page = httpx.get(server.url)
    assert page.status_code == 200
    assert "Local engine is not available" in page.text
    assert "missing: aiortc" in page.text
    assert "The local engine is not available." in server.log.read_text()


def test_a_public_site_with_somebodys_key_refuses_to_start(tmp_path: Path) -> None:
    public = {"HOST": "0.0.0.0", "PORT": "0", "OPENAI_API_KEY": KEY, "VAR_DIR": str(tmp_path)}
    variables = os.environ | public | {"DJANGO_SETTINGS_MODULE": "realtime_demo.settings"}
    command = [sys.executable, "-m", "realtime_demo"]
    ended = subprocess.run(command, cwd=REPOSITORY, env=variables, capture_output=True, text=True, timeout=60)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "Set HOST=127.0.0.1, or REALTIME_ALLOW_OPEN_MINT=1" in said
    assert KEY not in said
    assert "Traceback" not in said
