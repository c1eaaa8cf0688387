import { Announcer } from "../elements/announcer.js";
import { find } from "../elements/dom.js";
import { TalkControl } from "../elements/talk-control.js";
import { TranscriptLog } from "../elements/transcript-log.js";
import { SessionPage } from "./session-page.js";

const LEVEL_STEP = 0.02; // a smaller change of the ring is not worth a restyle

const log = new TranscriptLog(find("#turns", HTMLElement), find("#transcript", HTMLElement));
const announcer = new Announcer(find("#announce", HTMLElement));
const control = new TalkControl(find(".dock", HTMLElement), {
  start: () => void talk({ microphone: true }),
  hangUp: () => page.call.hangUp(),
  setMuted: (muted) => session.setMuted(muted),
  interrupt: () => session.interrupt(),
  sendTurn: () => session.sendTurn(),
});
const page = new SessionPage({ show: (state, facts) => control.show(state, facts), restart: () => void talk(mode) });
const { session, settings } = page;

/** How the last call was started, for the next attempt. */
let mode = { microphone: true };
/** @type {Promise<boolean> | null} */
let starting = null;
let spoken = true;
let shownLevel = 0;

/**
 * Starts a call; a text call leaves the microphone off.
 *
 * @param {Site.Start} options
 */
function talk(options) {
  mode = options;
  spoken = settings.value("output_modality") !== "text";
  control.prepare({ ...options, manual: settings.value("turn_detection") === "off" });
  starting = page.call.start(options);
  return starting;
}

/** @param {Realtime.Turn} turn */
function announce({ id, role, status, text }) {
  if (status === "streaming" || !text) return;
  if (role === "user") announcer.say(id, `You said: ${text}`);
  else if (!spoken) announcer.say(id, `Model: ${text}`); // what is spoken aloud is heard already
}

/** @param {{input: number, output: number}} level */
function showLevel({ input, output }) {
  const level = session.state === "model" ? output : input;
  if (Math.abs(level - shownLevel) < LEVEL_STEP && level !== 0) return;
  shownLevel = level;
  document.body.style.setProperty("--level", level.toFixed(2));
}

session.addEventListener("transport", () => log.clear());
session.addEventListener("turn", ({ detail: { turn } }) => {
  log.show(turn);
  announce(turn);
});
session.addEventListener("turn-removed", ({ detail: { id } }) => log.remove(id));
session.addEventListener("level", ({ detail }) => showLevel(detail));

const message = find("#message", HTMLInputElement);
find("#composer", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = message.value.trim();
  if (!text) return;
  const calling = document.body.hasAttribute("data-call") && starting;
  if (!session.connected && !(await (calling || talk({ microphone: false })))) return; // the text stays in the field
  session.sendText(text);
  message.value = "";
});
