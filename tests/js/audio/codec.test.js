import assert from "node:assert/strict";
import test from "node:test";
import { codecFor, decodeBase64, encodeBase64 } from "../../../static/js/audio/codec.js";

const sample = (value) => Float32Array.of(value / 32768);

test("base64 of every byte value comes back as it was", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  assert.equal(encodeBase64(bytes), Buffer.from(bytes).toString("base64"));
  assert.deepEqual(decodeBase64(encodeBase64(bytes)), bytes);
});

test("pcm16 is little-endian", () => {
  assert.deepEqual([...codecFor("pcm16").encode(sample(0x1234))], [0x34, 0x12]);
});

test("pcm16 clips what is beyond full scale", () => {
  assert.deepEqual([...codecFor("pcm16").encode(Float32Array.of(2, -2))], [0xff, 0x7f, 0x00, 0x80]);
});

test("pcm16 decodes bytes that lie anywhere in their buffer", () => {
  const bytes = Uint8Array.of(9, 9, 0x00, 0x40, 0x00, 0xc0).subarray(2);
  assert.deepEqual([...codecFor("pcm16").decode(bytes)], [0.5, -0.5]);
});

// Values of ITU-T G.711 (tables 1a and 2a) at the ends, around zero and in mid-segment.
const G711_ROWS = [
  ["g711_ulaw", 0, 0xff],
  ["g711_ulaw", -1, 0x7f],
  ["g711_ulaw", 32_767, 0x80],
  ["g711_ulaw", -32_768, 0x00],
  ["g711_ulaw", 1_000, 0xce],
  ["g711_alaw", 0, 0xd5],
  ["g711_alaw", -1, 0x55],
  ["g711_alaw", 32_767, 0xaa],
  ["g711_alaw", -32_768, 0x2a],
  ["g711_alaw", 1_000, 0xfa],
];

for (const [format, value, byte] of G711_ROWS) {
  test(`${format} encodes ${value} as 0x${byte.toString(16)}`, () => {
    assert.equal(codecFor(format).encode(sample(value))[0], byte);
  });
}

for (const format of ["g711_ulaw", "g711_alaw"]) {
  test(`${format} decodes what it encoded to within half a step of the curve`, () => {
    const { encode, decode } = codecFor(format);
    for (let value = -32_000; value <= 32_000; value += 37) {
      const [back] = decode(encode(sample(value)));
      assert.ok(Math.abs(back * 32768 - value) <= Math.max(8, (Math.abs(value) + 132) / 32), `${value} became ${back * 32768}`);
    }
  });

  test(`${format} keeps every code but the second zero`, () => {
    const { encode, decode } = codecFor(format);
    const codes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const changed = [...encode(decode(codes))].filter((code, index) => code !== index);
    assert.deepEqual(changed, format === "g711_ulaw" ? [0xff] : []);
  });
}

test("a millisecond is 48 bytes of pcm16 and 8 of G.711", () => {
  const sizes = ["pcm16", "g711_ulaw", "g711_alaw"].map((format) => {
    const { sampleRate, bytesPerMs, encode } = codecFor(format);
    return [bytesPerMs, encode(new Float32Array(sampleRate / 1000)).length];
  });
  assert.deepEqual(sizes, [[48, 48], [8, 8], [8, 8]]);
});
