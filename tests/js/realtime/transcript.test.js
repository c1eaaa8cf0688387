import assert from "node:assert/strict";
import test from "node:test";
import { Transcript, heardChars, wordsOf } from "../../../static/js/realtime/transcript.js";

const logprobs = (...pairs) => pairs.map(([token, probability]) => ({ token, logprob: Math.log(probability) }));
const rounded = (words) => words.map(({ text, confidence }) => [text, Math.round(confidence * 1000) / 1000]);

const WORD_ROWS = [
  ["tokens with leading spaces", "turn on the light", [["turn", 0.9], [" on", 0.8], [" the", 0.7], [" light", 0.6]], [["turn", 0.9], ["on", 0.8], ["the", 0.7], ["light", 0.6]]],
  ["whole words without spaces", "turn on", [["turn", 0.9], ["on", 0.8]], [["turn", 0.9], ["on", 0.8]]],
  ["pieces of a word multiply", "unbelievable", [["un", 0.9], ["believ", 0.8], ["able", 0.5]], [["unbelievable", 0.36]]],
  ["punctuation belongs to its word", "Yes, no.", [["Yes", 0.9], [",", 0.5], [" no", 0.8], [".", 1]], [["Yes,", 0.45], ["no.", 0.8]]],
  ["a token over two words counts for both", "of the day", [["of the", 0.5], [" day", 0.9]], [["of", 0.5], ["the", 0.5], ["day", 0.9]]],
  ["blank tokens change nothing", "a b", [["a", 0.5], [" ", 0.1], ["b", 0.5]], [["a", 0.5], ["b", 0.5]]],
  ["no logprobs, no words", "hello", [], []],
];

for (const [name, text, tokens, words] of WORD_ROWS) {
  test(`words: ${name}`, () => assert.deepEqual(rounded(wordsOf(text, logprobs(...tokens))), words));
}

const TEXT = "one two three four";
const HEARD_ROWS = [
  ["nothing", { endMs: 0, audioMs: 1_800, audioComplete: true }, ""],
  ["half of complete speech, to the end of a word", { endMs: 900, audioMs: 1_800, audioComplete: true }, "one two"],
  ["all of it", { endMs: 1_800, audioMs: 1_800, audioComplete: true }, TEXT],
  ["text that runs ahead of its speech", { endMs: 900, audioMs: 900, audioComplete: false }, "one two"],
  ["speech that never passed through the page", { endMs: 900, audioMs: 0, audioComplete: false }, "one two"],
  ["speech longer than its text suggests", { endMs: 900, audioMs: 3_600, audioComplete: false }, "one"],
];

for (const [name, times, heard] of HEARD_ROWS) {
  test(`heard: ${name}`, () => {
    assert.equal(TEXT.slice(0, heardChars({ text: TEXT, rate: 0.01, ...times })), heard);
  });
}

const ordered = (place) => {
  const transcript = new Transcript();
  ["a", "b", "c"].forEach((id) => transcript.touch(id, "user", 0));
  place(transcript);
  return transcript.turns.map(({ id }) => id).join("");
};

const ORDER_ROWS = [
  ["behind a known one", (transcript) => transcript.place("c", "a"), "acb"],
  ["to the front", (transcript) => transcript.place("c", null), "cab"],
  ["behind an unknown one: to the end", (transcript) => transcript.place("a", "x"), "bca"],
  ["without a place: stays", (transcript) => transcript.place("a", undefined), "abc"],
  ["removed", (transcript) => transcript.remove("b"), "ac"],
];

for (const [name, place, order] of ORDER_ROWS) {
  test(`order: ${name}`, () => assert.equal(ordered(place), order));
}

test("changes are told once, hidden entries never", () => {
  const transcript = new Transcript();
  transcript.touch("s", "hidden", 0);
  transcript.touch("u", "user", 0);
  assert.deepEqual(transcript.changes().map(({ turn }) => [turn.id, turn.previousId]), [["u", null]]);
  assert.deepEqual(transcript.changes(), []);
});
