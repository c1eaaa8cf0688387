import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../../static/js/realtime/conversation.js";
import { normalise } from "../../../static/js/realtime/events.js";
import { SPEECH_STARTED, answered, answering, silence } from "../call-room.js";

const TRANSCRIPTION = "conversation.item.input_audio_transcription";

/** A conversation that has lived through these events. */
function after(...events) {
  const conversation = new Conversation({ bytesPerMs: 48 });
  events.flat().forEach((event, index) => conversation.apply(normalise(event), index * 10));
  return conversation;
}

const brief = ({ turns }) => turns.map(({ role, text, status }) => `${role}: ${text} (${status})`);
const item = (id, role, content, rest) => ({ id, type: "message", role, content, ...rest });
const audioItem = item("item_u", "user", [{ type: "input_audio", transcript: null }]);
const committed = { type: "input_audio_buffer.committed", item_id: "item_u", previous_item_id: null };
const added = (what, previous_item_id = null) => ({ type: "conversation.item.added", item: what, previous_item_id });
const truncated = (audio_end_ms) => ({ type: "conversation.item.truncated", item_id: "item_1", content_index: 0, audio_end_ms });

test("a user turn is there as soon as speech starts", () => {
  assert.deepEqual(brief(after(SPEECH_STARTED)), ["user:  (streaming)"]);
});

test("words of the user stream in and are replaced by the whole", () => {
  const delta = (text) => ({ type: `${TRANSCRIPTION}.delta`, item_id: "item_u", content_index: 0, delta: text });
  const streamed = after(SPEECH_STARTED, delta("turn of"), delta(" the"), committed, added(audioItem));
  assert.deepEqual(brief(streamed), ["user: turn of the (streaming)"]);
  streamed.apply({ type: `${TRANSCRIPTION}.completed`, item_id: "item_u", content_index: 0, transcript: "Turn off the light." }, 0);
  assert.deepEqual(brief(streamed), ["user: Turn off the light. (final)"]);
});

test("a transcript that comes after the answer stands before it", () => {
  const late = after(SPEECH_STARTED, committed, added(audioItem), answering(), added(item("item_1", "assistant", []), "item_u"));
  late.apply({ type: `${TRANSCRIPTION}.completed`, item_id: "item_u", transcript: "Hi" }, 0);
  assert.deepEqual(brief(late), ["user: Hi (final)", "model: Hello there (streaming)"]);
});

test("a turn says which turn it follows", () => {
  const [change] = after(SPEECH_STARTED, committed).apply(added(item("item_1", "assistant", []), "item_u"), 0);
  assert.equal(change.turn.previousId, "item_u");
});

test("without transcription a user turn is final when it is committed to the conversation", () => {
  const conversation = new Conversation({ bytesPerMs: 48 });
  conversation.transcribes = false;
  [SPEECH_STARTED, committed, added(audioItem)].forEach((event) => conversation.apply(event, 0));
  assert.deepEqual(brief(conversation), ["user:  (final)"]);
});

test("a failed transcription ends the turn without a text", () => {
  assert.deepEqual(brief(after(SPEECH_STARTED, { type: `${TRANSCRIPTION}.failed`, item_id: "item_u", error: {} })), ["user:  (final)"]);
});

test("speech that was cleared away is removed", () => {
  const conversation = after(SPEECH_STARTED);
  assert.deepEqual(conversation.apply({ type: "input_audio_buffer.cleared" }, 0), [{ removed: "item_u" }]);
  assert.deepEqual(conversation.turns, []);
});

test("clearing the buffer leaves committed speech alone", () => {
  assert.equal(after(SPEECH_STARTED, committed, { type: "input_audio_buffer.cleared" }).turns.length, 1);
});

test("a typed turn is final at once, a system message is not shown", () => {
  const typed = after(
    added(item("s", "system", [{ type: "input_text", text: "Be brief" }])),
    added(item("t", "user", [{ type: "input_text", text: "Hello" }]), "s"),
  );
  assert.deepEqual(typed.turns.map(({ id, previousId, status }) => [id, previousId, status]), [["t", null, "final"]]);
});

const finished = { type: "response.output_item.done", response_id: "resp_1", item: item("item_1", "assistant", [], { status: "completed" }) };

