/** Everything that has come is received at once at the window: all of it, up to a refusal, up to a card that is torn away; the real session on a real ledger file. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntitlementId, type SchemeId } from '../../contract/ids.ts';
import { LocalDate } from '../../contract/time.ts';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { LEASE_END } from '../test-support/ledger-town.ts';
import { settle } from '../test-support/manual-clock.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { kioskOf, visitorOf } from '../test-support/value-kiosk.ts';
import { accountOf, GRANT, POINTS, PREMIUM, ValueTown, type CardName } from '../test-support/value-town.ts';
import type { Kiosk } from './kiosk.ts';

const GRANTS = [['e-1', GRANT, 500], ['e-2', POINTS, 300], ['e-3', PREMIUM, 1_000]] as const;

let town: ValueTown;
let printer: ScriptedPrinter;
let kiosk: Kiosk | null;
let failures: unknown[];

beforeEach(async () => {
  town = await ValueTown.open();
  printer = new ScriptedPrinter();
  kiosk = null;
  failures = [];
});
afterEach(() => {
  kiosk?.stop();
  town.ledger.close();
  expect(auditLedger(town.place.file).faults).toEqual([]);
  expect(failures).toEqual([]);
  town.close();
});

function opened(): Kiosk {
  if (kiosk) return kiosk;
  town.reader.remove();
  kiosk = kioskOf(town, { printer }, { onFailure: (error) => failures.push(error) });
  return kiosk;
}
const { screen, name, press, put } = visitorOf(() => town, opened);
/** Three grants have come for the card. */
async function withGrants(card: CardName): Promise<void> {
  const days = { firstDay: LocalDate.parse('2026-08-01'), lastDay: LocalDate.parse('2027-02-28') };
  const grant = (id: string, schemeId: SchemeId, amount: number) =>
    town.tell({ type: 'lease', entitlement: { id: EntitlementId.parse(id), accountId: accountOf(card), schemeId, amount, lotKind: 'free', ...days }, until: LEASE_END });
  for (const [id, schemeId, amount] of GRANTS) grant(id, schemeId, amount);
  await put(card);
}
const received = () => town.facts().flatMap((fact) => (fact.type === 'value-moved' ? [`${fact.movement.kind} ${fact.movement.entitlementId ?? ''}`] : []));
const books = () => town.ledger.lotsOf(accountOf('desfire')).reduce((sum, { amount }) => sum + amount, 0);

describe('everything that has come', () => {
  it.each(['desfire', 'felica', 'plain'] as const)('is received at once through a %s card, each in a movement of its own, said before and after, and printed', async (card) => {
    await withGrants(card);
    await press('receive');
    expect(screen()).toMatchObject({ name: 'offers', offers: [{ amount: 500 }, { amount: 300 }, { amount: 1_000 }] });
    await press('receive-all');
    const all = GRANTS.map(([, scheme, amount]) => ({ name: `券 ${scheme}`, amount, lastDay: '2027-02-28' }));
    expect(screen()).toMatchObject({ name: 'receive-all', offers: all, usableAt: '町内の加盟店' });
    expect(received()).toEqual([]);
    await press('confirm');
    expect(screen()).toMatchObject({ name: 'received-all', received: all, left: 0, stopped: null });
    expect(received()).toEqual(['load e-1', 'load e-2', 'load e-3']);
    await press('print');
    expect(screen()).toMatchObject({ name: 'printed', paper: { slip: 'balance' } });
    expect(printer.printed.map(({ markup }) => markup).join('')).toMatch(/500[\s\S]*300[\s\S]*1,000|1,000[\s\S]*300[\s\S]*500|500[\s\S]*1,000[\s\S]*300/);
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', offers: [], pockets: { length: 3 } });
    kiosk?.stop();
    for (const [, scheme, amount] of GRANTS) expect(await town.amounts(card, scheme)).toEqual({ shown: amount, books: amount });
  });

  it('is left alone by whoever declines, goes back or takes the card away', async () => {
    await withGrants('desfire');
    await press('receive', 'receive-all', 'decline');
    expect(name()).toBe('balance');
    await press('receive', 'receive-all', 'back');
    expect(name()).toBe('offers');
    await press('receive-all');
    town.reader.remove();
    await settle();
    expect(screen()).toEqual({ name: 'card-moved', during: 'choosing' });
    expect(received()).toEqual([]);
  });

  it('is received up to the first that is refused, and what came and what did not is said', async () => {
    await withGrants('desfire');
    await press('receive', 'receive-all');
    town.tell({ type: 'lease-ended', entitlementId: EntitlementId.parse('e-2') });
    await press('confirm');
    expect(screen()).toMatchObject({ name: 'received-all', received: [{ amount: 500 }], left: 2, stopped: 'rule' });
    expect([received(), books()]).toEqual([['load e-1'], 500]);
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', offers: [{ amount: 1_000 }], pockets: [{ amount: 500 }] });
  });

  it('of which the first is refused is said like one that is refused', async () => {
    await withGrants('desfire');
    await press('receive', 'receive-all');
    town.tell({ type: 'lease-ended', entitlementId: EntitlementId.parse('e-1') });
    await press('confirm');
    expect(screen()).toEqual({ name: 'load-refused', why: 'not-held-here' });
    expect(received()).toEqual([]);
  });

  it.each(['command-lost', 'answer-lost'] as const)('stops where the card is torn away (%s); the card tells when it is put back', async (how) => {
    await withGrants('desfire');
    await press('receive', 'receive-all');
    let commits = 0;
    town.reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 && ++commits === 2 ? how : undefined);
    await press('confirm');
    expect(screen()).toMatchObject({ name: 'received-all', received: [{ amount: 500 }], left: 2, stopped: 'card' });
    town.reader.tear = undefined;
    town.reader.remove();
    await settle();
    await put('desfire');
    const came = how === 'answer-lost';
    expect(screen()).toMatchObject({ name: 'balance', offers: { length: came ? 1 : 2 } });
    expect([books(), town.ledger.openIntents()]).toEqual([came ? 800 : 500, []]);
  });
});
