import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BackendUnusable } from '../../backend/unusable.ts';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import { MunicipalityId } from '../../contract/ids.ts';
import { KEY } from '../../hardware/card/desfire/layout.ts';
import { addKeyVersion, issuerKeys, newKeyFile, readKeyFile } from './key-file.ts';

const TOWN = MunicipalityId.parse('aokawa');
const UID = Uint8Array.of(0x04, 1, 2, 3, 4, 5, 6);
let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'keys-'));
  file = path.join(directory, 'card-keys.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a new file holds one random key, for its owner alone, and the backend can read it', () => {
  expect(newKeyFile(file, TOWN)).toEqual({ kind: 'written', version: 1 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const keys = readKeyFile(file);
  expect([keys.municipality, keys.versions, keys.master(1)?.length]).toEqual(['aokawa', [1], 16]);
  const other = path.join(directory, 'other.json');
  newKeyFile(other, TOWN);
  expect(readKeyFile(other).master(1)).not.toEqual(keys.master(1));
});

test('keys that are there are never overwritten', () => {
  newKeyFile(file, TOWN);
  const before = readFileSync(file, 'utf8');
  expect(newKeyFile(file, TOWN)).toEqual({ kind: 'exists' });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a version is added, and the earlier ones stay as they are', () => {
  newKeyFile(file, TOWN);
  const first = readKeyFile(file).master(1);
  expect(addKeyVersion(file)).toEqual({ kind: 'written', version: 2 });
  const keys = readKeyFile(file);
  expect([keys.municipality, keys.versions]).toEqual(['aokawa', [2, 1]]);
  expect(keys.master(1)).toEqual(first);
  expect(keys.master(2)).not.toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['card-keys.json']);
});

test('an adding that was cut off has changed nothing, and can be done again', () => {
  newKeyFile(file, TOWN);
  writeFileSync(`${file}.new`, 'half');
  expect(readKeyFile(file).versions).toEqual([1]);
  expect(addKeyVersion(file)).toEqual({ kind: 'written', version: 2 });
  expect(readKeyFile(file).versions).toEqual([2, 1]);
  expect(readdirSync(directory)).toEqual(['card-keys.json']);
});

test('there is no version after 255', () => {
  const keys = [{ version: 255, master: '00'.repeat(16) }];
  writeFileSync(file, JSON.stringify({ version: 1, municipality: 'aokawa', keys }), { mode: 0o600 });
  expect(addKeyVersion(file)).toEqual({ kind: 'full' });
});

test('keys are not put where git would take them', () => {
  const inside = path.resolve(import.meta.dirname, 'test-keys.json');
  expect(newKeyFile(inside, TOWN)).toEqual({ kind: 'in-the-project' });
  expect(existsSync(inside)).toBe(false);
});

test('a file that is missing, damaged or readable by others is refused', () => {
  expect(() => readKeyFile(file)).toThrow(BackendUnusable);
  newKeyFile(file, TOWN);
  chmodSync(file, 0o644);
  expect(() => readKeyFile(file)).toThrow(BackendUnusable);
  expect(newKeyFile(path.join(directory, 'nowhere/card-keys.json'), TOWN)).toEqual({ kind: 'not-written', code: 'ENOENT' });
});

test('each key of the application is the one that the town made for that purpose', () => {
  newKeyFile(file, TOWN);
  const masters = readKeyFile(file);
  const keys = issuerKeys(masters).keysOf(UID, 1)!;
  const made = (purpose: Parameters<typeof diversifiedKey>[1]) => diversifiedKey(masters.master(1)!, purpose, UID);
  expect(keys.application[KEY.master]).toEqual(made('application-master'));
  expect(keys.application[KEY.spend]).toEqual(made('spend'));
  expect(keys.application[KEY.load]).toEqual(made('load'));
  expect(keys.card).toEqual(made('card-master'));
  expect(keys.transactionMac).toEqual(made('transaction-mac'));
  const all = [keys.card, keys.transactionMac, ...keys.application].map((key) => Buffer.from(key).toString('hex'));
  expect(new Set(all).size).toBe(7);
  expect(issuerKeys(masters).keysOf(UID, 2)).toBeUndefined();
});
