/**
 * What the modules of realtime/ and audio/ promise, and the shapes they hand to each other. For the reader and the type
 * checker: no browser ever loads this file, so it costs nothing to be explicit here.
 */
declare namespace Realtime {
  // --- the transcript -----------------------------------------------------------------------------------------------

  /** One turn as the page shows it. A snapshot. */
  interface Turn {
    /** The item's id. */
    id: string;
    /** Of the turn before it. */
    previousId: string | null;
    role: "user" | "model" | "tool";
    text: string;
    status: "streaming" | "final" | "cut";
    /** Of a cut turn: this much of the text was heard (an estimate, see heardChars). */
    heardChars?: number;
    /** Milliseconds since the session started. */
    startedAt: number;
    /** With confidences, when the session sends log probabilities. Joined with a space they are the text. */
    words?: Word[];
  }

  interface Word {
    text: string;
    /** 0..1 */
    confidence: number;
  }

  interface LogProb {
    token: string;
    /** Natural logarithm. */
    logprob: number;
  }

  /** A turn as the transcript keeps it. */
  interface Entry {
    id: string;
    role: "user" | "model" | "tool" | "hidden";
    /** Text by content index. */
    parts: string[];
    status: "streaming" | "final" | "cut";
    /** Counts once it is cut. */
    heardChars: number;
    startedAt: number;
    logprobs: LogProb[];
    responseId: string;
    /** Of the function called. */
    name: string;
    /** Length of the speech received; 0 where it does not pass through this page (WebRTC). */
    audioMs: number;
    /** Whether that is all of it. */
    audioComplete: boolean;
  }

  type Change = { turn: Turn } | { removed: string };

  /**
   * Words of a transcript, each with the product of its tokens' probabilities as its confidence; none without logprobs.
   *
   * Tokens are matched to words by counting visible characters, so it does not matter whether a token carries its leading
   * space or is a whole word. A token that spans two words counts for both.
   */
  type WordsOf = (transcript: string, logprobs: LogProb[]) => Word[];

  /**
   * How many characters of an answer, to the end of a word, were heard when it was cut off after `endMs` of its speech.
   *
   * The API gives the time, never the word, so this is an estimate. It takes the speech to be even, and as long as was
   * received (`audioMs`); while the text may still run ahead of the speech (not `audioComplete`), at least as long as the
   * text takes at `rate` characters per millisecond.
   */
  type HeardChars = (answer: Pick<Entry, "audioMs" | "audioComplete"> & { text: string; endMs: number; rate: number }) => number;

  // --- the API ------------------------------------------------------------------------------------------------------

  type ApiEvent = { type: string } & Record<string, any>;

  interface ApiError {
    code?: string | null;
    type?: string;
    message?: string;
    param?: string | null;
    event_id?: string | null;
  }

  /** A session as the server has it, from either dialect's shape. */
  interface Effective {
    type: "realtime" | "transcription";
    model: string | null;
    voice: string | null;
    turnDetection: Record<string, any> | null;
    transcription: Record<string, any> | null;
    noiseReduction: "near_field" | "far_field" | null;
    inputFormat: AudioFormat;
    outputFormat: AudioFormat;
    /** As received. */
    raw: Record<string, any>;
  }

  type AudioFormat = "pcm16" | "g711_ulaw" | "g711_alaw";

  // --- the site -----------------------------------------------------------------------------------------------------

  /** The site's answer to a good form: an ephemeral key and how to connect with it. */
  interface Minted {
    /** The ephemeral key. */
    value: string;
    /** Unix seconds. */
    expires_at: number;
    /** As the provider echoed it. */
    session: Record<string, any>;
    connect: {
      provider: string;
      provider_label: string;
      dialect: "ga" | "beta";
      kind: Kind;
      model: string;
      webrtc_url: string;
      websocket_url: string;
      websocket_protocols: string[];
      input_format: AudioFormat;
      /** None where nothing is spoken. */
      output_format?: AudioFormat | null;
    };
  }

  /** By form field; "__all__" is the form as a whole. */
  type FieldErrors = Record<string, { message: string; code: string }[]>;

