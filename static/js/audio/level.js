const FLOOR_DB = -60;
const CEILING_DB = -12;
const WINDOW_SAMPLES = 1024;

/**
 * Loudness as a meter shows it: root mean square in decibels, -60 dBFS and below is 0, -12 dBFS is 1.
 *
 * @param {Float32Array} samples -1..1
 */
export function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power);
  return Math.max(0, Math.min(1, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}

/**
 * Listens in on a node.
 *
 * @param {BaseAudioContext} context
 * @param {AudioNode} source
 * @returns {() => number} reads the loudness 0..1 of the last 1024 samples
 */
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
