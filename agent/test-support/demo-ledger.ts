/** A real SQLite ledger with one town's scheme, an account, its card and an entitlement, for tests of the session and services. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cardRefOf } from '../../contract/card-ref.ts';
import { AccountId, DeviceId, EntitlementId, LotId, OperationId, SchemeId } from '../../contract/ids.ts';
import type { Change } from '../../contract/sync.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { issuedAccount, pocketAccount, type Scheme } from '../../contract/value.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/sqlite-ledger.ts';

export const DEVICE = DeviceId.parse('yakuba-1');
export const CARD_KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
export const ACCOUNT = AccountId.parse('a-0001');
/** Identifiers (hexadecimal) of the cards the ledger knows, and of one it does not. */
export const CARD = '0101061122334455';
export const OTHER_CARD = '0101066677889900';
export const STOPPED_CARD = '04a1b2c3d4e5f6';
export const UNKNOWN_CARD = '0101069999999999';
/** A second card of the first account, printed on paper: the identifier of its code. */
export const PAPER_CARD = '8f3a61d20c5be7940ab1c6d37e52f819';

const VOUCHER = SchemeId.parse('premium-2026');
export const GRANT = SchemeId.parse('kurashi-2026');
export const ENTITLEMENT = EntitlementId.parse('e-0001');
const EARLY = Moment.parse('2026-11-01T00:00:00.000Z');

const scheme = (id: SchemeId, name: string, lastDay: string): Scheme => ({
  id,
  kind: 'voucher',
  unit: 'yen',
  name,
  issuer: '苫前町',
  usableAt: '町内の加盟店29店',
  contact: '商工労働観光課 0164-00-0000',
  legalBasis: '資金決済法4条3号',
  firstDay: LocalDate.parse('2026-08-01'),
  lastDay: LocalDate.parse(lastDay),
});

const lot = LotId.parse('lot-opening');
export const DEMO_CHANGES: readonly Change[] = [
  { type: 'scheme', scheme: scheme(VOUCHER, 'プレミアム地域振興券', '2026-12-31') },
  { type: 'scheme', scheme: scheme(GRANT, '物価高騰くらし応援券', '2027-02-28') },
  { type: 'account', accountId: ACCOUNT, open: true },
  { type: 'account', accountId: AccountId.parse('a-0002'), open: true },
  { type: 'card', cardRef: cardRefOf(CARD_KEY, Buffer.from(CARD, 'hex')), accountId: ACCOUNT, state: 'active' },
  { type: 'card', cardRef: cardRefOf(CARD_KEY, Buffer.from(PAPER_CARD, 'hex')), accountId: ACCOUNT, profile: 'code', state: 'active' },
  { type: 'card', cardRef: cardRefOf(CARD_KEY, Buffer.from(OTHER_CARD, 'hex')), accountId: AccountId.parse('a-0002'), state: 'active' },
  { type: 'card', cardRef: cardRefOf(CARD_KEY, Buffer.from(STOPPED_CARD, 'hex')), accountId: ACCOUNT, state: 'stopped' },
  {
    type: 'movement',
    movement: {
      operationId: OperationId.parse('019a0000-0000-7000-8000-000000000001'),
      kind: 'load',
      accountId: ACCOUNT,
      schemeId: VOUCHER,
      entitlementId: null,
      occurredAt: EARLY,
      lots: [{ id: lot, accountId: ACCOUNT, schemeId: VOUCHER, kind: 'paid', issuedOn: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2026-12-31') }],
      postings: [{ debit: issuedAccount(VOUCHER), credit: pocketAccount(ACCOUNT, lot), amount: 8_500 }],
    },
  },
  {
    type: 'lease',
    entitlement: {
      id: ENTITLEMENT,
      accountId: ACCOUNT,
      schemeId: GRANT,
      amount: 5_000,
      lotKind: 'free',
      firstDay: LocalDate.parse('2026-11-01'),
      lastDay: LocalDate.parse('2027-01-31'),
    },
    until: Moment.parse('2026-11-28T00:00:00.000Z'),
  },
];

export interface DemoLedger {
  readonly ledger: Ledger;
  readonly file: string;
  remove(): void;
}

export function createDemoLedger(): DemoLedger {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-ledger-'));
  const file = path.join(directory, 'ledger.db');
  const opened = openLedger({ path: file, device: DEVICE });
  if (!opened.ok) throw new Error(opened.detail);
  opened.ledger.applyChanges(DEMO_CHANGES, DEMO_CHANGES.length, EARLY);
  return {
    ledger: opened.ledger,
    file,
    remove() {
      opened.ledger.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
