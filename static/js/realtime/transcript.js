/** @typedef {Realtime.Entry} Entry */

/** @param {Entry} entry */
export const textOf = (entry) => entry.parts.filter(Boolean).join("\n");

/** The entries of a transcript in conversation order, and which of them were touched since changes() was last asked. */
export class Transcript {
  /** @type {string[]} */
  #order = [];
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Set<string>} */
  #touched = new Set();

  get entries() {
    return [...this.#entries.values()];
  }

  get turns() {
    return this.#order.filter((id) => this.#shown(id)).map((id) => this.#turn(id));
  }

  /** @param {string} id */
  get(id) {
    return this.#entries.get(id);
  }

  /** Made and put at the end when it is new. @type {(id: string, role: Entry["role"], startedAt: number) => Entry} */
  touch(id, role, startedAt) {
    const entry = this.#entries.get(id) ?? { ...NEW, id, role, startedAt, parts: [], logprobs: [] };
    if (!this.#entries.has(id)) this.#order.push(id);
    this.#entries.set(id, entry);
    this.#touched.add(id);
    return entry;
  }

  /** Behind another, null at the front; absent leaves it where it is. @type {(id: string, previousId?: string | null) => void} */
  place(id, previousId) {
    if (previousId === undefined) return;
    this.#order = this.#order.filter((other) => other !== id);
    const behind = this.#order.indexOf(previousId ?? "") + 1;
    this.#order.splice(previousId === null ? 0 : behind || this.#order.length, 0, id);
  }

  /** @param {string} id */
  remove(id) {
    if (!this.#entries.delete(id)) return;
    this.#order = this.#order.filter((other) => other !== id);
    this.#touched.add(id);
  }

  /** @returns {Realtime.Change[]} */
  changes() {
    const ids = [...this.#touched].filter((id) => this.#shown(id) || !this.#entries.has(id));
    this.#touched.clear();
    return ids.map((id) => (this.#entries.has(id) ? { turn: this.#turn(id) } : { removed: id }));
  }

  /** @param {string} id */
  #shown(id) {
    return (this.#entries.get(id)?.role ?? "hidden") !== "hidden";
  }

  /** @type {(id: string) => Realtime.Turn} */
  #turn(id) {
    const entry = /** @type {Entry} */ (this.#entries.get(id));
    const previousId = this.#order.slice(0, this.#order.indexOf(id)).findLast((other) => this.#shown(other)) ?? null;
    const { status, heardChars, startedAt, name } = entry;
    const role = /** @type {Realtime.Turn["role"]} */ (entry.role);
    const text = name ? `${name}(${textOf(entry)})` : textOf(entry);
    const words = wordsOf(text, entry.logprobs);
    const extras = { ...(status === "cut" && { heardChars }), ...(words.length > 0 && { words }) };
    return { id, previousId, role, text, status, startedAt, ...extras };
  }
}

const NEW = {
  status: /** @type {Entry["status"]} */ ("streaming"),
  heardChars: 0,
  responseId: "",
  name: "",
  audioMs: 0,
  audioComplete: false,
};

/** @type {Realtime.WordsOf} */
export function wordsOf(transcript, logprobs) {
  if (logprobs.length === 0) return [];
  const tokens = spans(logprobs.map(({ token, logprob }) => ({ text: token.replace(/\s/g, ""), logprob })));
  const words = spans(transcript.split(/\s+/).filter(Boolean).map((text) => ({ text })));
  return words.map(({ text, start, end }) => {
    const own = tokens.filter((token) => token.start < end && token.end > start);
    return { text, confidence: Math.min(1, Math.exp(own.reduce((sum, { logprob }) => sum + logprob, 0))) };
  });
}

/** Where texts lie when put one after the other. @template {{text: string}} Piece @param {Piece[]} pieces */
function spans(pieces) {
  let end = 0;
  return pieces.map((piece) => ({ ...piece, start: end, end: (end += piece.text.length) }));
}

/** Characters per millisecond of speech, until a whole answer has been measured: 170 words a minute. */
export const USUAL_RATE = 0.015;

/** An estimate: the API gives the time, never the word. @type {Realtime.HeardChars} */
export function heardChars({ text, endMs, audioMs, audioComplete, rate }) {
  const totalMs = audioComplete ? audioMs : Math.max(audioMs, text.length / rate);
  const position = endMs >= totalMs ? text.length : Math.round((text.length * endMs) / totalMs);
  if (position === text.length || /\s/.test(text.charAt(position))) return position;
  return Math.max(0, text.slice(0, position).search(/\s+\S*$/));
}
