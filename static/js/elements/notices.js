import { icon, make } from "./dom.js";

/** What went wrong or changed, and what to do about it: one box per cause. */
export class Notices {
  /** @type {Map<string, HTMLElement>} */
  #shown = new Map();

  /**
   * @param {HTMLElement} container
   * @param {(action: string) => void} act called with the id of the action that was pressed
   */
  constructor(container, act) {
    this.container = container;
    this.act = act;
  }

  /** @param {Realtime.Notice} notice */
  show(notice) {
    this.dismiss(notice.code);
    const role = notice.tone === "error" ? "alert" : "status";
    const box = make("div", { class: `notice ${notice.tone}`, role, "data-code": notice.code });
    box.append(icon(notice.tone === "info" ? "info" : "warn"), this.#words(notice), this.#actions(notice));
    this.#shown.set(notice.code, box);
    this.container.append(box);
  }

  /** @param {string} code */
  dismiss(code) {
    this.#shown.get(code)?.remove();
    this.#shown.delete(code);
  }

  clear() {
    for (const code of [...this.#shown.keys()]) this.dismiss(code);
  }

  /** @param {Realtime.Notice} notice */
  #words({ title, text, details }) {
    const words = make("div", {}, make("strong", {}, title), make("p", {}, text));
    if (details) words.append(make("details", {}, make("summary", { class: "link" }, "Details"), make("p", {}, details)));
    return words;
  }

  /** @param {Realtime.Notice} notice */
  #actions({ code, action }) {
    const row = make("div", { class: "acts" });
    if (action && action.id !== "details") row.append(this.#actionButton(action));
    const close = make("button", { type: "button", class: row.childElementCount ? "btn quiet" : "btn" }, "Dismiss");
    close.addEventListener("click", () => this.dismiss(code));
    row.append(close);
    return row;
  }

  /** @param {Realtime.Action} action */
  #actionButton({ id, label, afterSeconds = 0 }) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn primary", textContent: label });
    button.addEventListener("click", () => this.act(id));
    if (afterSeconds > 0) countDown(button, label.replace(/ in \d+ s$/, ""), afterSeconds);
    return button;
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} label
 * @param {number} seconds
 */
function countDown(button, label, seconds) {
  button.disabled = seconds > 0;
  button.textContent = seconds > 0 ? `${label} in ${seconds} s` : label;
  if (seconds > 0) setTimeout(() => countDown(button, label, seconds - 1), 1000);
}
