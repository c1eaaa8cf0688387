import { find, icon, make } from "../elements/dom.js";

/**
 * What a request of the page got.
 *
 * @typedef {{status: number, reason: string, headers: Record<string, string>, body: string}} Answer
 */

for (const form of document.querySelectorAll("form")) {
  if (!("test" in form.dataset)) continue;
  const examples = form.querySelector("[data-examples]");
  if (examples instanceof HTMLSelectElement) {
    const body = find("textarea", HTMLTextAreaElement, form);
    examples.addEventListener("change", () => (body.value = examples.value));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}

openTarget();
window.addEventListener("hashchange", openTarget);

/** Whoever follows a link to an endpoint wants to read it. */
function openTarget() {
  const section = document.getElementById(location.hash.slice(1));
  const details = section?.querySelector("details");
  if (details) details.open = true;
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const button = find("button", HTMLButtonElement, form);
  button.disabled = true;
  const { status, content } = await answerTo(form);
  const line = find("[data-status]", HTMLElement, form);
  line.className = `status ${status && status.code < 400 ? "good" : "bad"}`;
  line.replaceChildren(...(status ? [make("strong", {}, String(status.code)), ` ${status.reason}`] : []));
  find("[data-answer]", HTMLElement, form).replaceChildren(...content);
  button.disabled = false;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<{status?: {code: number, reason: string}, content: Node[]}>}
 */
async function answerTo(form) {
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const content = await response.json();
    return response.ok ? shown(content) : { content: [notice(content.error.message)] };
  } catch {
    return { content: [notice("This site did not answer. Check that it is still running, and send the request again.")] };
  }
}

/** @param {Answer} answer */
function shown({ status, reason, headers, body }) {
  const rows = Object.entries(headers).map(([name, value]) => make("div", {}, make("dt", {}, name), " ", make("dd", {}, value)));
  const text = { class: "code", tabindex: "0", role: "group", "aria-label": "Body of the answer" };
  const whole = body ? make("pre", text, make("code", {}, body)) : make("p", { class: "muted" }, "The body is empty.");
  return { status: { code: status, reason }, content: [make("dl", { class: "headers" }, ...rows), whole] };
}

/** @param {string} message */
function notice(message) {
  return make("div", { class: "notice error", role: "alert" }, icon("warn"), make("p", {}, make("strong", {}, "There is no answer"), message));
}
