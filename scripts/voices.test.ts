/** `npm run voices` with programs for speech that only write down what they are asked. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIP_FILE } from '../contract/voices.ts';

const SCRIPT = path.join(import.meta.dirname, 'voices.ts');
let place: string;
let out: string;

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'kazasu-voices-'));
  out = path.join(place, 'clips');
  mkdirSync(path.join(place, 'bin'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const asked = (): string[] => (existsSync(path.join(place, 'asked')) ? readFileSync(path.join(place, 'asked'), 'utf8').trim().split('\n') : []);
const forget = () => rmSync(path.join(place, 'asked'), { force: true });

function program(name: string, script: string): void {
  const file = path.join(place, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** The last word is the text; the word after -w is the file. */
const ESPEAK = (refusing = '') => `
  for word; do last=$word; [ "\${before:-}" = -w ] && file=$word; before=$word; done
  ${refusing}
  echo "$last" >> "$PLACE/asked"; echo "RIFF $*" > "$file"`;

function voices(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '--out', out, ...words], {
    encoding: 'utf8',
    // `sh` and what the stand-ins use, but no other program for speech.
    env: { PATH: path.join(place, 'bin'), PLACE: place },
  });
  return { status, said: `${stdout}${stderr}` };
}
const manifest = () => JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8')) as { clips: Record<string, { text: string; hash: string; file: string }> };
const files = () => readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(path.join(out, file)).isFile());

describe('npm run voices', () => {
  it('says what to install when there is no program for speech', () => {
    const { status, said } = voices();
    expect(status).toBe(69);
    expect(said).toContain('声を作るプログラムがありません');
    expect(said).toContain('espeak-ng');
    expect(existsSync(out)).toBe(false);
  });

  it('makes a recording for every message, number and day in English, under names that the kiosk serves', () => {
    program('espeak-ng', ESPEAK());
    const { status, said } = voices('--form', 'en');
    expect(said).toContain('espeak-ng');
    expect(status).toBe(0);
    const made = manifest().clips;
    expect(made['en/loaded.title']).toMatchObject({ text: 'Added', file: 'en/loaded.title.wav' });
    for (const name of ['en/n.thousand', 'en/unit.yen', 'en/day.31', 'en/word.until', 'en/still-there.ends.1']) expect(Object.keys(made)).toContain(name);
    for (const { file } of Object.values(made)) {
      expect(file).toMatch(CLIP_FILE);
      expect(existsSync(path.join(out, file)), file).toBe(true);
    }
    expect(files().length).toBe(Object.keys(made).length + 1);
    expect(asked()).toContain('Place your card here');
  });

  it('leaves out Japanese that a program without a dictionary would read as nonsense, and says which', () => {
    program('espeak-ng', ESPEAK());
    writeFileSync(path.join(place, 'names.json'), JSON.stringify(['応援券《おうえんけん》', '町内券']));
    const { said } = voices('--form', 'ja', '--words', path.join(place, 'names.json'));
    expect(said).toMatch(/読みのない漢字.+\d/);
    expect(asked()).toContain('さんびゃく');
    expect(asked()).toContain('おうえんけん');
    expect(asked().filter((text) => /[\p{Script=Han}A-Za-z0-9《》]/u.test(text))).toEqual([]);
    expect(Object.entries(manifest().clips).filter(([name]) => name.startsWith('ja/text.'))).toMatchObject([[expect.any(String), { text: '応援券《おうえんけん》' }]]);
  });

  it('makes only what changed, and takes away what nothing says any more', () => {
    program('espeak-ng', ESPEAK());
    voices('--form', 'en', '--only', 'l');
    const before = manifest();
    forget();
    expect(voices('--form', 'en', '--only', 'l').said).toContain('made 0,');
    expect(asked()).toEqual([]);
    const title = before.clips['en/loaded.title'];
    if (!title) throw new Error('no clip');
    const changed = { clips: { ...before.clips, 'en/loaded.title': { ...title, hash: 'of another text' }, 'en/lost': { text: 'Lost', hash: '0', file: 'en/lost.wav' }, 'en/n.1': { text: 'one', hash: '0', file: 'en/n.1.wav' }, 'ja/n.1': { text: 'いち', hash: '0', file: 'ja/n.1.wav' } } };
    writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(changed));
    writeFileSync(path.join(out, 'en/lost.wav'), '');
    expect(voices('--form', 'en', '--only', 'l').said).toContain('made 1,');
    expect(asked()).toEqual(['Added']);
    expect(existsSync(path.join(out, 'en/lost.wav'))).toBe(false);
    expect(manifest().clips).toEqual({ ...before.clips, 'ja/n.1': changed.clips['ja/n.1'], 'en/n.1': changed.clips['en/n.1'] });
  });

  it('takes the better program, one asked for, and an encoder where one is installed', () => {
    program('espeak-ng', ESPEAK());
    program('say', 'for word; do last=$word; [ "${before:-}" = -o ] && file=$word; before=$word; done; echo "say $last" >> "$PLACE/asked"; echo RIFF > "$file"');
    program('opusenc', 'for word; do last=$word; done; echo OggS > "$last"');
    expect(voices('--form', 'en', '--only', 'l', '--slow').said).toContain('en    say');
    expect(manifest().clips['en/slow/loaded.title']).toMatchObject({ file: 'en/slow/loaded.title.opus' });
    expect(files().filter((file) => /\.wav|\.new/.test(file))).toEqual([]);
    expect(voices('--form', 'en', '--only', 'l', '--engine', 'espeak-ng').said).toContain('en    espeak-ng');
    expect(voices('--engine', 'festival').status).toBe(64);
  });

  it('fails when a recording could not be made, keeps no half of it, and makes it the next time', () => {
    program('espeak-ng', ESPEAK('[ "$last" = Added ] && { echo "RIFF" > "$file"; echo "no such voice" >&2; exit 3; }'));
    const { status, said } = voices('--form', 'en', '--only', 'l');
    expect(status).toBe(1);
    expect(said).toContain('en/loaded.title: no such voice');
    expect(files().filter((file) => /loaded\.title|\.new/.test(file))).toEqual([]);
    program('espeak-ng', ESPEAK());
    expect(voices('--form', 'en', '--only', 'l').status).toBe(0);
    expect(manifest().clips['en/loaded.title']).toBeDefined();
  });

  it('lists what a person would record', () => {
    const { status, said } = voices('--list', '--form', 'ja');
    expect(status).toBe(0);
    expect(said).toMatch(/^ja\/button\.hear\t声で 聞く\tこえできく$/m);
    expect(said).toMatch(/^ja\/n\.300\tさんびゃく\tさんびゃく$/m);
    expect(said).toMatch(/^ja\/own\.20\.day\tはつか\tはつか$/m);
  });
});
