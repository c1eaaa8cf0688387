import { clock, icon, make } from "./dom.js";

const NEAR_END_PX = 80;
const NAMES = { user: "You", model: "Model", tool: "Tool" };

/** The conversation, in order, following its end unless the reader scrolled back. */
export class TranscriptLog {
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} scroller
   */
  constructor(list, scroller) {
    this.list = list;
    this.scroller = scroller;
  }

  /** @param {Realtime.Turn} turn a new turn, or a newer state of one that is shown */
  show(turn) {
    this.#keepingTheEnd(() => {
      const view = turnView(turn);
      this.#items.get(turn.id)?.remove(); // a turn may have found another place when it was committed
      this.#insert(view, turn.previousId);
      this.#items.set(turn.id, view);
    });
  }

  /** @param {string} id */
  remove(id) {
    this.#items.get(id)?.remove();
    this.#items.delete(id);
  }

  clear() {
    this.#items.clear();
    this.list.replaceChildren();
  }

  /**
   * @param {HTMLElement} view
   * @param {string | null} previousId
   */
  #insert(view, previousId) {
    const previous = previousId === null ? undefined : this.#items.get(previousId);
    if (previous) previous.after(view);
    else if (previousId === null) this.list.prepend(view);
    else this.list.append(view);
  }

  /** @param {() => void} change */
  #keepingTheEnd(change) {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const following = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    change();
    if (following) this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}

/**
 * One turn of the conversation as a list item.
 *
 * @param {Realtime.Turn} turn
 * @returns {HTMLElement}
 */
function turnView(turn) {
  const time = make("time", {}, clock(turn.startedAt));
  return make(
    "li",
    { class: `turn ${turn.role}`, "data-turn": turn.id, "data-status": turn.status },
    make("header", {}, make("b", {}, NAMES[turn.role]), time),
    make("div", {}, ...body(turn)),
  );
}

/** @param {Realtime.Turn} turn */
function body(turn) {
  if (turn.status === "cut") return cutBody(turn);
  if (turn.status === "streaming") return [make("p", {}, ...streamingText(turn), make("span", { class: "caret" }))];
  if (!turn.text) return [make("p", { class: "unsaid" }, "(no transcript)")];
  return [make("p", {}, turn.text)];
}

/**
 * What the recogniser still may change is marked; what the model writes is final as it comes.
 *
 * @param {Realtime.Turn} turn
 */
function streamingText({ role, text }) {
  if (!text) return [];
  return [role === "user" ? make("span", { class: "pending" }, text) : text];
}

/** @param {Realtime.Turn} turn */
function cutBody({ text, heardChars = text.length }) {
  const unheard = text.slice(heardChars);
  return [
    make("p", {}, text.slice(0, heardChars), ...(unheard ? [make("del", { class: "unheard" }, unheard)] : [])),
    make("p", { class: "cut" }, icon("cut", "i s"), "You interrupted here"),
  ];
}
