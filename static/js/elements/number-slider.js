import { makeSvg } from "./dom.js";

/**
 * A slider beside a number field: same value, for the mouse and the finger. It is hidden from assistive
 * technology and out of the tab order, because the number field already does the same by keyboard.
 */
export class NumberSlider extends HTMLElement {
  connectedCallback() {
    const number = document.getElementById(this.getAttribute("for") ?? "");
    if (!(number instanceof HTMLInputElement) || !number.min || !number.max) return void (this.hidden = true);
    const slider = this.#makeSlider(number);
    const filled = makeSvg("rect", { class: "f", y: "11", height: "2", rx: "1" });
    const show = () => {
      slider.value = number.value || number.max; // an empty limit is no limit
      slider.disabled = number.disabled;
      filled.setAttribute("width", percent(slider, slider.value));
    };
    slider.addEventListener("input", () => {
      number.value = slider.value;
      number.dispatchEvent(new Event("input", { bubbles: true }));
    });
    number.addEventListener("input", show);
    number.addEventListener("refresh", show);
    this.replaceChildren(this.#makeTrack(slider, filled), slider);
    show();
  }

  /** @param {HTMLInputElement} number */
  #makeSlider({ min, max, step }) {
    const slider = document.createElement("input");
    const span = Number(max) - Number(min);
    Object.assign(slider, { type: "range", min, max, tabIndex: -1 });
    slider.step = Number(step) > 0 ? step : String(span <= 2 ? 0.05 : 1);
    slider.setAttribute("aria-hidden", "true");
    return slider;
  }

  /**
   * @param {HTMLInputElement} slider
   * @param {SVGElement} filled
   */
  #makeTrack(slider, filled) {
    const svg = makeSvg("svg", { "aria-hidden": "true" });
    svg.append(makeSvg("rect", { class: "t", y: "11", width: "100%", height: "2", rx: "1" }), filled);
    const preset = this.closest("[data-default]")?.getAttribute("data-default");
    if (preset) svg.append(makeSvg("rect", { class: "d", x: percent(slider, preset), y: "7", width: "1.5", height: "10" }));
    return svg;
  }
}

/**
 * @param {HTMLInputElement} slider
 * @param {string} value
 */
function percent({ min, max }, value) {
  const share = (Number(value) - Number(min)) / (Number(max) - Number(min));
  return `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
}

if (!customElements.get("number-slider")) customElements.define("number-slider", NumberSlider);
