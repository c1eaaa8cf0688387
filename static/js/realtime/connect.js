import { Failure } from "./errors.js";

/** A WebSocket that is not up by then will not come up. */
const WEBSOCKET_TIMEOUT_MS = 10_000;

/** @type {Realtime.Connect} */
export async function connect({ preferred, create, webrtcTimeoutMs, timers, signal }) {
  let fallbackReason;
  if (preferred === "webrtc") {
    try {
      return { transport: await opened(create("webrtc"), webrtcTimeoutMs, timers, signal) };
    } catch (error) {
      const failure = /** @type {Failure} */ (error);
      if (failure.refused || signal.aborted) throw failure;
      fallbackReason = failure.message;
    }
  }
  return { transport: await opened(create("websocket"), WEBSOCKET_TIMEOUT_MS, timers, signal), fallbackReason };
}

/**
 * The transport connected; when it could not be, it is closed.
 *
 * @type {(transport: Realtime.Transport, timeoutMs: number, timers: Realtime.Timers, signal: AbortSignal) => Promise<Realtime.Transport>}
 */
async function opened(transport, timeoutMs, timers, signal) {
  let timer = 0;
  const limit = new Promise((_resolve, reject) => {
    const late = () => reject(new Failure("connection-failed", `Not connected after ${timeoutMs / 1000} s.`));
    timer = timers.setTimeout(late, timeoutMs);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    await Promise.race([transport.open(), limit]);
    return transport;
  } catch (error) {
    transport.close();
    throw error instanceof Failure ? error : new Failure("connection-failed", String(error));
  } finally {
    timers.clearTimeout(timer);
  }
}

const CHECK_MS = 500;
const SILENT_MS = 3_500;

/** @type {Realtime.WatchLiveness} */
export function watchLiveness(received, lost, timers) {
  let timer = 0;
  let stopped = false;
  let last = { count: -1, checkedAt: timers.now(), grewAt: timers.now() };
  const check = async () => {
    const count = await received();
    const now = timers.now();
    // After a pause of the page itself (sleep, a throttled tab) the count gets its chance to grow.
    const paused = now - last.checkedAt > 3 * CHECK_MS;
    last = { count, checkedAt: now, grewAt: count !== last.count || paused ? now : last.grewAt };
    if (stopped) return;
    if (now - last.grewAt >= SILENT_MS) lost();
    else timer = timers.setTimeout(check, CHECK_MS);
  };
  timer = timers.setTimeout(check, CHECK_MS);
  return () => {
    stopped = true;
    timers.clearTimeout(timer);
  };
}
