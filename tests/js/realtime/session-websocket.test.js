import assert from "node:assert/strict";
import test from "node:test";
import { codecFor } from "../../../static/js/audio/codec.js";
import { CallRoom, SESSION_CREATED, SPEECH_STARTED, SPEECH_STOPPED, answered, answering, minted, silence } from "../call-room.js";
import { FakeAudioContext, settled } from "../fakes.js";

const audio = (ms, rest = {}) => ({ type: "response.output_audio.delta", response_id: "resp_1", item_id: "item_1", content_index: 0, delta: silence(ms), ...rest });
const FRAME = new Float32Array(960).fill(0.5);

test("the key travels as a subprotocol", async () => {
  const room = new CallRoom();
  const { url, protocols } = await room.overWebSocket();
  assert.equal(url, "ws://engine.test/v1/realtime?model=m");
  assert.deepEqual(protocols, ["realtime", "openai-insecure-api-key.ek_test"]);
});

test("both directions share one context at 24 kHz", async () => {
  const room = new CallRoom();
  await room.overWebSocket();
  assert.deepEqual(room.contexts.map(({ sampleRate, modules }) => [sampleRate, modules.sort()]), [[24_000, ["/capture.js", "/playback.js"]]]);
});

test("each direction runs at the rate of its format", async () => {
  const room = new CallRoom();
  await room.overWebSocket({ minted: minted({ input_format: "g711_ulaw" }) });
  assert.deepEqual(room.contexts.map(({ sampleRate }) => sampleRate).sort(), [24_000, 8_000].sort());
});

test("microphone frames are appended in the session's format", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket({ minted: minted({ input_format: "g711_ulaw" }) });
  room.nodes.capture.posts(FRAME.subarray(0, 320));
  const expected = Buffer.from(codecFor("g711_ulaw").encode(FRAME.subarray(0, 320))).toString("base64");
  assert.deepEqual(socket.sent, [{ type: "input_audio_buffer.append", audio: expected }]);
});

test("nothing is appended before the session is there", async () => {
  const room = new CallRoom();
  const started = room.start({ transport: "websocket" });
  await settled();
  room.nodes.capture.posts(FRAME);
  assert.deepEqual(room.socket.sent, []);
  room.socket.says(SESSION_CREATED);
  await started;
});

test("a turn runs through its states, the model speaks until its audio has been played", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(SPEECH_STARTED, SPEECH_STOPPED, ...answering({ audioMs: 200 }), answered());
  assert.equal(room.session.state, "model");
  room.nodes.playback.posts({ type: "drained", generation: 1, pushes: 1 });
  assert.deepEqual(room.states, ["connecting", "listening", "user", "thinking", "model", "listening"]);
});

test("an answer without audio goes from thinking to listening", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(...answering(), answered());
  assert.deepEqual(room.states.slice(-2), ["thinking", "listening"]);
});

test("barge-in clears playback in the same breath and truncates to what was played", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(...answering({ audioMs: 2_000 }));
  room.nodes.playback.posts({ type: "position", generation: 0, id: "item_1", played: 18_000 });
  socket.says(SPEECH_STARTED);
  assert.deepEqual(room.nodes.playback.messages.at(-1), { type: "clear", generation: 1 });
  const { type, item_id, content_index, audio_end_ms } = socket.sent.at(-1);
  assert.deepEqual([type, item_id, content_index, audio_end_ms], ["conversation.item.truncate", "item_1", 0, 750]);
  assert.equal(room.session.state, "user");
});

test("audio of the interrupted answer that still comes is dropped, the next answer is played", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(...answering({ audioMs: 200 }), SPEECH_STARTED, audio(200));
  assert.deepEqual(room.nodes.playback.types, ["push", "clear"]);
  socket.says(...answering({ response: "resp_2", item: "item_2", audioMs: 200 }));
  assert.equal(room.nodes.playback.messages.at(-1).id, "item_2");
});

test("speech into silence truncates nothing", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(SPEECH_STARTED);
  assert.deepEqual(socket.sent, []);
});

