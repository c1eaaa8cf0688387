"""The site as a process of its own, started as ``make demo`` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
KEY = "sk-secret-0123456789"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"VAR_DIR": str(tmp_path), "HOST": "127.0.0.1", "PORT": str(port), "OPENAI_API_KEY": "", "DATABASE_URL": ""}
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "realtime_demo.settings", "PYTHONUNBUFFERED": "1", **own}


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True, timeout=60)


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "collectstatic", "--noinput", "--verbosity=0")
    process = start(environment)
    yield process
    process.kill()
    process.communicate()


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, *(arguments or ("-m", "realtime_demo"))]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    pytest.fail(f"The server ended before it said {text!r}:\n{seen}")


def test_it_starts_serves_and_ends_with_ctrl_c(server: subprocess.Popen[str], environment: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{environment['PORT']}/"
    said = read_until(server, "Ctrl-C stops it.")
    assert address in said
    page = httpx.get(address)
    assert page.status_code == 200
    assert "server" not in page.headers
    server.send_signal(signal.SIGINT)
    rest, _ = server.communicate(timeout=15)
    assert server.returncode == 0, rest
    assert "Traceback" not in said + rest


def test_without_the_engine_extra_it_starts_and_says_what_is_missing(environment: dict[str, str]) -> None:
    manage(environment, "collectstatic", "--noinput", "--verbosity=0")
    without_aiortc = "import sys; sys.modules['aiortc'] = None; from realtime_demo.__main__ import main; main()"
    with start(environment, "-c", without_aiortc) as server:
        read_until(server, "The local engine is not available.")
        page = httpx.get(f"http://127.0.0.1:{environment['PORT']}/")
        server.terminate()
    assert page.status_code == 200
    assert "Local engine is not available" in page.text
    assert "missing: aiortc" in page.text


def test_a_public_site_with_somebodys_key_refuses_to_start(environment: dict[str, str]) -> None:
    server = start({**environment, "HOST": "0.0.0.0", "OPENAI_API_KEY": KEY})
    said, _ = server.communicate(timeout=60)
    assert server.returncode != 0
    assert "Set HOST=127.0.0.1, or REALTIME_ALLOW_OPEN_MINT=1" in said
    assert KEY not in said
    assert "Traceback" not in said
