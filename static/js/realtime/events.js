/**
 * The one vocabulary for both dialects: the GA names. What arrives is renamed here and nowhere else; what is sent is the
 * same in both. @typedef {Realtime.ApiEvent} ApiEvent
 */

/** Beta name -> GA name. @type {Record<string, string>} */
const RENAMED = {
  "transcription_session.created": "session.created",
  "transcription_session.updated": "session.updated",
  "conversation.item.created": "conversation.item.added",
  "response.text.delta": "response.output_text.delta",
  "response.text.done": "response.output_text.done",
  "response.audio.delta": "response.output_audio.delta",
  "response.audio.done": "response.output_audio.done",
  "response.audio_transcript.delta": "response.output_audio_transcript.delta",
  "response.audio_transcript.done": "response.output_audio_transcript.done",
};

/** @param {ApiEvent} event of either dialect @returns {ApiEvent} */
export const normalise = (event) => ({ ...event, type: RENAMED[event.type] ?? event.type });

/** @type {Record<string, Realtime.AudioFormat>} */
const FORMATS = { "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw", g711_ulaw: "g711_ulaw", g711_alaw: "g711_alaw" };

/** @param {string | {type: string} | undefined} format of either dialect */
const formatOf = (format) => FORMATS[typeof format === "object" ? format.type : (format ?? "")] ?? "pcm16";

/**
 * @param {Record<string, any>} session of either dialect
 * @param {Realtime.Effective["type"]} type
 * @returns {Realtime.Effective}
 */
export function effectiveOf(session, type) {
  const { input = {}, output = {} } = session.audio ?? {};
  return {
    type,
    model: session.model ?? null,
    voice: output.voice ?? session.voice ?? null,
    turnDetection: input.turn_detection ?? session.turn_detection ?? null,
    transcription: input.transcription ?? session.input_audio_transcription ?? null,
    noiseReduction: (input.noise_reduction ?? session.input_audio_noise_reduction)?.type ?? null,
    inputFormat: formatOf(input.format ?? session.input_audio_format),
    outputFormat: formatOf(output.format ?? session.output_audio_format),
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

/**
 * @param {string} item_id
 * @param {number} content_index
 * @param {number} audio_end_ms whole milliseconds heard
 */
export const truncate = (item_id, content_index, audio_end_ms) => ({
  type: "conversation.item.truncate",
  event_id: `${OPTIONAL}truncate`,
  item_id,
  content_index,
  audio_end_ms,
});

/** Whether an error answers one of those. @param {Realtime.ApiError} error */
export const isExpected = (error) => Boolean(error.event_id?.startsWith(OPTIONAL));
