import { makeSvg } from "./dom.js";

const STEPS = 1000;
const WIDE = 2000; // a wider span gets most of the track for its low end, where the useful values are

/**
 * A slider beside a number field: same value, for the mouse and the finger. It is hidden from assistive
 * technology and out of the tab order, because the number field already does the same by keyboard.
 */
export class NumberSlider extends HTMLElement {
  connectedCallback() {
    const number = document.getElementById(this.getAttribute("for") ?? "");
    if (!(number instanceof HTMLInputElement) || !number.min || !number.max) return void (this.hidden = true);
    const slider = makeSlider();
    const filled = makeSvg("rect", { class: "f", y: "11", height: "2", rx: "1" });
    const show = () => {
      slider.value = String(STEPS * shareOf(number, number.value || number.max)); // an empty limit is no limit
      slider.disabled = number.disabled;
      filled.setAttribute("width", percent(Number(slider.value) / STEPS));
    };
    slider.addEventListener("input", () => {
      number.value = valueAt(number, Number(slider.value) / STEPS);
      number.dispatchEvent(new Event("input", { bubbles: true }));
    });
    number.addEventListener("input", show);
    number.addEventListener("refresh", show);
    this.replaceChildren(this.#makeTrack(number, filled), slider);
    show();
  }

  /**
   * @param {HTMLInputElement} number
   * @param {SVGElement} filled
   */
  #makeTrack(number, filled) {
    const svg = makeSvg("svg", { "aria-hidden": "true" });
    svg.append(makeSvg("rect", { class: "t", y: "11", width: "100%", height: "2", rx: "1" }), filled);
    const preset = this.closest("[data-default]")?.getAttribute("data-default");
    if (preset) svg.append(makeSvg("rect", { class: "d", x: percent(shareOf(number, preset)), y: "7", width: "1.5", height: "10" }));
    return svg;
  }
}

function makeSlider() {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: 0, max: STEPS, tabIndex: -1 });
  slider.setAttribute("aria-hidden", "true");
  return slider;
}

/** @param {HTMLInputElement} number */
function scaleOf({ min, max, step }) {
  const span = Number(max) - Number(min);
  return { low: Number(min), span, step: Number(step) || span / 100, power: span > WIDE ? 3 : 1 };
}

/**
 * @param {HTMLInputElement} number
 * @param {string} value
 * @returns {number} 0..1 along the track
 */
function shareOf(number, value) {
  const { low, span, power } = scaleOf(number);
  return Math.min(1, Math.max(0, (Number(value) - low) / span)) ** (1 / power);
}

/**
 * @param {HTMLInputElement} number
 * @param {number} share
 * @returns {string} the value there, on a step
 */
function valueAt(number, share) {
  const { low, span, step, power } = scaleOf(number);
  const steps = Math.round((span * share ** power) / step);
  return String(Math.min(low + span, Number((low + steps * step).toFixed(3))));
}

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)}%`;

if (!customElements.get("number-slider")) customElements.define("number-slider", NumberSlider);
