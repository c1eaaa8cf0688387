import { codecFor } from "../audio/codec.js";
import { connect } from "./connect.js";
import { Conversation } from "./conversation.js";
import { Failure, troubleOf } from "./errors.js";
import { cancelResponse, commitAudio, createResponse, effectiveOf } from "./events.js";
import { inputOf } from "./state.js";
import { WebRtcTransport } from "./webrtc.js";
import { WebSocketTransport } from "./websocket.js";

const LEVEL_PERIOD_MS = 33;

/** One call from its start to its end: a transport, the transcript, and what the server said of both. */
export class Call {
  #options;
  #delegate;
  #conversation;
  #effective = effectiveOf({}, "realtime");
  #tracks;
  #startedAt;
  #aborter = new AbortController();
  /** @type {Realtime.Transport | undefined} */
  #transport;
  #connected = false;
  /** Of the response in progress. */
  #responseId = "";
  #speaking = false;
  /** Whether the turn that is being committed wants an answer. */
  #answers = false;
  #levelTimer = 0;

  /** @param {Realtime.CallOptions} options @param {Realtime.CallDelegate} delegate */
  constructor(options, delegate) {
    const { minted, microphone, platform } = options;
    this.#options = options;
    this.#delegate = delegate;
    this.#startedAt = platform.now();
    this.#conversation = new Conversation(codecFor(minted.connect.output_format));
    this.#note(minted.session);
    this.#tracks = microphone?.getTracks() ?? [];
    const lost = () => delegate.noticed(new Failure("microphone-lost"));
    this.#tracks.forEach((track) => track.addEventListener("ended", lost));
  }

  /** What is really in use; null until connected. */
  get kind() {
    return (this.#connected && this.#transport?.kind) || null;
  }

  get effective() {
    return this.#effective;
  }

  get turns() {
    return this.#conversation.turns;
  }

  /** Rejects with a Failure. @param {Realtime.TransportKind} preferred */
  async connect(preferred) {
    const { minted, connectTimeoutMs: webrtcTimeoutMs, platform } = this.#options;
    if (minted.expires_at * 1000 <= platform.date()) throw new Failure("key-expired");
    const { transport, fallbackReason } = await connect({
      preferred,
      webrtcTimeoutMs,
      create: (kind) => this.#create(kind),
      timers: platform,
      signal: this.#aborter.signal,
    });
    this.#connected = true;
    this.#delegate.emit("transport", { transport: transport.kind, fallbackReason });
    if (fallbackReason) this.#delegate.noticed(new Failure("webrtc-fallback", fallbackReason));
    this.#tellLevels(transport);
  }

  /** @param {Realtime.TransportKind} kind */
  #create(kind) {
    /** @type {Realtime.Delegate} */
    const delegate = {
      received: (event, raw) => this.#received(event, raw),
      sent: (event) => this.#wire("sent", event),
      audioStarted: () => this.#audible(true),
      audioStopped: () => this.#audible(false),
      noticed: this.#delegate.noticed,
      closed: this.#delegate.lost,
    };
    const Kind = kind === "webrtc" ? WebRtcTransport : WebSocketTransport;
    return (this.#transport = new Kind({ ...this.#options, delegate }));
  }

  /** @type {Realtime.Delegate["received"]} */
  #received(event, raw) {
    const { type } = event;
    if (type === "input_audio_buffer.speech_started" && this.#effective.turnDetection?.interrupt_response !== false) {
      // Before anything else: every millisecond here is heard.
      this.#transport?.bargeIn();
    }
    this.#wire("received", raw);
    if (type === "session.created" || type === "session.updated") {
      this.#note(event.session);
      this.#delegate.emit("effective", { effective: this.#effective });
    }
    this.#answer(type);
    if (type === "response.created") this.#responseId = event.response.id;
    if (type === "response.done") this.#responseId = "";
    this.#tellTurns(this.#conversation.apply(event, this.#at()));
    const input = inputOf(event, this.#effective);
    if (input) this.#delegate.moved(input);
    const trouble = this.#connected && troubleOf(event);
    if (trouble) this.#delegate.noticed(trouble);
  }

  /** @param {Record<string, any>} session */
  #note(session) {
    this.#effective = effectiveOf(session, this.#options.minted.connect.kind);
    this.#conversation.transcribes = this.#effective.transcription !== null;
  }

  /** @param {boolean} speaking */
  #audible(speaking) {
    this.#speaking = speaking;
    this.#delegate.moved(speaking ? "audioStarted" : "audioStopped");
  }

  /** @param {Realtime.ApiEvent} event */
  send(event) {
    this.#transport?.send(event);
  }

  /** Commits what was said, and asks for an answer once the server has it: of an empty buffer there is none. */
  sendTurn() {
    this.#answers = true;
    this.send(commitAudio());
  }

  /** @param {string} type of what the server says */
  #answer(type) {
    if (!this.#answers || (type !== "input_audio_buffer.committed" && type !== "error")) return;
    this.#answers = false;
    if (type !== "error") this.send(createResponse());
  }

  /** Silences the model and cancels its response, whichever of the two is going on. */
  interrupt() {
    if (this.#responseId) this.send(cancelResponse());
    if (this.#responseId || this.#speaking) this.#transport?.interrupt();
  }

  /** A muted microphone delivers silence, so that a turn in progress still ends. @param {boolean} muted */
  setMuted(muted) {
    this.#tracks.forEach((track) => (track.enabled = !muted));
  }

  async playAudio() {
    await this.#transport?.playAudio();
  }

  /** Closes everything, the microphone too. */
  end() {
    this.#aborter.abort(new Failure("hung-up"));
    this.#options.platform.clearTimeout(this.#levelTimer);
    this.#transport?.close();
    this.#tracks.forEach((track) => track.stop());
    this.#tellTurns(this.#conversation.end());
    this.#delegate.emit("level", { input: 0, output: 0 });
  }

  #at() {
    return Math.round(this.#options.platform.now() - this.#startedAt);
  }

  /** @type {(direction: "sent" | "received", event: Realtime.ApiEvent) => void} */
  #wire(direction, event) {
    this.#delegate.emit("wire", { direction, event, at: this.#at() });
  }

  /** @param {Realtime.Transport} transport */
  #tellLevels(transport) {
    this.#levelTimer = this.#options.platform.setTimeout(() => this.#tellLevels(transport), LEVEL_PERIOD_MS);
    this.#delegate.emit("level", transport.levels());
  }

  /** @param {Realtime.Change[]} changes */
  #tellTurns(changes) {
    changes.forEach((change) =>
      "turn" in change ? this.#delegate.emit("turn", change) : this.#delegate.emit("turn-removed", { id: change.removed }),
    );
  }
}
