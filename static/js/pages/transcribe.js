import { Announcer } from "../elements/announcer.js";
import { Captions } from "../elements/captions.js";
import { find, setText } from "../elements/dom.js";
import { LevelMeter } from "../elements/level-meter.js";
import { SessionPage } from "./session-page.js";

/** @type {Record<Realtime.State, [title: string, text: string]>} */
const WORDS = {
  idle: ["Ready", "Your browser will ask for the microphone."],
  connecting: ["Connecting", "Allow the microphone if your browser asks."],
  listening: ["Listening", "Speak; words appear as they are recognised."],
  user: ["Hearing you", "Words appear as they are recognised."],
  thinking: ["Writing", "The last words are on their way."],
  model: ["Listening", "Speak; words appear as they are recognised."],
  muted: ["Microphone muted", "Nothing you say is sent."],
  error: ["Not connected", "The line was lost."],
};

const captions = new Captions({
  lines: find("#lines", HTMLElement),
  segments: find("#segments", HTMLElement),
  count: find("#segment-count", HTMLElement),
  empty: find("#captions .empty", HTMLElement),
});
const announcer = new Announcer(find("#announce", HTMLElement));
const meter = new LevelMeter(find("#meter", HTMLElement));
const button = find("#start-stop", HTMLButtonElement);
const copy = find("#copy", HTMLButtonElement);
const sendTurn = find("#send-turn", HTMLButtonElement);
const page = new SessionPage({ show, restart: start });
const { session, settings } = page;

function start() {
  sendTurn.hidden = settings.value("turn_detection") !== "off";
  void page.call.start({ microphone: true });
}

/**
 * @param {Realtime.State} state
 * @param {Site.Facts} [facts]
 */
function show(state, { reason } = {}) {
  const running = state !== "idle" && state !== "error";
  const [title, text] = WORDS[state];
  setText(find("#status strong", HTMLElement), title);
  setText(find("#status span", HTMLElement), reason ?? text);
  setText(find("span", HTMLElement, button), running ? "Stop" : "Start");
  find("use", SVGUseElement, button).setAttribute("href", running ? "#i-stop" : "#i-mic");
  if (!running) sendTurn.hidden = true;
}

/**
 * The server says in audio time when speech began and ended.
 *
 * @param {{direction: string, event: {type?: string, item_id?: string, audio_start_ms?: number, audio_end_ms?: number}}} wire
 */
function place({ direction, event }) {
  if (direction !== "received" || !event.item_id) return;
  if (event.type === "input_audio_buffer.speech_started") captions.place(event.item_id, { start: event.audio_start_ms });
  if (event.type === "input_audio_buffer.speech_stopped") captions.place(event.item_id, { end: event.audio_end_ms });
}

async function copyText() {
  const copied = await navigator.clipboard?.writeText(captions.text).then(() => true, () => false);
  page.notices.show({
    tone: copied ? "info" : "warn",
    code: "copied",
    title: copied ? "The text is copied" : "The browser did not allow copying",
    text: copied ? "It has a line per segment." : "Select the segments below and copy them by hand.",
  });
}

session.addEventListener("transport", () => captions.clear());
session.addEventListener("wire", ({ detail }) => place(detail));
session.addEventListener("level", ({ detail }) => meter.show(detail.input));
session.addEventListener("turn-removed", ({ detail: { id } }) => captions.remove(id));
session.addEventListener("turn", ({ detail: { turn } }) => {
  captions.show(turn);
  copy.disabled = !captions.text;
  if (turn.status === "final" && turn.text) announcer.say(turn.id, turn.text);
});
button.addEventListener("click", () => (document.body.hasAttribute("data-call") ? page.call.hangUp() : start()));
copy.addEventListener("click", () => void copyText());
sendTurn.addEventListener("click", () => session.commit());
