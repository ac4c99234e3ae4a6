/** `npm run cards` as staff use it: virtual cards under a real pcscd and the books of a small town, from the making of the keys to the end of a card. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDatabase } from '../../backend/database/open-database.ts';
import { newOfficeKey } from '../../backend/people/office-key.ts';
import { systemClock, systemRandomness } from '../../backend/ports.ts';
import { seedDemo } from '../../backend/seed/demo.ts';
import { cardRefOf } from '../../contract/card-ref.ts';
import { readCardCode } from '../../hardware/scanner/card-code.ts';
import { createPcscCardReader } from '../../hardware/reader/pcsc-card-reader.ts';
import { PrivatePcscd } from '../../hardware/simulator/private-pcscd.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { FelicaLiteSCard } from '../../hardware/simulator/virtual-card-felica-lite-s.ts';
import { virtualCardOf } from '../../hardware/simulator/virtual-card.ts';
import { VirtualReader } from '../../hardware/simulator/virtual-reader.ts';
import { ROOT } from '../support/process.ts';

const UID = Uint8Array.of(0x04, 0x5c, 0x11, 0x93, 0xd4, 0x20, 0x81);
const IDM = Uint8Array.of(0x01, 0x2e, 0x41, 0x28, 0x72, 0x8c, 0x7e, 0x8b);
const PLAIN = '04112233445566';
const TOWN = 'tomamae';
/** Class and code of the card's own command; the reader's question for the identifier has the same code. */
const WRAPPED = 0x90;
const CREATE_APPLICATION = 0xca;
let directory: string;
let keys: string;
let pcscd: PrivatePcscd;
let virtual: VirtualReader;
let card: DesfireCard;
let account: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'cards-'));
  keys = path.join(directory, 'card-keys.json');
  account = await withDatabase({ dataDir: directory }, async (database) => {
    await seedDemo({ database, clock: systemClock, randomness: systemRandomness, officePublicKey: newOfficeKey().x, population: 20 });
    const row = await database.kysely.selectFrom('account').select('account_id').orderBy('account_id').executeTakeFirstOrThrow();
    return row.account_id;
  });
  pcscd = new PrivatePcscd();
  await pcscd.start();
  virtual = new VirtualReader();
  card = new DesfireCard({ name: 'white card', uid: UID });
  virtual.insert(card);
});
afterAll(async () => {
  virtual.remove();
  await pcscd.close();
  rmSync(directory, { recursive: true });
});

interface Ran {
  readonly exit: number | null;
  readonly said: string;
}

/** Runs the command in this very process's room; the card is answered meanwhile. */
function cards(...words: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/cards.ts', ...words], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('error', reject);
    child.once('close', (exit) => resolve({ exit, said }));
  });
}
const onCard = (task: string, ...more: readonly string[]) => cards(task, '--keys', keys, '--reader', 'Virtual PCD', ...more);
const forAccount = (task: string, ...more: readonly string[]) => cards(task, '--account', account, '--data', directory, ...more);
const issueForAccount = (...more: readonly string[]) => forAccount('issue', '--keys', keys, '--reader', 'Virtual PCD', ...more);

/** What the backend's database says of the card. */
function inBooks(identifier: Uint8Array) {
  return withDatabase({ dataDir: directory }, async ({ kysely }) => {
    const { card_key } = await kysely.selectFrom('municipality').select('card_key').executeTakeFirstOrThrow();
    const reference = cardRefOf(card_key, identifier);
    const row = await kysely.selectFrom('card').select(['account_id', 'profile', 'key_version', 'state']).where('card_ref', '=', reference).executeTakeFirst();
    const told = await kysely.selectFrom('change').select('body').where('body', 'like', `%${reference}%`).execute();
    return row && { ...row, told: told.length };
  });
}

/** Takes what lies there away, and lays the next card down when pcscd has seen that: it looks only now and then. */
async function lay(next: Parameters<VirtualReader['insert']>[0]): Promise<void> {
  virtual.remove();
  const reader = createPcscCardReader({ allow: () => true });
  await expect.poll(() => reader.status().kind === 'ready' && reader.presence().kind, { timeout: 20_000 }).toBe('none');
  await reader.close();
  virtual.insert(next);
}

/** Every key there is: the town's in the file, and those on the card. */
function allKeys(): string[] {
  const { keys: masters } = JSON.parse(readFileSync(keys, 'utf8')) as { keys: { master: string }[] };
  const { masterKey, applications } = card.exportMemory();
  const onIt = applications.flatMap((application) => application.keys.map(({ value }) => value));
  return [...masters.map(({ master }) => master), masterKey.value, ...onIt].map((key) => key.toLowerCase());
}

