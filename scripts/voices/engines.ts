/** Programs that make speech, and programs that make its files small: which are installed, and how each is asked. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, globSync } from 'node:fs';
import path from 'node:path';

export type Language = 'ja' | 'en';

export interface Job {
  readonly text: string;
  readonly language: Language;
  readonly slow: boolean;
  readonly wav: string;
}

export interface Engine {
  readonly name: string;
  readonly languages: readonly Language[];
  /** Reads kana only: other letters come out as nonsense, or not at all. */
  readonly kanaOnly: boolean;
  /** What changes every recording when it changes: a voice, a version of how it is asked. */
  readonly manner: string;
  /** @throws Error with the program's own words */
  make(job: Job): Promise<void>;
}

export function program(name: string): string | undefined {
  const places = name.includes('/') ? [name] : (process.env['PATH'] ?? '').split(path.delimiter).map((place) => path.join(place, name));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function run(command: string, words: readonly string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    // A program that reads no input closes it.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(said.trim().split('\n').at(-1) || `${command}: exit ${String(code)}`))));
    child.stdin.end(input);
  });
}

const DICTIONARIES = ['/var/lib/mecab/dic/open-jtalk/naist-jdic', '/usr/share/open_jtalk/dic', '/usr/local/share/open_jtalk/dic', '/opt/homebrew/opt/open-jtalk/dic'];

function openJtalk(voice: string | undefined): Engine | undefined {
  const command = program('open_jtalk');
  const dictionary = process.env['OPEN_JTALK_DICTIONARY'] ?? DICTIONARIES.find((place) => existsSync(place));
  const spoken = voice ?? globSync(['/usr/share/hts-voice/**/*.htsvoice', '/usr/local/share/hts-voice/**/*.htsvoice'])[0];
  if (!command || dictionary === undefined || spoken === undefined) return undefined;
  return {
    name: 'open_jtalk',
    languages: ['ja'],
    kanaOnly: false,
    manner: path.basename(spoken),
    make: ({ text, slow, wav }) => run(command, ['-x', dictionary, '-m', spoken, '-r', slow ? '0.8' : '1', '-ow', wav], `${text}\n`),
  };
}

function espeak(): Engine | undefined {
  const command = program('espeak-ng');
  if (!command) return undefined;
  return {
    name: 'espeak-ng',
    languages: ['ja', 'en'],
    kanaOnly: true,
    manner: '1',
    make: ({ text, language, slow, wav }) => run(command, ['-v', language, '-s', slow ? '115' : '145', '-w', wav, '--', text]),
  };
}

function say(): Engine | undefined {
  const command = program('say');
  if (!command) return undefined;
  return {
    name: 'say',
    languages: ['ja', 'en'],
    kanaOnly: false,
    manner: '1',
    make: ({ text, language, slow, wav }) =>
      run(command, ['-v', language === 'ja' ? 'Kyoko' : 'Samantha', '-r', slow ? '140' : '175', '--file-format=WAVE', '--data-format=LEI16@22050', '-o', wav, '--', text]),
  };
}

const ENGINES: Readonly<Record<string, (voice: string | undefined) => Engine | undefined>> = { open_jtalk: openJtalk, say, 'espeak-ng': espeak };
export const ENGINE_NAMES = Object.keys(ENGINES);

/** Those installed, the best first; with a name, only that one. @param voice a voice file of open_jtalk */
export function installedEngines(name: string | undefined, voice: string | undefined): Engine[] {
  return ENGINE_NAMES.filter((candidate) => name === undefined || candidate === name).flatMap((candidate) => ENGINES[candidate]?.(voice) ?? []);
}

export interface Encoder {
  readonly kind: 'opus' | 'ogg' | 'wav';
  encode(wav: string, target: string): Promise<void>;
}

/** @returns null to keep the wav */
export function installedEncoder(): Encoder | null {
  const opus = program('opusenc');
  if (opus) return { kind: 'opus', encode: (wav, target) => run(opus, ['--quiet', '--bitrate', '24', wav, target]) };
  const ogg = program('oggenc');
  if (ogg) return { kind: 'ogg', encode: (wav, target) => run(ogg, ['-Q', '-q', '2', '-o', target, wav]) };
  return null;
}
