import { make } from "./dom.js";

const BARS = 16;

/** The microphone's level as a row of bars; decoration, because the status line says the same in words. */
export class LevelMeter {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.bars = Array.from({ length: BARS }, () => make("i"));
    root.replaceChildren(...this.bars);
  }

  /** @param {number} level 0..1 */
  show(level) {
    this.bars.forEach((bar, index) => bar.classList.toggle("on", level > index / BARS));
  }
}
