/** Why there is no microphone: `code` says it, realtime/errors.js has the words, `message` is the browser's own. */
export class MicrophoneFailure extends Error {
  /** @param {string} code @param {string} [message] */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** The exceptions of getUserMedia, as its specification names them. @type {Record<string, string>} */
const CODES = {
  NotAllowedError: "microphone-denied",
  SecurityError: "microphone-denied",
  NotFoundError: "microphone-missing",
  OverconstrainedError: "microphone-missing",
  NotReadableError: "microphone-busy",
  AbortError: "microphone-busy",
};

/** @type {Realtime.OpenMicrophone} */
export async function openMicrophone({
  deviceId,
  echoCancellation = true,
  noiseSuppression = false,
  autoGainControl = true,
  mediaDevices = globalThis.navigator?.mediaDevices,
  secure = globalThis.isSecureContext,
} = {}) {
  if (!secure) throw new MicrophoneFailure("microphone-insecure");
  if (!mediaDevices) throw new MicrophoneFailure("microphone-unsupported");
  const exactly = deviceId && { exact: deviceId };
  const audio = { deviceId: exactly, channelCount: 1, echoCancellation, noiseSuppression, autoGainControl };
  try {
    return await mediaDevices.getUserMedia({ audio });
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    throw new MicrophoneFailure(CODES[name] ?? "microphone-unsupported", `${name}: ${message}`);
  }
}
