/** The one vocabulary for both dialects: the GA names. Here alone events are renamed; what is sent is the same in both. */

/** What the beta dialect calls otherwise. @type {[RegExp, string][]} */
const RENAMED = [
  [/^transcription_session\./, "session."],
  [/^conversation\.item\.created$/, "conversation.item.added"],
  [/^response\.(text|audio|audio_transcript)\./, "response.output_$1."],
];

/** @param {Realtime.ApiEvent} event of either dialect @returns {Realtime.ApiEvent} */
export const normalise = (event) => ({
  ...event,
  type: RENAMED.reduce((type, [beta, ga]) => type.replace(beta, ga), event.type),
});

/** @type {Record<string, Realtime.AudioFormat>} */
const FORMATS = { "audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw" };

/** From either dialect. @type {(session: Record<string, any>, type: Realtime.Effective["type"]) => Realtime.Effective} */
export function effectiveOf(session, type) {
  const { input = {}, output = {} } = session.audio ?? {};
  return {
    type,
    model: session.model ?? null,
    voice: output.voice ?? session.voice ?? null,
    turnDetection: input.turn_detection ?? session.turn_detection ?? null,
    transcription: input.transcription ?? session.input_audio_transcription ?? null,
    noiseReduction: (input.noise_reduction ?? session.input_audio_noise_reduction)?.type ?? null,
    inputFormat: FORMATS[input.format?.type] ?? session.input_audio_format ?? "pcm16",
    outputFormat: FORMATS[output.format?.type] ?? session.output_audio_format ?? "pcm16",
    raw: session,
  };
}

/** @param {string} audio base64 in the session's input format */
export const appendAudio = (audio) => ({ type: "input_audio_buffer.append", audio });
export const commitAudio = () => ({ type: "input_audio_buffer.commit" });
export const clearAudio = () => ({ type: "input_audio_buffer.clear" });
export const createResponse = () => ({ type: "response.create" });

/** @param {string} text */
export const createUserText = (text) => ({
  type: "conversation.item.create",
  item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
});

// These may come too late, as when the response to cancel has just ended: that the server then refuses them is no news.
const OPTIONAL = "optional_";
export const cancelResponse = () => ({ type: "response.cancel", event_id: `${OPTIONAL}cancel` });
/** WebRTC only: there the server holds the audio that was not played yet. */
export const clearOutput = () => ({ type: "output_audio_buffer.clear", event_id: `${OPTIONAL}clear` });

/** @type {(item_id: string, content_index: number, audio_end_ms: number) => Realtime.ApiEvent} */
export const truncate = (item_id, content_index, audio_end_ms) => ({
  type: "conversation.item.truncate",
  event_id: `${OPTIONAL}truncate`,
  item_id,
  content_index,
  audio_end_ms,
});

/** Whether an error answers one of those. @param {Realtime.ApiError} error */
export const isExpected = (error) => Boolean(error.event_id?.startsWith(OPTIONAL));
