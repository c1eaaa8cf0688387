import assert from "node:assert/strict";
import test from "node:test";
import { effectiveOf, isExpected, normalise, truncate } from "../../../static/js/realtime/events.js";

const RENAMED = [
  ["transcription_session.created", "session.created"],
  ["transcription_session.updated", "session.updated"],
  ["conversation.item.created", "conversation.item.added"],
  ["response.text.delta", "response.output_text.delta"],
  ["response.text.done", "response.output_text.done"],
  ["response.audio.delta", "response.output_audio.delta"],
  ["response.audio.done", "response.output_audio.done"],
  ["response.audio_transcript.delta", "response.output_audio_transcript.delta"],
  ["response.audio_transcript.done", "response.output_audio_transcript.done"],
];

for (const [beta, ga] of RENAMED) {
  test(`${beta} is ${ga}`, () => assert.deepEqual(normalise({ type: beta, item_id: "i" }), { type: ga, item_id: "i" }));
}

const SAME = ["error", "session.created", "conversation.item.added", "response.output_audio.delta", "response.done", "conversation.item.input_audio_transcription.delta"];

for (const type of SAME) {
  test(`${type} keeps its name`, () => assert.equal(normalise({ type }).type, type));
}

const GA = {
  model: "m",
  audio: {
    input: {
      format: { type: "audio/pcmu" },
      turn_detection: { type: "server_vad" },
      transcription: { model: "t" },
      noise_reduction: { type: "near_field" },
    },
    output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "ash" },
  },
};
const BETA = {
  model: "m",
  voice: "ash",
  input_audio_format: "g711_ulaw",
  output_audio_format: "pcm16",
  turn_detection: { type: "server_vad" },
  input_audio_transcription: { model: "t" },
  input_audio_noise_reduction: { type: "near_field" },
};

for (const [dialect, session] of [["GA", GA], ["beta", BETA]]) {
  test(`the effective session is read from the ${dialect} shape`, () => {
    assert.deepEqual(effectiveOf(session, "realtime"), {
      type: "realtime",
      model: "m",
      voice: "ash",
      turnDetection: { type: "server_vad" },
      transcription: { model: "t" },
      noiseReduction: "near_field",
      inputFormat: "g711_ulaw",
      outputFormat: "pcm16",
      raw: session,
    });
  });
}

test("what a session switches off is null", () => {
  const off = { audio: { input: { turn_detection: null, transcription: null, noise_reduction: null } } };
  const { turnDetection, transcription, noiseReduction } = effectiveOf(off, "realtime");
  assert.deepEqual([turnDetection, transcription, noiseReduction], [null, null, null]);
});

test("only an answer to a request that may come too late is expected", () => {
  assert.equal(isExpected({ event_id: truncate("i", 0, 10).event_id }), true);
  assert.equal(isExpected({ event_id: "event_1" }), false);
  assert.equal(isExpected({ event_id: null }), false);
});
