import { find, make } from "./dom.js";

/** The session's settings: fits them to the chosen provider and shows what the server said about a field. */
export class SettingsForm {
  /** @type {Map<string, string>} */
  #moved = new Map();

  /**
   * @param {HTMLFormElement} form
   * @param {Site.Provider[]} providers
   * @param {(provider: Site.Provider) => void} chosen called with the provider in use, now and at every change
   */
  constructor(form, providers, chosen) {
    this.form = form;
    this.providers = providers;
    this.chosen = chosen;
    this.fields = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-field]")]);
    document.addEventListener("input", (event) => this.#edited(event));
    this.#fit();
  }

  /** @returns {Site.Provider | undefined} undefined when the site offers none */
  get provider() {
    return this.providers.find(({ id }) => id === this.value("provider")) ?? this.providers[0];
  }

  /**
   * @param {string} name
   * @returns {string} "" where there is no such field
   */
  value(name) {
    return String(new FormData(this.form).get(name) ?? "");
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  choose(name, value) {
    const input = this.#select(name);
    if (!input) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {Event} event */
  #edited({ target }) {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement)) return;
    if (target.form !== this.form) return;
    this.#moved.delete(target.name);
    if (target.name === "provider") this.#fit();
    this.#describeAll();
  }

  #fit() {
    const { provider } = this;
    if (!provider) return;
    this.#offer("voice", provider.voices);
    this.#offer("model", this.value("kind") === "transcription" ? provider.transcription_models : provider.models);
    for (const field of this.fields) this.#enable(field, !(nameOf(field) in provider.unsupported));
    this.#describeAll();
    this.chosen(provider);
  }

  /**
   * Swaps the options, keeping the value where it is still offered and remembering to say where not.
   *
   * @param {string} name
   * @param {Site.Choice[]} choices
   */
  #offer(name, choices) {
    const select = this.#select(name);
    if (!select) return;
    const before = select.value;
    const label = select.selectedOptions[0]?.label ?? before;
    select.replaceChildren(...choices.map((choice) => new Option(choice.label, choice.id)));
    if (choices.some(({ id }) => id === before)) select.value = before;
    else if (before) this.#moved.set(name, `${label} is not offered here; now ${select.selectedOptions[0]?.label ?? "none"}.`);
  }

  /**
   * @param {HTMLElement} field
   * @param {boolean} possible
   */
  #enable(field, possible) {
    for (const input of inputsOf(field)) {
      input.disabled = !possible;
      input.dispatchEvent(new Event("refresh"));
    }
  }

  #describeAll() {
    const { provider } = this;
    if (!provider) return;
    for (const field of this.fields) {
      const name = nameOf(field);
      const reasons = [provider.unsupported[name], provider.without_effect[name], this.#moved.get(name), this.#noteOf(name, provider)];
      describe(field, "note", reasons.filter((reason) => reason).join(" "));
      field.classList.toggle("changed", isChanged(field));
    }
  }

  /**
   * @param {string} name
   * @param {Site.Provider} provider
   */
  #noteOf(name, { models, transcription_models }) {
    if (name !== "model") return undefined;
    return [...models, ...transcription_models].find(({ id }) => id === this.value("model"))?.note;
  }

  /** @param {string} name */
  #select(name) {
    const input = this.form.elements.namedItem(name);
    return input instanceof HTMLSelectElement ? input : null;
  }

  /**
   * Shows each message at its field, opens what hides it and moves the focus to the first.
   *
   * @param {Realtime.FieldErrors} errors as Django's get_json_data()
   * @returns {string[]} one line per message, with the field's name, for a summary
   */
  showErrors(errors) {
    const lines = Object.entries(errors).flatMap(([name, messages]) => {
      const field = this.fields.find((each) => nameOf(each) === name);
      const text = messages.map(({ message }) => message).join(" ");
      if (!field) return [text];
      describe(field, "error", text);
      return [text.includes(labelOf(field)) ? text : `${labelOf(field)}: ${text}`];
    });
    this.#reveal();
    return lines;
  }

  clearErrors() {
    for (const field of this.fields) describe(field, "error", "");
  }

  #reveal() {
    const field = this.fields.find((each) => each.querySelector('[aria-invalid="true"]'));
    if (!field) return;
    const fold = field.closest("details");
    if (fold) fold.open = true;
    const pane = find("#settings", HTMLElement);
    if (pane.contains(field) && getComputedStyle(pane).display === "none") pane.showPopover();
    inputsOf(field)[0]?.focus();
  }
}

/** @param {HTMLElement} field */
const nameOf = (field) => field.dataset.field ?? "";

/** @param {HTMLElement} field */
const labelOf = (field) => (field.querySelector("legend") ?? field.querySelector("label"))?.textContent?.trim() ?? nameOf(field);

/**
 * The inputs that carry the field's value; the slider beside a number is not one.
 *
 * @param {HTMLElement} field
 * @returns {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]}
 */
const inputsOf = (field) => [...field.querySelectorAll(":is(input, select, textarea)[name]")].map((node) => /** @type {HTMLInputElement} */ (node));

/** @param {HTMLElement} field */
function isChanged(field) {
  const preset = field.dataset.default ?? "";
  const inputs = inputsOf(field);
  const input = inputs.find((each) => each instanceof HTMLInputElement && each.type === "radio" && each.checked) ?? inputs[0];
  if (!input || input.disabled || (input instanceof HTMLSelectElement && !preset)) return false;
  if (input instanceof HTMLInputElement && input.type === "checkbox") return input.checked !== (preset === "True");
  return input.value !== preset;
}

/**
 * Puts a sentence below a field and ties it to the input; an empty one takes it away.
 *
 * @param {HTMLElement} field
 * @param {"note" | "error"} kind
 * @param {string} text
 */
function describe(field, kind, text) {
  const target = field.querySelector("fieldset") ?? inputsOf(field)[0];
  if (!target) return;
  const id = `id_${nameOf(field)}_${kind}`;
  document.getElementById(id)?.remove();
  if (text) field.append(make("p", { id, class: kind === "note" ? "note" : "errorlist" }, text));
  const ids = (target.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
  if (text) ids.push(id);
  setOrRemove(target, "aria-describedby", ids.join(" "));
  if (kind === "error") setOrRemove(target, "aria-invalid", text ? "true" : "");
}

/**
 * @param {Element} node
 * @param {string} name
 * @param {string} value
 */
function setOrRemove(node, name, value) {
  if (value) node.setAttribute(name, value);
  else node.removeAttribute(name);
}
