import { Transcript, USUAL_RATE, heardChars, textOf } from "./transcript.js";

/** @typedef {Realtime.Entry} Entry @typedef {(event: Realtime.ApiEvent, at: number) => void} Handler */

const TRANSCRIPTION = "conversation.item.input_audio_transcription";

/** The transcript of a call: takes the server's events (GA names) and says which turns changed. No I/O, no clock. */
export class Conversation {
  /** Whether the session transcribes what the user says; if not, a user turn is final without a text. */
  transcribes = true;
  #transcript = new Transcript();
  #bytesPerMs;
  #uncommittedId = "";
  #rate = USUAL_RATE;
  #audioStartedAt = 0;

  /** @param {{bytesPerMs: number}} codec of the output */
  constructor({ bytesPerMs }) {
    this.#bytesPerMs = bytesPerMs;
  }

  get turns() {
    return this.#transcript.turns;
  }

  /** `at` in milliseconds since the session started. @type {(event: Realtime.ApiEvent, at: number) => Realtime.Change[]} */
  apply(event, at) {
    this.#handlers[event.type]?.(event, at);
    return this.#transcript.changes();
  }

  /** The call is over: nothing streams any more. */
  end() {
    const streaming = this.#transcript.entries.filter(({ status }) => status === "streaming");
    streaming.forEach((entry) => this.#finish(entry, entry.role === "model" ? "cut" : "final"));
    return this.#transcript.changes();
  }

  /** @type {Record<string, Handler>} */
  #handlers = {
    "input_audio_buffer.speech_started": ({ item_id }, at) => {
      this.#transcript.touch(item_id, "user", at);
      this.#uncommittedId = item_id;
    },
    "input_audio_buffer.committed": ({ item_id, previous_item_id }, at) => {
      this.#transcript.touch(item_id, "user", at);
      this.#transcript.place(item_id, previous_item_id);
      this.#uncommittedId = "";
    },
    "input_audio_buffer.cleared": () => this.#transcript.remove(this.#uncommittedId),
    "conversation.item.added": (event, at) => this.#added(event, at),
    "conversation.item.done": (event, at) => this.#added(event, at),
    "conversation.item.deleted": ({ item_id }) => this.#transcript.remove(item_id),
    "conversation.item.truncated": ({ item_id, audio_end_ms: endMs }) => {
      const entry = this.#transcript.get(item_id);
      if (!entry) return;
      this.#finish(entry, "cut");
      entry.heardChars = heardChars({ ...entry, text: textOf(entry), endMs, rate: this.#rate });
    },
    [`${TRANSCRIPTION}.delta`]: ({ item_id, content_index, delta, logprobs }, at) => {
      const entry = this.#transcript.touch(item_id, "user", at);
      append(entry, content_index, delta);
      entry.logprobs.push(...(logprobs ?? []));
    },
    [`${TRANSCRIPTION}.completed`]: (event, at) => this.#transcribed(event, at),
    [`${TRANSCRIPTION}.failed`]: (event, at) => this.#transcribed({ ...event, transcript: "" }, at),
    "response.output_item.added": (event, at) => this.#answering(event, at),
    "response.output_item.done": (event, at) => this.#finish(this.#answering(event, at), "final"),
    "response.output_text.delta": (event, at) => this.#written(event, at),
    "response.output_text.done": (event, at) => this.#written(event, at),
    "response.output_audio_transcript.delta": (event, at) => this.#written(event, at),
    "response.output_audio_transcript.done": (event, at) => this.#written(event, at),
    "response.function_call_arguments.delta": (event, at) => this.#written(event, at),
    "response.function_call_arguments.done": (event, at) => this.#written(event, at),
    "response.output_audio.delta": ({ item_id, delta }) => {
      const entry = this.#transcript.get(item_id);
      if (entry) entry.audioMs += base64Bytes(delta) / this.#bytesPerMs;
    },
    "response.done": ({ response: { id, status } }) => {
      for (const entry of this.#spokenIn(id)) {
        const cut = status === "cancelled";
        this.#finish(entry, cut ? "cut" : "final");
        entry.audioComplete = !cut && entry.audioMs > 0;
        if (!cut) this.#learn(textOf(entry).length, entry.audioMs);
      }
    },
    "output_audio_buffer.started": (_event, at) => {
      this.#audioStartedAt = at;
    },
    // Over WebRTC only the time between start and stop tells how long the speech was.
    "output_audio_buffer.stopped": ({ response_id }, at) => {
      const spoken = this.#spokenIn(response_id);
      const whole = spoken.every(({ status }) => status === "final");
      if (whole) this.#learn(spoken.map(textOf).join("").length, at - this.#audioStartedAt);
    },
  };

  /** @type {Handler} */
  #added({ item, previous_item_id }, at) {
    const entry = this.#described(item, at);
    this.#transcript.place(item.id, previous_item_id);
    const spoken = entry.role === "user" && !partsOf(item).some(Boolean);
    const answer = entry.role === "model" || item.type === "function_call";
    if (!answer && !(spoken && this.transcribes)) this.#finish(entry, "final");
  }

  /** @type {(event: Realtime.ApiEvent, at: number) => Entry} */
  #answering({ item, response_id }, at) {
    const entry = this.#described(item, at);
    entry.responseId = response_id;
    return entry;
  }

