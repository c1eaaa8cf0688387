/** The API's audio formats, and base64 as audio travels in events. */

/** @param {Uint8Array} bytes */
export function encodeBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** @param {string} text @throws {DOMException} when it is not base64 */
export function decodeBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A sample -1..1 as a signed 16-bit integer, clipped. @param {number} sample */
const toInt16 = (sample) => Math.round(Math.max(-1, Math.min(32767 / 32768, sample)) * 32768);

/** 16-bit signed little-endian at 24 kHz. @type {Realtime.Codec} */
const PCM16 = {
  sampleRate: 24_000,
  bytesPerMs: 48,
  encode(samples) {
    const view = new DataView(new ArrayBuffer(samples.length * 2));
    samples.forEach((sample, index) => view.setInt16(index * 2, toInt16(sample), true));
    return new Uint8Array(view.buffer);
  },
  decode(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return Float32Array.from({ length: bytes.length >> 1 }, (_, index) => view.getInt16(index * 2, true) / 32768);
  },
};

// ITU-T G.711: sign, a segment (the octave above 2^7) and a mantissa of four bits.
const ULAW_BIAS = 0x84;
const ULAW_LIMIT = 32_635;
const ALAW_TOGGLE = 0x55;

/** @param {number} magnitude at least 128 */
const segmentOf = (magnitude) => 24 - Math.clz32(magnitude);

/** @param {number} sample signed 16-bit */
function ulawFrom(sample) {
  const magnitude = Math.min(sample < 0 ? ~sample : sample, ULAW_LIMIT) + ULAW_BIAS;
  const segment = segmentOf(magnitude);
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f));
}

/** @param {number} byte */
function ulawTo(byte) {
  const bits = ~byte;
  const magnitude = ((((bits & 0x0f) << 3) + ULAW_BIAS) << ((bits >> 4) & 7)) - ULAW_BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

/** @param {number} sample signed 16-bit */
function alawFrom(sample) {
  const magnitude = sample < 0 ? ~sample : sample;
  const segment = magnitude < 256 ? 0 : segmentOf(magnitude);
  const mantissa = (magnitude >> Math.max(4, segment + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ ALAW_TOGGLE;
}

/** @param {number} byte */
function alawTo(byte) {
  const bits = byte ^ ALAW_TOGGLE;
  const segment = (bits >> 4) & 7;
  const mantissa = (bits & 0x0f) << 4;
  const magnitude = segment === 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** By table: these run on the page's own thread. @type {(from: typeof ulawFrom, to: typeof ulawTo) => Realtime.Codec} */
function g711(from, to) {
  const encoded = Uint8Array.from({ length: 65_536 }, (_, index) => from((index << 16) >> 16));
  const decoded = Float32Array.from({ length: 256 }, (_, byte) => to(byte) / 32768);
  return {
    sampleRate: 8_000,
    bytesPerMs: 8,
    encode: (samples) => Uint8Array.from(samples, (sample) => encoded[toInt16(sample) & 0xffff]),
    decode: (bytes) => Float32Array.from(bytes, (byte) => decoded[byte]),
  };
}

const CODECS = { pcm16: PCM16, g711_ulaw: g711(ulawFrom, ulawTo), g711_alaw: g711(alawFrom, alawTo) };

/** Without a format it is the API's own default. @param {Realtime.AudioFormat | null} [format] */
export const codecFor = (format) => CODECS[format ?? "pcm16"];
