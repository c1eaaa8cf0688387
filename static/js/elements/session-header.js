import { clock, find } from "./dom.js";

const KNOWN = "local-engine-known";

/** Who answers, over which transport, and for how long. */
export class SessionHeader {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  constructor() {
    this.badge = document.querySelector("#provider-badge");
    this.clock = find("#call-clock", HTMLElement);
    this.tag = find(".tag", HTMLElement, this.clock);
    this.ended = find("span:last-child", HTMLElement, this.clock);
    this.notices = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-about-provider]")]);
    for (const button of document.querySelectorAll("[data-dismiss]")) button.addEventListener("click", () => this.#dismiss());
  }

  /** @param {{id: string, label: string, is_local: boolean}} provider */
  showProvider({ id, label, is_local: isLocal }) {
    for (const notice of this.notices) notice.hidden = isKnown() || notice.dataset.aboutProvider !== id;
    if (!this.badge) return;
    find("b", HTMLElement, this.badge).textContent = label;
    find(".dot", HTMLElement, this.badge).classList.toggle("hollow", isLocal);
  }

  /** @param {"webrtc" | "websocket"} transport */
  startClock(transport) {
    const begun = performance.now();
    const time = find("time", HTMLElement, this.clock);
    const tick = () => (time.textContent = clock(performance.now() - begun));
    this.tag.textContent = transport === "webrtc" ? "WebRTC" : "WebSocket";
    this.clock.hidden = false;
    clearInterval(this.#timer);
    this.#showLive(true);
    this.#timer = setInterval(tick, 1000);
    tick();
  }

  /** The length of the call stays in sight. */
  stopClock() {
    clearInterval(this.#timer);
    this.#showLive(false);
  }

  /** @param {boolean} live */
  #showLive(live) {
    this.tag.classList.toggle("accent", live);
    this.ended.hidden = live;
  }

  #dismiss() {
    for (const notice of this.notices) notice.hidden = true;
    try {
      sessionStorage.setItem(KNOWN, "1");
    } catch {
      // storage is blocked: the notice comes back with the next page
    }
  }
}

function isKnown() {
  try {
    return sessionStorage.getItem(KNOWN) !== null;
  } catch {
    return false; // storage is blocked: better said twice than never
  }
}
