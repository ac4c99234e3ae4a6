/** The file that tells the town which test hierarchy to believe: taken whole, or not at all. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readVerifierFile } from '../../backend/links/verifier-file.ts';
import { START_MS } from '../../backend/test-support/test-town.ts';
import { AUTHORITIES, EXPIRED, HANAKO } from './link-by-card.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'kazasu-verifier-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(path.join(directory, name), text);
const authorities = () => AUTHORITIES.map(String).join('\n');

it('is not needed: without it there is nobody to ask', () => {
  expect(readVerifierFile(directory)).toBeUndefined();
});

it('names the authorities that are believed', async () => {
  write('test.pem', authorities());
  write('my-number.json', '{"mode":"test","authorities":"test.pem"}');
  const verifier = readVerifierFile(directory);
  expect(await verifier?.verify(HANAKO.authentication.certificate, START_MS)).toMatchObject({ kind: 'good' });
  expect(await verifier?.verify(EXPIRED.authentication.certificate, START_MS)).toMatchObject({ kind: 'not-valid' });
});

it.each([
  ['for real cards, of which nobody here can say whether they are revoked', '{"mode":"production","authorities":"test.pem"}', /must be/],
  ['with a file that is not there', '{"mode":"test","authorities":"other.pem"}', /is not there/],
  ['with a file that holds no authority', '{"mode":"test","authorities":"empty.pem"}', /must hold authorities/],
  ['that is no JSON', 'mode=test', /must be/],
])('%s stops the start with a sentence', (_what, text, sentence) => {
  write('test.pem', authorities());
  write('empty.pem', '# nothing');
  write('my-number.json', text);
  expect(() => readVerifierFile(directory)).toThrow(sentence);
});
