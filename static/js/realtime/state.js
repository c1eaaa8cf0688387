/** The states of a call as a table. Everything about states is in this file, and nothing else is. */

/** Where a call is while nobody speaks: "listening", or "muted" with the microphone off. */
const REST = "rest";

const ENDS = { failed: "error", ended: "idle" };
const QUIET = { ...ENDS, speechStarted: "user", answerExpected: "thinking", audioStarted: "model" };

/** State x input; what is not listed changes nothing. @type {Record<Realtime.State, Partial<Record<Realtime.Input, string>>>} */
export const TABLE = {
  idle: { start: "connecting" },
  connecting: { ...ENDS, connected: REST },
  listening: { ...QUIET, muted: "muted" },
  muted: { ...QUIET, unmuted: "listening" },
  user: { ...ENDS, speechStopped: REST, answerExpected: "thinking", muted: "muted" },
  thinking: { ...ENDS, speechStarted: "user", audioStarted: "model", answerDone: REST },
  model: { ...ENDS, speechStarted: "user", audioStopped: REST },
  error: { start: "connecting", ended: "idle" },
};

/**
 * @param {Realtime.State} state
 * @param {Realtime.Input} input
 * @param {boolean} muted whether the microphone is off
 */
export function nextState(state, input, muted) {
  const target = TABLE[state][input] ?? state;
  const rest = muted ? "muted" : "listening";
  return /** @type {Realtime.State} */ (target === REST ? rest : target);
}

/**
 * What an event of the server means for the state. Audio started and stopped comes from the transport, which plays.
 *
 * @param {Realtime.ApiEvent} event
 * @param {Realtime.Effective} effective
 * @returns {Realtime.Input | undefined}
 */
export function inputOf({ type }, { type: kind, turnDetection }) {
  const answered = kind === "realtime" && turnDetection?.create_response !== false;
  /** @type {Record<string, Realtime.Input>} */
  const inputs = {
    "input_audio_buffer.speech_started": "speechStarted",
    "input_audio_buffer.speech_stopped": answered ? "answerExpected" : "speechStopped",
    "input_audio_buffer.cleared": "speechStopped",
    "response.created": "answerExpected",
    "response.done": "answerDone",
  };
  return inputs[type];
}
