"""The whole site as a process of its own: what a browser or an SDK meets."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from tests.patience import PATIENCE

REPOSITORY = Path(__file__).parents[1]
ENGINE_KEY = "sk-local-key-of-the-live-tests"


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A running site; ``log`` is what its process printed so far."""

    url: str
    engine_key: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def api(self) -> str:
        """The engine's base URL, as SDKs want it."""
        return f"{self.url}/v1"


@contextmanager
def live_server(var: Path, **environment: str) -> Iterator[LiveServer]:
    """Starts the site on a free port with ``var`` as its folder; ends it as Ctrl-C does, and sees that it ends.

    ``environment`` holds further settings, e.g. ``REALTIME_MAX_SESSIONS="1"``.
    """
    shutil.copytree(_prepared(), var, dirs_exist_ok=True)
    port = _free_port()
    variables = _settings(var) | {"PORT": str(port)} | environment
    log = var / "server.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "realtime_demo"]
        process = subprocess.Popen(command, cwd=REPOSITORY, env=variables, stdout=output, stderr=subprocess.STDOUT)
    server = LiveServer(f"http://127.0.0.1:{port}", ENGINE_KEY, process, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        _stop(server)


@cache
def _prepared() -> Path:
    """A folder with an empty database and the static files: it takes seconds, and every server gets a copy."""
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    atexit.register(shutil.rmtree, folder)
    _manage(_settings(folder), "migrate", "--verbosity=0")
    _manage(_settings(folder), "collectstatic", "--no-input", "--verbosity=0")
    return folder


def _settings(var: Path) -> dict[str, str]:
    """The environment of a site with this folder."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "realtime_demo.settings",
        "VAR_DIR": str(var),
        "DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}",
        "HOST": "127.0.0.1",
        "REALTIME_ENGINE_API_KEY": ENGINE_KEY,
        "REALTIME_RECOGNISERS": "1",  # each takes seconds to start
        "REALTIME_VOICES": "1",
        "OPENAI_API_KEY": "",
        "REALTIME_PROVIDERS": "[]",
        "REALTIME_LLM_URL": "",
        "REALTIME_STT_URL": "",
        "REALTIME_TTS_URL": "",
        "REALTIME_TTS_VOICE": "",
        "REALTIME_WHISPER_MODEL": "",
        "REALTIME_PIPER_VOICE": "",
    }


def _manage(variables: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=REPOSITORY, env=variables, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: LiveServer) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            httpx.get(f"{server.api}/models", headers={"Authorization": f"Bearer {server.engine_key}"})
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()}")


def _stop(server: LiveServer) -> None:
    server.process.send_signal(signal.SIGINT)
    try:
        server.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
        raise RuntimeError(f"the server did not stop:\n{server.log.read_text()}") from None
