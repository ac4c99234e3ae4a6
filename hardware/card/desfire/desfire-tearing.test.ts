/**
 * Every operation, torn at every command in every way, and torn again while it is being settled: it has happened exactly once or not at
 * all, one undisturbed tap decides which, and what is said of it is what the card holds.
 */
import { expect, test } from 'vitest';
import { TRANSACTION_MAC_KEY, TownCard, UID, credit, debit, operationId } from '../../simulator/desfire/town-card.ts';
import type { DesfireMemory } from '../../simulator/desfire/memory.ts';
import type { Tear } from '../../simulator/direct-reader.ts';
import type { CardMovement, Evidence } from '../stored-value.ts';
import { transactionMacValue } from './test-support/checked-transaction.ts';

const ID = operationId(2);
const COMMIT = 0xc7;
const RECOGNITION = 2;

const OPERATIONS: Readonly<Record<string, { readonly movements: readonly CardMovement[]; readonly values: readonly number[] }>> = {
  'a load': { movements: [credit('points', 50)], values: [550, 0, 0, 0] },
  'a first load': { movements: [credit('bus', 50)], values: [500, 50, 0, 0] },
  'a debit': { movements: [debit('points', 500)], values: [0, 0, 0, 0] },
  'an exchange': { movements: [debit('points', 120), credit('voucher', 100)], values: [380, 100, 0, 0] },
  'four movements': { movements: [debit('points', 120), credit('voucher', 1), credit('bus', 2), credit('more', 3)], values: [380, 1, 2, 3] },
};
const BEFORE = [500, 0, 0, 0];

/** `one-bit` is an answer of the right form with a wrong bit in it; the others are the reader's. */
const WAYS = ['command-lost', 'answer-lost', 'answer-garbled', 'one-bit'] as const satisfies readonly (Tear | 'one-bit')[];
type Way = (typeof WAYS)[number];
interface TornAt {
  readonly index: number;
  readonly way: Way;
}

/** Arms one tear, counted from the first command after recognition. */
function arm(town: TownCard, torn: TornAt | undefined): void {
  const way = torn?.way;
  const here = (index: number) => index === RECOGNITION + (torn?.index ?? -1);
  town.reader.tear = (index) => (way !== undefined && way !== 'one-bit' && here(index) ? way : undefined);
  town.spoiled = (index) => way === 'one-bit' && here(index);
}

const start = (await TownCard.after([credit('points', 500)])).memory;

const commitsSent = (town: TownCard) => town.reader.sent.filter((command) => command[1] === COMMIT).length;

function expectTrue(evidence: Evidence): void {
  expect(evidence).toMatchObject({ kind: 'transaction-mac', counter: 2 });
  if (evidence.kind !== 'transaction-mac') return;
  const value = transactionMacValue(TRANSACTION_MAC_KEY, evidence.transactionCounter, UID, evidence.input);
  expect(Buffer.from(evidence.value).equals(value)).toBe(true);
}

/** What the card really holds: all of the operation or nothing of it. */
function happened(town: TownCard, values: readonly number[]): boolean {
  const now = town.values.slice(0, 4);
  const all = values.every((value, slot) => value === now[slot]);
  expect(all ? values : BEFORE).toEqual(now);
  expect(town.state.slots.slice(0, 4).map(({ balance }) => balance)).toEqual(now);
  expect(town.state.counter).toBe(all ? 2 : 1);
  expect(town.logged).toBe(all ? 2 : 1);
  return all;
}

/** Commands that `work` takes when nothing disturbs it. */
async function lengthOf(town: TownCard, work: () => Promise<unknown>): Promise<number> {
  await work();
  return town.reader.sent.length - RECOGNITION;
}

test.each(Object.entries(OPERATIONS))('%s happens once or not at all, wherever it and its settling are torn', async (_, { movements, values }) => {
  const undisturbed = new TownCard(start);
  const tapped = await undisturbed.tap();
  const commands = await lengthOf(undisturbed, () => tapped.apply({ operationId: ID, movements }));
  const outcomes = new Set<string>();
  for (const way of WAYS) {
    for (let index = 0; index < commands; index += 1) {
      const town = new TownCard(start);
      const card = await town.tap();
      arm(town, { index, way });
      const outcome = await card.apply({ operationId: ID, movements });
      const done = happened(town, values);
      outcomes.add(outcome.kind);
      expect(commitsSent(town)).toBeLessThanOrEqual(1);
      const commitTorn = index === commands - 1 && (way === 'command-lost' || way === 'answer-lost');
      expect(outcome.kind, `${way} at ${index}`).toBe(commitTorn ? 'unknown' : done ? 'committed' : 'not-committed');
      if (outcome.kind === 'committed') expectTrue(outcome.evidence);
      if (outcome.kind === 'not-committed') expect(['card-moved', 'refused']).toContain(outcome.why);
      await expectSettled(town.memory, done);
    }
  }
  expect([...outcomes].sort()).toEqual(['committed', 'not-committed', 'unknown']);
});

/** Settles at once, and after a further tear at each command of the settling. */
async function expectSettled(memory: DesfireMemory, done: boolean): Promise<void> {
  const undisturbed = new TownCard(memory);
  const tapped = await undisturbed.tap();
  const commands = await lengthOf(undisturbed, () => tapped.settle(ID, 1));
  for (const torn of [undefined, ...WAYS.flatMap((way) => Array.from({ length: commands }, (_, index) => ({ index, way })))]) {
    const town = new TownCard(memory);
    const card = await town.tap();
    arm(town, torn);
    const first = await card.settle(ID, 1);
    arm(town, undefined);
    const settled = first.kind === 'card-moved' ? await (await town.tap()).settle(ID, 1) : first;
    expect(settled.kind, `${torn?.way} at ${torn?.index}`).toBe(done ? 'committed' : 'not-committed');
    // Torn at the transaction MAC file, what is certain is said all the same, with the log as its evidence.
    if (settled.kind === 'committed' && settled.evidence.kind !== 'log') expectTrue(settled.evidence);
    if (settled.kind === 'committed' && torn === undefined) expect(settled.evidence.kind).toBe('transaction-mac');
    expect(commitsSent(town)).toBe(0);
  }
}

test('a card torn between two operations still takes the next one', async () => {
  for (const way of WAYS) {
    for (let index = 0; index < 8; index += 1) {
      const town = new TownCard(start);
      const card = await town.tap();
      arm(town, { index, way });
      await card.apply({ operationId: ID, movements: [debit('points', 1)] });
      arm(town, undefined);
      const again = await (await town.tap()).apply({ operationId: operationId(3), movements: [debit('points', 10)] });
      expect(again.kind).toBe('committed');
      expect([489, 490]).toContain(town.values[0]);
    }
  }
});
