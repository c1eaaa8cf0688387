import assert from "node:assert/strict";
import test from "node:test";
import { levelMeter, loudness } from "../../../static/js/audio/graph.js";
import { FakeAudioContext } from "../fakes.js";

const ROWS = [
  ["silence", 0, 0],
  ["-60 dBFS", 10 ** (-60 / 20), 0],
  ["-36 dBFS", 10 ** (-36 / 20), 0.5],
  ["-12 dBFS", 10 ** (-12 / 20), 1],
  ["full scale", 1, 1],
];

for (const [name, amplitude, level] of ROWS) {
  test(`${name} reads ${level}`, () => {
    assert.ok(Math.abs(loudness(new Float32Array(64).fill(amplitude)) - level) < 1e-6);
  });
}

test("a meter reads what its node puts out", () => {
  const context = new FakeAudioContext();
  const read = levelMeter(context, context.createMediaStreamSource());
  assert.equal(read(), loudness(new Float32Array(8).fill(0.25)));
});
