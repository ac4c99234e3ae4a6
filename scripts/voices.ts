/**
 * Makes recordings of everything the window says, in dist/voices, with whichever program for speech is installed. Only what changed since the
 * last time is made anew. docs/voice.md tells how to record a person instead.
 *
 *   node scripts/voices.ts [--engine open_jtalk|say|espeak-ng] [--voice FILE.htsvoice] [--form ja|easy|en] [--only BEGINNING] [--slow] [--words FILE] [--out DIR]
 *   node scripts/voices.ts --list      what there is to record: file name, tab, words, tab, as it is read
 *
 * --only: those whose name begins so (`button.`), the others left as they are.
 * FILE of --words is a JSON list of names that the town uses, with readings: ["応援券《おうえんけん》"]
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { plainWords } from '../contract/procedure/readings.ts';
import { FORMS, type Form } from '../renderer/strings/wording.ts';
import { asRead } from '../renderer/voice/as-read.ts';
import { everySound, uncuttable } from '../renderer/voice/clip-list.ts';
import type { Sound } from '../renderer/voice/utterances.ts';
import { fromWhereTyped } from './start/places.ts';
import { ENGINE_NAMES, installedEncoder, installedEngines } from './voices/engines.ts';
import { makeClips } from './voices/make-clips.ts';

const ROOT = path.join(import.meta.dirname, '..');
const EXIT = { usage: 64, unavailable: 69, incomplete: 1 } as const;
const SHOWN_MAX = 12;

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    voice: { type: 'string' },
    form: { type: 'string' },
    slow: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    words: { type: 'string' },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

function refuse(message: string): never {
  console.error(message);
  process.exit(EXIT.usage);
}

/** Names of schemes and places, as recordings that are found by their words. */
function namesIn(file: string | undefined): Sound[] {
  if (file === undefined) return [];
  const names = z.array(z.string().min(1)).parse(JSON.parse(readFileSync(fromWhereTyped(file), 'utf8')));
  return names.map((text) => ({ id: `text.${createHash('sha256').update(plainWords(text)).digest('hex').slice(0, 12)}`, text }));
}

const forms = FORMS.filter((form) => values.form === undefined || values.form === form);
if (forms.length === 0) refuse(`--form は ${FORMS.join('・')} のどれかです (--form is one of ${FORMS.join(', ')})`);
if (values.engine !== undefined && !ENGINE_NAMES.includes(values.engine)) refuse(`--engine は ${ENGINE_NAMES.join('・')} のどれかです (--engine is one of ${ENGINE_NAMES.join(', ')})`);
const names = namesIn(values.words);
const wanted = forms.map((form) => ({ form, sounds: [...everySound(form), ...(form === 'en' ? [] : names)].filter(({ id }) => id.startsWith(values.only)) }));

/** @returns the exit status */
async function make(): Promise<number> {
  const engines = installedEngines(values.engine, values.voice);
  const engineFor = (form: Form) => engines.find(({ languages }) => languages.includes(form === 'en' ? 'en' : 'ja'));
  if (engines.length === 0) {
    console.error('声を作るプログラムがありません。次のどれかを入れてください: open_jtalk と音声ファイル (.htsvoice)、espeak-ng、macOS の say。人の声の録音でも使えます (docs/voice.md)。');
    console.error('No program for speech is installed. Install one of: open_jtalk with a voice file (.htsvoice), espeak-ng, or use say of macOS. A person’s recordings do as well (docs/voice.md).');
    return EXIT.unavailable;
  }
  const encoder = installedEncoder();
  const out = values.out === undefined ? path.join(ROOT, 'dist/voices') : fromWhereTyped(values.out);
  for (const form of forms) console.log(`${form.padEnd(5)} ${engineFor(form)?.name ?? '声を作れません (no program here speaks it)'}`);
  console.log(encoder ? `${encoder.kind} にします (encoded as ${encoder.kind})` : 'wav のままです。opusenc があれば小さくなります (kept as wav; opusenc would make it small)');
  const { made, kept, removed, unread, unable } = await makeClips({ out, wanted, only: values.only, slow: values.slow, engineFor, encoder });

  const some = (left: readonly string[]) => `${left.slice(0, SHOWN_MAX).join(' ')}${left.length > SHOWN_MAX ? ` … (+${left.length - SHOWN_MAX})` : ''}`;
  console.log(`作った ${made}・そのまま ${kept}・消した ${removed} (made ${made}, kept ${kept}, removed ${removed}): ${out}`);
  if (unread.length > 0) console.log(`読みのない漢字やアルファベットがあるため、作らなかったもの ${unread.length} (left out, letters without a reading: ${unread.length}): ${some(unread)}`);
  for (const form of forms) {
    const phrases = uncuttable(form);
    if (phrases.length > 0) console.log(`${form}: つなげて言えないため、作らなかったもの ${phrases.length} (left out, cannot be put together: ${phrases.length}): ${some(phrases)}`);
  }
  for (const { name, why } of unable.slice(0, SHOWN_MAX)) console.error(`${name}: ${why}`);
  if (unable.length > 0) {
    console.error(`作れなかったもの ${unable.length}。もう一度実行すると、そこだけ作ります (could not be made: ${unable.length}; run it again for those alone)`);
    return EXIT.incomplete;
  }
  return 0;
}

/** File name, words, and how they are read. */
function list(): number {
  for (const { form, sounds } of wanted) {
    for (const { id, text } of sounds) {
      const words = plainWords(text).replaceAll('\n', ' ');
      console.log([`${form}/${id}`, words, form === 'en' ? words : asRead(text)].join('\t'));
    }
  }
  return 0;
}

// Not process.exit: what was written to a pipe would be cut off.
process.exitCode = values.list ? list() : await make();
