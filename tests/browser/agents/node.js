/** The agents SDK over a WebSocket in Node: node node.js SCENARIO URL KEY [RAW_PCM16] prints the report. */

import { readFileSync } from "node:fs";
import process from "node:process";
import { hold } from "./scenarios.js";

const APPEND_BYTES = 4_800; // 100 ms

const [scenario, url, apiKey, recording] = process.argv.slice(2);

async function speak(session) {
  const audio = readFileSync(recording);
  for (let start = 0; start < audio.length; start += APPEND_BYTES) {
    const piece = audio.subarray(start, start + APPEND_BYTES);
    session.sendAudio(piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length));
  }
}

const report = await hold(scenario, { transport: "websocket", apiKey, url, started: "response.output_audio.delta", speak });
process.stdout.write(JSON.stringify(report));
process.exit(0);
