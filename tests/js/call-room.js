import {
  FakeAudioContext,
  FakeAudioElement,
  FakePeerConnection,
  FakeSocket,
  FakeStream,
  FakeTimers,
  FakeWorkletNode,
  answer,
  settled,
} from "./fakes.js";
import { RealtimeSession } from "../../static/js/realtime/session.js";

export const CALL_URL = "http://engine.test/v1/realtime/calls";

/** A key as the site hands it out. */
export const minted = ({ session = {}, ...connect } = {}) => ({
  value: "ek_test",
  expires_at: 1_000,
  session: { type: "realtime", audio: { input: { turn_detection: { type: "server_vad" }, transcription: { model: "m" } } }, ...session },
  connect: {
    provider: "local",
    provider_label: "Local engine",
    dialect: "ga",
    kind: "realtime",
    model: "m",
    webrtc_url: CALL_URL,
    websocket_url: "ws://engine.test/v1/realtime?model=m",
    websocket_protocols: ["realtime", "openai-insecure-api-key.ek_test"],
    input_format: "pcm16",
    output_format: "pcm16",
    ...connect,
  },
});

export const SESSION_CREATED = { type: "session.created", session: minted().session };

/** A real session in a browser made of fakes; records all it says. */
export class CallRoom {
  timers = new FakeTimers();
  page = new EventTarget();
  peers = [];
  sockets = [];
  contexts = [];
  nodes = {};
  requests = [];
  audioElement = new FakeAudioElement();
  microphone = new FakeStream();
  heard = [];
  answer = () => answer(201, "answer", { Location: "/v1/realtime/calls/rtc_1" });

  constructor({ platform = {} } = {}) {
    const keep = (list, thing) => (list.push(thing), thing);
    this.platform = {
      setTimeout: this.timers.setTimeout,
      clearTimeout: this.timers.clearTimeout,
      now: this.timers.now,
      date: () => 0,
      page: this.page,
      createPeerConnection: () => keep(this.peers, new FakePeerConnection()),
      createWebSocket: (url, protocols) => keep(this.sockets, Object.assign(new FakeSocket(), { url, protocols })),
      createAudioContext: (options) => keep(this.contexts, new FakeAudioContext(options)),
      createWorkletNode: (...args) => (this.nodes[args[1]] = new FakeWorkletNode(...args)),
      fetch: async (url, request) => this.answer(keep(this.requests, { url, ...request })),
      ...platform,
    };
    const worklets = { capture: "/capture.js", playback: "/playback.js" };
    this.session = new RealtimeSession({ worklets, platform: this.platform });
    for (const type of ["state", "turn", "turn-removed", "notice", "transport", "wire", "level", "ended"]) {
      this.session.addEventListener(type, ({ detail }) => this.heard.push({ type, detail }));
    }
  }

  /** What was said under one name. */
  said(type) {
    return this.heard.filter((event) => event.type === type).map(({ detail }) => detail);
  }

  get states() {
    return this.said("state").map(({ state }) => state);
  }

  get notices() {
    return this.said("notice").map(({ code }) => code);
  }

  get peer() {
    return this.peers.at(-1);
  }

  get socket() {
    return this.sockets.at(-1);
  }

  start(options = {}) {
    const { microphone, audioElement } = this;
    return this.session.start({ minted: minted(), transport: "webrtc", microphone, audioElement, ...options });
  }

  /** Connected over WebRTC; returns the data channel. */
  async overWebRtc(options = {}) {
    const started = this.start(options);
    await settled();
    this.peer.channel.says(SESSION_CREATED);
    await started;
    return this.peer.channel;
  }

  /** Connected over WebSocket; returns the socket. */
  async overWebSocket(options = {}) {
    const started = this.start({ transport: "websocket", ...options });
    await settled();
    this.socket.says(SESSION_CREATED);
    await started;
    return this.socket;
  }
}

/** An answer of the model on the wire, up to but without its end. */
export const answering = ({ response = "resp_1", item = "item_1", text = "Hello there", audioMs = 0 } = {}) => [
  { type: "response.created", response: { id: response, status: "in_progress" } },
  { type: "response.output_item.added", response_id: response, item: { id: item, type: "message", role: "assistant", content: [] } },
  { type: "conversation.item.added", previous_item_id: null, item: { id: item, type: "message", role: "assistant", content: [] } },
  { type: "response.output_audio_transcript.delta", response_id: response, item_id: item, content_index: 0, delta: text },
  ...(audioMs ? [{ type: "response.output_audio.delta", response_id: response, item_id: item, content_index: 0, delta: silence(audioMs) }] : []),
];

/** PCM16 at 24 kHz as base64. */
export const silence = (ms) => Buffer.alloc(ms * 48).toString("base64");

export const answered = ({ response = "resp_1", status = "completed" } = {}) => ({
  type: "response.done",
  response: { id: response, status },
});

export const SPEECH_STARTED = { type: "input_audio_buffer.speech_started", item_id: "item_u", audio_start_ms: 0 };
export const SPEECH_STOPPED = { type: "input_audio_buffer.speech_stopped", item_id: "item_u", audio_end_ms: 900 };
