"""For whoever watches the site: is it alive, is it ready, and what are its figures?"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from realtime_demo import engine
from sessions_app.guards import is_local_browser


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when conversations can begin: database, models, workers; else 503, naming what is missing."""
    faults = {"database": _database_fault(), "engine": _engine_fault()}
    missing = {part: fault for part, fault in faults.items() if fault is not None}
    return JsonResponse({"status": "not ready" if missing else "ready", **missing}, status=503 if missing else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's text format; from elsewhere than this machine, with the engine's key as bearer token."""
    if not is_local_browser(request) and not _has_key(request):
        headers = {"WWW-Authenticate": "Bearer"}
        return HttpResponse("Send the engine's API key as bearer token.\n", "text/plain", 401, headers=headers)
    from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

    return HttpResponse(generate_latest(), CONTENT_TYPE_PLAIN_0_0_4)


def _has_key(request: HttpRequest) -> bool:
    from realtime_engine.server import auth

    key = auth.bearer(request.headers.get("Authorization"))
    return key is not None and secrets.compare_digest(key.encode(errors="replace"), settings.ENGINE_API_KEY.encode())


def _database_fault() -> str | None:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "it does not answer"
    return None


def _engine_fault() -> str | None:
    """None also where the engine is not installed: the site works with other providers."""
    if engine.unavailable_reason() is not None:
        return None
    from realtime_engine.server import health

    return health.fault()
