/**
 * Two kiosks and a town that sets entitlements and holds aside for them, under any order of events: answers lost, pulls cut off after any
 * page, restarts between any two steps, clocks that jump by ten years. Nothing may ever be usable at two devices, and nothing may be lost.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceId, type AccountId, type EntitlementId } from '../../contract/ids.ts';
import { JournalBody, type ReturnedLease } from '../../contract/journal.ts';
import type { Change } from '../../contract/sync.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import { accountOf, entitlementOf, idsOf, loadOf, NO_EVIDENCE, NOW, pointingCard, temporaryLedger, TODAY, townChanges } from '../test-support/ledger-town.ts';
import type { Ledger } from './ledger.ts';
import { openLedger } from './sqlite-ledger.ts';

const DAY = 86_400_000;
const TEN_YEARS = 3_653 * DAY;
const PEOPLE = 2;
/** The worst clock there can be: nothing is past its time. */
const LONG_AGO = momentFromEpoch(Date.parse(NOW) - 2 * TEN_YEARS);
const PAGE = 2;

const nameOf = ({ kind, id }: ReturnedLease) => `${kind} ${id}`;
const grantLease = (person: number): ReturnedLease => ({ kind: 'entitlement', id: entitlementOf(person).id });
const holdLease = (person: number): ReturnedLease => ({ kind: 'hold', id: accountOf(person) });

/** What the backend keeps its promises about: one holder, and one word on each lease in each device's feed. */
class Town {
  readonly holder = new Map<string, number>();
  readonly taken = new Set<EntitlementId>();
  readonly heard = [0, 0];
  now = Date.parse(NOW);
  #cursor = 0;
  #feeds: Array<Array<{ readonly cursor: number; readonly subject: string; readonly change: Change }>> = [[], []];

