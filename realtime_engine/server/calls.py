"""WebRTC calls over HTTP: an SDP offer in, an answer out; and hanging up."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

from channels.db import database_sync_to_async

from realtime_api.config import SessionConfig
from realtime_api.dialect import Dialect
from realtime_api.errors import ApiError
from realtime_api.ga import GA, session_kind
from realtime_engine.core import capabilities
from realtime_engine.server import admission, auth, distant, engine
from realtime_engine.server.cors import preflight, with_cors
from realtime_engine.server.http import BASE, Clock, Request, Response, error_response, method_not_allowed, unknown_url
from realtime_engine.server.ids import new_id
from realtime_engine.server.keys import Grant
from realtime_engine.server.offer import SDP, Offer, read_offer
from realtime_engine.server.opening import Opening, choose_dialect, with_model
from realtime_engine.server.sdp import checked_offer
from realtime_engine.server.side_band import not_found
from realtime_engine.server.webrtc import Call

CALLS_PATH = f"{BASE}/realtime/calls"
BETA_PATH = f"{BASE}/realtime"
HANGUP_PATH = re.compile(rf"{CALLS_PATH}/([A-Za-z0-9_]{{1,64}})/hangup")
END_SECONDS = 3.0

_live: dict[str, tuple[Call, asyncio.Task[None]]] = {}
"""The calls of this process; each belongs to the process that answered it."""


async def handle(request: Request, clock: Clock = time.time) -> Response:
    """Answers a request to the call endpoints; to be awaited in the loop where the calls live."""
    return with_cors(request, await _answer(request, clock()))


async def find(call_id: str, grant: Grant) -> distant.Call:
    """A call this key made, or any with the engine's own key, of whatever process. Raises InvalidRequest (404)."""
    call: distant.Call | None = _live[call_id][0] if call_id in _live else await distant.find(call_id)
    if call is None or (grant.is_ephemeral and call.owner != grant.owner):
        raise not_found()
    return call


async def _run(call: Call) -> None:
    async with distant.shared(call.id, call):
        await call.run()


async def hang_up_all() -> None:
    """Ends every call, and waits a little for the last of them."""
    for call, _ in _live.values():
        call.close(1001, "shutdown")
    if _live:
        await asyncio.wait([task for _, task in _live.values()], timeout=END_SECONDS)


async def _answer(request: Request, now: float) -> Response:
    handler = _handler(request.path)
    if handler is None:
        return error_response(unknown_url(request))
    if request.method == "OPTIONS":
        return preflight(request, ["POST"])
    if request.method != "POST":
        return method_not_allowed(request, ["POST"])
    try:
        grant = await database_sync_to_async(auth.authenticate_request)(request, now)
        return await handler(request, grant)
    except ApiError as error:
        return error_response(error)


def _handler(path: str) -> Callable[[Request, Grant], Awaitable[Response]] | None:
    if path in (CALLS_PATH, BETA_PATH):
        return _create
    return _hang_up if HANGUP_PATH.fullmatch(path) else None


async def _create(request: Request, grant: Grant) -> Response:
    dialect = choose_dialect(grant, request.header("openai-beta"), beta_path=request.path == BETA_PATH)
    offer = read_offer(request)
    config = _config(offer, grant, request.parameter("model"), dialect)
    sdp = checked_offer(offer.sdp)
    running = engine.current()
    leave = admission.of_this_process().admit(grant)
    call = Call(new_id("rtc"), running, Opening(grant.owner, config, dialect), leave)
    task = asyncio.create_task(_run(call))
    _live[call.id] = call, task
    task.add_done_callback(lambda _: _live.pop(call.id))
    answer = await call.answer(sdp)
    return Response(201, {"Content-Type": SDP, "Location": f"{CALLS_PATH}/{call.id}"}, answer.encode())


def _config(offer: Offer, grant: Grant, model: str | None, dialect: Dialect) -> SessionConfig:
    """The session part of the form, else the key's configuration, else the defaults. Raises InvalidRequest."""
    if offer.session is None:
        return with_model(grant.config or SessionConfig(model=dialect.default_model), model, pinned=grant.pins_model)
    kind = session_kind(offer.session) if dialect is GA else "realtime"
    config = dialect.decode_session(offer.session, kind, "session")
    capabilities.check(config, dialect, languages=engine.languages())
    return with_model(config, model, pinned="model" in offer.session)


async def _hang_up(request: Request, grant: Grant) -> Response:
    match = HANGUP_PATH.fullmatch(request.path)
    assert match is not None
    await (await find(match[1], grant)).hang_up()
    return Response(200)
