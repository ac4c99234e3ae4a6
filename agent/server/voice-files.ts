/** Recordings on this kiosk: lists what lies there and serves it, by exact names and nothing else. Put down or taken away while it runs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CLIP_FILE, VOICE_INDEX_PATH, VOICE_MANIFEST, VOICE_PLACES, VOICES_PATH, type Clip, type VoiceIndex, type VoicePlace } from '../../contract/voices.ts';

/** The directory of each place; a place may have none, and a directory need not be there. */
export type VoiceDirectories = Partial<Readonly<Record<VoicePlace, string>>>;

const Manifest = z.object({ clips: z.record(z.string(), z.object({ text: z.string() })) });

/** What the recordings in a directory say, where that is written down; a manifest that cannot be read says nothing. */
function textsIn(directory: string): Readonly<Record<string, { readonly text: string }>> {
  try {
    return Manifest.parse(JSON.parse(readFileSync(path.join(directory, VOICE_MANIFEST), 'utf8'))).clips;
  } catch {
    return {};
  }
}

export function voiceIndex(directories: VoiceDirectories): VoiceIndex {
  const index: Record<string, Record<string, Clip>> = {};
  for (const place of VOICE_PLACES) {
    const directory = directories[place];
    if (directory === undefined || !existsSync(directory)) continue;
    const texts = textsIn(directory);
    const here: Record<string, Record<string, { file?: string; slow?: string }>> = {};
    for (const found of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const name = found.replaceAll(path.sep, '/');
      const [, form = '', slow, id = ''] = CLIP_FILE.exec(name) ?? [];
      if (form === '') continue;
      const clips = (here[form] ??= {});
      clips[id] = { ...clips[id], [slow === undefined ? 'file' : 'slow']: `${place}/${name}` };
    }
    for (const [form, clips] of Object.entries(here)) {
      for (const [id, { file, slow }] of Object.entries(clips)) {
        const text = texts[`${form}/${id}`]?.text;
        // Recorded slowly only: better that than nothing.
        if (file ?? slow) (index[form] ??= {})[id] = { file: file ?? slow ?? '', ...(slow !== undefined && { slow }), ...(text !== undefined && { text }) };
      }
    }
  }
  return index;
}

/** @param app with @fastify/static registered, whose way of sending files is used */
export function serveVoices(app: FastifyInstance, directories: () => VoiceDirectories): void {
  app.get(VOICE_INDEX_PATH, (_, reply) => reply.header('cache-control', 'no-store').send(voiceIndex(directories())));
  app.get<{ Params: { place: string; '*': string } }>(`${VOICES_PATH}/:place/*`, (request, reply) => {
    const place = VOICE_PLACES.find((known) => known === request.params.place);
    const directory = place && directories()[place];
    const name = request.params['*'];
    if (directory === undefined || !CLIP_FILE.test(name)) return reply.callNotFound();
    return reply.sendFile(name, directory);
  });
}
