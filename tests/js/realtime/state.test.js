import assert from "node:assert/strict";
import test from "node:test";
import { TABLE, inputOf, nextState } from "../../../static/js/realtime/state.js";

// The whole table once more, by hand: state, input, what follows.
const ROWS = `
  idle start connecting
  connecting connected listening
  connecting failed error
  connecting ended idle
  listening speechStarted user
  listening answerExpected thinking
  listening audioStarted model
  listening muted muted
  listening failed error
  listening ended idle
  muted speechStarted user
  muted answerExpected thinking
  muted audioStarted model
  muted unmuted listening
  muted failed error
  muted ended idle
  user speechStopped listening
  user answerExpected thinking
  user muted muted
  user failed error
  user ended idle
  thinking speechStarted user
  thinking audioStarted model
  thinking answerDone listening
  thinking failed error
  thinking ended idle
  model speechStarted user
  model audioStopped listening
  model failed error
  model ended idle
  error start connecting
  error ended idle
`.trim().split("\n").map((row) => row.trim().split(" "));

for (const [state, input, next] of ROWS) {
  test(`${state} + ${input} is ${next}`, () => assert.equal(nextState(state, input, false), next));
}

const INPUTS = [...new Set(ROWS.map(([, input]) => input)), "answerDone"];

for (const state of Object.keys(TABLE)) {
  test(`${state} ignores every other input`, () => {
    const listed = ROWS.filter(([from]) => from === state).map(([, input]) => input);
    const others = INPUTS.filter((input) => !listed.includes(input));
    assert.deepEqual(others.map((input) => nextState(state, input, false)), others.map(() => state));
  });
}

const RESTS = [["connecting", "connected"], ["user", "speechStopped"], ["thinking", "answerDone"], ["model", "audioStopped"]];

for (const [state, input] of RESTS) {
  test(`with the microphone off ${state} + ${input} is muted`, () => assert.equal(nextState(state, input, true), "muted"));
}

const REALTIME = { type: "realtime", turnDetection: { type: "server_vad" } };
const EVENT_ROWS = [
  ["speech started", "input_audio_buffer.speech_started", REALTIME, "speechStarted"],
  ["speech stopped where the server answers", "input_audio_buffer.speech_stopped", REALTIME, "answerExpected"],
  ["speech stopped in a transcription session", "input_audio_buffer.speech_stopped", { ...REALTIME, type: "transcription" }, "speechStopped"],
  ["speech stopped where the page asks for answers", "input_audio_buffer.speech_stopped", { ...REALTIME, turnDetection: { create_response: false } }, "speechStopped"],
  ["buffer cleared", "input_audio_buffer.cleared", REALTIME, "speechStopped"],
  ["response created", "response.created", REALTIME, "answerExpected"],
  ["response done", "response.done", REALTIME, "answerDone"],
  ["anything else", "rate_limits.updated", REALTIME, undefined],
];

for (const [name, type, effective, input] of EVENT_ROWS) {
  test(`${name} means ${input}`, () => assert.equal(inputOf({ type }, effective), input));
}
