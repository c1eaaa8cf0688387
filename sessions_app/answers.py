"""The answers of the mint endpoint: JSON for the page's script, HTML where there is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from sessions_app import csp, offers, registry
from sessions_app.errors import MintError
from sessions_app.forms import SessionForm


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def page(request: HttpRequest, form: SessionForm, status: int = 200) -> HttpResponse:
    """The page of the form's kind of session."""
    name = {"realtime": "talk", "transcription": "transcribe"}[form.session_kind]
    context = {
        "form": form,
        "providers": [offers.describe(provider, form.session_kind, form.today) for provider in form.providers],
        "unavailable": registry.current().unavailable(request),
    }
    response = render(request, f"sessions_app/{name}.html", context, status=status)
    return csp.allow_providers(request, response, form.providers)


def minted(request: HttpRequest, answer: dict[str, Any]) -> HttpResponse:
    """The new key and the session in effect."""
    return _private(JsonResponse(answer) if wants_json(request) else _key_page(request, answer))


def invalid(request: HttpRequest, form: SessionForm) -> HttpResponse:
    """The form's errors, by field."""
    if wants_json(request):
        return _private(JsonResponse({"errors": form.errors.get_json_data()}, status=400))
    return _private(page(request, form, status=400))


def refused(request: HttpRequest, error: MintError, form: SessionForm) -> HttpResponse:
    """A refusal that is not about a field."""
    if wants_json(request):
        return refused_json(error)
    form.add_error(None, error.message)
    return _private(_with_wait(page(request, form, status=error.status), error))


def refused_json(error: MintError) -> HttpResponse:
    body = {"error": {"message": error.message, "code": error.code}}
    return _private(_with_wait(JsonResponse(body, status=error.status), error))


def _key_page(request: HttpRequest, answer: dict[str, Any]) -> HttpResponse:
    context = {
        **answer,
        "expires_at": datetime.fromtimestamp(answer["expires_at"], UTC),
        "session_json": json.dumps(answer["session"], indent=2, ensure_ascii=False),
    }
    return render(request, "sessions_app/key.html", context)


def _with_wait(response: HttpResponse, error: MintError) -> HttpResponse:
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    """Keys and what was asked for belong in no cache."""
    add_never_cache_headers(response)
    return response
