import { expect, test } from 'vitest';
import { readCardWords } from './card-words.ts';

const read = (words: string) => readCardWords(words === '' ? [] : words.split(' '));

test.each(['', 'help', '--help', 'issue --help'])('"%s" asks for help', (words) => {
  expect(read(words)).toEqual({ kind: 'help' });
});

test('what is to be done, with which keys, on which reader', () => {
  expect(read('issue')).toEqual({ kind: 'card', task: { kind: 'issue' }, keys: undefined, reader: undefined });
  expect(read('rekey --keys k.json --reader ACS')).toEqual({ kind: 'card', task: { kind: 'rekey' }, keys: 'k.json', reader: 'ACS' });
  expect(read('retire')).toMatchObject({ task: { kind: 'retire', giveUpValue: false } });
  expect(read('retire --give-up-value')).toMatchObject({ task: { kind: 'retire', giveUpValue: true } });
  expect(read('keys new k.json --town aokawa')).toEqual({ kind: 'keys-new', file: 'k.json', municipality: 'aokawa' });
  expect(read('keys add k.json')).toEqual({ kind: 'keys-add', file: 'k.json' });
});

test.each([
  'destroy',
  'issue card',
  'issue --give-up-value',
  'inspect --version 2',
  'keys',
  'keys new k.json',
  'keys new k.json --town Aokawa!',
  'keys new --town aokawa',
  'keys add k.json --town aokawa',
  'keys remove k.json',
  'keys add k.json l.json',
])('"%s" is not understood, and it is said why', (words) => {
  expect(read(words)).toMatchObject({ kind: 'not-understood', why: expect.stringMatching(/.+/) as string });
});
