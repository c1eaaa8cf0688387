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
  const place = find("[data-answer]", HTMLElement, form);
  button.disabled = true;
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(...(await answerTo(form)));
  place.removeAttribute("aria-busy");
  button.disabled = false;
}

/** @param {HTMLFormElement} form */
async function answerTo(form) {
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const content = await response.json();
    return response.ok ? shown(content) : [notice(content.error.message)];
  } catch {
    return [notice("This site did not answer. Check that it is still running, and send the request again.")];
  }
}

/** @param {Answer} answer */
function shown({ status, reason, headers, body }) {
  const line = make("p", { class: `status ${status < 400 ? "good" : "bad"}` }, make("strong", {}, String(status)), ` ${reason}`);
  const rows = Object.entries(headers).map(([name, value]) => make("div", {}, make("dt", {}, name), " ", make("dd", {}, value)));
  const text = { class: "code", tabindex: "0", role: "group", "aria-label": "Body of the answer" };
  const content = body ? make("pre", text, make("code", {}, body)) : make("p", { class: "muted" }, "The body is empty.");
  return [line, make("dl", { class: "headers" }, ...rows), content];
}

/** @param {string} message */
function notice(message) {
  return make("div", { class: "notice error" }, icon("warn"), make("p", {}, make("strong", {}, "There is no answer"), message));
}
