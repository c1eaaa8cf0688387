/** What went wrong, and every failure in words: the cause as the title, then what to do and who can do it. */
import { isExpected } from "./events.js";

/** `code` is the API's or one of ours, `message` what the other side said. */
export class Failure extends Error {
  /**
   * @param {string} code
   * @param {string} [message]
   * @param {boolean} [refused] the server understood and said no: another transport would hear the same
   * @param {number} [retryAfter] seconds
   */
  constructor(code, message, refused = false, retryAfter = 0) {
    super(message);
    this.code = code;
    this.refused = refused;
    this.retryAfter = retryAfter;
  }
}

/** @param {Realtime.ApiError} error */
export const apiFailure = ({ code, type, message }) => new Failure(code ?? type ?? "server_error", message, true);

/** Of RFC 6455 and its registry. @type {Record<number, string>} */
const CLOSE_CODES = { 1000: "server-ended", 1001: "server-restarted", 1012: "server-restarted", 1013: "engine_busy" };

/**
 * What the end of a channel means.
 *
 * @param {{code?: number, reason?: string}} close of a WebSocket; a data channel tells neither
 * @param {Realtime.ApiError | null} lastError event before it
 */
export function closeFailure({ code = 0, reason = "" }, lastError) {
  const named = reason.split(".").at(-1);
  if (lastError?.code && [named, "session_expired"].includes(lastError.code)) return apiFailure(lastError);
  // 4000 is the API's own code; its reason is `<type>.<code>`.
  if (code === 4000 && named) return new Failure(named, reason, true);
  return new Failure(CLOSE_CODES[code] ?? "connection-lost", reason || (code ? `Closed with code ${code}.` : ""));
}

/** For answers that name no code. @type {Record<number, string>} */
const STATUS_CODES = { 401: "invalid_api_key", 403: "forbidden", 429: "rate_limit_exceeded", 503: "server_error" };

/** These concern the model or the server as a whole, not the way we connect. */
const REFUSALS = /beta_api_shape_disabled|engine_busy|insufficient_quota|model/;

/** What an HTTP answer other than 2xx means. Never throws. @param {Response} response */
export async function httpFailure(response) {
  const { status, headers } = response;
  const error = (await response.json().catch(() => null))?.error;
  const code = error?.code ?? STATUS_CODES[status] ?? "http-error";
  const refused = [401, 403, 429].includes(status) || REFUSALS.test(code);
  return new Failure(code, error?.message ?? `HTTP status ${status}.`, refused, Number(headers.get("Retry-After")));
}

/** What an event tells that the person should know of; the call goes on. @param {Realtime.ApiEvent} event */
export function troubleOf({ type, error, response }) {
  if (type === "error") return isExpected(error) ? null : apiFailure(error);
  if (type.endsWith("input_audio_transcription.failed")) return new Failure("transcription-failed", error?.message);
  if (type !== "response.done") return null;
  const { status, status_details: details } = response;
  if (status === "failed") return new Failure("response-failed", details?.error?.message);
  return status === "incomplete" ? new Failure(`response-${details?.reason}`) : null;
}

/** @type {Record<Realtime.ActionId, string>} */
const ACTIONS = {
  "allow-microphone": "How to allow it",
  "choose-microphone": "Choose another",
  "copy-localhost": "Copy the localhost link",
  details: "Details",
  "new-key": "Get a new key",
  "play-audio": "Play sound",
  restart: "Continue in a new session",
  retry: "Try again",
  "switch-ga": "Switch to GA",
  "use-local": "Use the local engine",
};
const KEPT = "What was said stays on this page.";
/** What can be done, or still happens, in one kind of session only. @type {Record<Realtime.Kind, Record<string, string>>} */
const IN_KIND = {
  realtime: { orType: "You can also type; the model will still answer aloud.", unwritten: "The model heard it all the same." },
  transcription: { orType: "", unwritten: "Say it again." },
};

