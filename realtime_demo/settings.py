"""Django settings. Everything that differs between installations comes from the environment or ``.env``; the
variables are described in ``.env.example``.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from pydantic import SecretStr

from realtime_demo import engine, secret_files
from sessions_app.loopback import is_loopback

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

VAR_DIR = BASE_DIR / env("VAR_DIR", default="var")
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or secret_files.read_or_create(VAR_DIR / "secret_key", get_random_secret_key)
LOG_LEVEL = env("LOG_LEVEL", default="INFO").upper()
LOG_FORMAT = env("LOG_FORMAT", default="line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is '{LOG_FORMAT}': use line or json.")

# --- Addresses ---

HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
IS_PUBLIC = not is_loopback(HOST)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", HOST])

HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]  # what watches the site asks it directly
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("TRUST_X_FORWARDED_PROTO", default=False) else None
)
# HSTS for subdomains and for browsers' preload lists is for whoever owns the domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- Providers ---

OPENAI_API_KEY = SecretStr(env("OPENAI_API_KEY", default="").strip())
OPENAI_BASE_URL = env("OPENAI_BASE_URL", default="https://api.openai.com/v1")
REALTIME_PROVIDERS = SecretStr(env("REALTIME_PROVIDERS", default="") or "[]")  # JSON with keys in it: never shown
REALTIME_ALLOW_OPEN_MINT = env.bool("REALTIME_ALLOW_OPEN_MINT", default=False)
REALTIME_MINTS_PER_MINUTE = env.int("REALTIME_MINTS_PER_MINUTE", default=120)
REALTIME_PAID_MINTS_PER_MINUTE = env.int("REALTIME_PAID_MINTS_PER_MINUTE", default=10)
PROVIDER_REGISTRY = "realtime_demo.providers.registry"

# --- Embedded engine ---

ENGINE_INSTALLED = not engine.missing_packages()
ENGINE_API_KEY = env("REALTIME_ENGINE_API_KEY", default="") or secret_files.read_or_create(
    VAR_DIR / "engine_key", lambda: f"sk-local-{secrets.token_urlsafe(32)}"
)
ENGINE_MAX_SESSIONS = env.int("REALTIME_MAX_SESSIONS", default=64)
ENGINE_MAX_SESSIONS_PER_KEY = env.int("REALTIME_MAX_SESSIONS_PER_KEY", default=16)
ENGINE_SESSION_SECONDS = env.int("REALTIME_SESSION_SECONDS", default=3600)
ENGINE_MAX_APPEND_MIB = env.int("REALTIME_MAX_APPEND_MIB", default=15)
ENGINE_MAX_ITEMS = env.int("REALTIME_MAX_ITEMS", default=1000)
ENGINE_MAX_CONVERSATION_MIB = env.int("REALTIME_MAX_CONVERSATION_MIB", default=64)
ENGINE_MAX_UNREAD_MIB = env.int("REALTIME_MAX_UNREAD_MIB", default=8)
ENGINE_MAX_STALL_SECONDS = env.int("REALTIME_MAX_STALL_SECONDS", default=20)
ENGINE_CALL_QUIET_SECONDS = env.float("REALTIME_CALL_QUIET_SECONDS", default=10.0)
ENGINE_UDP_PORTS = env("REALTIME_UDP_PORTS", default="")
ENGINE_ANNOUNCED_ADDRESS = env("REALTIME_ANNOUNCED_ADDRESS", default="")
ENGINE_RECOGNISERS = env.int("REALTIME_RECOGNISERS", default=max(2, os.cpu_count() or 1))
ENGINE_VOICES = env.int("REALTIME_VOICES", default=2)

# What answers, listens and speaks in place of the engine's own; empty where nothing does.
ENGINE_LLM_URL = env("REALTIME_LLM_URL", default="").strip()
ENGINE_LLM_MODEL = env("REALTIME_LLM_MODEL", default="").strip()
ENGINE_LLM_API_KEY = SecretStr(env("REALTIME_LLM_API_KEY", default="").strip())
ENGINE_STT_URL = env("REALTIME_STT_URL", default="").strip()
ENGINE_STT_MODEL = env("REALTIME_STT_MODEL", default="").strip()
ENGINE_STT_API_KEY = SecretStr(env("REALTIME_STT_API_KEY", default="").strip())
ENGINE_TTS_URL = env("REALTIME_TTS_URL", default="").strip()
ENGINE_TTS_MODEL = env("REALTIME_TTS_MODEL", default="").strip()
ENGINE_TTS_API_KEY = SecretStr(env("REALTIME_TTS_API_KEY", default="").strip())
ENGINE_TTS_VOICE = env("REALTIME_TTS_VOICE", default="").strip()
ENGINE_WHISPER_MODEL = env("REALTIME_WHISPER_MODEL", default="").strip()
ENGINE_PIPER_VOICE = env("REALTIME_PIPER_VOICE", default="").strip()

# --- Application ---

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "csp",
    "sessions_app",
    "realtime_demo",
    *(["realtime_engine.server"] if ENGINE_INSTALLED else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "realtime_demo.middleware.permissions_policy",
    "realtime_demo.middleware.Common",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "realtime_demo.urls"
ASGI_APPLICATION = "realtime_demo.asgi.application"
CSRF_FAILURE_VIEW = "sessions_app.views.csrf_failure"
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the form
CSRF_COOKIE_SAMESITE = "Strict"
X_FRAME_OPTIONS = "DENY"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_EXCEPTION_REPORTER_FILTER = "realtime_demo.reporting.SecretsFilter"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

# Pages that open connections add the providers' origins to connect-src (sessions_app.csp).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

# --- Static files ---

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "realtime_demo.storage.ModuleStorage"},
}

# --- Database, cache ---

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(env("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = True

REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{levelname} {name}: {message}", "style": "{"},
        "json": {"()": "realtime_demo.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"level": LOG_LEVEL},
        # One line per outgoing request says nothing here, and aiortc's debug lines hold SDP.
        **{name: {"level": "WARNING"} for name in ("httpx", "httpcore", "aioice", "aiortc")},
    },
}