test("typed text cancels, truncates, then asks", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(...answering({ audioMs: 2_000 }));
  room.session.sendText("Stop");
  assert.deepEqual(socket.types, ["response.cancel", "conversation.item.truncate", "conversation.item.create", "response.create"]);
});

test("a server that refuses the late cancel causes no notice", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(...answering({ audioMs: 2_000 }));
  room.session.interrupt();
  socket.says({ type: "error", error: { code: "response_cancel_not_active", event_id: socket.sent[0].event_id } });
  assert.deepEqual(room.notices, []);
});

test("the end of an answer flushes what is shorter than the prebuffer", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(...answering({ audioMs: 40 }), { type: "response.audio.done", item_id: "item_1" });
  assert.deepEqual(room.nodes.playback.types, ["push", "finish"]);
});

test("the beta dialect's audio is played", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.says(audio(40, { type: "response.audio.delta" }));
  assert.equal(room.nodes.playback.messages[0].samples.length, 960);
});

test("a slow uplink is told when it begins to drop and when it has caught up", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  socket.bufferedAmount = 300_000;
  [1, 2, 3].forEach(() => room.nodes.capture.posts(FRAME));
  assert.deepEqual([room.notices, socket.sent], [["uplink-slow"], []]);
  socket.bufferedAmount = 0;
  room.nodes.capture.posts(FRAME);
  assert.match(room.said("notice").at(-1).text, /^0\.1 s of your speech/);
  assert.deepEqual(socket.types, ["input_audio_buffer.append"]);
});

const CLOSE_ROWS = [
  [{ code: 1006 }, "connection-lost"],
  [{ code: 1012 }, "server-restarted"],
  [{ code: 1001 }, "server-restarted"],
];

for (const [close, code] of CLOSE_ROWS) {
  test(`close ${close.code} in mid-call ends it as ${code}`, async () => {
    const room = new CallRoom();
    const socket = await room.overWebSocket();
    socket.ends(close);
    assert.deepEqual([room.session.state, room.notices], ["error", [code]]);
    assert.ok(room.contexts.every(({ state }) => state === "closed") && room.microphone.track.stopped);
  });
}

test("hanging up closes the socket and the audio", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket();
  room.session.hangUp();
  assert.deepEqual([socket.closed, room.contexts[0].state, room.session.state], [true, "closed", "idle"]);
});

test("sound that the browser blocks is told", async () => {
  const room = new CallRoom();
  await room.overWebSocket();
  room.contexts[0].state = "suspended";
  await room.timers.advance(500);
  assert.deepEqual(room.notices, ["audio-blocked"]);
  await room.session.playAudio();
  assert.equal(room.contexts[0].state, "running");
});

test("a browser that will not run at the session's rate is told so", async () => {
  const room = new CallRoom({ platform: { createAudioContext: () => new FakeAudioContext({ sampleRate: 48_000 }) } });
  assert.equal(await room.start({ transport: "websocket" }), false);
  assert.deepEqual(room.notices, ["audio-setup-failed"]);
  assert.equal(room.socket.closed, true);
});

test("a transcription session records without a voice to play", async () => {
  const room = new CallRoom();
  const transcription = { type: "transcription", audio: { input: { transcription: { model: "t" } } } };
  const socket = await room.overWebSocket({ minted: minted({ kind: "transcription", output_format: undefined, session: transcription }) });
  socket.says({ type: "transcription_session.updated", session: transcription }, SPEECH_STARTED, SPEECH_STOPPED);
  assert.deepEqual(Object.keys(room.nodes), ["capture"]);
  assert.deepEqual(room.states.slice(-2), ["user", "listening"]);
});

test("captions stream in a transcription session", async () => {
  const room = new CallRoom();
  const socket = await room.overWebSocket({ minted: minted({ kind: "transcription" }) });
  const type = "conversation.item.input_audio_transcription.delta";
  socket.says(SPEECH_STARTED, { type, item_id: "item_u", delta: "good" }, { type, item_id: "item_u", delta: " morning" });
  assert.deepEqual(room.said("turn").map(({ turn }) => turn.text), ["", "good", "good morning"]);
});
