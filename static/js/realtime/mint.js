import { Failure, httpFailure, noticeFor } from "./errors.js";

/** No key: either the form has wrong fields, or there is a notice that says why. */
export class MintRefused extends Error {
  /** @param {{fieldErrors?: Realtime.FieldErrors | null, notice?: Realtime.Notice | null}} why exactly one of the two */
  constructor({ fieldErrors = null, notice = null }) {
    super(notice?.title ?? "The form has wrong fields");
    this.fieldErrors = fieldErrors;
    this.notice = notice;
  }
}

/** @type {Realtime.Mint} */
export async function mint({ url, form, csrfToken, providerLabel: provider, fetch = globalThis.fetch }) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken };
  const response = await fetch(url, { method: "POST", body: form, headers }).catch((error) => {
    const failure = new Failure("server-unreachable", String(error));
    throw new MintRefused({ notice: noticeFor(failure, { provider: "This site" }) });
  });
  if (response.ok) return response.json();
  const fieldErrors = (await response.clone().json().catch(() => null))?.errors;
  if (fieldErrors) throw new MintRefused({ fieldErrors });
  throw new MintRefused({ notice: noticeFor(await httpFailure(response), { provider }) });
}
