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

  /** @param {{type: string, generation: number, id: string, played: number, pushes: number}} message */
  #report({ type, generation, id, played, pushes }) {
    const item = this.#items.get(id);
    if (generation !== this.#generation) return;
    if (item) {
      item.played = played;
    } else if (type === "drained" && pushes === this.#pushes && this.active) {
      this.#items.clear();
      this.#onDrained();
    }
  }
}
