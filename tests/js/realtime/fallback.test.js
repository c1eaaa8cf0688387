import assert from "node:assert/strict";
import test from "node:test";
import { CallRoom, SESSION_CREATED, minted } from "../call-room.js";
import { FakePeerConnection, answer, settled } from "../fakes.js";

/** Waits for the WebSocket that WebRTC is given up for, and lets it connect. */
async function fallenBack(room, started) {
  await settled();
  room.socket.says(SESSION_CREATED);
  return started;
}

const apiError = (status, code) => () => answer(status, { error: { type: "invalid_request_error", code, message: "No." } });

test("WebRTC that is not up after 4 s gives way to WebSocket, and says so", async () => {
  const room = new CallRoom();
  const started = room.start();
  await room.timers.advance(3_999);
  assert.equal(room.sockets.length, 0);
  await room.timers.advance(1);
  assert.equal(await fallenBack(room, started), true);
  assert.deepEqual(room.said("transport"), [{ transport: "websocket", fallbackReason: "Not connected after 4 s." }]);
  assert.equal(room.said("notice")[0].title, "WebRTC could not connect, using WebSocket");
});

test("the WebRTC attempt is closed and hung up before the WebSocket is tried", async () => {
  const room = new CallRoom();
  const started = room.start();
  await room.timers.advance(4_000);
  assert.equal(room.peer.closed, true);
  assert.match(room.requests.at(-1).url, /hangup$/);
  assert.equal(room.audioElement.srcObject, null);
  await fallenBack(room, started);
});

test("an answer that comes too late is hung up", async () => {
  const room = new CallRoom();
  let late;
  room.answer = ({ url }) => (url.endsWith("hangup") ? answer(200, "") : new Promise((resolve) => (late = resolve)));
  const started = room.start();
  await room.timers.advance(4_000);
  late(answer(201, "answer", { Location: "/v1/realtime/calls/rtc_9" }));
  await fallenBack(room, started);
  assert.match(room.requests.at(-1).url, /rtc_9\/hangup$/);
});

const TROUBLES = [
  ["ICE fails", (room) => room.peer.becomes("failed"), /peer connection is failed/],
  ["no candidate is found", (room) => room.peer.gathered(), /no ICE candidates/],
];

for (const [name, happens, reason] of TROUBLES) {
  test(`when ${name} it falls back at once`, async () => {
    const room = new CallRoom();
    const started = room.start();
    await settled();
    happens(room);
    assert.equal(await fallenBack(room, started), true);
    assert.match(room.said("transport")[0].fallbackReason, reason);
  });
}

test("with candidates it waits", async () => {
  const room = new CallRoom();
  room.start();
  await settled();
  room.peer.gathered("candidate:1 1 udp 1 192.0.2.1 1 typ host");
  await settled();
  assert.equal(room.sockets.length, 0);
});

const WORTH_ANOTHER_WAY = [
  ["a server without WebRTC", () => answer(404, "not found")],
  ["an offer not understood", apiError(400, "invalid_offer")],
  ["an unreachable call URL", () => Promise.reject(new TypeError("Failed to fetch"))],
];

for (const [name, respond] of WORTH_ANOTHER_WAY) {
  test(`${name} falls back`, async () => {
    const room = new CallRoom();
    room.answer = respond;
    assert.equal(await fallenBack(room, room.start()), true);
  });
}

test("a browser without WebRTC falls back", async () => {
  const createPeerConnection = () => {
    throw new ReferenceError("RTCPeerConnection is not defined");
  };
  const room = new CallRoom({ platform: { createPeerConnection } });
  assert.equal(await fallenBack(room, room.start()), true);
});

test("an answer that the browser cannot use falls back", async () => {
  class Picky extends FakePeerConnection {
    async setRemoteDescription() {
      throw new TypeError("bad SDP");
    }
  }
  const room = new CallRoom({ platform: { createPeerConnection: () => new Picky() } });
  assert.equal(await fallenBack(room, room.start()), true);
  assert.match(room.said("transport")[0].fallbackReason, /bad SDP/);
});

const REFUSALS = [
  ["a refused key", 401, "invalid_api_key"],
  ["a busy engine", 503, "engine_busy"],
  ["too many requests", 429, "rate_limit_exceeded"],
  ["an unknown model", 404, "model_not_found"],
  ["a removed dialect", 400, "beta_api_shape_disabled"],
];

for (const [name, status, code] of REFUSALS) {
  test(`${name} is told, WebSocket is not tried`, async () => {
    const room = new CallRoom();
    room.answer = apiError(status, code);
    assert.equal(await room.start(), false);
    assert.deepEqual([room.notices, room.sockets, room.session.state], [[code], [], "error"]);
  });
}

test("an error event before the session is there is a refusal", async () => {
  const room = new CallRoom();
  const started = room.start();
  await settled();
  room.peer.channel.says({ type: "error", error: { code: "engine_busy", message: "Full." } });
  assert.equal(await started, false);
  assert.deepEqual([room.notices, room.sockets], [["engine_busy"], []]);
});

test("an expired key is told before anything is tried", async () => {
  const room = new CallRoom({ platform: { date: () => 1_000_000 } });
  assert.equal(await room.start(), false);
  assert.deepEqual([room.notices, room.peers], [["key-expired"], []]);
});

test("a WebSocket that was asked for is tried alone", async () => {
  const room = new CallRoom();
  const started = room.start({ transport: "websocket" });
  await settled();
  room.socket.ends({ code: 1006 });
  assert.equal(await started, false);
  assert.deepEqual([room.notices, room.peers], [["server-unreachable"], []]);
});

test("a WebSocket refused by an error event is told by its code", async () => {
  const room = new CallRoom();
  const started = room.start({ transport: "websocket" });
  await settled();
  room.socket.says({ type: "error", error: { code: "invalid_api_key", message: "No." } });
  room.socket.ends({ code: 4000, reason: "invalid_request_error.invalid_api_key" });
  assert.equal(await started, false);
  assert.deepEqual(room.notices, ["invalid_api_key"]);
});

test("a WebSocket that says nothing is given up", async () => {
  const room = new CallRoom();
  const started = room.start({ transport: "websocket" });
  await room.timers.advance(10_000);
  assert.equal(await started, false);
  assert.deepEqual(room.notices, ["connection-failed"]);
});

test("hanging up while connecting gives up without a notice", async () => {
  const room = new CallRoom();
  const started = room.start();
  await settled();
  room.session.hangUp();
  assert.equal(await started, false);
  assert.deepEqual([room.session.state, room.notices, room.sockets], ["idle", [], []]);
  assert.deepEqual([room.peer.closed, room.microphone.track.stopped], [true, true]);
});

test("the time WebRTC gets is an argument", async () => {
  const room = new CallRoom();
  const { RealtimeSession } = await import("../../../static/js/realtime/session.js");
  const session = new RealtimeSession({ worklets: {}, connectTimeoutMs: 500, platform: room.platform });
  const started = session.start({ minted: minted(), microphone: null, audioElement: room.audioElement });
  await room.timers.advance(500);
  assert.equal(room.sockets.length, 1);
  await fallenBack(room, started);
});
