import assert from "node:assert/strict";
import test from "node:test";
import { MicrophoneFailure, openMicrophone } from "../../../static/js/audio/microphone.js";
import { FakeStream } from "../fakes.js";

const refusing = (name) => ({ getUserMedia: () => Promise.reject(Object.assign(new Error("no"), { name })) });

const asking = (asked = []) => ({
  asked,
  getUserMedia: async (constraints) => {
    asked.push(constraints.audio);
    return new FakeStream();
  },
});

const FAILURES = [
  ["NotAllowedError", "microphone-denied"],
  ["SecurityError", "microphone-denied"],
  ["NotFoundError", "microphone-missing"],
  ["OverconstrainedError", "microphone-missing"],
  ["NotReadableError", "microphone-busy"],
  ["AbortError", "microphone-busy"],
  ["TypeError", "microphone-unsupported"],
];

for (const [name, code] of FAILURES) {
  test(`${name} is ${code}`, async () => {
    const opening = openMicrophone({ mediaDevices: refusing(name), secure: true });
    await assert.rejects(opening, (failure) => failure instanceof MicrophoneFailure && failure.code === code);
  });
}

test("an insecure page is told so before anything is asked", async () => {
  const devices = asking();
  await assert.rejects(openMicrophone({ mediaDevices: devices, secure: false }), { code: "microphone-insecure" });
  assert.deepEqual(devices.asked, []);
});

test("a browser without media devices is unsupported", async () => {
  await assert.rejects(openMicrophone({ mediaDevices: undefined, secure: true }), { code: "microphone-unsupported" });
});

test("echo cancellation is on unless switched off", async () => {
  const devices = asking();
  await openMicrophone({ mediaDevices: devices, secure: true });
  await openMicrophone({ mediaDevices: devices, secure: true, echoCancellation: false });
  assert.deepEqual(devices.asked.map(({ echoCancellation }) => echoCancellation), [true, false]);
});

test("a chosen device is asked for exactly", async () => {
  const devices = asking();
  await openMicrophone({ mediaDevices: devices, secure: true, deviceId: "usb" });
  assert.deepEqual(devices.asked[0].deviceId, { exact: "usb" });
});
