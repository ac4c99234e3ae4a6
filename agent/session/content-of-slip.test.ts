import { expect, it } from 'vitest';
import { LotId } from '../../contract/ids.ts';
import { LocalDate } from '../../contract/time.ts';
import type { Lot } from '../../contract/value.ts';
import { accountOf, loadOf, idsOf, NOW, SCHEME, TODAY } from '../test-support/ledger-town.ts';
import type { Holder } from '../services/show-balance.ts';
import { contentOfSlip } from './content-of-slip.ts';

const ACCOUNT = accountOf(1);
const lot = (id: string, lastDay: string, amount: number): { readonly lot: Lot; readonly amount: number } => ({
  lot: { id: LotId.parse(id), accountId: ACCOUNT, schemeId: SCHEME.id, kind: 'free', issuedOn: TODAY, lastDay: LocalDate.parse(lastDay) },
  amount,
});
const LOTS = [lot('c', '2027-02-28', 700), lot('a', '2026-12-05', 300), lot('b', '2026-12-05', 200), lot('over', '2026-11-20', 900), lot('used', '2026-12-01', 0)];
const BOOKS = { lotsOf: () => LOTS, schemes: () => new Map([[SCHEME.id, SCHEME]]), syncState: () => ({ cursor: 1, heard: 1, acknowledgedSeq: 1, lastSeq: 1, confirmedAt: NOW, generation: null }) };

function holderOf(amount: number): Holder {
  const pocket = { schemeId: SCHEME.id, name: SCHEME.name, unit: SCHEME.unit, amount, lastDay: LocalDate.parse('2026-12-05'), daysLeft: 14 };
  return { accountId: ACCOUNT, today: TODAY, pockets: [pocket], offers: [] } as unknown as Holder;
}
const balanceSlip = (amount: number, online = true) => contentOfSlip({ kind: 'balance', holder: holderOf(amount) }, BOOKS, online);

it('has how much ends on which day, the earliest first, without what is over or used', () => {
  expect(balanceSlip(1_200)).toMatchObject({
    asOf: null,
    pockets: [{ name: SCHEME.name, amount: 1_200, usableAt: SCHEME.usableAt, contact: SCHEME.contact, ends: [{ lastDay: '2026-12-05', amount: 500 }, { lastDay: '2027-02-28', amount: 700 }] }],
  });
});

it('promises of value that only the card knows no more than its first last day', () => {
  expect(balanceSlip(1_700)).toMatchObject({ pockets: [{ ends: [{ lastDay: '2026-12-05', amount: 1_700 }] }] });
});

it('says when the town last confirmed it, while it cannot be asked', () => {
  expect(balanceSlip(1_200, false)).toMatchObject({ asOf: NOW });
});

it('has of a load what is in the books', () => {
  const movement = loadOf(1, idsOf(1).operation());
  expect(contentOfSlip({ kind: 'load', holder: holderOf(0), scheme: SCHEME, balance: 1_001, movement }, BOOKS, true)).toMatchObject({ received: { free: 1_001, paid: 0, premium: 0 }, lastDay: '2027-02-28', balance: 1_001, cash: 0 });
});