  // --- what goes wrong ----------------------------------------------------------------------------------------------

  type Kind = "realtime" | "transcription";

  /** Anything thrown by these modules. */
  interface Described {
    code: string;
    message: string;
    /** Seconds. */
    retryAfter?: number;
  }

  /** Asks the site for an ephemeral key. Rejects with a MintRefused. */
  type Mint = (request: {
    url: string;
    form: FormData;
    csrfToken: string;
    /** For the wording of a refusal. */
    providerLabel?: string;
    fetch?: typeof fetch;
  }) => Promise<Minted>;

  /** `provider` is its label. */
  interface Circumstances {
    provider?: string;
    kind?: Kind;
  }

  type NoticeFor = (failure: Described, circumstances?: Circumstances) => Notice;

  interface Notice {
    tone: "info" | "warn" | "error";
    code: string;
    title: string;
    text: string;
    action?: Action;
    /** Technical. */
    details?: string;
  }

  interface Action {
    id: ActionId;
    label: string;
    /** Not before. */
    afterSeconds?: number;
  }

  type ActionId =
    | "retry"
    | "new-key"
    | "restart"
    | "allow-microphone"
    | "copy-localhost"
    | "choose-microphone"
    | "use-local"
    | "switch-ga"
    | "play-audio"
    | "details";

  // --- the session --------------------------------------------------------------------------------------------------

  type State = "idle" | "connecting" | "listening" | "user" | "thinking" | "model" | "muted" | "error";

  type Input =
    | "start"
    | "connected"
    | "failed"
    | "ended"
    | "muted"
    | "unmuted"
    | "speechStarted"
    | "speechStopped"
    | "answerExpected"
    | "answerDone"
    | "audioStarted"
    | "audioStopped";

  /** The details of a session's events. */
  interface SessionEvents {
    state: { state: State; previous: State; muted: boolean };
    /** New or changed. */
    turn: { turn: Turn };
    "turn-removed": { id: string };
    /** Each 0..1. */
    level: { input: number; output: number };
    notice: Notice;
    transport: { transport: TransportKind; fallbackReason?: string };
    effective: { effective: Effective };
    /** `at` in milliseconds since the start. */
    wire: { direction: "sent" | "received"; event: ApiEvent; at: number };
    ended: { reason: "hang-up" | "failed"; code?: string };
  }

  /** A conversation with a Realtime server. The verbs that send throw an Error while it is not connected. */
  interface Session {
    readonly state: State;
    /** Whether the microphone is off. */
    readonly muted: boolean;
    /** What is really in use; null while not connected. */
    readonly transport: TransportKind | null;
    readonly connected: boolean;
    /** The session as the server has it; null without a call. */
    readonly effective: Effective | null;
    /** In conversation order; those of the last call stay until the next one. */
    readonly turns: Turn[];
    /**
     * Connects. What fails is told by a "notice", and by false. The microphone belongs to the session from here on: its
     * tracks are stopped when the call ends. Throws an Error when a call is going on.
     */
    start(options: StartOptions): Promise<boolean>;
    /** Interrupts the model and puts a typed turn to it; a blank one is ignored. */
    sendText(text: string): void;
    /** Silences the model now and cancels its response. */
    interrupt(): void;
    /** Switches the microphone. Silence is sent meanwhile, so that a turn in progress still ends. */
    setMuted(muted: boolean): void;
    /** Forgets what was said since the last turn (push-to-talk: on press). */
    clearInput(): void;
    /** Ends the user's turn where the server does not detect it. */
    commit(): void;
    /** Commits what was said, then asks for an answer to it. */
    sendTurn(): void;
    createResponse(): void;
    /** To be called in a click, after the notice "audio-blocked". */
    playAudio(): Promise<void>;
    /** Ends the call, or a start that is still going on. Idempotent. */
    hangUp(): void;
  }

  interface SessionOptions {
    worklets: Worklets;
    /** After which WebRTC is given up for WebSocket; 4000 when absent. */
    connectTimeoutMs?: number;
    platform?: Partial<Platform>;
  }

