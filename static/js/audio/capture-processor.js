/** Collects the microphone into frames of `frameSamples` and posts each as a Float32Array. */
class CaptureProcessor extends AudioWorkletProcessor {
  #frame;
  #filled = 0;

  /** @param {{processorOptions: {frameSamples: number}}} options */
  constructor({ processorOptions }) {
    super();
    this.#frame = new Float32Array(processorOptions.frameSamples);
  }

  /** @param {Float32Array[][]} inputs */
  process([[channel]]) {
    for (const sample of channel ?? []) {
      this.#frame[this.#filled++] = sample;
      if (this.#filled === this.#frame.length) this.#post();
    }
    return true;
  }

  #post() {
    const full = this.#frame;
    this.#frame = new Float32Array(full.length);
    this.#filled = 0;
    this.port.postMessage(full, [full.buffer]);
  }
}

registerProcessor("capture", CaptureProcessor);
