const PAUSE_MS = 2000;

/** Reads finished turns to screen readers: politely, one after the other, at most one in two seconds. */
export class Announcer {
  /** @type {string[]} */
  #waiting = [];
  /** Ids of the turns that were read out, or wait for it. @type {Set<string>} */
  #known = new Set();
  #resting = false;

  /** @param {HTMLElement} region a polite live region */
  constructor(region) {
    this.region = region;
  }

  /**
   * @param {string} id of the turn; it is read only once
   * @param {string} text
   */
  say(id, text) {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    this.#waiting.push(text);
    this.#next();
  }

  #next() {
    if (this.#resting) return;
    const text = this.#waiting.shift();
    if (text === undefined) return;
    this.region.textContent = text;
    this.#resting = true;
    setTimeout(() => {
      this.#resting = false;
      this.#next();
    }, PAUSE_MS);
  }
}
