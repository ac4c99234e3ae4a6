/** Every row of the table of what a kiosk may do offline, done on a real ledger with virtual cards. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceId, type StaffId } from '../../contract/ids.ts';
import { answerOf, cardKindOf, OFFLINE, whyNot, type CardKind, type Connection, type UseCase } from '../../contract/offline.ts';
import { Refusal } from '../../contract/refusal.ts';
import { cashAccount, claimAccount, type Movement } from '../../contract/value.ts';
import { LEASE_END, NOW, TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { accountOf, cardRef, FESTIVAL, FIRST_STAFF, POINTS, PREMIUM, SECOND_STAFF, STALL, ValueTown, type CardName } from '../test-support/value-town.ts';
import { callStaff } from './call-staff.ts';
import { exchangePoints } from './exchange-points.ts';
import { givePoints } from './give-points.ts';
import { loadValue } from './load-value.ts';
import { printSlip } from './print-slip.ts';
import { receiveClaim } from './receive-claim.ts';
import { refundClaim } from './refund-claim.ts';
import { sellSets } from './sell-sets.ts';
import type { Holder } from './show-balance.ts';
import { spendValue } from './spend-value.ts';
import { transferCard } from './transfer-card.ts';
import { voidLoad } from './void-load.ts';

const KINDS: Readonly<Record<CardKind, CardName>> = { 'value-on-card': 'desfire', 'value-in-ledger': 'felica', unauthenticated: 'plain' };
const LOST: Readonly<Record<CardKind, { readonly lost: CardName; readonly fresh: CardName }>> = {
  'value-on-card': { lost: 'felica', fresh: 'new-desfire' },
  'value-in-ledger': { lost: 'plain', fresh: 'felica' },
  unauthenticated: { lost: 'felica', fresh: 'plain' },
};
const CONNECTIONS: readonly Connection[] = ['online', 'offline-with-lease', 'offline-without-lease'];

/** What came of trying: the rule that refused, or null when it was done. */
type Came = Refusal | null;
const cameOf = (result: { readonly kind: string; readonly rule?: Refusal }): Came => {
  if (result.kind === 'refused') return Refusal.parse(result.rule);
  expect(['moved', 'loaded', 'sold', 'refunded', 'printed', 'holder']).toContain(result.kind);
  return null;
};

interface Trial {
  readonly town: ValueTown;
  readonly card: CardName;
  readonly kind: CardKind;
  readonly staff: readonly StaffId[];
  /** Whether what the use case needs is to be set aside. */
  readonly leased: boolean;
  /** Takes the network away, and without a lease the keys of cards as well. */
  readonly cut: () => void;
}

/** Gives the hold of the card's account: when it is asked for, or in advance while the network was there. */
function holdOf({ town, leased }: Trial, card: CardName): void {
  if (!leased) return;
  town.grantHolds(card);
  town.tell({ type: 'hold', accountId: accountOf(card), until: LEASE_END });
}

const debit = (scheme: typeof PREMIUM, leave: (trial: Trial, holder: Holder) => Promise<{ readonly kind: string; readonly rule?: Refusal }>) => async (trial: Trial): Promise<Came> => {
  const { town, card, cut } = trial;
  await town.give(card, scheme, 1_000);
  holdOf(trial, card);
  cut();
  return cameOf(await leave(trial, await town.tap(card)));
};

/** Cash that was taken: here, or by another device when nothing is held. The holder was read before, so that nothing is received by itself. */
async function claimOf({ town, card, leased, cut }: Trial): Promise<{ readonly holder: Holder; readonly sale: Movement }> {
  const operationId = town.operation();
  const accountId = accountOf(card);
  const taker = leased ? TOWN_DEVICE : DeviceId.parse('elsewhere-1');
  const sale: Movement = {
    operationId, kind: 'sale', accountId, schemeId: PREMIUM, entitlementId: null, occurredAt: NOW, lots: [],
    postings: [{ debit: cashAccount(taker), credit: claimAccount(accountId, operationId), amount: 10_000 }], sets: 1, perSet: { paid: 10_000, premium: 3_000 }, staff: [FIRST_STAFF],
  };
  cut();
  const holder = await town.tap(card);
  town.tell({ type: 'movement', movement: sale });
  return { holder, sale };
}

