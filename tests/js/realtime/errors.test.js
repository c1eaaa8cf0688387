import assert from "node:assert/strict";
import test from "node:test";
import { Failure, closeFailure, httpFailure, noticeFor, troubleOf } from "../../../static/js/realtime/errors.js";
import { answer } from "../fakes.js";

const OPENAI = { provider: "OpenAI" };

// Code, title, action as the design words them.
const DESIGN_ROWS = [
  ["microphone-denied", "The browser blocked the microphone", "allow-microphone"],
  ["microphone-insecure", "Browsers only allow a microphone on https or localhost", "copy-localhost"],
  ["provider_refused_key", "OpenAI refused the key", "use-local"],
  ["beta_api_shape_disabled", "OpenAI no longer accepts the beta format", "switch-ga"],
  ["rate_limit_exceeded", "OpenAI asks us to slow down", "retry"],
  ["webrtc-fallback", "WebRTC could not connect, using WebSocket", "details"],
  ["key-expired", "The session key expired before you started", "new-key"],
  ["session_expired", "OpenAI ends a session after 60 minutes", "restart"],
  ["microphone-lost", "The microphone was unplugged", "choose-microphone"],
];

for (const [code, title, action] of DESIGN_ROWS) {
  test(`${code}: ${title}`, () => {
    const notice = noticeFor(new Failure(code), OPENAI);
    assert.deepEqual([notice.code, notice.title, notice.action.id], [code, title, action]);
  });
}

const SAME_ROWS = [
  ["rate_limited", "rate_limit_exceeded"],
  ["provider_unreachable", "server-unreachable"],
  ["credit_balance_exhausted", "insufficient_quota"],
  ["model_not_found", "invalid_model"],
  ["missing_model", "invalid_model"],
  ["expired_api_key", "invalid_api_key"],
];

for (const [code, same] of SAME_ROWS) {
  test(`${code} is worded as ${same}`, () => {
    assert.equal(noticeFor(new Failure(code), OPENAI).title, noticeFor(new Failure(same), OPENAI).title);
  });
}

test("where nothing can be typed, a missing microphone does not propose it", () => {
  const texts = ["realtime", "transcription"].map((kind) => noticeFor(new Failure("microphone-missing"), { kind }).text);
  assert.deepEqual(texts.map((text) => /type/.test(text)), [true, false]);
});

test("a wait is counted in the action", () => {
  const { action } = noticeFor(new Failure("rate_limited", "Slow down.", true, 20), OPENAI);
  assert.deepEqual(action, { id: "retry", label: "Try again in 20 s", afterSeconds: 20 });
});

for (const duration of ["30 minutes", "90 seconds"]) {
  test(`the length of an ended session is the server's own: ${duration}`, () => {
    const notice = noticeFor(new Failure("session_expired", `Your session hit the maximum duration of ${duration}.`), OPENAI);
    assert.equal(notice.title, `OpenAI ends a session after ${duration}`);
  });
}

test("an unknown code is told in the server's words", () => {
  const notice = noticeFor(new Failure("odd_code", "It is odd."), OPENAI);
  assert.deepEqual([notice.title, notice.text], ["OpenAI refused a request", "It is odd. (odd_code)"]);
});

test("no notice says what the design forbids", () => {
  const codes = [...DESIGN_ROWS, ...SAME_ROWS].map(([code]) => code);
  const texts = codes.map((code) => noticeFor(new Failure(code))).map(({ title, text }) => `${title} ${text}`);
  assert.deepEqual(texts.filter((text) => /something went wrong|!|[{}]|undefined/i.test(text)), []);
});

const CLOSE_ROWS = [
  ["a lost connection", { code: 1006 }, null, "connection-lost"],
  ["a data channel that closes", {}, null, "connection-lost"],
  ["a restart of the server", { code: 1012 }, null, "server-restarted"],
  ["a server that goes away", { code: 1001 }, null, "server-restarted"],
  ["a server that hangs up", { code: 1000 }, null, "server-ended"],
  ["a refusal by reason", { code: 4000, reason: "invalid_request_error.beta_api_shape_disabled" }, null, "beta_api_shape_disabled"],
  ["a refusal announced by an error", { code: 4000, reason: "invalid_request_error.invalid_api_key" }, { code: "invalid_api_key" }, "invalid_api_key"],
  ["the end of a session by its length", { code: 1000 }, { code: "session_expired" }, "session_expired"],
  ["a loss after an unrelated error", { code: 1006 }, { code: "invalid_value" }, "connection-lost"],
];

for (const [name, close, lastError, code] of CLOSE_ROWS) {
  test(`${name} is ${code}`, () => assert.equal(closeFailure(close, lastError).code, code));
}

const error = (code) => ({ error: { type: "invalid_request_error", code, message: "No." } });
const HTTP_ROWS = [
  [401, error("invalid_api_key"), "invalid_api_key", true],
  [401, "not json", "invalid_api_key", true],
  [403, error(null), "forbidden", true],
  [429, error("insufficient_quota"), "insufficient_quota", true],
  [503, error("engine_busy"), "engine_busy", true],
  [503, "<html>", "server_error", false],
  [400, error("beta_api_shape_disabled"), "beta_api_shape_disabled", true],
  [404, error("model_not_found"), "model_not_found", true],
  [400, error("invalid_offer"), "invalid_offer", false],
  [404, "nothing here", "http-error", false],
];

for (const [status, body, code, refused] of HTTP_ROWS) {
  test(`${status} with ${JSON.stringify(body)} is ${code}, ${refused ? "a refusal" : "worth another way"}`, async () => {
    const failure = await httpFailure(answer(status, body));
    assert.deepEqual([failure.code, failure.refused], [code, refused]);
  });
}

test("Retry-After is kept", async () => {
  assert.equal((await httpFailure(answer(429, "", { "Retry-After": "20" }))).retryAfter, 20);
});

const TROUBLE_ROWS = [
  ["an error", { type: "error", error: { code: "invalid_value" } }, "invalid_value"],
  ["an error without a code", { type: "error", error: { type: "server_error" } }, "server_error"],
  ["a failed transcription", { type: "conversation.item.input_audio_transcription.failed", error: {} }, "transcription-failed"],
  ["a failed response", { type: "response.done", response: { status: "failed" } }, "response-failed"],
  ["a response at its limit", { type: "response.done", response: { status: "incomplete", status_details: { reason: "max_output_tokens" } } }, "response-max_output_tokens"],
];

for (const [name, event, code] of TROUBLE_ROWS) {
  test(`${name} is told as ${code}`, () => assert.equal(troubleOf(event).code, code));
}

const QUIET_ROWS = [
  ["a refused cancel that came too late", { type: "error", error: { code: "response_cancel_not_active", event_id: "optional_cancel" } }],
  ["a completed response", { type: "response.done", response: { status: "completed" } }],
  ["an interrupted response", { type: "response.done", response: { status: "cancelled" } }],
  ["any other event", { type: "session.updated" }],
];

for (const [name, event] of QUIET_ROWS) {
  test(`${name} is no news`, () => assert.equal(troubleOf(event), null));
}
