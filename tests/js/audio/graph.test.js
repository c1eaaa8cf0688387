import assert from "node:assert/strict";
import test from "node:test";
import { levelMeter, loudness, openCapture, openPlayback } from "../../../static/js/audio/graph.js";
import { FakeAudioContext, FakeStream, FakeWorkletNode } from "../fakes.js";

/** Opens one of the two in a context at `sampleRate`; returns what came of it. */
async function opened(open, sampleRate, ...rest) {
  const context = new FakeAudioContext({ sampleRate });
  let node;
  const createWorkletNode = (...args) => (node = new FakeWorkletNode(...args));
  const result = await open({ context, workletUrl: "/worklet.js", createWorkletNode }, ...rest);
  return { context, node, result };
}

async function playback() {
  const drained = [];
  const { node, result } = await opened(openPlayback, 24_000, () => drained.push("drained"));
  return { node, playback: result, drained };
}

for (const [rate, samples] of [[24_000, 960], [8_000, 320]]) {
  test(`capture at ${rate} Hz asks for frames of 40 ms`, async () => {
    const { context, node } = await opened(openCapture, rate, new FakeStream(), () => {});
    assert.deepEqual(context.modules, ["/worklet.js"]);
    assert.equal(node.options.processorOptions.frameSamples, samples);
  });
}

test("captured frames are handed on", async () => {
  const frames = [];
  const { node } = await opened(openCapture, 24_000, new FakeStream(), (frame) => frames.push(frame));
  node.posts(Float32Array.of(0.5));
  assert.deepEqual(frames, [Float32Array.of(0.5)]);
});

test("clear tells how much of the item was heard", async () => {
  const { node, playback: voice } = await playback();
  voice.push("a", new Float32Array(24_000));
  node.posts({ type: "position", generation: 0, id: "a", played: 6_000 });
  assert.deepEqual(voice.clear(), [{ id: "a", playedMs: 250 }]);
  assert.equal(voice.active, false);
});

test("clear names an item that waits, and not one that was heard to its end", async () => {
  const { node, playback: voice } = await playback();
  ["a", "b", "c"].forEach((id) => voice.push(id, new Float32Array(2_400)));
  node.posts({ type: "position", generation: 0, id: "a", played: 2_400 });
  node.posts({ type: "position", generation: 0, id: "b", played: 240 });
  assert.deepEqual(voice.clear(), [{ id: "b", playedMs: 10 }, { id: "c", playedMs: 0 }]);
});

test("a report from before the last clear is not counted", async () => {
  const { node, playback: voice } = await playback();
  voice.push("a", new Float32Array(2_400));
  voice.clear();
  voice.push("a", new Float32Array(2_400));
  node.posts({ type: "position", generation: 0, id: "a", played: 2_400 });
  assert.deepEqual(voice.clear(), [{ id: "a", playedMs: 0 }]);
});

test("drained is passed on once", async () => {
  const { node, playback: voice, drained } = await playback();
  voice.push("a", new Float32Array(10));
  node.posts({ type: "drained", generation: 0, pushes: 1 });
  node.posts({ type: "drained", generation: 0, pushes: 1 });
  assert.deepEqual(drained, ["drained"]);
});

test("drained that crossed with new audio is not passed on", async () => {
  const { node, playback: voice, drained } = await playback();
  voice.push("a", new Float32Array(10));
  voice.push("b", new Float32Array(10));
  node.posts({ type: "drained", generation: 0, pushes: 1 });
  assert.deepEqual(drained, []);
  assert.equal(voice.active, true);
});

const LEVEL_ROWS = [
  ["silence", 0, 0],
  ["-60 dBFS", 10 ** (-60 / 20), 0],
  ["-36 dBFS", 10 ** (-36 / 20), 0.5],
  ["-12 dBFS", 10 ** (-12 / 20), 1],
  ["full scale", 1, 1],
];

for (const [name, amplitude, level] of LEVEL_ROWS) {
  test(`${name} reads ${level}`, () => {
    assert.ok(Math.abs(loudness(new Float32Array(64).fill(amplitude)) - level) < 1e-6);
  });
}

test("a meter reads what its node puts out", () => {
  const context = new FakeAudioContext();
  const read = levelMeter(context, context.createMediaStreamSource());
  assert.equal(read(), loudness(new Float32Array(8).fill(0.25)));
});
