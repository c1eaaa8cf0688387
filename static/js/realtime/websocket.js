import { codecFor } from "../audio/codec.js";
import { levelMeter, openCapture, openPlayback } from "../audio/graph.js";
import { EventChannel } from "./channel.js";
import { Failure } from "./errors.js";
import { Speaker, uplink } from "./voice.js";

/** A context that the browser lets play is running well before this. */
const RESUME_MS = 500;

/** A call over a WebSocket: sound as base64 in events, recorded and played by worklets. @implements {Realtime.Transport} */
export class WebSocketTransport {
  kind = /** @type {const} */ ("websocket");
  #options;
  /** @type {EventChannel | undefined} */
  #channel;
  /** By sample rate, for the two directions may differ. @type {Map<number, AudioContext>} */
  #contexts = new Map();
  /** @type {Speaker | undefined} */
  #speaker;
  #meters = { input: () => 0, output: () => 0 };
  #connected = false;

  /** @param {Realtime.TransportOptions} options */
  constructor(options) {
    this.#options = options;
  }

  async open() {
    const { minted, platform, delegate } = this.#options;
    const { websocket_url: url, websocket_protocols: protocols } = minted.connect;
    const channel = new EventChannel(platform.createWebSocket(url, protocols), {
      ...delegate,
      received: (event, raw) => this.#event(event, raw),
    });
    this.#channel = channel;
    await Promise.all([channel.ready, this.#openSpeaker(), this.#openMicrophone(channel)]).catch((error) => {
      throw error instanceof Failure ? error : new Failure("audio-setup-failed", String(error));
    });
    this.#connected = true;
    platform.setTimeout(() => this.#checkAllowed(), RESUME_MS);
  }

  async #openSpeaker() {
    const { minted, worklets, delegate } = this.#options;
    if (minted.connect.kind !== "realtime") return;
    const codec = codecFor(minted.connect.output_format);
    const options = this.#workletOptions(codec, worklets.playback);
    const playback = await openPlayback(options, delegate.audioStopped);
    this.#speaker = new Speaker(playback, codec, delegate.audioStarted);
    this.#meters.output = levelMeter(options.context, playback.node);
  }

  /** @param {EventChannel} channel */
  async #openMicrophone(channel) {
    const { minted, microphone, worklets, delegate } = this.#options;
    if (!microphone) return;
    const codec = codecFor(minted.connect.input_format);
    const options = this.#workletOptions(codec, worklets.capture);
    const send = uplink(channel, codec, delegate.noticed);
    const source = await openCapture(options, microphone, (frame) => this.#connected && send(frame));
    this.#meters.input = levelMeter(options.context, source);
  }

  /** @type {(codec: Realtime.Codec, workletUrl: string) => Realtime.WorkletOptions} */
  #workletOptions({ sampleRate }, workletUrl) {
    const { createAudioContext, createWorkletNode } = this.#options.platform;
    const context = this.#contexts.get(sampleRate) ?? createAudioContext({ sampleRate, latencyHint: "interactive" });
    this.#contexts.set(sampleRate, context);
    if (context.sampleRate !== sampleRate) {
      throw new Failure("audio-setup-failed", `Asked for ${sampleRate} Hz, got ${context.sampleRate} Hz.`);
    }
    return { context, workletUrl, createWorkletNode };
  }

  #checkAllowed() {
    const blocked = [...this.#contexts.values()].some(({ state }) => state === "suspended");
    if (blocked) this.#options.delegate.noticed(new Failure("audio-blocked"));
  }

  async playAudio() {
    await Promise.all([...this.#contexts.values()].map((context) => context.resume()));
  }

  /** @type {Realtime.Delegate["received"]} */
  #event(event, raw) {
    this.#speaker?.follow(event);
    this.#options.delegate.received(event, raw);
  }

  /** The server sends faster than it is heard, so only this side knows what was: it truncates the answer. */
  bargeIn() {
    const truncations = this.#speaker?.silence() ?? [];
    truncations.forEach((event) => this.send(event));
    if (truncations.length > 0) this.#options.delegate.audioStopped();
  }

  interrupt = this.bargeIn;

  /** @param {Realtime.ApiEvent} event */
  send(event) {
    this.#channel?.send(event);
  }

  levels() {
    return { input: this.#meters.input(), output: this.#meters.output() };
  }

  close() {
    this.#connected = false;
    this.#channel?.close();
    this.#contexts.forEach((context) => void context.close());
    this.#contexts.clear();
  }
}
