import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import { selectDesfireApplication } from '../../hardware/card/desfire/card-session.ts';
import { desfireCard } from '../../hardware/card/desfire/desfire-card.ts';
import { issueCard } from '../../hardware/card/desfire/issue-card.ts';
import { factoryMemory } from '../../hardware/simulator/desfire/memory.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { EXIT, tellInspection } from './card-answers.ts';
import { digestOf, inspectCard } from './inspection.ts';
import { issuerKeys } from './key-file.ts';

const UID = Uint8Array.of(0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6);
const MASTER = new Uint8Array(16).fill(7);
const OPERATION = '0198c0de-0000-7000-8000-000000000001';
const random = (bytes: number) => Uint8Array.from(randomBytes(bytes));
const issuer = issuerKeys({ municipality: 'aokawa', versions: [1], master: (version) => (version === 1 ? MASTER : undefined) });

function laidDown(card = new DesfireCard({ name: 'card', uid: UID, memory: factoryMemory() })) {
  const reader = new DirectReader();
  const presence = reader.insert(card);
  return { virtual: card, presence, card: { reader, generation: presence.generation, uid: UID, issuer, random } };
}

async function loaded() {
  const laid = laidDown();
  expect(await issueCard(laid.card, 1)).toMatchObject({ kind: 'done' });
  await selectDesfireApplication(laid.card.reader, laid.card.generation);
  const key = (purpose: 'spend' | 'load') => diversifiedKey(MASTER, purpose, UID);
  const keys = { profile: 'desfire', version: 1, spend: key('spend'), load: key('load') } as const;
  const town = desfireCard(laid.card.reader, laid.presence, UID, { keysOf: async () => ({ kind: 'keys', keys }) }, { pocketNames: ['points'], random });
  expect(await town.apply({ operationId: OPERATION, movements: [{ pocket: 'points', kind: 'credit', amount: 1250 }] })).toMatchObject({ kind: 'committed' });
  return laid;
}

test('what is on a town card is shown: versions, value, counter and log', async () => {
  const { card, presence } = await loaded();
  const { exit, text } = tellInspection(await inspectCard(card, presence, MASTER));
  expect(exit).toBe(EXIT.done);
  expect(text).toContain('1 1 1 1 1 1');
  expect(text).toMatch(/\(counter\): 1$/m);
  expect(text).toMatch(/\(value\): \S+ 1250$/m);
  expect(text).toMatch(new RegExp(`^1\\. ${OPERATION} {2}\\+1250 `, 'm'));
});

test('neither a key nor the UID is shown, and the digest of the UID is useless without the town key', async () => {
  const { card, presence, virtual } = await loaded();
  const text = tellInspection(await inspectCard(card, presence, MASTER)).text.toLowerCase();
  const keys = [virtual.exportMemory().masterKey, ...virtual.exportMemory().applications[0]!.keys].map(({ value }) => value.toLowerCase());
  for (const secret of [...keys, Buffer.from(MASTER).toString('hex'), Buffer.from(UID).toString('hex')]) expect(text).not.toContain(secret);
  expect(text).toContain(digestOf(UID, MASTER));
  expect(digestOf(UID, MASTER)).not.toBe(digestOf(UID, new Uint8Array(16)));
  expect(digestOf(UID, MASTER)).not.toBe(digestOf(UID.toReversed(), MASTER));
});

test('of an empty card it is said that everything is still to be done, and inspecting changes nothing', async () => {
  const { card, presence, virtual } = laidDown();
  const before = virtual.exportMemory();
  const { exit, text } = tellInspection(await inspectCard(card, presence, MASTER));
  expect(exit).toBe(EXIT.done);
  expect(text).toContain('change-card-key, create-application');
  expect(virtual.exportMemory()).toBe(before);
});

test('a forged card, and one that contradicts itself, are said to be so', async () => {
  const forged = await loaded();
  forged.virtual.wrongMac = true;
  expect(tellInspection(await inspectCard(forged.card, forged.presence, MASTER)).exit).toBe(EXIT.notDone);
  const { virtual } = await loaded();
  const memory = virtual.exportMemory();
  const [application] = memory.applications;
  virtual.importMemory({ ...memory, applications: [{ ...application!, files: { ...application!.files, 10: { ...application!.files[10]!, records: [] } as never } }] });
  const again = laidDown(virtual);
  expect(await inspectCard(again.card, again.presence, MASTER)).toEqual({ kind: 'suspect', why: 'inconsistent' });
});