  say(device: number, subject: string, change: Change | null): void {
    const feed = (this.#feeds[device] ?? []).filter((row) => row.subject !== subject);
    this.#cursor += 1;
    if (change) feed.push({ cursor: this.#cursor, subject, change });
    this.#feeds[device] = feed;
  }
  give(device: number, person: number, kind: 'entitlement' | 'hold'): void {
    const lease = kind === 'hold' ? holdLease(person) : grantLease(person);
    const holder = this.holder.get(nameOf(lease));
    if ((holder ?? device) !== device || this.taken.has(entitlementOf(person).id)) return;
    this.holder.set(nameOf(lease), device);
    const until = momentFromEpoch(this.now + 7 * DAY);
    this.say(device, nameOf(lease), kind === 'hold' ? { type: 'hold', accountId: accountOf(person), until } : { type: 'lease', entitlement: entitlementOf(person), until });
  }
  recall(person: number): void {
    const [grant, hold] = [this.holder.get(nameOf(grantLease(person))), this.holder.get(nameOf(holdLease(person)))];
    if (grant !== undefined) this.say(grant, `recall ${person}`, { type: 'lease-recalled', entitlementId: entitlementOf(person).id });
    if (hold !== undefined) this.say(hold, `recall-hold ${person}`, { type: 'hold-recalled', accountId: accountOf(person) });
  }
  read(device: number, after: number): { readonly changes: Change[]; readonly cursor: number; readonly more: boolean } {
    const rows = (this.#feeds[device] ?? []).filter(({ cursor }) => cursor > after).sort((a, b) => a.cursor - b.cursor);
    const page = rows.slice(0, PAGE);
    return { changes: page.map(({ change }) => change), cursor: page.at(-1)?.cursor ?? after, more: rows.length > PAGE };
  }
  hear(device: number, { seq, fact }: JournalBody): void {
    if (seq <= (this.heard[device] ?? 0)) return;
    this.heard[device] = seq;
    if (fact.type === 'value-moved' && fact.movement.entitlementId) {
      const id = fact.movement.entitlementId;
      if (this.taken.has(id)) throw new Error(`${id} was taken twice`);
      this.taken.add(id);
      this.#end(device, { kind: 'entitlement', id });
    }
    if (fact.type === 'leases-returned') for (const lease of fact.leases) this.#end(device, lease);
  }
  #end(device: number, lease: ReturnedLease): void {
    if (this.holder.get(nameOf(lease)) === device) this.holder.delete(nameOf(lease));
    this.say(device, nameOf(lease), lease.kind === 'entitlement' ? { type: 'lease-ended', entitlementId: lease.id } : null);
  }
}

class Kiosk {
  ledger: Ledger;
  clock = Date.parse(NOW);
  busy: AccountId | null = null;
  readonly #place = temporaryLedger();
  readonly #number: number;
  readonly #ids: ReturnType<typeof idsOf>;

  constructor(number: number) {
    this.#number = number;
    this.#ids = idsOf(number + 1);
    this.ledger = this.#open();
    this.ledger.applyChanges(townChanges(PEOPLE).filter(({ type }) => type !== 'lease'), 0, NOW);
  }
  #open(): Ledger {
    const opened = openLedger({ path: this.#place.file, device: DeviceId.parse(`kiosk-${this.#number}`) });
    if (!opened.ok) throw new Error(opened.detail);
    return opened.ledger;
  }
  restart(): void {
    this.ledger.close();
    this.ledger = this.#open();
    this.busy = null;
  }
  remove(): void {
    this.ledger.close();
    this.#place.remove();
  }
  now(): Moment {
    return momentFromEpoch(this.clock);
  }
  push(town: Town, answerComes: boolean): boolean {
    const entries = this.ledger.entriesAfter(this.ledger.syncState().acknowledgedSeq, 1_000);
    for (const { body } of entries) town.hear(this.#number, JournalBody.parse(JSON.parse(body)));
    const last = entries.at(-1);
    if (!last) return true;
    if (answerComes) this.ledger.acknowledge(last.seq, last.hash);
    return answerComes;
  }
  /** @returns whether everything was pulled */
  pull(town: Town, pages: number): boolean {
    for (let page = 0; page < pages; page += 1) {
      const { changes, cursor, more } = town.read(this.#number, this.ledger.syncState().cursor);
      this.ledger.applyChanges(changes, cursor, this.now());
      if (!more) return true;
    }
    return false;
  }
  giveBack(town: Town): void {
    this.ledger.returnLeases(this.ledger.leasesToReturn(momentFromEpoch(town.now), this.busy), this.#ids.entry());
  }
  prepare(person: number): void {
    const operationId = this.#ids.operation();
    const movement = loadOf(person, operationId);
    this.ledger.prepare({ operationId, ...pointingCard(person), movement, preparedAt: this.now() });
  }
  settle(how: 'committed' | 'aborted' | 'unknown'): void {
    const [intent] = this.ledger.openIntents();
    if (!intent) return;
    if (how === 'committed') this.ledger.commit(intent.operationId, this.#ids.entry(), NO_EVIDENCE);
    else if (how === 'aborted') this.ledger.abort(intent.operationId);
    else this.ledger.markUnknown(intent.operationId, this.#ids.entry());
  }
  /** Whatever its clock may say. */
  usable(): string[] {
    const people = Array.from({ length: PEOPLE }, (_, person) => person);
    const opened = this.ledger.openIntents().map(({ movement }) => movement.entitlementId);
    return [
      ...people.filter((person) => this.ledger.offersOf(accountOf(person), TODAY, LONG_AGO).length > 0 || opened.includes(entitlementOf(person).id)).map(grantLease),
      ...people.filter((person) => this.ledger.holdsAccount(accountOf(person), LONG_AGO)).map(holdLease),
    ].map(nameOf);
  }
}

const device = fc.nat(1);
const person = fc.nat(PEOPLE - 1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('give' as const), device, person, kind: fc.constantFrom('entitlement' as const, 'hold' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('recall' as const), person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('push' as const), device, answerComes: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pull' as const), device, pages: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('give-back' as const), device }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('exchange' as const), device, pages: fc.integer({ min: 1, max: 3 }), answerComes: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('prepare' as const), device, person }) },
  // Rarely, because what has been received is over for good.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const), device, how: fc.constantFrom('committed', 'aborted', 'aborted', 'aborted', 'unknown', 'unknown') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stand' as const), device, person: fc.option(person) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), device, ms: fc.constantFrom(-TEN_YEARS, -DAY, 0, 8 * DAY, TEN_YEARS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('days' as const), days: fc.integer({ min: 1, max: 9 }) }) },
);

describe('leases between two kiosks and the town', () => {
  it('are never usable at two devices, and never lost', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 150, maxLength: 200 }), (steps) => {
        const town = new Town();
        const kiosks = [new Kiosk(0), new Kiosk(1)];
        const kiosk = (number: number) => kiosks[number] ?? kiosks[0] ?? new Kiosk(0);
        const oneHolder = () => {
          for (const [number, { usable }] of kiosks.map((each, index) => [index, { usable: each.usable() }] as const)) {
            for (const lease of usable) expect([lease, town.holder.get(lease)]).toEqual([lease, number]);
          }
        };
        try {
          for (const each of steps) {
            switch (each.do) {
              case 'give':
                town.give(each.device, each.person, each.kind);
                break;
              case 'recall':
                town.recall(each.person);
                break;
              case 'push':
                kiosk(each.device).push(town, each.answerComes);
                break;
              case 'pull':
                kiosk(each.device).pull(town, each.pages);
                break;
              case 'give-back':
                kiosk(each.device).giveBack(town);
                break;
              case 'exchange': {
                const here = kiosk(each.device);
                if (here.push(town, each.answerComes) && here.pull(town, each.pages)) {
                  here.giveBack(town);
                  here.push(town, each.answerComes);
                }
                break;
              }
              case 'prepare':
                kiosk(each.device).prepare(each.person);
                break;
              case 'settle':
                kiosk(each.device).settle(each.how);
                break;
              case 'stand':
                kiosk(each.device).busy = each.person === null ? null : accountOf(each.person);
                break;
              case 'restart':
                kiosk(each.device).restart();
                break;
              case 'clock':
                kiosk(each.device).clock = town.now + each.ms;
                break;
              case 'days':
                town.now += each.days * DAY;
                break;
            }
            oneHolder();
          }
          // Calm: everybody has gone home, the cards were read, the town wants everything back.
          for (const here of kiosks) {
            here.busy = null;
            while (here.ledger.openIntents().length > 0) here.settle('aborted');
          }
          for (let turn = 0; turn < 3; turn += 1) {
            for (let each = 0; each < PEOPLE; each += 1) town.recall(each);
            for (const here of kiosks) {
              here.push(town, true);
              here.pull(town, 100);
              here.giveBack(town);
              here.push(town, true);
              oneHolder();
            }
          }
          expect([...town.holder.keys()]).toEqual([]);
        } finally {
          for (const here of kiosks) here.remove();
        }
      }),
      { numRuns: 12, seed: 4 },
    );
  }, 120_000);
});
