/** Makes the recordings that are missing or say something else by now, and takes away those that nothing says any more. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { VOICE_MANIFEST } from '../../contract/voices.ts';
import type { Form } from '../../renderer/strings/wording.ts';
import { asRead, isKana } from '../../renderer/voice/as-read.ts';
import type { Sound } from '../../renderer/voice/utterances.ts';
import type { Encoder, Engine } from './engines.ts';

const Made = z.object({ clips: z.record(z.string(), z.object({ text: z.string(), hash: z.string(), file: z.string() })) });
type Manifest = z.infer<typeof Made>;

export interface Wanted {
  readonly form: Form;
  readonly sounds: readonly Sound[];
}

export interface Outcome {
  readonly made: number;
  readonly kept: number;
  readonly removed: number;
  /** Left out because the engine could not read its letters. */
  readonly unread: readonly string[];
  readonly unable: ReadonlyArray<{ readonly name: string; readonly why: string }>;
}

const AT_ONCE = 2;

function manifestOf(out: string): Manifest {
  try {
    return Made.parse(JSON.parse(readFileSync(path.join(out, VOICE_MANIFEST), 'utf8')));
  } catch {
    return { clips: {} };
  }
}

interface Task {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly spoken: string;
  readonly hash: string;
  readonly form: Form;
  readonly slow: boolean;
  readonly engine: Engine;
}

export async function makeClips(options: {
  readonly out: string;
  readonly wanted: readonly Wanted[];
  /** Recordings whose id does not begin so are left as they are. */
  readonly only: string;
  readonly slow: boolean;
  readonly engineFor: (form: Form) => Engine | undefined;
  readonly encoder: Encoder | null;
}): Promise<Outcome> {
  const { out, encoder } = options;
  const kind = encoder?.kind ?? 'wav';
  const before = manifestOf(out);
  const clips: Record<string, Manifest['clips'][string]> = {};
  const unread: string[] = [];
  const unable: { name: string; why: string }[] = [];
  const tasks: Task[] = [];
  let kept = 0;
  for (const { form, sounds } of options.wanted) {
    const engine = options.engineFor(form);
    if (!engine) continue;
    for (const { id, text } of sounds) {
      const spoken = form === 'en' ? text.replaceAll('\n', ' ') : asRead(text);
      if (form !== 'en' && engine.kanaOnly && !isKana(spoken)) {
        unread.push(`${form}/${id}`);
        continue;
      }
      for (const slow of options.slow ? [false, true] : [false]) {
        const name = `${form}/${slow ? 'slow/' : ''}${id}`;
        const hash = createHash('sha256').update([engine.name, engine.manner, kind, slow ? 'slow' : 'normal', spoken].join('\0')).digest('hex');
        const file = `${name}.${kind}`;
        if (before.clips[name]?.hash === hash && existsSync(path.join(out, file))) {
          clips[name] = { text, hash, file };
          kept += 1;
        } else tasks.push({ name, file, text, spoken, hash, form, slow, engine });
      }
    }
  }

  const waiting = [...tasks];
  const work = async (): Promise<void> => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      const { name, file, text, hash } = task;
      try {
        await makeOne(task, path.join(out, file), encoder);
        clips[name] = { text, hash, file };
      } catch (error) {
        unable.push({ name, why: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));

  let removed = 0;
  const asked = new Set<string>(options.wanted.flatMap(({ form }) => (options.engineFor(form) ? [form] : [])));
  for (const [name, clip] of Object.entries(before.clips)) {
    const { file } = clip;
    if (clips[name]?.file === file) continue;
    const [form = '', ...rest] = name.split('/');
    if (!asked.has(form) || !(rest.at(-1) ?? '').startsWith(options.only)) {
      clips[name] = clip;
      continue;
    }
    rmSync(path.join(out, file), { force: true });
    removed += 1;
  }
  mkdirSync(out, { recursive: true });
  const sorted = Object.fromEntries(Object.entries(clips).sort(([a], [b]) => (a < b ? -1 : 1)));
  const fresh = path.join(out, `${VOICE_MANIFEST}.new`);
  writeFileSync(fresh, `${JSON.stringify({ clips: sorted }, null, 1)}\n`);
  renameSync(fresh, path.join(out, VOICE_MANIFEST));
  return { made: tasks.length - unable.length, kept, removed, unread, unable };
}

async function makeOne({ spoken, form, slow, engine }: Task, target: string, encoder: Encoder | null): Promise<void> {
  mkdirSync(path.dirname(target), { recursive: true });
  const wav = `${target}.new.wav`;
  const small = `${target}.new`;
  try {
    await engine.make({ text: spoken, language: form === 'en' ? 'en' : 'ja', slow, wav });
    if (!existsSync(wav)) throw new Error(`${engine.name} wrote no file`);
    if (encoder) await encoder.encode(wav, small);
    renameSync(encoder ? small : wav, target);
  } finally {
    rmSync(wav, { force: true });
    rmSync(small, { force: true });
  }
}