for (const dialect of ["ga", "beta"]) {
  test(`an answer streams and becomes final (${dialect})`, () => {
    const [created, itemAdded] = answering();
    const type = dialect === "ga" ? "response.output_audio_transcript" : "response.audio_transcript";
    const place = { item_id: "item_1", response_id: "resp_1", content_index: 0 };
    const streaming = after(created, itemAdded, { type: `${type}.delta`, delta: "Hel", ...place }, { type: `${type}.delta`, delta: "lo", ...place });
    assert.deepEqual(brief(streaming), ["model: Hello (streaming)"]);
    [normalise({ type: `${type}.done`, transcript: "Hello.", ...place }), finished].forEach((event) => streaming.apply(event, 0));
    assert.deepEqual(brief(streaming), ["model: Hello. (final)"]);
  });
}

test("an answer is final at the latest when its response is done", () => {
  assert.deepEqual(brief(after(answering(), answered())), ["model: Hello there (final)"]);
});

test("a text answer streams", () => {
  const place = { item_id: "item_1", response_id: "resp_1", content_index: 0 };
  assert.deepEqual(brief(after({ type: "response.text.delta", delta: "Hi", ...place })), ["model: Hi (streaming)"]);
});

test("an answer cut off while it is generated is cut, to the words heard", () => {
  const text = "one two three four five six seven eight";
  const [turn] = after(answering({ text, audioMs: 1_000 }), answered({ status: "cancelled" }), truncated(700)).turns;
  assert.equal(turn.status, "cut");
  assert.equal(turn.text, text);
  assert.equal(turn.text.slice(0, turn.heardChars), "one two");
});

test("an answer cut off while its end was still to be played goes by its real length", () => {
  const text = "one two three four five six seven eight";
  const [turn] = after(answering({ text, audioMs: 1_400 }), finished, answered(), truncated(700)).turns;
  assert.equal(turn.text.slice(0, turn.heardChars), "one two three four");
});

test("a cut turn stays cut, and keeps its text when the server drops it", () => {
  const [turn] = after(answering(), truncated(0), finished, answered({ status: "cancelled" })).turns;
  assert.deepEqual([turn.status, turn.heardChars, turn.text], ["cut", 0, "Hello there"]);
});

test("over WebRTC the pace is learned from an answer that was played to its end", () => {
  const text = "ten letter words";
  const place = { type: "output_audio_buffer.stopped", response_id: "resp_1" };
  const slow = after([{ type: "output_audio_buffer.started" }, ...answering({ text }), finished, answered()]);
  slow.apply(place, 3_200);
  answering({ response: "resp_2", item: "item_2", text }).forEach((event) => slow.apply(event, 4_000));
  slow.apply({ ...truncated(1_600), item_id: "item_2" }, 6_000);
  const { heardChars } = slow.turns.find(({ id }) => id === "item_2");
  assert.equal(text.slice(0, heardChars), "ten");
});

test("a tool call is a turn that shows the call", () => {
  const call = { id: "item_c", type: "function_call", name: "weather", call_id: "call_1", arguments: "" };
  const place = { item_id: "item_c", response_id: "resp_1" };
  const conversation = after(
    { type: "response.output_item.added", response_id: "resp_1", item: call },
    { type: "response.function_call_arguments.delta", delta: '{"city":', ...place },
    { type: "response.function_call_arguments.done", arguments: '{"city":"Rome"}', ...place },
    { type: "response.output_item.done", response_id: "resp_1", item: { ...call, arguments: '{"city":"Rome"}' } },
  );
  assert.deepEqual(brief(conversation), ['tool: weather({"city":"Rome"}) (final)']);
});

test("a deleted item is removed", () => {
  const deleted = after(answering()).apply({ type: "conversation.item.deleted", item_id: "item_1" }, 0);
  assert.deepEqual(deleted, [{ removed: "item_1" }]);
});

test("when the call ends nothing streams any more", () => {
  const conversation = after(SPEECH_STARTED, answering());
  conversation.end();
  assert.deepEqual(conversation.turns.map(({ role, status }) => `${role} ${status}`).sort(), ["model cut", "user final"]);
});

test("words with confidences come with the transcript", () => {
  const logprobs = [{ token: "Hi", logprob: Math.log(0.5) }];
  const [turn] = after({ type: `${TRANSCRIPTION}.completed`, item_id: "u", content_index: 0, transcript: "Hi", logprobs }).turns;
  assert.deepEqual(turn.words, [{ text: "Hi", confidence: 0.5 }]);
});

test("a turn begins when it was first heard of", () => {
  assert.equal(after({ type: "rate_limits.updated" }, SPEECH_STARTED, committed).turns[0].startedAt, 10);
});

test("audio without its item changes nothing", () => {
  const event = { type: "response.output_audio.delta", item_id: "x", response_id: "r", delta: silence(20) };
  assert.deepEqual(after().apply(event, 0), []);
});