  interface StartOptions {
    minted: Minted;
    /** Tried first; webrtc when absent. */
    transport?: TransportKind;
    /** Null to type and listen only. */
    microphone?: MediaStream | null;
    /** Plays the model over WebRTC. */
    audioElement: HTMLAudioElement;
  }

  interface SessionTarget extends EventTarget {
    addEventListener<Type extends keyof SessionEvents>(
      type: Type,
      listener: ((event: CustomEvent<SessionEvents[Type]>) => void) | EventListenerObject | null,
      options?: boolean | AddEventListenerOptions,
    ): void;
  }

  interface Worklets {
    /** URL of capture-processor.js. */
    capture: string;
    /** URL of playback-processor.js. */
    playback: string;
  }

  interface CallOptions {
    minted: Minted;
    /** Null to type and listen only. */
    microphone: MediaStream | null;
    /** Plays the model over WebRTC. */
    audioElement: HTMLAudioElement;
    worklets: Worklets;
    /** After which WebRTC is given up for WebSocket. */
    connectTimeoutMs: number;
    platform: Platform;
  }

  /** Who hears of a call. */
  interface CallDelegate {
    /** Something that may change the state. */
    moved(input: Input): void;
    emit<Type extends keyof SessionEvents>(type: Type, detail: SessionEvents[Type]): void;
    noticed(failure: Described): void;
    /** The call is over. */
    lost(failure: Described): void;
  }

  // --- transports ---------------------------------------------------------------------------------------------------

  type TransportKind = "webrtc" | "websocket";

  /** What both transports can do. */
  interface Transport {
    kind: TransportKind;
    /** Resolves when connected: the channel is open and session.created was seen. Rejects with a Failure. */
    open(): Promise<void>;
    send(event: ApiEvent): void;
    /** Silences the voice at once; the server stops by itself. */
    bargeIn(): void;
    /** Silences the voice at once and tells the server. */
    interrupt(): void;
    /** After the browser blocked the sound. */
    playAudio(): Promise<void>;
    /** Each 0..1. */
    levels(): { input: number; output: number };
    /** Idempotent. */
    close(): void;
  }

  /**
   * Connects: over WebRTC first where that is asked for, over WebSocket when it does not come up. Where the server
   * understood and refused (key, model, capacity) there is no second try: it would refuse again. Rejects with a Failure.
   */
  type Connect = (options: {
    preferred: TransportKind;
    create: (kind: TransportKind) => Transport;
    webrtcTimeoutMs: number;
    timers: Timers;
    /** Gives up. */
    signal: AbortSignal;
  }) => Promise<{ transport: Transport; fallbackReason?: string }>;

  /**
   * Notices a server that went away without a word: nothing at all comes from it any more, not even answers to the checks
   * that browsers send at least every 2.5 s. Left to themselves browsers take 5 to 30 s.
   *
   * `received` is a count that grows with whatever arrives, `lost` is called once. Returns what stops watching.
   */
  type WatchLiveness = (received: () => Promise<number>, lost: () => void, timers: Timers) => () => void;

  /** Takes frames of 40 ms. */
  type Uplink = (
    channel: { send(event: ApiEvent): void; readonly bufferedAmount: number },
    codec: Codec,
    noticed: Delegate["noticed"],
  ) => (frame: Float32Array) => void;

  type TransportOptions = Omit<CallOptions, "connectTimeoutMs"> & { delegate: Delegate };

  /** Who listens to a transport. */
  interface Delegate {
    /** With its GA name, and as it came. */
    received(event: ApiEvent, raw: ApiEvent): void;
    sent(event: ApiEvent): void;
    /** The model's voice begins. */
    audioStarted(): void;
    /** It ended or was silenced. */
    audioStopped(): void;
    /** The call goes on. */
    noticed(failure: Described): void;
    /** The call is over; never said before open() has resolved. */
    closed(failure: Described): void;
  }

