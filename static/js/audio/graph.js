/** What this page adds to the graph of Web Audio: the two worklets' nodes, and meters. */
export const FRAME_MS = 40;

/** @type {Realtime.OpenCapture} */
export async function openCapture({ context, workletUrl, createWorkletNode }, stream, onFrame) {
  await context.audioWorklet.addModule(workletUrl);
  const source = context.createMediaStreamSource(stream);
  const node = createWorkletNode(context, "capture", {
    channelCount: 1,
    channelCountMode: "explicit",
    processorOptions: { frameSamples: (context.sampleRate * FRAME_MS) / 1000 },
  });
  node.port.onmessage = ({ data }) => onFrame(data);
  source.connect(node);
  // A node that leads nowhere is not run; this one puts out silence.
  node.connect(context.destination);
  return source;
}

/** @type {Realtime.OpenPlayback} */
export async function openPlayback({ context, workletUrl, createWorkletNode }, onDrained) {
  await context.audioWorklet.addModule(workletUrl);
  const node = createWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
  node.connect(context.destination);
  return new Playback(node, onDrained);
}

/** @implements {Realtime.Playback} */
class Playback {
  /** The items since silence, in samples. @type {Map<string, {received: number, played: number}>} */
  #items = new Map();
  #generation = 0;
  #pushes = 0;
  #onDrained;

  /** @param {AudioWorkletNode} node @param {() => void} onDrained */
  constructor(node, onDrained) {
    this.node = node;
    this.#onDrained = onDrained;
    node.port.onmessage = ({ data }) => this.#report(data);
  }

  get active() {
    return this.#items.size > 0;
  }

  /** @type {Realtime.Playback["push"]} */
  push(id, samples) {
    const { received, played } = this.#items.get(id) ?? { received: 0, played: 0 };
    this.#items.set(id, { received: received + samples.length, played });
    this.#pushes += 1;
    this.node.port.postMessage({ type: "push", id, samples }, [samples.buffer]);
  }

  finish() {
    this.node.port.postMessage({ type: "finish" });
  }

  clear() {
    this.#generation += 1;
    this.node.port.postMessage({ type: "clear", generation: this.#generation });
    const perMs = this.node.context.sampleRate / 1000;
    const items = [...this.#items].map(([id, item]) => ({ id, ...item }));
    this.#items.clear();
    return items
      .filter(({ received, played }, index) => played < received || index === items.length - 1)
      .map(({ id, played }) => ({ id, playedMs: Math.floor(played / perMs) }));
  }

  /** @param {Realtime.FromPlayback} message */
  #report(message) {
    if (message.generation !== this.#generation) return;
    if (message.type === "position") {
      const item = this.#items.get(message.id);
      if (item) item.played = message.played;
    } else if (message.pushes === this.#pushes && this.active) {
      this.#items.clear();
      this.#onDrained();
    }
  }
}

const FLOOR_DB = -60;
const CEILING_DB = -12;
const WINDOW_SAMPLES = 1024;

/** @type {Realtime.Loudness} */
export function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power);
  return Math.max(0, Math.min(1, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}

/** @type {Realtime.LevelMeter} */
export function levelMeter(context, source) {
  const analyser = context.createAnalyser();
  analyser.fftSize = WINDOW_SAMPLES;
  const samples = new Float32Array(WINDOW_SAMPLES);
  source.connect(analyser);
  return () => {
    analyser.getFloatTimeDomainData(samples);
    return loudness(samples);
  };
}
