/**
 * Conversations held by the agents SDK as it comes, and what it made of the server's events: one its schemas do not
 * accept is passed on by it as "generic" and otherwise ignored, so every event is put to the same parser once more.
 */

import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";
import { parseRealtimeEvent } from "../../../node_modules/@openai/agents-realtime/dist/openaiRealtimeEvents.mjs";

const PATIENCE_MS = 60_000;

const weather = (calls) =>
  tool({
    name: "get_weather",
    description: "The weather of a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
    execute: async ({ city }) => {
      calls.push(city);
      return `It is 21 degrees and sunny in ${city}.`;
    },
  });

/** A session of the SDK over this transport, and what is noted of it. */
class Witness {
  events = [];
  downgraded = [];
  errors = [];
  calls = [];
  interruptions = 0;
  #waiting = new Set();

  constructor(transport) {
    const agent = new RealtimeAgent({ name: "Guide", instructions: "Be brief.", tools: [weather(this.calls)] });
    this.session = new RealtimeSession(agent, { transport, tracingDisabled: true });
    this.session.transport.on("*", (event) => this.#note(event));
    this.session.on("error", (error) => this.errors.push(JSON.parse(JSON.stringify(error.error ?? error))));
    this.session.on("audio_interrupted", () => this.interruptions++);
  }

  #note(event) {
    this.events.push(event);
    if (parseRealtimeEvent({ data: JSON.stringify(event) }).isGeneric) this.downgraded.push(event);
    for (const check of this.#waiting) check(event);
  }

  /** The next event of this type that is like this. */
  next(type, matches = (event) => Boolean(event)) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${type}; ${JSON.stringify(this.report())}`)), PATIENCE_MS);
      const check = (event) => {
        if (event.type !== type || !matches(event)) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(event);
      };
      this.#waiting.add(check);
    });
  }

  async ask(text, matches) {
    const done = this.next("response.done", matches);
    this.session.sendMessage(text);
    return await done;
  }

  report() {
    const { downgraded, errors, calls, interruptions } = this;
    const types = [...new Set(this.events.map((event) => event.type))];
    const said = this.session.history.flatMap(({ role, content }) =>
      (content ?? []).map(({ text, transcript }) => `${role}: ${text ?? transcript}`),
    );
    return { types, downgraded, errors, calls, interruptions, said, usage: this.session.usage };
  }
}

const SCENARIOS = {
  /** Two written questions, answered in speech. */
  async conversation(witness) {
    await witness.ask("What is two plus three?");
    await witness.ask("Spell cat.");
  },

  /** A call of a tool, its output, and the answer made of it. */
  async tool(witness) {
    const spoken = ({ response }) => response.output.some((item) => item.type === "message");
    await witness.ask("What is the weather in Paris?", spoken);
  },

  /** A story that is stopped, and a conversation that goes on. */
  async interruption(witness, { started }) {
    const playing = witness.next(started);
    const stopped = witness.next("response.done");
    const truncated = witness.next("conversation.item.truncated");
    witness.session.sendMessage("Tell me a long story.");
    await playing;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    witness.session.interrupt();
    await stopped;
    await truncated;
    await witness.ask("What is two plus three?");
  },

  /** Speech from a microphone: ``speak`` brings it in. */
  async speech(witness, { speak }) {
    const transcribed = witness.next("conversation.item.input_audio_transcription.completed");
    const done = witness.next("response.done");
    await speak?.(witness.session);
    await transcribed;
    const retrieved = witness.next("conversation.item.retrieved");
    await Promise.all([done, retrieved]);
  },
};

/** Holds the named conversation and reports on it. */
export async function hold(name, { transport, apiKey, url, ...means }) {
  const witness = new Witness(transport);
  try {
    await witness.session.connect({ apiKey, url });
    await SCENARIOS[name](witness, means);
    return witness.report();
  } finally {
    witness.session.close();
  }
}
