import assert from "node:assert/strict";
import test from "node:test";
import { CALL_URL, CallRoom, SESSION_CREATED, SPEECH_STARTED, SPEECH_STOPPED, answered, answering } from "../call-room.js";
import { answer, settled } from "../fakes.js";

const STARTED = { type: "output_audio_buffer.started", response_id: "resp_1" };
const STOPPED = { type: "output_audio_buffer.stopped", response_id: "resp_1" };
const CLEARED = { type: "output_audio_buffer.cleared", response_id: "resp_1" };

test("the offer goes to the call URL with the key, unchanged, before any candidate", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  const [{ url, method, headers, body }] = room.requests;
  assert.deepEqual([url, method, body], [CALL_URL, "POST", "offer\r\n"]);
  assert.deepEqual(headers, { "Content-Type": "application/sdp", Authorization: "Bearer ek_test" });
});

test("events go over the channel oai-events, the microphone over its track", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  assert.equal(room.peer.label, "oai-events");
  assert.deepEqual(room.peer.tracks, [room.microphone.track]);
});

test("without a microphone the model can still be heard", async () => {
  const room = new CallRoom();
  await room.overWebRtc({ microphone: null });
  assert.deepEqual(room.peer.transceivers, ["audio sendrecv"]);
});

test("it is connected once session.created is seen, not before", async () => {
  const room = new CallRoom();
  const started = room.start();
  await settled();
  assert.deepEqual([room.session.state, room.session.connected], ["connecting", false]);
  room.peer.channel.says(SESSION_CREATED);
  assert.equal(await started, true);
  assert.deepEqual([room.session.state, room.session.transport], ["listening", "webrtc"]);
});

test("a turn runs through its states", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(SPEECH_STARTED, SPEECH_STOPPED, ...answering(), STARTED, answered(), STOPPED);
  assert.deepEqual(room.states, ["connecting", "listening", "user", "thinking", "model", "listening"]);
});

test("barge-in mutes the element in the same breath as the event", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(...answering(), STARTED, SPEECH_STARTED);
  assert.equal(room.audioElement.muted, true);
  assert.equal(room.session.state, "user");
});

test("after barge-in the next answer is heard, what is left of the last one is not", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(...answering(), STARTED, SPEECH_STARTED, CLEARED, SPEECH_STOPPED, answering({ response: "resp_2" })[0]);
  assert.equal(room.audioElement.muted, true);
  channel.says(STARTED);
  assert.equal(room.audioElement.muted, false);
});

test("a server that does not report its output buffer is heard again by its words", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(...answering(), SPEECH_STARTED);
  await room.timers.advance(300);
  channel.says(...answering({ response: "resp_2", item: "item_2" }));
  assert.equal(room.audioElement.muted, false);
});

test("with interrupt_response off the voice goes on", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  const session = { type: "realtime", audio: { input: { turn_detection: { type: "server_vad", interrupt_response: false } } } };
  channel.says({ type: "session.updated", session }, ...answering(), STARTED, SPEECH_STARTED);
  assert.equal(room.audioElement.muted, false);
});

test("typed text cancels the answer, clears the server's buffer, then asks", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(...answering(), STARTED);
  room.session.sendText(" Stop ");
  assert.deepEqual(channel.types, ["response.cancel", "output_audio_buffer.clear", "conversation.item.create", "response.create"]);
  assert.deepEqual(channel.sent[2].item.content, [{ type: "input_text", text: "Stop" }]);
  assert.equal(room.audioElement.muted, true);
});

test("typed text into a quiet call only asks", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  room.session.sendText("Hello");
  room.session.sendText("  ");
  assert.deepEqual(channel.types, ["conversation.item.create", "response.create"]);
});

test("an answer that is only played any more is cleared without a cancel", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(...answering(), STARTED, answered());
  room.session.interrupt();
  assert.deepEqual(channel.types, ["output_audio_buffer.clear"]);
});

test("an empty turn is not answered", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  room.session.sendTurn();
  channel.says({ type: "error", error: { type: "invalid_request_error", code: "input_audio_buffer_commit_empty", message: "" } });
  channel.says({ type: "input_audio_buffer.committed", item_id: "item_1" });
  assert.deepEqual(channel.types, ["input_audio_buffer.commit"]);
});

test("a manual turn is committed, then answered", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  room.session.clearInput();
  room.session.sendTurn();
  assert.equal(channel.types.at(-1), "input_audio_buffer.commit");
  channel.says({ type: "input_audio_buffer.committed", item_id: "item_1" });
  assert.deepEqual(channel.types, ["input_audio_buffer.clear", "input_audio_buffer.commit", "response.create"]);
});

test("muting switches the track off and shows", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  room.session.setMuted(true);
  assert.deepEqual([room.microphone.track.enabled, room.session.state, room.session.muted], [false, "muted", true]);
  room.session.setMuted(false);
  assert.deepEqual([room.microphone.track.enabled, room.session.state], [true, "listening"]);
});

