"""The reference page: the API as its OpenAPI document tells it, with requests to edit and send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from sessions_app import answers, connect, guards, reference, refusals, registry, trial
from sessions_app.errors import MintError, ProviderError, TrialError
from sessions_app.providers import RealtimeProvider
from sessions_app.reference import Operation

DOCUMENT_PATH = "/openapi.json"


@require_safe
async def reference_page(request: HttpRequest) -> HttpResponse:
    """Every endpoint with its fields and examples."""
    try:
        return _page(request, await _operations(request))
    except ProviderError as error:
        return _page(request, (), error=error)


@require_POST
async def send_request(request: HttpRequest) -> HttpResponse:
    """Sends an edited request with this server's key; the answer as JSON or within the page, as asked."""
    asked = request.POST.dict()
    operations: Sequence[Operation] = ()
    try:
        operations = await _operations(request)
        guards.check_same_origin(request)
        provider, operation = _provider(request, asked), _operation(operations, asked)
        await guards.count_mint(request, provider)
        answer = await trial.send(provider, operation, asked)
    except MintError as error:
        return _refused(request, operations, asked, error)
    if answers.wants_json(request):
        return _private(JsonResponse(answer.to_json()))
    return _private(_page(request, operations, asked, answer=answer))


async def _operations(request: HttpRequest) -> Sequence[Operation]:
    """What the local engine says about itself; nothing where there is none. Raises ProviderError."""
    local = next((provider for provider in _offered(request) if provider.is_local), None)
    if local is None:
        return ()
    answer = await local.send("GET", DOCUMENT_PATH)
    if not answer.is_success:
        raise refusals.refused(local.label, answer, is_local=True)
    return reference.operations(json.loads(answer.content))


def _offered(request: HttpRequest) -> list[RealtimeProvider]:
    """The providers to send requests to: one that costs money only from the machine itself, whatever is open to
    visitors, because here they choose how long a key lives.
    """
    here = guards.is_local_browser(request)
    return [provider for provider in registry.current().offered(request) if here or not provider.paid]


def _provider(request: HttpRequest, asked: Mapping[str, str]) -> RealtimeProvider:
    registry.current().check_offered(request, asked.get("provider", ""))
    for provider in _offered(request):
        if provider.id == asked.get("provider"):
            return provider
    raise TrialError("Choose one of the providers listed.")


def _operation(operations: Sequence[Operation], asked: Mapping[str, str]) -> Operation:
    for operation in operations:
        if operation.id == asked.get("operation"):
            return operation
    raise TrialError("Choose one of the operations on the page.")


def _refused(
    request: HttpRequest, operations: Sequence[Operation], asked: Mapping[str, str], error: MintError
) -> HttpResponse:
    if answers.wants_json(request):
        return answers.refused_json(error)
    return _private(_page(request, operations, asked, error=error))


def _page(
    request: HttpRequest,
    operations: Sequence[Operation],
    asked: Mapping[str, str] | None = None,
    *,
    answer: trial.Answer | None = None,
    error: MintError | None = None,
) -> HttpResponse:
    providers = _offered(request)
    local = next((provider for provider in providers if provider.is_local), None)
    is_at_an_operation = any(operation.id == (asked or {}).get("operation") for operation in operations)
    context: dict[str, Any] = {
        "operations": operations,
        "providers": providers,
        "unavailable": registry.current().unavailable(request),
        "base_url": connect.public_base_url(request, local) if local else "",
        "asked": asked or {},
        "answer": answer,
        "error": error,
        "stray_error": None if is_at_an_operation or not operations else error,
        "max_body": trial.MAX_BODY,
    }
    return render(request, "sessions_app/reference.html", context, status=error.status if error else 200)


def _private(response: HttpResponse) -> HttpResponse:
    """An answer may hold a key."""
    add_never_cache_headers(response)
    return response
