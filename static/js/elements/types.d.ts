/** The shapes that pages/ and elements/ hand to each other. For the type checker and the reader only. */
declare namespace Site {
  interface Choice {
    id: string;
    label: string;
    note?: string;
  }

  /** A provider as the server describes it in the page. */
  interface Provider {
    id: string;
    label: string;
    dialect: "ga" | "beta";
    is_local: boolean;
    models: Choice[];
    transcription_models: Choice[];
    voices: Choice[];
    /** Field name -> why this provider cannot take it. */
    unsupported: Record<string, string>;
    /** Field name -> what happens to it instead. */
    without_effect: Record<string, string>;
  }

  /** How a call is started. */
  interface Start {
    microphone: boolean;
  }

  /** What a state of the call is shown with. */
  interface Facts {
    muted?: boolean;
    /** Why there is no connection. */
    reason?: string;
  }

  type Show = (state: Realtime.State, facts?: Facts) => void;

  /** What the round control and its keys ask for. */
  interface TalkDelegate {
    start(): void;
    hangUp(): void;
    setMuted(muted: boolean): void;
    interrupt(): void;
    sendTurn(): void;
  }

  type Verb = "start" | "hangUp" | "mute" | "unmute" | "interrupt";
  type Words = [title: string, text: string, label: string, icon: string, verb: Verb];

  /** Of the audio, in milliseconds since the session began. */
  interface Span {
    start?: number;
    end?: number;
  }

  /** What both pages are made of. */
  interface Parts {
    session: import("../realtime/session.js").RealtimeSession;
    settings: import("./settings-form.js").SettingsForm;
    notices: import("./notices.js").Notices;
  }

  interface CallParts extends Parts {
    audioElement: HTMLAudioElement;
    show: Show;
  }

  interface RemedyParts extends Parts {
    /** Starts again as the last time. */
    restart: () => void;
  }
}
