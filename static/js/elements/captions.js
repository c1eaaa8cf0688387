import { markedText, meanConfidence } from "./confidence.js";
import { clock, make } from "./dom.js";

const LINES = 5;

/** The last turns in large type, and every turn as a segment with its times. */
export class Captions {
  /** @type {Map<string, Realtime.Turn>} */
  #turns = new Map();
  /** @type {Map<string, Site.Span>} */
  #spans = new Map();

  /** @param {{lines: HTMLElement, segments: HTMLElement, count: HTMLElement, empty: HTMLElement}} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /** @returns {string} everything that is final, a line per segment */
  get text() {
    return [...this.#turns.values()].filter(({ status, text }) => status !== "streaming" && text).map(({ text }) => text).join("\n");
  }

  clear() {
    this.#turns.clear();
    this.#spans.clear();
    this.#draw();
  }

  /** @param {Realtime.Turn} turn */
  show(turn) {
    this.#turns.set(turn.id, turn);
    this.#draw();
  }

  /** @param {string} id */
  remove(id) {
    this.#turns.delete(id);
    this.#draw();
  }

  /**
   * @param {string} id
   * @param {Site.Span} span
   */
  place(id, span) {
    this.#spans.set(id, { ...this.#spans.get(id), ...span });
    this.#draw();
  }

  #draw() {
    const turns = [...this.#turns.values()];
    const { lines, segments, count, empty } = this.parts;
    const following = segments.scrollHeight - segments.scrollTop - segments.clientHeight < 40;
    empty.hidden = turns.length > 0;
    lines.replaceChildren(...turns.filter(isSaid).slice(-LINES).map(line));
    segments.replaceChildren(...turns.map((turn) => segment(turn, this.#spans.get(turn.id))));
    count.textContent = summary(turns);
    if (following) segments.scrollTop = segments.scrollHeight;
    const scroller = lines.parentElement;
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }
}

/** A turn without a transcript is a segment, not a caption. @param {Realtime.Turn} turn */
const isSaid = ({ status, text }) => status === "streaming" || text !== "";

/** @param {Realtime.Turn} turn */
function line(turn) {
  const caret = turn.status === "streaming" ? [make("span", { class: "caret" })] : [];
  return make("p", { class: "line" }, ...textOf(turn), ...caret);
}

/**
 * @param {Realtime.Turn} turn
 * @param {Site.Span} [span]
 */
function segment(turn, { start = turn.startedAt, end } = {}) {
  const live = turn.status === "streaming";
  const time = make("time", {}, `${tenths(start)} to ${end === undefined ? "now" : tenths(end)}`);
  const mean = turn.words?.length ? meanConfidence(turn.words) : "";
  const confidence = mean ? [make("output", { "aria-label": "Mean confidence" }, mean)] : [];
  return make("li", live ? { class: "live" } : {}, time, make("p", {}, ...textOf(turn)), ...confidence);
}

/** @param {Realtime.Turn} turn */
function textOf(turn) {
  return isSaid(turn) ? markedText(turn) : [make("span", { class: "faint" }, "(no transcript)")];
}

/**
 * @param {number} ms
 * @returns {string} as 0:05.8
 */
function tenths(ms) {
  return `${clock(ms)}.${Math.floor((Math.max(0, ms) % 1000) / 100)}`;
}

/** @param {Realtime.Turn[]} turns */
function summary(turns) {
  if (turns.length === 0) return "none yet";
  const open = turns.filter(({ status }) => status === "streaming").length;
  const words = turns.reduce((sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length, 0);
  return `${turns.length - open} done, ${open} open, ${words} ${words === 1 ? "word" : "words"}`;
}