  /** What the session asks of the browser. Tests hand in others. */
  interface Platform extends Timers {
    createPeerConnection(): RTCPeerConnection;
    createWebSocket(url: string, protocols: string[]): WebSocket;
    createAudioContext(options: AudioContextOptions): AudioContext;
    createWorkletNode: CreateWorkletNode;
    fetch: typeof fetch;
    /** Milliseconds since 1970. */
    date(): number;
    /** Where "pagehide" is heard. */
    page: EventTarget;
  }

  interface Timers {
    setTimeout(action: () => void, delayMs: number): number;
    clearTimeout(timer: number): void;
    /** Milliseconds on a clock that never jumps. */
    now(): number;
  }

  // --- audio --------------------------------------------------------------------------------------------------------

  /** One of the API's audio formats, mono; samples are -1..1. */
  interface Codec {
    sampleRate: number;
    bytesPerMs: number;
    encode(samples: Float32Array): Uint8Array;
    decode(bytes: Uint8Array): Float32Array;
  }

  type CreateWorkletNode = (context: BaseAudioContext, name: string, options: AudioWorkletNodeOptions) => AudioWorkletNode;

  interface WorkletOptions {
    /** Running at the rate of the wire format: the browser resamples. */
    context: AudioContext;
    workletUrl: string;
    createWorkletNode: CreateWorkletNode;
  }

  /** Loudness as a meter shows it, 0..1: root mean square in decibels, -60 dBFS and below is 0, -12 dBFS is 1. */
  type Loudness = (samples: Float32Array) => number;

  /** Listens in on a node. Returns what reads the loudness of its last 1024 samples. */
  type LevelMeter = (context: BaseAudioContext, source: AudioNode) => () => number;

  /** Delivers a microphone in frames of 40 ms until the context is closed. Resolves with its node, for a level meter. */
  type OpenCapture = (
    options: WorkletOptions,
    stream: MediaStream,
    onFrame: (frame: Float32Array) => void,
  ) => Promise<AudioNode>;

  /** `onDrained`: all that was pushed before finish() has been played. */
  type OpenPlayback = (options: WorkletOptions, onDrained: () => void) => Promise<Playback>;

  /** Plays speech item by item, and knows how much of each was heard. */
  interface Playback {
    /** For a level meter. */
    readonly node: AudioNode;
    /** Whether something is being played or waits to be. */
    readonly active: boolean;
    /** Samples of the item `id`, at the context's rate. */
    push(id: string, samples: Float32Array): void;
    /** Nothing more comes for now: a short rest need not wait for the prebuffer. */
    finish(): void;
    /**
     * Silences at once and forgets what waits. Returns what was not heard to its end, and the last item in any case: the
     * server may have more of it. Lengths are those of the last report, at most 21 ms ago at 24 kHz: never more than heard.
     */
    clear(): { id: string; playedMs: number }[];
  }

  /** Messages to playback-processor.js. */
  type ToPlayback =
    /** Samples of the item `id`, at the context's rate. */
    | { type: "push"; id: string; samples: Float32Array }
    /** Nothing more comes for now: play even what is shorter than the prebuffer. */
    | { type: "finish" }
    /** Drop everything; what is heard fades out within 5 ms. */
    | { type: "clear"; generation: number };

  /** Messages of playback-processor.js; `generation` is that of the last "clear" it has seen. */
  type FromPlayback =
    /** Samples of the item played so far. */
    | { type: "position"; id: string; played: number; generation: number }
    /** All that was pushed before "finish", by so many messages, has been played. */
    | { type: "drained"; pushes: number; generation: number };

  /** Asks for the microphone: one mono track, which the caller stops. Rejects with a MicrophoneFailure. */
  type OpenMicrophone = (options?: MicrophoneOptions) => Promise<MediaStream>;

  interface MicrophoneOptions {
    /** One of enumerateDevices(); the default device when absent. */
    deviceId?: string;
    /** On by default, or the model interrupts itself through the loudspeaker. */
    echoCancellation?: boolean;
    /** Off by default: the session has its own noise reduction, and two in a row hurt recognition. */
    noiseSuppression?: boolean;
    /** On by default. */
    autoGainControl?: boolean;
    mediaDevices?: Pick<MediaDevices, "getUserMedia">;
    /** Whether the page is a secure context. */
    secure?: boolean;
  }
}
