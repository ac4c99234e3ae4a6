import { describe, expect, it } from 'vitest';
import { DeviceId, EntitlementId, StaffId } from '../../contract/ids.ts';
import { loadOfSale, sellSets } from '../../contract/movements.ts';
import { LocalDate } from '../../contract/time.ts';
import { loadOfEntitlement, type Movement, type PurchaseRight, type Scheme } from '../../contract/value.ts';
import { printOnPaper } from '../../hardware/simulator/printed-slip.ts';
import { accountOf, entitlementOf, idsOf, NOW, SCHEME, TODAY } from '../test-support/ledger-town.ts';
import { loadSlipMarkup, loadSlipOf, type LoadSlip } from './load-slip.ts';
import { EXAMPLE_FRAME } from './slip-examples.ts';

const ids = idsOf(1);
const day = (text: string) => LocalDate.parse(text);

function movement(built: { readonly ok: true; readonly movement: Movement } | { readonly ok: false }): Movement {
  if (!built.ok) throw new Error('refused');
  return built.movement;
}

const grant = (scheme: Scheme): Movement =>
  movement(loadOfEntitlement({ entitlement: { ...entitlementOf(1), amount: 5_000 }, scheme, operationId: ids.operation(), occurredAt: NOW, today: TODAY, balance: 0 }));

/** Two sets of 5,000 + 1,500 yen, paid for in cash and put on the card. */
function sold(): { readonly scheme: Scheme; readonly load: Movement } {
  const phases = [{ firstDay: day('2026-11-01'), lastDay: day('2026-12-31'), perPerson: 4 }];
  const scheme: Scheme = { ...SCHEME, rules: { sale: { priceYen: 5_000, paid: 5_000, premium: 1_500, stock: null, phases, eligibility: 'everyone', oneMedium: false } } };
  const right: PurchaseRight = { id: EntitlementId.parse('r-1'), schemeId: scheme.id, accountIds: [accountOf(1)], sets: 4, perAccount: 4, limit: 'person', firstDay: day('2026-11-01'), lastDay: day('2026-12-31') };
  const sale = movement(
    sellSets({
      operationId: ids.operation(), occurredAt: NOW, accountId: accountOf(1), device: DeviceId.parse('yakuba-1'), scheme, right, standing: undefined,
      bought: { underRight: 0, byAccount: 0 }, stock: null, sets: 2, staff: [StaffId.parse('s-1')],
    }),
  );
  return { scheme, load: movement(loadOfSale({ operationId: ids.operation(), occurredAt: NOW, sale, claim: 10_000, scheme, balance: 0 })) };
}

const textOf = async (slip: LoadSlip) => (await printOnPaper(loadSlipMarkup(slip, EXAMPLE_FRAME))).text;

describe('the slip of a load', () => {
  it('says the last day of what was loaded, not of its scheme, where lots end earlier', () => {
    expect(loadSlipOf(grant({ ...SCHEME, rules: { validDays: 30 } }), SCHEME, 5_000).lastDay).toBe('2026-12-21');
  });

  it('says that no money was taken for a grant, and nothing of parts', async () => {
    const text = await textOf(loadSlipOf(grant(SCHEME), SCHEME, 5_000));
    expect(text).toContain('お金はいただいていません');
    expect(text).not.toMatch(/プレミアム分|お支払いの分|現金/);
  });

  it('says of sets that were sold what was paid for, what is a gift, and the cash that was taken', async () => {
    const { scheme, load } = sold();
    const slip = loadSlipOf(load, scheme, 13_000);
    expect(slip).toMatchObject({ received: { free: 0, paid: 10_000, premium: 3_000 }, cash: 10_000 });
    const text = await textOf(slip);
    for (const said of ['13,000円', 'お支払いの分10,000円', 'プレミアム分3,000円', 'いただいた現金10,000円', '現金にはできません']) expect(text.replace(/\s/g, '')).toContain(said);
    expect(text).not.toContain('お金はいただいていません');
  });

  it('never says that no money was taken for what was paid for elsewhere', async () => {
    const entitled = loadOfEntitlement({ entitlement: { ...entitlementOf(1), lotKind: 'paid' }, scheme: SCHEME, operationId: ids.operation(), occurredAt: NOW, today: TODAY, balance: 0 });
    expect(await textOf(loadSlipOf(movement(entitled), SCHEME, 5_000))).not.toContain('お金はいただいていません');
  });
});
