"""Django's side of the engine's endpoints: requests in, responses out, nothing decided here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from realtime_engine.server import calls, rest
from realtime_engine.server.http import MAX_BODY_BYTES, Request, Response


@csrf_exempt  # bearer keys, never cookies
def answer(request: HttpRequest) -> HttpResponse:
    """Everything that needs no running loop."""
    return _to_django(rest.handle(_to_plain(request)))


@csrf_exempt
async def answer_call(request: HttpRequest) -> HttpResponse:
    """Calls, whose media objects live in the server's loop."""
    return _to_django(await calls.handle(_to_plain(request)))


def _to_plain(request: HttpRequest) -> Request:
    """Reads one byte more than may come, so that too much can be told from just enough."""
    return Request(
        method=request.method or "GET",
        path=request.path,
        headers=request.headers,
        body=request.read(MAX_BODY_BYTES + 1),
        query=request.META.get("QUERY_STRING", ""),
    )


def _to_django(response: Response) -> HttpResponse:
    answer = HttpResponse(response.body, status=response.status)
    del answer["Content-Type"]
    for name, value in response.headers.items():
        answer[name] = value
    return answer
