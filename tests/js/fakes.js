/** Stand-ins for what browsers bring along (sockets, peer connections, audio), never for our own modules. */

/** A clock that moves only when told to. */
export class FakeTimers {
  time = 0;
  #queue = [];
  #nextId = 1;

  setTimeout = (action, delayMs) => {
    this.#queue.push({ id: this.#nextId, action, due: this.time + delayMs });
    return this.#nextId++;
  };

  clearTimeout = (id) => {
    this.#queue = this.#queue.filter((timer) => timer.id !== id);
  };

  now = () => this.time;

  /** Runs what falls due within the next `ms`, letting promises settle in between. */
  async advance(ms) {
    const end = this.time + ms;
    await settled();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.time = next.due;
      this.clearTimeout(next.id);
      next.action();
      await settled();
    }
    this.time = end;
  }

  #next(end) {
    return this.#queue.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}

/** All promise reactions that are ready, and those they make ready, have run. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The face that WebSocket and RTCDataChannel share. */
export class FakeSocket {
  bufferedAmount = 0;
  closed = false;
  sent = [];

  send(text) {
    if (this.tooLong) throw new TypeError("message too long");
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  /** The server says something. */
  says(...events) {
    events.forEach((event) => this.onmessage?.({ data: JSON.stringify(event) }));
  }

  /** The server or the network ends it. */
  ends(close = {}) {
    this.onclose?.(close);
  }

  get types() {
    return this.sent.map(({ type }) => type);
  }
}

export class FakePeerConnection {
  channel = new FakeSocket();
  connectionState = "new";
  tracks = [];
  transceivers = [];
  closed = false;
  bytesReceived = 0;

  createDataChannel(label) {
    this.label = label;
    return this.channel;
  }

  addTrack(track) {
    this.tracks.push(track);
  }

  addTransceiver(kind, { direction }) {
    this.transceivers.push(`${kind} ${direction}`);
  }

  async createOffer() {
    return { type: "offer", sdp: "offer\r\n" };
  }

  async setLocalDescription(description) {
    this.localDescription = description;
  }

  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.ontrack?.({ track: {}, streams: [new FakeStream()] });
  }

  async getStats() {
    return [{ type: "candidate-pair", bytesReceived: this.bytesReceived }];
  }

  /** Its candidates have been gathered. */
  gathered(...candidates) {
    [...candidates, null].forEach((candidate) => this.onicecandidate({ candidate: candidate && { candidate } }));
  }

  becomes(state) {
    this.connectionState = state;
    this.onconnectionstatechange();
  }

  close() {
    this.closed = true;
  }
}

export class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;

  stop() {
    this.stopped = true;
  }
}

export class FakeStream {
  track = new FakeTrack();

  getTracks() {
    return [this.track];
  }

  getAudioTracks() {
    return [this.track];
  }
}

export class FakeAudioElement {
  muted = false;
  srcObject = null;
  plays = 0;

  async play() {
    this.plays += 1;
    if (this.refusal) throw Object.assign(new Error("not allowed"), { name: this.refusal });
  }
}

class FakeNode {
  connect() {}
}

export class FakeAudioContext {
  state = "running";
  destination = new FakeNode();
  modules = [];
  audioWorklet = { addModule: async (url) => this.modules.push(url) };

  constructor({ sampleRate = 48_000 } = {}) {
    this.sampleRate = sampleRate;
  }

  createMediaStreamSource() {
    return new FakeNode();
  }

  createAnalyser() {
    return Object.assign(new FakeNode(), { getFloatTimeDomainData: (samples) => samples.fill(0.25) });
  }

  async resume() {
    this.state = "running";
  }

  async close() {
    this.state = "closed";
  }
}

export class FakeWorkletNode extends FakeNode {
  messages = [];
  port = { postMessage: (message) => this.messages.push(message), onmessage: null };

  constructor(context, name, options) {
    super();
    Object.assign(this, { context, name, options });
  }

  /** The processor posts a message. */
  posts(data) {
    this.port.onmessage({ data });
  }

  get types() {
    return this.messages.map(({ type }) => type);
  }
}

/** An answer to fetch. */
export const answer = (status, body, headers = {}) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