type Built = Exclude<UseCase, 'take-request' | 'tap-in' | 'practice'>;
const TRY: Readonly<Record<Built, (trial: Trial) => Promise<Came>>> = {
  async balance({ town, card, cut }) {
    await town.give(card, PREMIUM, 700);
    cut();
    const shown = await town.show(card);
    expect(shown).toMatchObject({ kind: 'holder', holder: { pockets: [{ schemeId: PREMIUM, amount: 700 }] } });
    expect(town.ledger.syncState().confirmedAt).toBe(NOW);
    return cameOf(shown);
  },
  async 'load-grant'({ town, card, leased, cut }) {
    town.offerGrant(card, 500);
    const offer = (await town.tap(card)).offers[0];
    if (!offer) throw new Error('Nothing was offered');
    if (!leased) town.tell({ type: 'lease-ended', entitlementId: offer.entitlement.id });
    cut();
    const holder = await town.tap(card);
    expect(holder.offers).toHaveLength(leased ? 1 : 0);
    return cameOf(await loadValue({ holder, offer }, town.ports));
  },
  async 'buy-sets'({ town, card, staff, leased, cut }) {
    if (leased) town.offerSale(card);
    cut();
    const holder = await town.tap(card);
    return cameOf(await sellSets({ operationId: town.operation(), holder, schemeId: PREMIUM, sets: 1, device: TOWN_DEVICE, staff }, town.ports));
  },
  async 'receive-claim'(trial) {
    const { holder, sale } = await claimOf(trial);
    return cameOf(await receiveClaim({ holder, sale: sale.operationId }, trial.town.ports));
  },
  async refund(trial) {
    const { sale } = await claimOf(trial);
    return cameOf(refundClaim({ operationId: trial.town.operation(), sale: sale.operationId, device: TOWN_DEVICE, staff: trial.staff }, trial.town.ports));
  },
  exchange: debit(POINTS, ({ town, staff }, holder) => exchangePoints({ operationId: town.operation(), holder, schemeId: POINTS, to: PREMIUM, times: 1, staff }, town.ports)),
  spend: debit(PREMIUM, ({ town, staff }, holder) => spendValue({ operationId: town.operation(), holder, schemeId: PREMIUM, amount: 300, acceptor: STALL, staff }, town.ports)),
  give: debit(POINTS, ({ town, staff }, holder) => givePoints({ operationId: town.operation(), holder, schemeId: POINTS, amount: 100, activity: FESTIVAL, staff }, town.ports)),
  async void(trial) {
    const { town, card, staff, cut } = trial;
    town.offerGrant(card, 500);
    const holder = await town.tap(card);
    const [offer] = holder.offers;
    if (!offer) throw new Error('Nothing was offered');
    expect(await loadValue({ holder, offer }, town.ports)).toMatchObject({ kind: 'loaded' });
    const loaded = town.facts().flatMap((fact) => (fact.type === 'value-moved' ? [fact.movement.operationId] : []))[0];
    if (!loaded) throw new Error('Nothing was loaded');
    holdOf(trial, card);
    cut();
    return cameOf(await voidLoad({ operationId: town.operation(), holder: await town.tap(card), load: loaded, staff }, town.ports));
  },
  async transfer(trial) {
    const { town, kind, staff, cut } = trial;
    const { lost, fresh } = LOST[kind];
    await town.give(lost, PREMIUM, 400);
    town.tell({ type: 'card', cardRef: cardRef(lost), accountId: accountOf(lost), state: 'stopped' }, { type: 'account', accountId: accountOf(fresh), open: true, follows: accountOf(lost) });
    holdOf(trial, lost);
    cut();
    return cameOf(await transferCard({ operationId: town.operation(), holder: await town.tap(fresh), from: accountOf(lost), staff }, town.ports));
  },
  /** Has no word for the person: it is done, or it is not. */
  async expiry({ town, card, kind, cut }) {
    await town.give(card, PREMIUM, 200, { endsIn: -1 });
    cut();
    await town.tap(card);
    const [left] = town.ledger.lotsOf(accountOf(card));
    if (left?.amount === 0) return null;
    return kind === 'value-on-card' ? 'not-held-here' : 'not-offered';
  },
  async 'print-slip'({ town, card, cut }) {
    cut();
    return cameOf(await printSlip({ slip: 'balance', subject: { accountId: accountOf(card) }, markup: (number) => `${number}` }, { ...town.ports, printer: new ScriptedPrinter() }));
  },
  async 'call-staff'({ town, cut }) {
    cut();
    return callStaff({ screen: 'balance' }, town.ports) === 1 ? null : 'not-offered';
  },
};