  /** Text that was streamed stays: a truncated item comes back without it. @type {(item: Record<string, any>, at: number) => Entry} */
  #described(item, at) {
    const entry = this.#transcript.touch(item.id, roleOf(item), at);
    entry.role = roleOf(item);
    entry.name = item.type === "function_call" ? item.name : "";
    if (textOf(entry) === "") entry.parts = partsOf(item);
    return entry;
  }

  /** @type {Handler} */
  #transcribed({ item_id, content_index = 0, transcript, logprobs }, at) {
    const entry = this.#transcript.touch(item_id, "user", at);
    entry.parts[content_index] = transcript;
    entry.logprobs = logprobs ?? [];
    this.#finish(entry, "final");
  }

  /** Takes a delta, or the whole text of a ".done". @type {Handler} */
  #written(event, at) {
    const { type, item_id, response_id, content_index = 0, delta } = event;
    const entry = this.#transcript.touch(item_id, type.includes("function_call") ? "tool" : "model", at);
    entry.responseId = response_id;
    if (type.endsWith("delta")) append(entry, content_index, delta);
    else entry.parts[content_index] = event.text ?? event.transcript ?? event.arguments;
  }

  /** A cut turn stays cut: events of its response may still arrive. @type {(entry: Entry, status: "final" | "cut") => void} */
  #finish(entry, status) {
    this.#transcript.touch(entry.id, entry.role, entry.startedAt);
    if (entry.status === "cut") return;
    entry.status = status;
    entry.heardChars = textOf(entry).length;
  }

  /** How fast this voice speaks. @type {(characters: number, spokenMs: number) => void} */
  #learn(characters, spokenMs) {
    if (characters > 0 && spokenMs > 0) this.#rate = characters / spokenMs;
  }

  /** @param {string} responseId */
  #spokenIn(responseId) {
    return this.#transcript.entries.filter((entry) => entry.responseId === responseId && entry.role === "model");
  }
}

/** @type {(entry: Entry, contentIndex?: number, delta?: string) => void} */
function append(entry, contentIndex = 0, delta = "") {
  entry.parts[contentIndex] = (entry.parts[contentIndex] ?? "") + delta;
}

/** @param {Record<string, any>} item @returns {Entry["role"]} */
function roleOf({ type, role }) {
  if (type !== "message") return "tool";
  return role === "assistant" ? "model" : role === "user" ? "user" : "hidden";
}

/** The text an item brings along, by content index. @param {Record<string, any>} item @returns {string[]} */
function partsOf(item) {
  const content = item.content ?? [{ text: item.arguments ?? item.output }];
  return content.map((/** @type {Record<string, any>} */ part) => part.text ?? part.transcript ?? "");
}

/** @param {string} text base64 */
const base64Bytes = (text) => (text.length * 3) / 4 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
