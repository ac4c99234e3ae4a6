/** `npm run cards` as staff use it: a virtual card under a real pcscd, from the making of the keys to the end of the card. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PrivatePcscd } from '../../hardware/simulator/private-pcscd.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { virtualCardOf } from '../../hardware/simulator/virtual-card.ts';
import { VirtualReader } from '../../hardware/simulator/virtual-reader.ts';
import { ROOT } from '../support/process.ts';

const UID = Uint8Array.of(0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6);
/** Class and code of the card's own command; the reader's question for the identifier has the same code. */
const WRAPPED = 0x90;
const CREATE_APPLICATION = 0xca;
let directory: string;
let keys: string;
let pcscd: PrivatePcscd;
let virtual: VirtualReader;
let card: DesfireCard;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'cards-'));
  keys = path.join(directory, 'card-keys.json');
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

/** Every key there is: the town's in the file, and those on the card. */
function allKeys(): string[] {
  const { keys: masters } = JSON.parse(readFileSync(keys, 'utf8')) as { keys: { master: string }[] };
  const { masterKey, applications } = card.exportMemory();
  const onIt = applications.flatMap((application) => application.keys.map(({ value }) => value));
  return [...masters.map(({ master }) => master), masterKey.value, ...onIt].map((key) => key.toLowerCase());
}

test('a white card is issued, inspected, re-keyed and retired, and nobody sees a key', async () => {
  const said: string[] = [];
  const step = async (wanted: number, ran: Promise<Ran>): Promise<string> => {
    const { exit, said: text } = await ran;
    expect(exit, text).toBe(wanted);
    said.push(text.toLowerCase());
    return text;
  };
  await step(0, cards('keys', 'new', keys, '--town', 'aokawa'));
  await step(66, cards('keys', 'new', keys, '--town', 'aokawa'));

  // Lifted in the middle, and laid down again.
  virtual.beforeAnswer = (command) => {
    if (command[0] !== WRAPPED || command[1] !== CREATE_APPLICATION) return;
    virtual.beforeAnswer = undefined;
    virtual.faults.failNext('lost-answer');
  };
  expect(await step(1, onCard('issue'))).toContain('もう一度');
  expect(await step(0, onCard('inspect'))).toContain('create-file');
  expect(await step(0, onCard('issue'))).toContain('町のカードができました');
  const issued = card.exportMemory();
  expect(await step(0, onCard('issue'))).toContain('何も変えていません');
  expect(card.exportMemory()).toEqual(issued);

  const inspected = await step(0, onCard('inspect'));
  expect(inspected).toContain('1 1 1 1 1 1');
  expect(inspected).toContain('なし (none)');
  await step(0, cards('keys', 'add', keys));
  expect(await step(1, onCard('issue'))).toContain('rekey');
  await step(0, onCard('rekey'));
  expect(await step(0, onCard('inspect'))).toContain('2 2 2 2 2 2');
  const before = allKeys();
  await step(0, onCard('retire'));
  expect(card.exportMemory().applications).toEqual([]);
  expect(await step(1, onCard('issue'))).toContain('廃止');

  const everything = said.join('\n');
  for (const key of [...before, ...allKeys()]) expect(everything).not.toContain(key);
  expect(everything).not.toContain(Buffer.from(UID).toString('hex'));
});

test('another card than a DESFire, and words or keys that are wrong, are refused', async () => {
  virtual.remove();
  virtual.insert(virtualCardOf({ name: 'guest', model: 'iso-identifier', uid: '04112233445566' }));
  expect(await onCard('issue')).toMatchObject({ exit: 1, said: expect.stringContaining('DESFire') as string });
  expect(await cards('isue')).toMatchObject({ exit: 64 });
  expect(await cards('issue', '--keys', path.join(directory, 'nothing.json'))).toMatchObject({ exit: 66 });
});
