"""What neither Django's middleware nor django-csp does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.http.response import HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.utils.decorators import sync_and_async_middleware

PERMISSIONS_POLICY = "microphone=(self), camera=(), display-capture=(), geolocation=(), payment=(), usb=()"

PROBES = ("/healthz", "/readyz")

Handler = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class Common(CommonMiddleware):
    """Django's, which refuses names that are not the site's: a probe asks by address, and is told nothing secret."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in PROBES else super().process_request(request)


@sync_and_async_middleware
def permissions_policy(get_response: Handler) -> Handler:
    """Pages may use the microphone and nothing else; frames inside them not even that."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return _with_policy(await get_response(request))

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return _with_policy(get_response(request))  # type: ignore[arg-type]

    return answer


def _with_policy(response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    return response