const CELLS = (Object.keys(TRY) as Built[]).flatMap((useCase) =>
  (Object.keys(KINDS) as CardKind[]).flatMap((kind) => CONNECTIONS.map((connection) => [useCase, kind, connection, answerOf(useCase, kind, connection)] as const)),
);

describe('the table of what a kiosk may do offline', () => {
  let town: ValueTown;
  beforeEach(async () => {
    town = await ValueTown.open();
  });
  afterEach(() => town.close());

  const trial = (kind: CardKind, connection: Connection, staff: readonly StaffId[]): Trial => ({
    town, kind, staff,
    card: KINDS[kind],
    leased: connection !== 'offline-without-lease',
    cut: () => {
      if (connection === 'online') return;
      town.backend.constantFault = 'unreachable';
      if (connection === 'offline-without-lease') town.keysAnswer = { kind: 'not-here' };
    },
  });

  it.each(CELLS)('%s · %s · %s: %s', async (useCase, kind, connection, answer) => {
    // What is allowed needs nobody; what is refused stays refused whoever agrees.
    const staff = answer === 'allowed' ? [] : [FIRST_STAFF, SECOND_STAFF];
    const expected = whyNot({ useCase, card: kind, connection, staffAgreed: staff.length > 0 });
    expect(await TRY[useCase](trial(kind, connection, staff))).toBe(expected);
    expect(expected).toBe(answer === 'allowed' || answer === 'with-staff' ? null : answer === 'by-town' ? 'not-offered' : answer);
  });

  it.each(CELLS.filter(([, , , answer]) => answer === 'with-staff'))('%s · %s · %s: %s, and not without', async (useCase, kind, connection) => {
    expect(whyNot({ useCase, card: kind, connection, staffAgreed: false })).toBe('needs-staff');
    expect(await TRY[useCase](trial(kind, connection, []))).toBe('needs-staff');
  });

  it.each(['value-on-card', 'value-in-ledger'] as const)('takes no cash for sets without the keys of a card that proves itself, though right and stock are here: %s', async (kind) => {
    const card = KINDS[kind];
    town.offerSale(card);
    town.backend.constantFault = 'unreachable';
    town.keysAnswer = { kind: 'not-here' };
    const holder = await town.tap(card);
    const request = { operationId: town.operation(), schemeId: PREMIUM, sets: 1, device: TOWN_DEVICE, staff: [FIRST_STAFF] };
    expect(await sellSets({ ...request, holder }, town.ports)).toEqual({ kind: 'refused', rule: answerOf('buy-sets', kind, 'offline-without-lease') });
    expect([town.facts(), town.ledger.openClaimsOf(accountOf(card))]).toEqual([[], []]);
    town.keysAnswer = undefined;
    expect(cameOf(await sellSets({ ...request, holder: await town.tap(card) }, town.ports))).toBe(null);
  });

  it('has a row for every use case, and allows everywhere what has no part in value', () => {
    const without = ['take-request', 'tap-in', 'practice'] as const;
    expect(Object.keys(OFFLINE).sort()).toEqual([...Object.keys(TRY), ...without].sort());
    const answers = without.flatMap((useCase) => (Object.keys(KINDS) as CardKind[]).flatMap((kind) => CONNECTIONS.map((connection) => answerOf(useCase, kind, connection))));
    expect(new Set(answers)).toEqual(new Set(['allowed']));
  });

  it('takes cards for what they state', async () => {
    for (const [kind, card] of Object.entries(KINDS)) expect(cardKindOf((await town.tap(card)).card.capabilities)).toBe(kind);
  });
});
