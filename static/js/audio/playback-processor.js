/** Plays queued speech; its messages are described at Realtime.ToPlayback and Realtime.FromPlayback. */
const PREBUFFER_S = 0.1;
const FADE_S = 0.005;
const REPORT_EVERY_BLOCKS = 4;

class PlaybackProcessor extends AudioWorkletProcessor {
  /** @type {{id: string, samples: Float32Array}[]} */
  #queue = [];
  #offset = 0;
  #queued = 0;
  #pushes = 0;
  #playing = false;
  #finished = false;
  #generation = 0;
  #blocks = 0;
  #position = { id: "", played: 0 };

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#handle(data);
  }

  /** @param {{type: string, id: string, samples: Float32Array, generation: number}} message */
  #handle({ type, id, samples, generation }) {
    if (type === "push") {
      this.#pushes += 1;
      this.#finished = false;
      this.#enqueue(id, samples);
    } else if (type === "finish") {
      this.#finished = true;
      if (this.#queued === 0) this.#drained();
    } else {
      this.#clear(generation);
    }
  }

  /** @param {string} id @param {Float32Array} samples */
  #enqueue(id, samples) {
    this.#queue.push({ id, samples });
    this.#queued += samples.length;
  }

  /** @param {number} generation */
  #clear(generation) {
    const tail = new Float32Array(this.#playing ? FADE_S * sampleRate : 0);
    this.#read(tail);
    this.#queue = [];
    this.#offset = this.#queued = 0;
    this.#finished = false;
    this.#position = { id: "", played: 0 };
    this.#generation = generation;
    // A cut in mid-wave clicks: the next few milliseconds go down to nothing.
    this.#enqueue("", tail.map((sample, index) => sample * (1 - (index + 1) / tail.length)));
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, [[output]]) {
    this.#playing ||= this.#queued > 0 && (this.#finished || this.#queued >= PREBUFFER_S * sampleRate);
    if (this.#playing) {
      this.#read(output);
      this.#playing = this.#queued > 0;
      this.#report();
    }
    return true;
  }

  /** Fills `output` from the queue, with silence where it runs out. @param {Float32Array} output */
  #read(output) {
    for (let filled = 0; filled < output.length && this.#queue.length > 0; ) {
      const { id, samples } = this.#queue[0];
      const part = samples.subarray(this.#offset, this.#offset + output.length - filled);
      output.set(part, filled);
      filled += part.length;
      this.#advance(id, part.length);
      this.#queued -= part.length;
      this.#offset += part.length;
      if (this.#offset === samples.length) {
        this.#queue.shift();
        this.#offset = 0;
        if (id && this.#queue.length === 0) this.#goDownFrom(samples[samples.length - 1]);
      }
    }
  }

  /** Where the queue runs dry in mid-wave a jump to silence would click. @param {number | undefined} last sample heard */
  #goDownFrom(last) {
    const length = FADE_S * sampleRate;
    if (last) this.#enqueue("", Float32Array.from({ length }, (_, index) => last * (1 - (index + 1) / length)));
  }

  /** @param {string} id @param {number} count */
  #advance(id, count) {
    if (!id) return; // of no item: a fade
    if (id !== this.#position.id) {
      this.#postPosition();
      this.#position = { id, played: 0 };
    }
    this.#position.played += count;
  }

  #report() {
    this.#blocks += 1;
    if (!this.#playing || this.#blocks % REPORT_EVERY_BLOCKS === 0) this.#postPosition();
    if (!this.#playing && this.#finished) this.#drained();
  }

  #postPosition() {
    if (this.#position.id) this.#post({ type: "position", ...this.#position });
  }

  #drained() {
    this.#post({ type: "drained", pushes: this.#pushes });
  }

  /** @param {object} message */
  #post(message) {
    this.port.postMessage({ ...message, generation: this.#generation });
  }
}

registerProcessor("playback", PlaybackProcessor);
