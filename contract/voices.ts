/**
 * Recordings of what the window says, as files that the agent serves: `<place>/<form>/<id>.<kind>`, and read slowly
 * `<place>/<form>/slow/<id>.<kind>`. What people recorded themselves (`own`) goes before what was made by a program (`made`).
 */
export const VOICES_PATH = '/voices';
/** What there is, as JSON: a `VoiceIndex`. */
export const VOICE_INDEX_PATH = `${VOICES_PATH}/index.json`;

export const VOICE_PLACES = ['made', 'own'] as const;
export type VoicePlace = (typeof VOICE_PLACES)[number];

/** The only names that are served, below a place. */
export const CLIP_FILE = /^(ja|easy|en)\/(slow\/)?([a-z0-9]+(?:[.-][a-z0-9]+)*)\.(ogg|opus|mp3|m4a|wav)$/;

/** Beside the forms: `{"clips": {"ja/balance.title": {"text": "…"}}}`. A recording with a text is used for no other text. */
export const VOICE_MANIFEST = 'manifest.json';

export interface Clip {
  /** Below `VOICES_PATH`. */
  readonly file: string;
  readonly slow?: string;
  readonly text?: string;
}

/** Clips by their id, by form. */
export type VoiceIndex = Readonly<Record<string, Readonly<Record<string, Clip>>>>;
