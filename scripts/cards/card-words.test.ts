import { expect, test } from 'vitest';
import { readCardWords } from './card-words.ts';

const read = (words: string, environment = {}) => readCardWords(words === '' ? [] : words.split(' '), environment);
const usual = { data: undefined, databaseUrl: undefined };

test.each(['', 'help', '--help', 'issue --help'])('"%s" asks for help', (words) => {
  expect(read(words)).toEqual({ kind: 'help' });
});

test('what is to be done, with which keys, on which reader', () => {
  expect(read('issue')).toEqual({ kind: 'card', task: { kind: 'issue', felicaStyle: undefined, register: undefined }, keys: undefined, reader: undefined });
  expect(read('rekey --keys k.json --reader ACS')).toEqual({ kind: 'card', task: { kind: 'rekey', books: usual }, keys: 'k.json', reader: 'ACS' });
  expect(read('retire')).toMatchObject({ task: { kind: 'retire', giveUpValue: false } });
  expect(read('retire --give-up-value')).toMatchObject({ task: { kind: 'retire', giveUpValue: true } });
  expect(read('keys new k.json --town aokawa')).toEqual({ kind: 'keys-new', file: 'k.json', municipality: 'aokawa' });
  expect(read('keys add k.json')).toEqual({ kind: 'keys-add', file: 'k.json' });
});

test('for whom, and where the books are', () => {
  expect(read('issue --account account-7 --felica-style direct --data d')).toMatchObject({
    task: { kind: 'issue', felicaStyle: 'direct', register: { accountId: 'account-7', books: { data: 'd', databaseUrl: undefined } } },
  });
  expect(read('link --account account-7')).toEqual({ kind: 'link', reader: undefined, accountId: 'account-7', municipality: undefined, books: usual });
  expect(read('paper --account account-7 --out a.svg --town aokawa')).toEqual({ kind: 'paper', file: 'a.svg', accountId: 'account-7', municipality: 'aokawa', books: usual });
});

test('the database may be named where no list of processes shows it, and what was typed counts more', () => {
  const environment = { KAZASU_DATABASE_URL: 'postgres://a' };
  expect(read('rekey', environment)).toMatchObject({ task: { books: { databaseUrl: 'postgres://a' } } });
  expect(read('rekey --database-url postgres://b', environment)).toMatchObject({ task: { books: { databaseUrl: 'postgres://b' } } });
  expect(read('rekey', { KAZASU_DATABASE_URL: '' })).toMatchObject({ task: { books: usual } });
});

test.each([
  'destroy',
  'toString',
  'issue --account Account!',
  'issue --account',
  'issue --felica-style loud',
  'issue --town aokawa',
  'issue --out a.svg',
  'rekey --account account-7',
  'inspect --data d',
  'link',
  'link --account account-7 --keys k.json',
  'link --account account-7 --town Aokawa!',
  'paper --account account-7',
  'paper --out a.svg',
  'paper --account account-7 --out a.svg --reader ACS',
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
