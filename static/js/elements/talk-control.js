import { find, setText } from "./dom.js";

/** The control speaks as the model; the verb is what a press does. @type {Record<Realtime.State, Site.Words>} */
const WORDS = {
  idle: ["Ready", "Your browser will ask for the microphone.", "Start talking", "mic", "start"],
  connecting: ["Connecting", "Allow the microphone if your browser asks.", "Cancel", "mic", "hangUp"],
  listening: ["Listening", "Go ahead, just talk.", "Pause", "mic", "mute"],
  user: ["You are speaking", "I answer when you pause.", "Pause", "wave", "mute"],
  thinking: ["Thinking", "My answer is on its way.", "Interrupt", "dots", "interrupt"],
  model: ["Speaking", "Talk over me or press to interrupt.", "Interrupt", "wave", "interrupt"],
  muted: ["Microphone muted", "Nothing you say is sent.", "Resume", "mic-off", "unmute"],
  error: ["Not connected", "The line was lost.", "Try again", "warn", "start"],
};

const MANUAL = "Say your sentence, then press Send turn.";

/** With the microphone muted, where it is not the state that says so. @type {Partial<Record<Realtime.State, Site.Words>>} */
const MUTED = {
  model: ["Speaking", "Your microphone is muted. Press to interrupt.", "Interrupt", "wave", "interrupt"],
};

/** In a call without a microphone. @type {Partial<Record<Realtime.State, Site.Words>>} */
const TYPING = {
  connecting: ["Connecting", "Usually under a second.", "Cancel", "dots", "hangUp"],
  model: ["Speaking", "Send a message or press to interrupt.", "Interrupt", "wave", "interrupt"],
  muted: ["The microphone is off", "Type below. Start talking begins a new call.", "Start talking", "mic-off", "start"],
};

/** The round control, its call keys and the status line. */
export class TalkControl {
  #call = { manual: false, microphone: true };
  /** @type {Site.Verb} */
  #verb = "start";

  /**
   * @param {HTMLElement} root
   * @param {Site.TalkDelegate} delegate
   */
  constructor(root, delegate) {
    this.delegate = delegate;
    this.orb = find("#orb", HTMLButtonElement, root);
    this.label = find("small", HTMLElement, this.orb);
    this.icon = find(".core use", SVGUseElement, this.orb);
    this.title = find("#status strong", HTMLElement, root);
    this.text = find("#status span", HTMLElement, root);
    this.mute = find("[data-key=mute]", HTMLButtonElement, root);
    this.send = find("[data-key=send]", HTMLButtonElement, root);
    this.#listen(find("[data-key=hang-up]", HTMLButtonElement, root));
  }

  /** @param {Site.Start & {manual: boolean}} call the one about to start */
  prepare(call) {
    this.#call = call;
    this.send.hidden = !(call.manual && call.microphone);
    this.mute.disabled = !call.microphone;
  }

  /**
   * @param {Realtime.State} state
   * @param {Site.Facts} [facts]
   */
  show(state, { muted = false, reason } = {}) {
    const [title, text, label, icon, verb] = this.#words(state, muted);
    const byHand = this.#call.manual && (state === "listening" || state === "user");
    this.#verb = verb;
    this.send.disabled = state !== "listening" && state !== "user";
    setText(this.label, label);
    this.icon.setAttribute("href", `#i-${icon}`);
    this.mute.setAttribute("aria-pressed", String(muted));
    setText(this.title, title);
    setText(this.text, reason ?? (byHand ? MANUAL : text));
  }

  /** @type {(state: Realtime.State, muted: boolean) => Site.Words} */
  #words(state, muted) {
    if (!this.#call.microphone) return TYPING[state] ?? WORDS[state];
    return (muted && MUTED[state]) || WORDS[state];
  }

  #press() {
    if (this.#verb === "mute" || this.#verb === "unmute") this.delegate.setMuted(this.#verb === "mute");
    else this.delegate[this.#verb]();
  }

  /** @param {HTMLButtonElement} hangUp */
  #listen(hangUp) {
    this.orb.addEventListener("click", () => this.#press());
    this.send.addEventListener("click", () => this.delegate.sendTurn());
    this.mute.addEventListener("click", () => this.delegate.setMuted(this.mute.getAttribute("aria-pressed") !== "true"));
    hangUp.addEventListener("click", () => {
      this.delegate.hangUp();
      this.orb.focus(); // the keys disappear with the call, and the focus with them
    });
  }
}
