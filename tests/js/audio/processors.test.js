import assert from "node:assert/strict";
import test from "node:test";

const SAMPLE_RATE = 24_000;
const BLOCK = 128;
const PREBUFFER = 2_400;
const FADE = 120;

const processors = {};
Object.assign(globalThis, {
  sampleRate: SAMPLE_RATE,
  registerProcessor: (name, Processor) => (processors[name] = Processor),
  AudioWorkletProcessor: class {
    posted = [];
    port = { postMessage: (message) => this.posted.push(message) };
  },
});
await import("../../../static/js/audio/capture-processor.js");
await import("../../../static/js/audio/playback-processor.js");

const tell = (processor, message) => processor.port.onmessage({ data: message });
const push = (processor, id, samples) => tell(processor, { type: "push", id, samples });
const ones = (length) => new Float32Array(length).fill(1);

/** Plays so many blocks and returns them as one. */
function play(processor, blocks) {
  const heard = [];
  for (let block = 0; block < blocks; block += 1) {
    const output = new Float32Array(BLOCK);
    processor.process([], [[output]]);
    heard.push(...output);
  }
  return heard;
}

const posted = (processor, type) => processor.posted.filter((message) => message.type === type);

test("capture posts whole frames in order", () => {
  const processor = new processors.capture({ processorOptions: { frameSamples: 200 } });
  processor.process([[Float32Array.from({ length: 128 }, (_, index) => index)]]);
  assert.equal(processor.posted.length, 0);
  processor.process([[Float32Array.from({ length: 128 }, (_, index) => 128 + index)]]);
  assert.deepEqual([...processor.posted[0]], Array.from({ length: 200 }, (_, index) => index));
});

test("capture without a source posts nothing and goes on", () => {
  const processor = new processors.capture({ processorOptions: { frameSamples: 200 } });
  assert.equal(processor.process([[]]), true);
  assert.equal(processor.posted.length, 0);
});

test("playback waits for 100 ms before it begins", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(PREBUFFER - 1));
  assert.ok(play(processor, 4).every((sample) => sample === 0));
  push(processor, "a", ones(1));
  assert.ok(play(processor, 1).every((sample) => sample === 1));
});

test("a short answer is played once it is known to be whole", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(200));
  tell(processor, { type: "finish" });
  assert.equal(play(processor, 3).filter((sample) => sample === 1).length, 200);
});

test("drained is said when all that was pushed has been played", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(100));
  push(processor, "a", ones(100));
  tell(processor, { type: "finish" });
  play(processor, 1);
  assert.equal(posted(processor, "drained").length, 0);
  play(processor, 2); // to the end of the fade
  assert.deepEqual(posted(processor, "drained"), [{ type: "drained", pushes: 2, generation: 0 }]);
});

test("drained is said at once when everything had been played before finish", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(PREBUFFER));
  play(processor, 20);
  assert.equal(posted(processor, "drained").length, 0);
  tell(processor, { type: "finish" });
  assert.equal(posted(processor, "drained").length, 1);
});

test("where the queue runs dry in mid-wave the sound goes down to nothing within 5 ms", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(PREBUFFER));
  const heard = play(processor, 21);
  const steps = heard.slice(1).map((sample, index) => Math.abs(sample - heard[index]));
  assert.ok(Math.max(...steps) < 0.01);
  assert.ok(heard.slice(PREBUFFER + FADE - 1).every((sample) => sample === 0));
});

test("an empty chunk is no sound to fade", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(PREBUFFER));
  push(processor, "a", ones(0));
  tell(processor, { type: "finish" });
  assert.ok(play(processor, 25).every((sample) => sample === 0 || sample === 1));
  assert.equal(posted(processor, "drained").length, 1);
});

test("a fade counts for no item", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(PREBUFFER));
  play(processor, 21);
  push(processor, "a", ones(PREBUFFER));
  play(processor, 21);
  assert.equal(posted(processor, "position").at(-1).played, 2 * PREBUFFER);
});

test("after running dry it waits for the prebuffer again", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(PREBUFFER));
  play(processor, 20);
  push(processor, "a", ones(200));
  assert.ok(play(processor, 4).every((sample) => sample === 0));
});

test("positions count the samples of each item", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(1_000));
  push(processor, "b", ones(2_000));
  play(processor, 24);
  const last = Object.fromEntries(posted(processor, "position").map(({ id, played }) => [id, played]));
  assert.deepEqual(last, { a: 1_000, b: 2_000 });
});

test("clear fades what is heard to nothing within 5 ms", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(10 * PREBUFFER));
  play(processor, 2);
  tell(processor, { type: "clear", generation: 1 });
  const heard = play(processor, 10);
  const steps = heard.slice(1).map((sample, index) => Math.abs(sample - heard[index]));
  assert.ok(Math.max(...steps) < 0.02 && heard[0] > 0.9);
  assert.ok(heard.slice(FADE).every((sample) => sample === 0));
});

test("clear before anything is heard leaves silence", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(1_000));
  tell(processor, { type: "clear", generation: 1 });
  tell(processor, { type: "finish" });
  assert.ok(play(processor, 10).every((sample) => sample === 0));
});

test("after clear the next answer is played from its start, under the new generation", () => {
  const processor = new processors.playback();
  push(processor, "a", ones(10 * PREBUFFER));
  play(processor, 5);
  tell(processor, { type: "clear", generation: 1 });
  play(processor, 2);
  push(processor, "b", ones(PREBUFFER).fill(0.5));
  assert.ok(play(processor, 4).every((sample) => sample === 0.5));
  const { id, generation } = processor.posted.at(-1);
  assert.deepEqual({ id, generation }, { id: "b", generation: 1 });
});
