import { Call } from "./call.js";
import { noticeFor } from "./errors.js";
import { clearAudio, commitAudio, createResponse, createUserText } from "./events.js";
import { nextState } from "./state.js";

/** Listeners know what they hear: see Realtime.SessionEvents. @type {new () => Realtime.SessionTarget} */
const SessionTarget = EventTarget;

/** @type {Realtime.Platform} */
const BROWSER = {
  // No iceServers: the answer carries the server's own addresses, and an unreachable STUN server costs seconds.
  createPeerConnection: () => new RTCPeerConnection(),
  createWebSocket: (url, protocols) => new WebSocket(url, protocols),
  createAudioContext: (options) => new AudioContext(options),
  createWorkletNode: (context, name, options) => new AudioWorkletNode(context, name, options),
  fetch: (input, init) => fetch(input, init),
  setTimeout: (action, delayMs) => setTimeout(action, delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => performance.now(),
  date: () => Date.now(),
  page: globalThis,
};

/** One state and one transcript, whichever way it is connected. @implements {Realtime.Session} */
export class RealtimeSession extends SessionTarget {
  #settings;
  /** @type {Realtime.State} */
  #state = "idle";
  #muted = false;
  /** @type {Call | null} */
  #call = null;
  /** Of the call that notices are about. @type {Realtime.Circumstances} */
  #circumstances = {};
  #lastNotice = "";
  /** Of the last call. @type {Realtime.Turn[]} */
  #turns = [];

  /** @param {Realtime.SessionOptions} options */
  constructor({ worklets, connectTimeoutMs = 4_000, platform }) {
    super();
    this.#settings = { worklets, connectTimeoutMs, platform: { ...BROWSER, ...platform } };
    this.#settings.platform.page.addEventListener("pagehide", () => this.hangUp());
  }

  get state() {
    return this.#state;
  }

  get muted() {
    return this.#muted;
  }

  get transport() {
    return this.#call?.kind ?? null;
  }

  get connected() {
    return this.transport !== null;
  }

  get effective() {
    return this.#call?.effective ?? null;
  }

  get turns() {
    return this.#call?.turns ?? this.#turns;
  }

  /** @param {Realtime.StartOptions} options */
  async start({ minted, transport = "webrtc", microphone = null, audioElement }) {
    if (this.#call) throw new Error("A call is going on: hang up first.");
    const call = this.#begin({ minted, microphone, audioElement });
    await call.connect(transport).catch((failure) => this.#end(call, failure));
    if (this.#call !== call) return false;
    this.#move("connected");
    return true;
  }

  /** @param {Pick<Realtime.CallOptions, "minted" | "microphone" | "audioElement">} options */
  #begin(options) {
    /** @type {Call} */
    const call = new Call({ ...options, ...this.#settings }, {
      moved: (input) => this.#move(input),
      emit: (type, detail) => this.#emit(type, detail),
      noticed: (failure) => this.#notice(failure),
      lost: (failure) => this.#end(call, failure),
    });
    this.#call = call;
    this.#circumstances = { provider: options.minted.connect.provider_label, kind: options.minted.connect.kind };
    this.#lastNotice = "";
    call.setMuted(this.#muted);
    this.#move("start");
    return call;
  }

  /** @param {string} text */
  sendText(text) {
    if (text.trim() === "") return;
    this.interrupt();
    this.#send(createUserText(text.trim()));
    this.createResponse();
  }

  interrupt() {
    this.#connectedCall().interrupt();
  }

  clearInput() {
    this.#send(clearAudio());
  }

  commit() {
    this.#send(commitAudio());
  }

  sendTurn() {
    this.#connectedCall().sendTurn();
  }

  createResponse() {
    this.#send(createResponse());
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.#muted = muted;
    this.#call?.setMuted(muted);
    this.#move(muted ? "muted" : "unmuted", true);
  }

  async playAudio() {
    await this.#call?.playAudio();
  }

  hangUp() {
    if (this.#call) this.#end(this.#call, null);
    else this.#move("ended");
  }

  /** @param {Realtime.ApiEvent} event */
  #send(event) {
    this.#connectedCall().send(event);
  }

  #connectedCall() {
    if (!this.#call?.kind) throw new Error("Not connected.");
    return this.#call;
  }

  /** No failure: hung up. @type {(call: Call, failure: Realtime.Described | null) => void} */
  #end(call, failure) {
    if (this.#call !== call) return;
    call.end();
    this.#turns = call.turns;
    this.#call = null;
    this.#muted = false;
    if (failure && failure.code !== this.#lastNotice) this.#notice(failure);
    this.#move(failure ? "failed" : "ended");
    this.#emit("ended", failure ? { reason: "failed", code: failure.code } : { reason: "hang-up" });
  }

  /** @param {Realtime.Described} failure */
  #notice(failure) {
    this.#lastNotice = failure.code;
    this.#emit("notice", noticeFor(failure, this.#circumstances));
  }

  /** `always` tells it even when the state stays, for what else the event says. @type {(input: Realtime.Input, always?: boolean) => void} */
  #move(input, always = false) {
    const previous = this.#state;
    this.#state = nextState(previous, input, this.#muted);
    if (this.#state !== previous || always) this.#emit("state", { state: this.#state, previous, muted: this.#muted });
  }

  /** @type {Realtime.CallDelegate["emit"]} */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
