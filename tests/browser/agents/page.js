/** The agents SDK over WebRTC in a browser, bundled into one script: gives the page ``holdByWebRTC``. */

import { OpenAIRealtimeWebRTC } from "@openai/agents-realtime";
import { hold } from "./scenarios.js";

window.holdByWebRTC = async (scenario, apiKey) => {
  const transport = new OpenAIRealtimeWebRTC({ baseUrl: `${location.origin}/v1/realtime/calls` });
  return await hold(scenario, { transport, apiKey, started: "output_audio_buffer.started" });
};