test("muting while the model speaks is told though the state stays", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(...answering(), STARTED);
  room.session.setMuted(true);
  assert.deepEqual(room.said("state").at(-1), { state: "model", previous: "model", muted: true });
});

test("hanging up closes everything and tells the server", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  room.session.hangUp();
  const { url, method, headers } = room.requests.at(-1);
  assert.deepEqual([url, method, headers.Authorization], [`${CALL_URL}/rtc_1/hangup`, "POST", "Bearer ek_test"]);
  assert.deepEqual([channel.closed, room.peer.closed, room.microphone.track.stopped], [true, true, true]);
  assert.deepEqual([room.session.state, room.said("ended")], ["idle", [{ reason: "hang-up" }]]);
});

test("leaving the page hangs up", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  room.page.dispatchEvent(new Event("pagehide"));
  assert.equal(room.peer.closed, true);
});

test("a server that closes the channel ends the call with the reason", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.ends();
  assert.deepEqual([room.session.state, room.notices], ["error", ["connection-lost"]]);
  assert.deepEqual(room.said("ended"), [{ reason: "failed", code: "connection-lost" }]);
});

for (const state of ["failed", "closed"]) {
  test(`a peer connection that has ${state} ends the call`, async () => {
    const room = new CallRoom();
    await room.overWebRtc();
    room.peer.becomes(state);
    assert.deepEqual(room.notices, ["connection-lost"]);
  });
}

test("a server that falls silent is given up within 5 s", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  await room.timers.advance(5_000);
  assert.deepEqual([room.session.state, room.notices], ["error", ["connection-lost"]]);
});

test("a server that still sends anything is not given up", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  for (let second = 0; second < 10; second += 1) {
    room.peer.bytesReceived += 50;
    await room.timers.advance(1_000);
  }
  assert.equal(room.session.state, "listening");
});

test("a session at its end is told as such, once", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says({ type: "error", error: { code: "session_expired", message: "Your session hit the maximum duration of 60 minutes." } });
  channel.ends();
  assert.deepEqual([room.notices, room.session.state], [["session_expired"], "error"]);
});

test("a blocked sound is told and can be played later", async () => {
  const room = new CallRoom();
  room.audioElement.refusal = "NotAllowedError";
  await room.overWebRtc();
  assert.deepEqual(room.notices, ["audio-blocked"]);
  await room.session.playAudio();
  assert.equal(room.audioElement.plays, 2);
});

test("an unplugged microphone is told, the call goes on", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  room.microphone.track.dispatchEvent(new Event("ended"));
  assert.deepEqual([room.notices, room.session.connected], [["microphone-lost"], true]);
});

test("a message too long for the channel is told, not lost silently", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.tooLong = true;
  room.session.commit();
  assert.deepEqual(room.notices, ["not-sent"]);
});

test("what is no event is told, the call goes on", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.onmessage({ data: "[]" });
  assert.deepEqual([room.notices, room.session.connected], [["unreadable-event"], true]);
});

test("an error within the call is a notice, the call goes on", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says({ type: "error", error: { type: "invalid_request_error", code: "invalid_value", message: "Bad." } });
  assert.deepEqual([room.notices, room.session.connected], [["invalid_value"], true]);
});

test("the wire shows both directions as they are", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  await room.timers.advance(40);
  channel.says({ type: "response.audio.done", item_id: "i" });
  room.session.createResponse();
  const last = room.said("wire").slice(-2).map(({ direction, event, at }) => [direction, event.type, at]);
  assert.deepEqual(last, [["received", "response.audio.done", 40], ["sent", "response.create", 40]]);
});

test("levels come about thirty times a second and end at nothing", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  await room.timers.advance(990);
  assert.equal(room.said("level").length, 31);
  assert.ok(room.said("level")[0].input > 0.9);
  room.session.hangUp();
  await room.timers.advance(1_000);
  assert.deepEqual(room.said("level").slice(31), [{ input: 0, output: 0 }]);
});

test("the transcript stays after the call", async () => {
  const room = new CallRoom();
  const channel = await room.overWebRtc();
  channel.says(...answering());
  room.session.hangUp();
  assert.deepEqual(room.session.turns.map(({ text, status }) => [text, status]), [["Hello there", "cut"]]);
});

test("a second call may follow the first", async () => {
  const room = new CallRoom();
  await room.overWebRtc();
  room.session.hangUp();
  await room.overWebRtc();
  assert.equal(room.session.state, "listening");
  await assert.rejects(room.start(), /hang up first/);
});

test("verbs that send need a connection", () => {
  const { session } = new CallRoom();
  for (const send of [() => session.sendText("x"), () => session.commit(), () => session.interrupt()]) {
    assert.throws(send, /Not connected/);
  }
});

test("a beta server that names no call is just closed", async () => {
  const room = new CallRoom();
  room.answer = () => answer(200, "answer");
  await room.overWebRtc();
  room.session.hangUp();
  assert.equal(room.requests.length, 1);
});