/** By code; what stands in braces is filled in. @type {Record<string, [Realtime.Notice["tone"], string, string, Realtime.ActionId?]>} */
const WORDINGS = {
  "microphone-denied": ["error", "The browser blocked the microphone", "Allow it in the address bar, then try again. {orType}", "allow-microphone"],
  "microphone-missing": ["error", "No microphone was found", "Connect one, then try again. {orType}", "retry"],
  "microphone-busy": ["error", "The microphone is in use by another program", "Close that program or choose another microphone, then try again.", "retry"],
  "microphone-insecure": ["error", "Browsers only allow a microphone on https or localhost", "Open this page as localhost on the computer it runs on, or serve it over https.", "copy-localhost"],
  "microphone-unsupported": ["error", "This browser gives no microphone", "Use a current Chrome, Edge, Firefox or Safari.", "retry"],
  "microphone-lost": ["error", "The microphone was unplugged", "To speak, start again. {orType}", "choose-microphone"],
  "audio-blocked": ["warn", "The browser blocked the sound", "It waits for a click before it lets the model be heard.", "play-audio"],
  "audio-setup-failed": ["error", "The browser could not set up its audio", "Reload the page and try again, or choose WebRTC.", "retry"],

  "key-expired": ["error", "The session key expired before you started", "Keys live for a short time only.", "new-key"],
  invalid_api_key: ["error", "{provider} refused the session key", "It has expired or was revoked.", "new-key"],
  provider_refused_key: ["error", "{provider} refused the key", "The server's account key is not valid. Only the person who runs this site can change it.", "use-local"],
  forbidden: ["error", "{provider} is not available to you", "{message}", "use-local"],
  insufficient_quota: ["error", "{provider} says the account has no credit left", "Only the person who runs this site can add some.", "use-local"],

  beta_api_shape_disabled: ["error", "{provider} no longer accepts the beta format", "The GA format does the same.", "switch-ga"],
  invalid_model: ["error", "{provider} does not offer this model here", "Choose another model, then start again."],
  engine_busy: ["error", "{provider} is busy", "One of its places becomes free when another call ends.", "retry"],
  rate_limit_exceeded: ["warn", "{provider} asks us to slow down", "Too many requests in a short time.", "retry"],
  session_expired: ["info", "{provider} ends a session after {duration}", KEPT, "restart"],
  server_error: ["error", "{provider} had a fault of its own", "If it stays, only the person who runs that server can help.", "retry"],
  "server-unreachable": ["error", "{provider} could not be reached", "Check that the server runs and that this computer is online.", "retry"],
  "connection-failed": ["error", "{provider} could not be reached", "{message} Check that the server runs.", "retry"],
  "connection-lost": ["error", "The connection was lost", `The server or the network went away. ${KEPT}`, "restart"],
  "server-restarted": ["error", "The server was stopped or restarted", `The call ended with it. ${KEPT}`, "restart"],
  "server-ended": ["info", "{provider} ended the call", KEPT, "restart"],

  "webrtc-fallback": ["warn", "WebRTC could not connect, using WebSocket", "{message} The call works; on a poor network the sound may stutter.", "details"],
  "uplink-slow": ["warn", "Your connection is too slow for your speech", "Some of what you say does not reach the model until it catches up."],
  "uplink-recovered": ["info", "Your connection has caught up", "{message}"],
  input_audio_buffer_commit_empty: ["info", "Nothing was heard yet", "Say something before you send the turn."],
  conversation_already_has_active_response: ["info", "The model is already answering", "Wait for it or interrupt it."],
  "transcription-failed": ["warn", "What you said could not be written down", "{unwritten}", "details"],
  "response-failed": ["error", "{provider} could not answer", "Say or type it again.", "details"],
  "response-max_output_tokens": ["info", "The answer reached its token limit", "Raise the maximum output tokens for longer answers."],
  "response-content_filter": ["warn", "{provider} stopped the answer", "Its content filter did not let it pass."],
  "not-sent": ["warn", "The message was not sent", "It is too long for this connection. Send it in parts.", "details"],
  "unreadable-event": ["warn", "{provider} sent something that is not an event", "It was ignored.", "details"],
};

/** Codes that mean the same. @type {Record<string, string>} */
const SAME = {
  credit_balance_exhausted: "insufficient_quota",
  expired_api_key: "invalid_api_key",
  missing_model: "invalid_model",
  model_not_found: "invalid_model",
  rate_limited: "rate_limit_exceeded",
  provider_unreachable: "server-unreachable",
  server_shutting_down: "server-restarted",
};

/** @type {Realtime.NoticeFor} */
export function noticeFor({ code, message, retryAfter }, { provider = "The server", kind = "realtime" } = {}) {
  const [tone, title, text, id] = WORDINGS[SAME[code] ?? code] ?? ["warn", "{provider} refused a request", "{message} ({code})"];
  /** @type {Record<string, string>} */
  const facts = { ...IN_KIND[kind], provider, message, code, duration: /\d+ (minute|second)s/.exec(message)?.[0] ?? "60 minutes" };
  const fill = (/** @type {string} */ template) => template.replace(/\{(\w+)\}/g, (_, name) => facts[name]).trim();
  const wait = retryAfter ? { label: `${id && ACTIONS[id]} in ${retryAfter} s`, afterSeconds: retryAfter } : {};
  const action = id && { id, label: ACTIONS[id], ...wait };
  return { tone, code, title: fill(title), text: fill(text), ...(action && { action }), ...(message && { details: message }) };
}
