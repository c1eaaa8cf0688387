"""Settings of the tests: the site's own, without what a developer's environment or the static-files build brings."""

from __future__ import annotations

from zlib import crc32

from pydantic import SecretStr

from realtime_demo.settings import *  # noqa: F403
from realtime_demo.settings import BASE_DIR, DATABASES

DEBUG = False
SECRET_KEY = "not-secret"
HOST, IS_PUBLIC = "127.0.0.1", False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "[::1]"]
OPENAI_API_KEY = SecretStr("")
REALTIME_PROVIDERS = SecretStr("[]")
REALTIME_ALLOW_OPEN_MINT = False
ENGINE_API_KEY = "sk-local-test"
ENGINE_RECOGNISERS = ENGINE_VOICES = 1  # each takes seconds to start
ENGINE_LLM_URL = ENGINE_STT_URL = ENGINE_TTS_URL = ""
ENGINE_LLM_MODEL = ENGINE_STT_MODEL = ENGINE_TTS_MODEL = ENGINE_WHISPER_MODEL = ENGINE_PIPER_VOICE = (
    ENGINE_TTS_VOICE
) = ""
ENGINE_LLM_API_KEY = ENGINE_STT_API_KEY = ENGINE_TTS_API_KEY = SecretStr("")

# Hashed names need collectstatic; the storage has tests of its own.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = BASE_DIR / "static"
WHITENOISE_AUTOREFRESH = True  # nothing is scanned at start

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["NAME"] = ":memory:"
else:  # checkouts that are tested at the same time must not share a database
    DATABASES["default"]["TEST"] = {"NAME": f"test_realtime_demo_{crc32(bytes(BASE_DIR)):08x}"}
