/** The virtual DESFire card under the real pcscd, spoken to by the production card profile. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectDesfireApplication } from '../card/desfire/card-session.ts';
import { desfireCard } from '../card/desfire/desfire-card.ts';
import { askIdentifier } from '../card/plain-identifier.ts';
import type { StoredValueCard } from '../card/stored-value.ts';
import type { CardPresence, CardReader } from '../reader/card-reader.ts';
import { createPcscCardReader } from '../reader/pcsc-card-reader.ts';
import { issuedMemory } from './desfire/issued-memory.ts';
import { CARD_KEYS, TRANSACTION_MAC_KEY, UID, credit, operationId } from './desfire/town-card.ts';
import { PrivatePcscd } from './private-pcscd.ts';
import { DesfireCard } from './virtual-card-desfire.ts';
import { VirtualReader } from './virtual-reader.ts';

type Present = Extract<CardPresence, { kind: 'present' }>;
const COMMIT = 0xc7;

let pcscd: PrivatePcscd;
let virtual: VirtualReader;
let reader: CardReader;
let card: DesfireCard;
let lastGeneration = 0;

beforeAll(async () => {
  pcscd = new PrivatePcscd();
  await pcscd.start();
  virtual = new VirtualReader();
  reader = createPcscCardReader({ allow: () => true });
  card = new DesfireCard({ name: 'town card', uid: UID, memory: issuedMemory({ ...CARD_KEYS, transactionMac: TRANSACTION_MAC_KEY }) });
  virtual.insert(card);
});
afterAll(async () => {
  virtual.remove();
  await reader.close();
  await pcscd.close();
});

/** The card as the kiosk sees it, once it lies there anew. */
async function recognised(): Promise<StoredValueCard> {
  const isNew = (now: CardPresence): now is Present => now.kind === 'present' && now.generation > lastGeneration;
  const presence = await new Promise<Present>((resolve) => {
    const look = () => {
      const now = reader.presence();
      if (!isNew(now)) return;
      stop();
      resolve(now);
    };
    const stop = reader.onChange(look);
    look();
  });
  lastGeneration = presence.generation;
  expect(await selectDesfireApplication(reader, presence.generation)).toBe('yes');
  const asked = await askIdentifier(reader, presence.generation);
  expect(asked).toEqual({ kind: 'identifier', identifier: UID });
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  return desfireCard(reader, presence, UID, { keysOf: async () => ({ kind: 'keys', keys: CARD_KEYS }) }, { pocketNames: ['points'], random });
}

test('it proves its key, is read, and commits', async () => {
  const town = await recognised();
  expect(await town.read()).toMatchObject({ kind: 'read', counter: 0 });
  expect(await town.apply({ operationId: operationId(1), movements: [credit('points', 500)] })).toMatchObject({ kind: 'committed', evidence: { kind: 'transaction-mac' } });
  expect(await town.read()).toMatchObject({ counter: 1, pockets: new Map([['points', 500]]) });
});

test('a radio link that breaks in the answer to the commit takes nothing back', async () => {
  virtual.remove();
  virtual.insert(card);
  const town = await recognised();
  virtual.beforeAnswer = (command) => {
    if (command[1] === COMMIT) virtual.faults.failNext('lost-answer');
  };
  expect(await town.apply({ operationId: operationId(2), movements: [credit('points', 70)] })).toEqual({ kind: 'unknown' });
  virtual.beforeAnswer = undefined;
  const again = await recognised();
  expect(await again.settle(operationId(2), 1)).toMatchObject({ kind: 'committed' });
  expect(await again.read()).toMatchObject({ counter: 2, pockets: new Map([['points', 570]]) });
});
