const PAUSE_MS = 2000;

/** Reads finished turns to screen readers: politely, one after the other, at most one in two seconds. */
export class Announcer {
  /** @type {string[]} */
  #waiting = [];
  #resting = false;

  /** @param {HTMLElement} region a polite live region */
  constructor(region) {
    this.region = region;
  }

  /** @param {string} text */
  say(text) {
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