test('a white card is issued, registered, inspected, re-keyed and retired, and nobody sees a key', async () => {
  const said: string[] = [];
  const step = async (wanted: number, ran: Promise<Ran>): Promise<string> => {
    const { exit, said: text } = await ran;
    expect(exit, text).toBe(wanted);
    said.push(text.toLowerCase());
    return text;
  };
  await step(0, cards('keys', 'new', keys, '--town', TOWN));
  await step(66, cards('keys', 'new', keys, '--town', TOWN));

  // Lifted in the middle, and laid down again.
  virtual.beforeAnswer = (command) => {
    if (command[0] !== WRAPPED || command[1] !== CREATE_APPLICATION) return;
    virtual.beforeAnswer = undefined;
    virtual.faults.failNext('lost-answer');
  };
  expect(await step(1, issueForAccount())).toContain('もう一度');
  expect(await inBooks(UID)).toBeUndefined();
  expect(await step(0, onCard('inspect'))).toContain('create-file');
  const prepared = await step(0, onCard('issue'));
  expect(prepared).toContain('町のカードができました');
  expect(prepared).toContain('口座にはまだ登録していません');
  expect(await inBooks(UID)).toBeUndefined();
  const issued = card.exportMemory();
  expect(await step(0, issueForAccount())).toContain('登録しました');
  expect(await inBooks(UID)).toEqual({ account_id: account, profile: 'desfire', key_version: 1, state: 'active', told: 1 });
  expect(await step(0, issueForAccount())).toContain('もう登録されています');
  expect(card.exportMemory()).toEqual(issued);

  const inspected = await step(0, onCard('inspect'));
  expect(inspected).toContain('1 1 1 1 1 1');
  expect(inspected).toContain('なし (none)');
  await step(0, cards('keys', 'add', keys));
  expect(await step(1, onCard('issue'))).toContain('rekey');
  expect(await step(0, onCard('rekey', '--data', directory))).toContain('台帳');
  expect(await inBooks(UID)).toEqual({ account_id: account, profile: 'desfire', key_version: 2, state: 'active', told: 2 });
  expect(await step(0, onCard('inspect'))).toContain('2 2 2 2 2 2');
  const before = allKeys();
  await step(0, onCard('retire'));
  expect(card.exportMemory().applications).toEqual([]);
  expect(await step(1, onCard('issue'))).toContain('廃止');

  const everything = said.join('\n');
  for (const key of [...before, ...allKeys()]) expect(everything).not.toContain(key);
  expect(everything).not.toContain(Buffer.from(UID).toString('hex'));
});

test('a FeliCa Lite-S card is issued and registered, once it is said how the reader speaks to it', async () => {
  const felica = new FelicaLiteSCard('felica', IDM);
  const white = felica.exportMemory();
  await lay(felica);
  expect(await issueForAccount()).toMatchObject({ exit: 1, said: expect.stringContaining('--felica-style') as string });
  expect(felica.exportMemory()).toEqual(white);
  const { exit, said } = await issueForAccount('--felica-style', 'direct');
  expect(exit, said).toBe(0);
  expect(await inBooks(IDM)).toEqual({ account_id: account, profile: 'felica-lite-s', key_version: 2, state: 'active', told: 1 });
  expect(said.toLowerCase()).not.toContain(Buffer.from(IDM).toString('hex'));
});

test('a paper card is made and registered without a reader, and its code is said to nobody', async () => {
  const file = path.join(directory, 'card.svg');
  const { exit, said } = await forAccount('paper', '--out', file);
  expect(exit, said).toBe(0);
  const printed = />(KZ1P[0-9A-Z]+)</.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const code = readCardCode(printed);
  if (code.kind !== 'card') throw new Error('The file shows no code of a card');
  expect(await inBooks(code.identifier)).toEqual({ account_id: account, profile: 'code', key_version: null, state: 'active', told: 1 });
  expect(said).not.toContain(printed);
  expect(await forAccount('paper', '--out', file)).toMatchObject({ exit: 0, said: expect.stringContaining('もう登録されています') as string });
  expect(await forAccount('paper', '--out', keys)).toMatchObject({ exit: 73 });
});

test('a card that proves nothing is linked, after it was said that anybody can copy it', async () => {
  await lay(virtualCardOf({ name: 'guest', model: 'iso-identifier', uid: PLAIN }));
  expect(await onCard('issue')).toMatchObject({ exit: 1, said: expect.stringContaining('DESFire') as string });
  const { exit, said } = await forAccount('link', '--reader', 'Virtual PCD');
  expect(exit, said).toBe(0);
  expect(said.indexOf('copy')).toBeLessThan(said.indexOf('registered'));
  expect(await inBooks(Buffer.from(PLAIN, 'hex'))).toEqual({ account_id: account, profile: 'plain-identifier', key_version: null, state: 'active', told: 1 });
  expect(said).not.toContain(PLAIN);
});

test('words, keys, accounts or books that are wrong are refused before any card is touched', async () => {
  const fresh = new DesfireCard({ name: 'fresh card', uid: Uint8Array.of(0x04, 0x5c, 0x11, 0x93, 0xd4, 0x20, 0x82) });
  const white = fresh.exportMemory();
  await lay(fresh);
  expect(await cards('isue')).toMatchObject({ exit: 64 });
  expect(await cards('issue', '--keys', path.join(directory, 'nothing.json'))).toMatchObject({ exit: 66 });
  expect(await onCard('issue', '--account', 'nobody', '--data', directory)).toMatchObject({ exit: 1, said: expect.stringContaining('nobody') as string });
  expect(await onCard('issue', '--account', account, '--data', path.join(directory, 'elsewhere'))).toMatchObject({ exit: 75 });
  expect(await onCard('rekey', '--data', keys)).toMatchObject({ exit: 75 });
  expect(fresh.exportMemory()).toEqual(white);
});
