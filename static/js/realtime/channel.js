import { Failure, apiFailure, closeFailure } from "./errors.js";
import { normalise } from "./events.js";

/** Events over a WebSocket or a data channel: both have the same face. */
export class EventChannel {
  /** Resolves when session.created was seen, rejects with a Failure. @type {Promise<void>} */
  ready;
  #raw;
  #delegate;
  #connected = false;
  /** @type {Realtime.ApiError | null} */
  #lastError = null;
  #resolve = () => {};
  /** @type {(failure: Failure) => void} */
  #reject = () => {};

  /** @param {WebSocket | RTCDataChannel} raw @param {Realtime.Delegate} delegate */
  constructor(raw, delegate) {
    this.#raw = raw;
    this.#delegate = delegate;
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody waits for it any more once something else has failed first.
    this.ready.catch(() => {});
    raw.onmessage = ({ data }) => this.#message(data);
    raw.onclose = (/** @type {Event} */ close) => this.#closed(/** @type {CloseEvent} */ (close));
  }

  get bufferedAmount() {
    return this.#raw.bufferedAmount;
  }

  /** @param {Realtime.ApiEvent} event */
  send(event) {
    try {
      this.#raw.send(JSON.stringify(event));
      this.#delegate.sent(event);
    } catch (error) {
      this.#delegate.noticed(new Failure("not-sent", String(error)));
    }
  }

  close() {
    this.#raw.onclose = this.#raw.onmessage = null;
    this.#raw.close();
  }

  /** @param {unknown} data */
  #message(data) {
    const raw = parsed(data);
    if (!raw) {
      this.#delegate.noticed(new Failure("unreadable-event", String(data).slice(0, 200)));
      return;
    }
    const event = normalise(raw);
    this.#delegate.received(event, raw);
    if (event.type === "error") {
      this.#lastError = event.error;
      this.#reject(apiFailure(event.error));
    } else if (event.type === "session.created") {
      this.#connected = true;
      this.#resolve();
    }
  }

  /** @param {CloseEvent} close */
  #closed(close) {
    const failure = closeFailure(close, this.#lastError);
    if (this.#connected) this.#delegate.closed(failure);
    else this.#reject(failure.code === "connection-lost" ? new Failure("server-unreachable", failure.message) : failure);
  }
}

/** @param {unknown} data @returns {Realtime.ApiEvent | null} null when it is not an event */
function parsed(data) {
  try {
    const event = JSON.parse(String(data));
    return typeof event.type === "string" ? event : null;
  } catch {
    return null;
  }
}
