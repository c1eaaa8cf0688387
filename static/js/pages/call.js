import { MicrophoneFailure, openMicrophone } from "../audio/microphone.js";
import { noticeFor } from "../realtime/errors.js";
import { MintRefused, mint } from "../realtime/mint.js";

/** The way from a press of Start to a connected session: key, microphone, transport. Both pages use it. */
export class Call {
  #attempt = 0;

  /** @param {Site.CallParts} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /**
   * Ends a call that goes on. Never rejects: what fails is shown, at the field or as a notice.
   *
   * @param {Site.Start} options
   * @returns {Promise<boolean>} whether the session is connected
   */
  async start({ microphone }) {
    const attempt = ++this.#attempt;
    this.parts.session.hangUp();
    this.parts.session.setMuted(!microphone);
    this.parts.notices.clear();
    this.parts.settings.clearErrors();
    this.parts.show("connecting");
    const opening = microphone ? openMicrophone() : Promise.resolve(null);
    opening.catch(() => {}); // reported below, after the settings: they are the nearer cause
    try {
      return await this.#connect(attempt, opening);
    } catch (failure) {
      opening.then(release, () => {});
      if (attempt === this.#attempt) this.#explain(failure);
      return false;
    }
  }

  /** Ends the call, or gives up one that is still being made. */
  hangUp() {
    this.#attempt += 1;
    this.parts.session.hangUp();
    this.parts.show("idle");
  }

  /**
   * @param {number} attempt
   * @param {Promise<MediaStream | null>} opening
   */
  async #connect(attempt, opening) {
    const minted = await this.#mint();
    const microphone = await opening;
    if (attempt !== this.#attempt) {
      release(microphone);
      return false;
    }
    const transport = this.parts.settings.value("transport") === "websocket" ? "websocket" : "webrtc";
    return this.parts.session.start({ minted, transport, microphone, audioElement: this.parts.audioElement });
  }

  #mint() {
    const { form, provider } = this.parts.settings;
    const fields = new FormData(form);
    return mint({ url: form.action, form: fields, csrfToken: String(fields.get("csrfmiddlewaretoken")), providerLabel: provider?.label });
  }

  /** @param {unknown} failure */
  #explain(failure) {
    const notice = this.#noticeOf(failure);
    this.parts.notices.show(notice);
    this.parts.show("error", { reason: notice.title });
  }

  /**
   * @param {unknown} failure
   * @returns {Realtime.Notice}
   */
  #noticeOf(failure) {
    if (failure instanceof MicrophoneFailure) return noticeFor(failure, { kind: /** @type {Realtime.Kind} */ (this.parts.settings.value("kind")) });
    if (!(failure instanceof MintRefused)) return pageFault(failure);
    if (failure.notice) return failure.notice;
    const lines = this.parts.settings.showErrors(failure.fieldErrors ?? {});
    return { tone: "error", code: "settings-invalid", title: "Some settings are not valid", text: lines.join(" ") };
  }
}

/**
 * A mistake in this code: reported to the console as usual, and not kept from the visitor.
 *
 * @param {unknown} failure
 * @returns {Realtime.Notice}
 */
function pageFault(failure) {
  reportError(failure);
  return { tone: "error", code: "page-fault", title: "This page has a fault", text: "Reload it and try again.", details: String(failure) };
}

/** @param {MediaStream | null} stream */
function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
