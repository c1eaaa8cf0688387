"""Where a page that opens connections may connect to: this site and its providers, nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse

from sessions_app import connect
from sessions_app.providers import RealtimeProvider


def allow_providers(
    request: HttpRequest, response: HttpResponse, providers: Iterable[RealtimeProvider]
) -> HttpResponse:
    """Adds the providers' origins to the response's connect-src.

    'self' covers the same host's WebSocket by the standard, but not in every browser that is still in use, so that is
    said too.
    """
    sources = dict.fromkeys(source for provider in providers for source in connect.sources(request, provider))
    csp_update({"connect-src": list(sources)})(lambda _: response)(request)
    return response
