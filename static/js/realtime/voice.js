/** Sound on its way between the microphone, the model and the loudspeaker. */
import { decodeBase64, encodeBase64 } from "../audio/codec.js";
import { FRAME_MS } from "../audio/graph.js";
import { Failure } from "./errors.js";
import { appendAudio, truncate } from "./events.js";

/** Sound already on its way when the voice is silenced has been played out after this; later sound is new. */
const DRAINED_MS = 250;

/** The model's voice in an audio element (WebRTC): silenced at once, heard again with the next answer. */
export class RemoteVoice {
  /** When it was silenced, and whether a new answer has begun since. @type {{at: number, answered: boolean} | null} */
  #silenced = null;

  /** @param {Realtime.TransportOptions} options */
  constructor({ audioElement, platform, delegate }) {
    this.element = audioElement;
    this.platform = platform;
    this.delegate = delegate;
  }

  get silenced() {
    return this.#silenced !== null;
  }

  /** @param {MediaStream} stream */
  start(stream) {
    this.element.srcObject = stream;
    return this.play();
  }

  async play() {
    await this.element.play().catch((error) => {
      if (error.name === "NotAllowedError") this.delegate.noticed(new Failure("audio-blocked", error.message));
    });
  }

  silence() {
    this.#silenced = { at: this.platform.now(), answered: false };
    this.element.muted = true;
  }

  /** Sees every event, to be heard again with the next answer. @param {Realtime.ApiEvent} event */
  follow({ type }) {
    if (!this.#silenced) return;
    this.#silenced.answered ||= type === "response.created";
    // Servers that do not report their output buffer still send the words.
    const words = type === "response.output_audio_transcript.delta" && this.#silenced.answered;
    const drained = this.platform.now() - this.#silenced.at > DRAINED_MS;
    if (type === "output_audio_buffer.started" || (words && drained)) this.#restore();
  }

  stop() {
    this.element.srcObject = null;
    this.#restore();
  }

  #restore() {
    this.#silenced = null;
    this.element.muted = false;
  }
}

/** The model's voice in events (WebSocket): plays the answer wanted, drops what still comes of one that is not. */
export class Speaker {
  #responseId = "";
  #silencedId = "";
  #contentIndex = 0;

  /** @param {Realtime.Playback} playback @param {Realtime.Codec} codec @param {() => void} audioStarted */
  constructor(playback, codec, audioStarted) {
    this.playback = playback;
    this.codec = codec;
    this.audioStarted = audioStarted;
  }

  /** Sees every event. @param {Realtime.ApiEvent} event */
  follow(event) {
    if (event.type === "response.created") this.#responseId = event.response.id;
    if (event.type === "response.output_audio.delta") this.#play(event);
    if (event.type === "response.output_audio.done" || event.type === "response.done") this.playback.finish();
  }

  /** @param {Realtime.ApiEvent} event */
  #play({ response_id, item_id, content_index = 0, delta }) {
    if (response_id === this.#silencedId) return;
    if (!this.playback.active) this.audioStarted();
    this.#contentIndex = content_index;
    this.playback.push(item_id, this.codec.decode(decodeBase64(delta)));
  }

  /** Silences at once, and what still comes of the current answer. Returns what tells the server how much was heard. */
  silence() {
    this.#silencedId = this.#responseId;
    return this.playback.clear().map(({ id, playedMs }) => truncate(id, this.#contentIndex, playedMs));
  }
}

/** Four seconds of 24 kHz audio as base64: more lag than that is not a conversation. */
const MAX_BUFFERED_BYTES = 256 * 1024;

/** Sends the microphone (WebSocket), and says so when it must leave some of it out. @type {Realtime.Uplink} */
export function uplink(channel, codec, noticed) {
  let droppedMs = 0;
  return (frame) => {
    if (channel.bufferedAmount > MAX_BUFFERED_BYTES) {
      if (droppedMs === 0) noticed(new Failure("uplink-slow"));
      droppedMs += FRAME_MS;
      return;
    }
    if (droppedMs > 0) {
      const seconds = (droppedMs / 1000).toFixed(1);
      noticed(new Failure("uplink-recovered", `${seconds} s of your speech did not reach the model. Say it again.`));
      droppedMs = 0;
    }
    channel.send(appendAudio(encodeBase64(codec.encode(frame))));
  };
}
