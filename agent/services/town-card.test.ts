/** The town's DESFire card through the agent's use cases and a real ledger: what the card says counts, as far as it proves it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardRefOf } from '../../contract/card-ref.ts';
import { OperationId } from '../../contract/ids.ts';
import type { JournalFact } from '../../contract/journal.ts';
import { dateInTokyo, momentFromEpoch, type LocalDate } from '../../contract/time.ts';
import { loadOfEntitlement } from '../../contract/value.ts';
import type { CardKeysAnswer } from '../../hardware/card/card-keys.ts';
import { issuedMemory } from '../../hardware/simulator/desfire/issued-memory.ts';
import type { DesfireMemory } from '../../hardware/simulator/desfire/memory.ts';
import { CARD_KEYS, TRANSACTION_MAC_KEY, UID } from '../../hardware/simulator/desfire/town-card.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { virtualCardOf } from '../../hardware/simulator/virtual-card.ts';
import { ACCOUNT, CARD_KEY, createDemoLedger, ENTITLEMENT, GRANT, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { newOperationId } from '../new-id.ts';
import { loadValue } from './load-value.ts';
import { moveValue } from './move-value.ts';
import { reportLeftIntents } from './resolve-intents.ts';
import { showBalance, type Holder, type ShowBalanceResult } from './show-balance.ts';

const CARD_REF = cardRefOf(CARD_KEY, UID);

describe('the town’s card', () => {
  let demo: DemoLedger;
  let reader: DirectReader;
  let card: DesfireCard;
  let keys: CardKeysAnswer;
  let log: ReturnType<typeof createRecordedLog>;
  const clock = createManualClock();
  const randomness = createSeededRandomness(7);

  const ports = () => ({ reader, cardKeys: { keysOf: async () => keys }, ledger: demo.ledger, clock, randomness, log, cardKey: CARD_KEY });
  const tap = (lies: DesfireCard = card): Promise<ShowBalanceResult> => showBalance(reader.insert(lies), ports());
  const holderOf = (shown: ShowBalanceResult): Holder => {
    if (shown.kind !== 'holder') throw new Error(`It showed ${JSON.stringify(shown)}`);
    return shown.holder;
  };
  const load = (holder: Holder) => loadValue({ holder, offer: holder.offers[0]! }, ports());
  const amounts = (holder: Holder) => Object.fromEntries(holder.pockets.map(({ schemeId, amount }) => [schemeId, amount]));
  const facts = () => demo.ledger.entriesAfter(0, 100).map(({ body }) => (JSON.parse(body) as { fact: JournalFact }).fact);
  /** Tears what the commit answers. */
  const loseAnswerOfCommit = (how: 'command-lost' | 'answer-lost') => {
    reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 ? how : undefined);
  };

  beforeEach(() => {
    demo = createDemoLedger();
    demo.ledger.applyChanges([{ type: 'card', cardRef: CARD_REF, accountId: ACCOUNT, profile: 'desfire', state: 'active' }], 100, demo.ledger.syncState().confirmedAt!);
    reader = new DirectReader();
    card = townCard();
    keys = { kind: 'keys', keys: CARD_KEYS };
    log = createRecordedLog();
  });
  afterEach(() => demo.remove());

  function townCard(memory: DesfireMemory = issuedMemory({ ...CARD_KEYS, transactionMac: TRANSACTION_MAC_KEY })): DesfireCard {
    return new DesfireCard({ name: 'town card', uid: UID, memory, generation: 'ev2' });
  }

  it('is not touched for a movement that nobody could verify in the journal later', async () => {
    const holder = holderOf(await tap());
    const { entitlement, scheme } = holder.offers[0]!;
    const now = momentFromEpoch(clock.now());
    const built = loadOfEntitlement({ entitlement, scheme, operationId: newOperationId(clock, randomness), occurredAt: now, today: dateInTokyo(now), balance: 0 });
    if (!built.ok) throw new Error(built.why);
    const movement = { ...built.movement, lots: built.movement.lots.map((lot) => ({ ...lot, lastDay: 'soon' as LocalDate })) };
    const before = reader.sent.length;
    await expect(moveValue({ holder, built: { ok: true, movement } }, ports())).rejects.toThrow('lastDay');
    expect([reader.sent.length, demo.ledger.openIntents()]).toEqual([before, []]);
  });

  it('shows what it holds itself in five round trips, whatever the ledger says', async () => {
    const shown = holderOf(await tap());
    expect(amounts(shown)).toEqual({});
    expect(shown.counter).toBe(0);
    expect(shown.offers.map(({ entitlement }) => entitlement.id)).toEqual([ENTITLEMENT]);
    expect(reader.sent).toHaveLength(5);
  });

  it('takes a voucher: card, ledger and journal have it once, with the card’s proof', async () => {
    const holder = holderOf(await tap());
    expect(await load(holder)).toMatchObject({ kind: 'loaded', balance: holder.offers[0]!.entitlement.amount, movement: { kind: 'load' } });
    const after = holderOf(await tap());
    expect(amounts(after)).toEqual({ [GRANT]: holder.offers[0]!.entitlement.amount });
    expect(after.counter).toBe(1);
    expect(after.offers).toEqual([]);
    const [moved] = facts();
    expect(moved).toMatchObject({
      type: 'value-moved',
      card: { cardRef: CARD_REF, profile: 'desfire', evidence: { kind: 'transaction-mac', counter: 1, transactionCounter: 1 } },
    });
    expect(facts()).toHaveLength(1);
  });

  it.each([
    ['answer-lost', true],
    ['command-lost', false],
  ] as const)('whose answer to the commit never came (%s) decides itself at the next tap', async (how, happened) => {
    const holder = holderOf(await tap());
    loseAnswerOfCommit(how);
    expect(await load(holder)).toEqual({ kind: 'unknown' });
    reader.tear = undefined;
    const after = holderOf(await tap());
    expect(amounts(after)).toEqual(happened ? { [GRANT]: holder.offers[0]!.entitlement.amount } : {});
    expect(after.offers).toHaveLength(happened ? 0 : 1);
    expect(demo.ledger.openIntents()).toEqual([]);
    expect(facts().map(({ type }) => type)).toEqual(happened ? ['movement-unknown', 'value-moved'] : ['movement-unknown']);
  });

  it('left undecided by a crash is told to the town, and decided when it comes back', async () => {
    const holder = holderOf(await tap());
    const commit = demo.ledger.commit;
    demo.ledger.commit = () => {
      throw new Error('the machine stops here');
    };
    await expect(load(holder)).rejects.toThrow('stops here');
    demo.ledger.commit = commit;
    reportLeftIntents({ ledger: demo.ledger, clock, randomness, log });
    reportLeftIntents({ ledger: demo.ledger, clock, randomness, log });
    expect(facts().map(({ type }) => type)).toEqual(['movement-unknown']);
    const after = holderOf(await tap());
    expect(amounts(after)).toEqual({ [GRANT]: holder.offers[0]!.entitlement.amount });
    expect(facts().map(({ type }) => type)).toEqual(['movement-unknown', 'value-moved']);
  });

  it('whose earlier memory was put back is stopped at once, and staff are told', async () => {
    const before = card.exportMemory();
    await load(holderOf(await tap()));
    await tap();
    expect(await tap(townCard(before))).toEqual({ kind: 'not-usable', why: 'suspect' });
    expect(facts().at(-1)).toEqual({ type: 'card-suspect', card: { cardRef: CARD_REF, profile: 'desfire' }, why: 'rolled-back' });
    expect(await tap()).toEqual({ kind: 'not-usable', why: 'stopped' });
    expect(log.names()).toContain('card-suspect');
  });

  it('that is a forgery with wrong MACs is stopped at once', async () => {
    card.wrongMac = true;
    expect(await tap()).toEqual({ kind: 'not-usable', why: 'suspect' });
    expect(facts()).toEqual([{ type: 'card-suspect', card: { cardRef: CARD_REF, profile: 'desfire' }, why: 'not-genuine' }]);
  });

  it('whose keys are not here shows the last balance the town knows, and takes nothing', async () => {
    keys = { kind: 'not-here' };
    const shown = holderOf(await tap());
    expect(amounts(shown)).toEqual({ 'premium-2026': 8_500 });
    expect(shown.offers).toEqual([]);
    keys = { kind: 'unknown-card' };
    expect(await tap()).toEqual({ kind: 'not-usable', why: 'unknown' });
    expect(facts()).toEqual([]);
  });

  it('is not believed of a card that only gives the same identifier', async () => {
    const copy = virtualCardOf({ name: 'copy', model: 'iso-identifier', uid: Buffer.from(UID).toString('hex') });
    expect(await showBalance(reader.insert(copy), ports())).toEqual({ kind: 'not-usable', why: 'unknown' });
    expect(facts()).toEqual([]);
    holderOf(await tap());
  });

  it('tells the town what another kiosk did on it, and answers what another kiosk asks', async () => {
    // Another kiosk, with another ledger, loads.
    const other = createDemoLedger();
    other.ledger.applyChanges([{ type: 'card', cardRef: CARD_REF, accountId: ACCOUNT, profile: 'desfire', state: 'active' }], 100, demo.ledger.syncState().confirmedAt!);
    const here = demo;
    demo = other;
    await load(holderOf(await tap()));
    const operationId = facts().flatMap((fact) => (fact.type === 'value-moved' ? [fact.movement.operationId] : []))[0]!;
    demo = here;
    other.remove();

    expect(amounts(holderOf(await tap()))[GRANT]).toBeGreaterThan(0);
    const seen = { type: 'card-seen', card: { cardRef: CARD_REF, profile: 'desfire' }, counter: 1, log: [{ operationId, counter: 1 }] } as const;
    expect(facts()).toEqual([{ ...seen, answers: [] }]);
    await tap();
    expect(facts()).toHaveLength(1);

    const asked = demo.ledger.syncState();
    demo.ledger.applyChanges([{ type: 'movement-open', operationId, cardRef: CARD_REF }], asked.cursor + 1, asked.confirmedAt!);
    await tap();
    expect(facts().at(-1)).toEqual({ ...seen, answers: [operationId] });
    await tap();
    expect(facts()).toHaveLength(2);
  });

  it('answers also when it shows nothing but what this kiosk did itself: then the other’s movement did not happen', async () => {
    await load(holderOf(await tap()));
    const [moved] = facts();
    const operationId = OperationId.parse('019a0000-0000-7000-8000-00000000abcd');
    demo.ledger.applyChanges([{ type: 'movement-open', operationId, cardRef: CARD_REF }], 101, demo.ledger.syncState().confirmedAt!);
    await tap();
    const own = moved?.type === 'value-moved' ? moved.movement.operationId : '';
    expect(facts().at(-1)).toMatchObject({ type: 'card-seen', counter: 1, log: [{ operationId: own, counter: 1 }], answers: [operationId] });
  });
});
