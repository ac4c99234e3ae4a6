import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkChain } from '../../contract/journal-hash.ts';
import { GENESIS_HASH } from '../../contract/journal.ts';
import type { OperationId } from '../../contract/ids.ts';
import { accountOf, entitlementOf, idsOf, leaseOf, loadOf, NO_EVIDENCE, NOW, openOrThrow, prepareLoad, temporaryLedger, TODAY, TOWN_DEVICE, townChanges } from '../test-support/ledger-town.ts';
import { auditLedger } from './ledger-audit.ts';
import type { Ledger } from './ledger.ts';

const PEOPLE = 4;
const STEPS = ['prepare', 'commit', 'abort', 'unknown', 'lease', 'lease-ended', 'taken-elsewhere', 'own-comes-back', 'append', 'acknowledge', 'reopen'] as const;
type Step = (typeof STEPS)[number];

/** What the ledger must hold, as plainly as it can be said. */
class Model {
  readonly intents = new Map<OperationId, { person: number; state: 'prepared' | 'committed' | 'aborted' | 'unknown' }>();
  readonly leased = new Set<number>(Array.from({ length: PEOPLE }, (_, person) => person));
  /** Movements, each under its operation: whose. */
  readonly moved = new Map<OperationId, number>();
  entries = 0;
  acknowledged = 0;

  isUsed(person: number): boolean {
    return [...this.intents.values()].some((intent) => intent.person === person && intent.state !== 'aborted');
  }
  isTaken(person: number): boolean {
    return [...this.moved.values()].includes(person);
  }
  balance(person: number): number {
    return [...this.moved.values()].filter((whose) => whose === person).length * entitlementOf(person).amount;
  }
  offered(person: number): boolean {
    return this.leased.has(person) && !this.isUsed(person) && !this.isTaken(person);
  }
}

describe('the ledger under any sequence of events', () => {
  it('agrees with a simple model, and journal and books verify after every step', () => {
    const step = fc.record({ step: fc.constantFrom(...STEPS), person: fc.nat(PEOPLE - 1), choice: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const place = temporaryLedger();
        const run = { ledger: openOrThrow(place.file), model: new Model(), ids: idsOf(9) };
        try {
          run.ledger.applyChanges(townChanges(PEOPLE), 1, NOW);
          for (const { step: kind, person, choice } of steps) {
            if (kind === 'reopen') {
              run.ledger.close();
              run.ledger = openOrThrow(place.file);
            } else {
              take(kind, person, choice, run);
            }
            expectSame(run.ledger, run.model);
          }
          run.ledger.close();
          expect(auditLedger(place.file)).toMatchObject({ faults: [], entries: run.model.entries, movements: run.model.moved.size });
        } finally {
          run.ledger.close();
          place.remove();
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

function take(kind: Exclude<Step, 'reopen'>, person: number, choice: number, run: { ledger: Ledger; model: Model; ids: ReturnType<typeof idsOf> }): void {
  const { ledger, model, ids } = run;
  const operations = [...model.intents.keys()];
  const operation = operations[choice % Math.max(1, operations.length)];
  const intent = operation && model.intents.get(operation);
  const settle = (state: 'committed' | 'aborted' | 'unknown', act: () => void) => {
    if (!intent || !operation) return;
    if (intent.state !== state && (intent.state === 'committed' || intent.state === 'aborted')) {
      expect(act).toThrow(intent.state);
      return;
    }
    act();
    if (state === 'unknown' && intent.state === 'prepared') model.entries += 1;
    if (state === 'committed' && intent.state !== 'committed') {
      model.moved.set(operation, intent.person);
      model.entries += 1;
    }
    intent.state = state;
  };
  switch (kind) {
    case 'prepare': {
      const id = ids.operation();
      const expected = model.isUsed(person) || model.isTaken(person) ? 'already-taken' : model.leased.has(person) ? 'prepared' : 'not-held-here';
      expect(prepareLoad(ledger, person, id)).toBe(expected);
      if (expected === 'prepared') model.intents.set(id, { person, state: 'prepared' });
      return;
    }
    case 'commit':
      return settle('committed', () => operation && ledger.commit(operation, ids.entry(), NO_EVIDENCE));
    case 'abort':
      return settle('aborted', () => operation && ledger.abort(operation));
    case 'unknown':
      return settle('unknown', () => operation && ledger.markUnknown(operation, ids.entry()));
    case 'lease':
      ledger.applyChanges([leaseOf(person)], choice, NOW);
      model.leased.add(person);
      return;
    case 'lease-ended':
      ledger.applyChanges([{ type: 'lease-ended', entitlementId: entitlementOf(person).id }], choice, NOW);
      model.leased.delete(person);
      return;
    case 'taken-elsewhere': {
      const id = ids.operation();
      const change = { type: 'movement', movement: loadOf(person, id) } as const;
      ledger.applyChanges([change, change], choice, NOW);
      model.moved.set(id, person);
      return;
    }
    case 'own-comes-back': {
      if (!intent || !operation || intent.state === 'aborted') return;
      ledger.applyChanges([{ type: 'movement', movement: loadOf(intent.person, operation) }], choice, NOW);
      model.moved.set(operation, intent.person);
      intent.state = 'committed';
      return;
    }
    case 'append':
      ledger.append({ ...ids.entry(), fact: { type: 'staff-called', callNumber: choice + 1, screen: 'start' } });
      model.entries += 1;
      return;
    case 'acknowledge': {
      const seq = Math.min(choice, model.entries);
      ledger.acknowledge(seq, seq === 0 ? GENESIS_HASH : (ledger.entriesAfter(seq - 1, 1)[0]?.hash ?? ''));
      model.acknowledged = seq;
      return;
    }
  }
}

function expectSame(ledger: Ledger, model: Model): void {
  const chain = checkChain(TOWN_DEVICE, ledger.entriesAfter(0, 1_000));
  expect(chain).toMatchObject({ ok: true, seq: model.entries });
  expect(ledger.syncState()).toMatchObject({ lastSeq: model.entries, acknowledgedSeq: model.acknowledged });
  const open = [...model.intents].filter(([, { state }]) => state === 'prepared' || state === 'unknown');
  expect(ledger.openIntents().map(({ operationId, state }) => [operationId, state])).toEqual(open.map(([id, { state }]) => [id, state]));
  for (let person = 0; person < PEOPLE; person += 1) {
    expect(ledger.lotsOf(accountOf(person)).reduce((sum, { amount }) => sum + amount, 0)).toBe(model.balance(person));
    expect(ledger.offersOf(accountOf(person), TODAY, NOW).length).toBe(model.offered(person) ? 1 : 0);
  }
}
