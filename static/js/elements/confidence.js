import { make } from "./dom.js";

/** Least confidence -> class of the underline; a plain word is at least .90. @type {[number, string][]} */
const MARKS = [
  [0.9, ""],
  [0.75, "w2"],
  [0.5, "w1"],
  [0, "w0"],
];

/**
 * A turn's text with the words marked that the recogniser was not sure about.
 *
 * @param {{text: string, words?: {text: string, confidence: number}[]}} turn
 * @returns {(Node | string)[]}
 */
export function markedText({ text, words }) {
  if (!words?.length) return text ? [text] : [];
  return words.flatMap((word, index) => (index ? [" ", marked(word)] : [marked(word)]));
}

/** @param {{text: string, confidence: number}} word */
function marked({ text, confidence }) {
  const [, className] = MARKS.find(([least]) => confidence >= least) ?? MARKS[3];
  return className ? make("span", { class: className, title: `confidence ${confidence.toFixed(2)}` }, text) : text;
}

/**
 * @param {{confidence: number}[]} words at least one
 * @returns {string} their mean as .97
 */
export function meanConfidence(words) {
  const mean = words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length;
  return mean.toFixed(2).replace(/^0/, "");
}
