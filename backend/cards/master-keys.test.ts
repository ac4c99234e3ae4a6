import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BackendUnusable } from '../unusable.ts';
import { readCardMasterKeys } from './master-keys.ts';

const [FIRST, SECOND] = ['00112233445566778899aabbccddeeff', 'ffeeddccbbaa99887766554433221100'];
const KEYS = { version: 1, municipality: 'tomamae', keys: [{ version: 1, master: FIRST }, { version: 7, master: SECOND }] };
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'kazasu-card-keys-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const put = (content: unknown, name = 'card-keys.json') => {
  const file = path.join(dataDir, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return file;
};
const refusal = (options: Parameters<typeof readCardMasterKeys>[0]): string => {
  try {
    readCardMasterKeys(options);
  } catch (error) {
    if (error instanceof BackendUnusable && error.exitCode === 78) return error.message;
    throw error;
  }
  throw new Error('It was not refused');
};

test('several versions are there at once, the newest first', () => {
  put(KEYS);
  const keys = readCardMasterKeys({ dataDir });
  expect([keys?.municipality, keys?.versions]).toEqual(['tomamae', [7, 1]]);
  expect([1, 7, 2].map((version) => Buffer.from(keys?.master(version) ?? []).toString('hex'))).toEqual([FIRST, SECOND, '']);
  expect(JSON.stringify(keys)).not.toContain('ddee');
});

test('a town without such a file has no card keys; a file that was named must be there', () => {
  expect(readCardMasterKeys({ dataDir })).toBeUndefined();
  const file = put(KEYS, 'elsewhere.json');
  expect(readCardMasterKeys({ dataDir, file })?.versions).toEqual([7, 1]);
  expect(refusal({ dataDir, file: `${file}.gone` })).toContain('ENOENT');
});

test('a file that others can read is refused with what to do', () => {
  chmodSync(put(KEYS), 0o640);
  expect(refusal({ dataDir })).toContain('chmod 600');
});

test.each([
  ['no JSON', 'a letter'],
  ['a key of another length', { ...KEYS, keys: [{ version: 1, master: FIRST.slice(2) }] }],
  ['a version twice', { ...KEYS, keys: [...KEYS.keys, { version: 1, master: SECOND }] }],
  ['no key at all', { ...KEYS, keys: [] }],
])('a file with %s is refused, and nothing of it is said', (_, content) => {
  put(content);
  const message = refusal({ dataDir });
  expect(message).toContain('damaged');
  expect(message).not.toContain(FIRST.slice(2, 20));
  expect(message).not.toContain('letter');
});
