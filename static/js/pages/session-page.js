import { find } from "../elements/dom.js";
import "../elements/number-slider.js";
import { Notices } from "../elements/notices.js";
import { SessionHeader } from "../elements/session-header.js";
import { SettingsForm } from "../elements/settings-form.js";
import { RealtimeSession } from "../realtime/session.js";
import { Call } from "./call.js";
import { remedy } from "./remedies.js";

/** What Talk and Transcribe have in common: settings, notices, the session and the call. */
export class SessionPage {
  /** The last notice's title: if the call fails next, that is why. @type {string | undefined} */
  #reason;

  /**
   * @param {object} options
   * @param {Site.Show} options.show
   * @param {() => void} options.restart called to start again after a failure
   */
  constructor({ show, restart }) {
    this.session = new RealtimeSession({ worklets: worklets(find("#main", HTMLElement)) });
    this.header = new SessionHeader();
    this.notices = new Notices(find("#notices", HTMLElement), (action) => remedy(action, { ...this.#remedial(), restart }));
    this.settings = new SettingsForm(find("#session-form", HTMLFormElement), readProviders(), (provider) => this.header.showProvider(provider));
    this.show = showing(show);
    this.call = new Call({ ...this.#remedial(), audioElement: find("#voice", HTMLAudioElement), show: this.show });
    this.#listen();
    if (!this.settings.provider) this.show("error", { reason: "This site offers no provider at the moment." });
  }

  #remedial() {
    return { session: this.session, settings: this.settings, notices: this.notices };
  }

  #listen() {
    const { session } = this;
    session.addEventListener("transport", ({ detail }) => this.header.startClock(detail.transport));
    session.addEventListener("ended", () => this.header.stopClock());
    session.addEventListener("notice", ({ detail }) => this.#notice(detail));
    session.addEventListener("state", ({ detail: { state, muted } }) => this.show(state, { muted, reason: state === "error" ? this.#reason : undefined }));
  }

  /** @param {Realtime.Notice} notice */
  #notice(notice) {
    this.notices.show(notice);
    this.#reason = notice.title;
  }
}

/**
 * Marks a call that is under way, for the line "Changes apply to the next call".
 *
 * @param {Site.Show} show
 * @returns {Site.Show}
 */
function showing(show) {
  return (state, facts) => {
    document.body.toggleAttribute("data-call", state !== "idle" && state !== "error");
    document.body.dataset.state = state;
    show(state, facts);
  };
}

/** @param {HTMLElement} main */
function worklets({ dataset: { captureWorklet = "", playbackWorklet = "" } }) {
  return { capture: captureWorklet, playback: playbackWorklet };
}

/** @returns {Site.Provider[]} */
function readProviders() {
  return JSON.parse(find("#providers", HTMLScriptElement).textContent ?? "[]");
}
