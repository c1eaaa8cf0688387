import { levelMeter } from "../audio/graph.js";
import { EventChannel } from "./channel.js";
import { watchLiveness } from "./connect.js";
import { Failure, httpFailure } from "./errors.js";
import { clearOutput } from "./events.js";
import { RemoteVoice } from "./voice.js";

/** A call over WebRTC: sound on tracks, events on a data channel. @implements {Realtime.Transport} */
export class WebRtcTransport {
  kind = /** @type {const} */ ("webrtc");
  #options;
  #voice;
  /** @type {RTCPeerConnection | undefined} */
  #peer;
  /** @type {EventChannel | undefined} */
  #channel;
  /** For the meters only. @type {AudioContext | undefined} */
  #context;
  #meters = { input: () => 0, output: () => 0 };
  #callUrl = "";
  #closed = false;
  #stopWatching = () => {};
  /** @type {(failure: Failure) => void} */
  #fail = () => {};

  /** @param {Realtime.TransportOptions} options */
  constructor(options) {
    this.#options = options;
    this.#voice = new RemoteVoice(options);
  }

  async open() {
    const failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    await Promise.race([failed, this.#connect()]);
    const { delegate, platform } = this.#options;
    this.#fail = delegate.closed;
    const lost = () => delegate.closed(new Failure("connection-lost", "Nothing came from the server any more."));
    this.#stopWatching = watchLiveness(() => this.#received(), lost, platform);
  }

  async #connect() {
    const { platform, delegate } = this.#options;
    const peer = (this.#peer = platform.createPeerConnection());
    this.#channel = new EventChannel(peer.createDataChannel("oai-events"), {
      ...delegate,
      received: (event, raw) => this.#event(event, raw),
    });
    this.#watch(peer);
    this.#addMicrophone(peer);
    // Not waiting for our candidates: the server learns our addresses from the first packets.
    await peer.setLocalDescription(await peer.createOffer());
    const sdp = await this.#exchange(peer.localDescription?.sdp ?? "");
    await peer.setRemoteDescription({ type: "answer", sdp });
    await this.#channel.ready;
  }

  /** @param {RTCPeerConnection} peer */
  #watch(peer) {
    let candidates = 0;
    peer.ontrack = ({ track, streams: [stream = new MediaStream([track])] }) => {
      this.#meters.output = this.#meter(stream);
      void this.#voice.start(stream);
    };
    // Without a network address of our own nothing can connect, and no event ever says so.
    peer.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) candidates += 1;
      if (candidate || candidates > 0) return;
      this.#fail(new Failure("connection-failed", "The browser found no network address (no ICE candidates)."));
    };
    peer.onconnectionstatechange = () => {
      const state = peer.connectionState;
      if (state === "failed" || state === "closed") this.#fail(new Failure("connection-lost", `The peer connection is ${state}.`));
    };
  }

  /** @param {RTCPeerConnection} peer */
  #addMicrophone(peer) {
    const { microphone } = this.#options;
    if (microphone) {
      microphone.getAudioTracks().forEach((track) => peer.addTrack(track, microphone));
      this.#meters.input = this.#meter(microphone);
    } else {
      peer.addTransceiver("audio", { direction: "sendrecv" });
    }
  }

  /** The offer is sent as it is: the server wants the last line end too. @type {(offer: string) => Promise<string>} */
  async #exchange(offer) {
    const url = this.#options.minted.connect.webrtc_url;
    const response = await this.#post(url, { body: offer, headers: { "Content-Type": "application/sdp" } }).catch((error) => {
      throw new Failure("server-unreachable", String(error));
    });
    if (!response.ok) throw await httpFailure(response);
    const location = response.headers.get("Location");
    this.#callUrl = location ? new URL(location, url).href : "";
    if (this.#closed) this.#hangUp();
    return response.text();
  }

  /** @type {(url: string, request: RequestInit & {headers?: Record<string, string>}) => Promise<Response>} */
  #post(url, request) {
    const { minted, platform } = this.#options;
    const headers = { ...request.headers, Authorization: `Bearer ${minted.value}` };
    return platform.fetch(url, { ...request, method: "POST", headers });
  }

  /** For calls that never connected; a connected one tells the server by closing. */
  #hangUp() {
    if (this.#callUrl) this.#post(`${this.#callUrl}/hangup`, { keepalive: true }).catch(() => {});
  }

  /** @param {MediaStream} stream */
  #meter(stream) {
    this.#context ??= this.#options.platform.createAudioContext({});
    return levelMeter(this.#context, this.#context.createMediaStreamSource(stream));
  }

  /** @type {Realtime.Delegate["received"]} */
  #event(event, raw) {
    const { delegate } = this.#options;
    this.#voice.follow(event);
    if (event.type === "output_audio_buffer.started") delegate.audioStarted();
    if (/^output_audio_buffer\.(stopped|cleared)$/.test(event.type)) delegate.audioStopped();
    delegate.received(event, raw);
  }

  /** The server clears its buffer and truncates the answer by itself. */
  bargeIn() {
    this.#voice.silence();
  }

  interrupt() {
    this.#voice.silence();
    this.send(clearOutput());
  }

  async playAudio() {
    await this.#context?.resume();
    await this.#voice.play();
  }

  /** @param {Realtime.ApiEvent} event */
  send(event) {
    this.#channel?.send(event);
  }

  levels() {
    const { input, output } = this.#meters;
    return { input: input(), output: this.#voice.silenced ? 0 : output() };
  }

  async #received() {
    const report = await this.#peer?.getStats();
    let sum = 0;
    report?.forEach(({ type, bytesReceived = 0, responsesReceived = 0, requestsReceived = 0 }) => {
      if (type === "candidate-pair") sum += bytesReceived + responsesReceived + requestsReceived;
    });
    return sum;
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#fail = () => {};
    this.#stopWatching();
    const connected = this.#peer?.connectionState === "connected";
    this.#channel?.close();
    this.#peer?.close();
    this.#voice.stop();
    if (!connected) this.#hangUp();
    void this.#context?.close();
  }
}
