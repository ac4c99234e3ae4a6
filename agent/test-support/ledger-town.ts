/** A small town for tests of the ledger: one scheme, and any number of accounts with a card and a granted entitlement each. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AccountId, CardRef, DeviceId, EntitlementId, SchemeId, type OperationId } from '../../contract/ids.ts';
import type { Change } from '../../contract/sync.ts';
import { dateInTokyo, LocalDate, Moment } from '../../contract/time.ts';
import { loadOfEntitlement, type Entitlement, type Movement, type Scheme } from '../../contract/value.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/sqlite-ledger.ts';
import { newEntryId, newOperationId } from '../new-id.ts';
import { createManualClock } from './manual-clock.ts';
import { createSeededRandomness } from './seeded-randomness.ts';

export const TOWN_DEVICE = DeviceId.parse('yakuba-1');
export const NOW = Moment.parse('2026-11-21T01:05:00.000Z');
export const TODAY = dateInTokyo(NOW);
export const LEASE_END = Moment.parse('2026-11-28T00:00:00.000Z');

export const SCHEME: Scheme = {
  id: SchemeId.parse('kurashi-2026'),
  kind: 'voucher',
  unit: 'yen',
  name: '物価高騰くらし応援券',
  issuer: '苫前町',
  usableAt: '町内の加盟店29店',
  contact: '商工労働観光課 0164-00-0000',
  legalBasis: '資金決済法4条3号',
  firstDay: LocalDate.parse('2026-08-01'),
  lastDay: LocalDate.parse('2027-02-28'),
};

export const accountOf = (number: number): AccountId => AccountId.parse(`a-${number}`);
export const cardOf = (number: number): CardRef => CardRef.parse(number.toString(16).padStart(32, '0'));
export const entitlementOf = (number: number): Entitlement => ({
  id: EntitlementId.parse(`e-${number}`),
  accountId: accountOf(number),
  schemeId: SCHEME.id,
  amount: 1_000 + number,
  lotKind: 'free',
  firstDay: LocalDate.parse('2026-11-01'),
  lastDay: LocalDate.parse('2027-01-31'),
});
export const leaseOf = (number: number, until = LEASE_END): Change => ({ type: 'lease', entitlement: entitlementOf(number), until });

/** Everything the backend says about `people` residents, numbered from 0. */
export function townChanges(people: number): Change[] {
  const changes: Change[] = [{ type: 'scheme', scheme: SCHEME }];
  for (let number = 0; number < people; number += 1) {
    changes.push(
      { type: 'account', accountId: accountOf(number), open: true },
      { type: 'card', cardRef: cardOf(number), accountId: accountOf(number), state: 'active' },
      leaseOf(number),
    );
  }
  return changes;
}

export function loadOf(number: number, operationId: OperationId): Movement {
  const built = loadOfEntitlement({ entitlement: entitlementOf(number), scheme: SCHEME, operationId, occurredAt: NOW, today: TODAY, balance: 0 });
  if (!built.ok) throw new Error(built.why);
  return built.movement;
}

/** Ids that come out the same for the same seed. */
export function idsOf(seed: number) {
  const clock = createManualClock();
  const randomness = createSeededRandomness(seed);
  return { operation: () => newOperationId(clock, randomness), entry: () => ({ id: newEntryId(clock, randomness), at: NOW }) };
}

/** What a card that only points to an account leaves of a movement. */
export const NO_EVIDENCE = { kind: 'none' } as const;

/** The card of a person, as an intent names it. */
export const pointingCard = (number: number) => ({ cardRef: cardOf(number), cardProfile: 'plain-identifier', counterBefore: null }) as const;

/** Writes the load down, as a service does before the card is touched. */
export function prepareLoad(ledger: Ledger, number: number, operationId: OperationId): ReturnType<Ledger['prepare']> {
  return ledger.prepare({ operationId, ...pointingCard(number), movement: loadOf(number, operationId), preparedAt: NOW });
}

/** A ledger with nothing in it, as it lies on the disk. Making one takes many times longer than opening one. */
let empty: Buffer | undefined;

export function openOrThrow(file: string): Ledger {
  if (!existsSync(file) && !existsSync(`${file}-wal`)) {
    empty ??= newLedger();
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, empty, { mode: 0o600 });
  }
  return open(file);
}

function newLedger(): Buffer {
  const place = temporaryLedger();
  try {
    open(place.file).close();
    return readFileSync(place.file);
  } finally {
    place.remove();
  }
}

function open(file: string): Ledger {
  const opened = openLedger({ path: file, device: TOWN_DEVICE });
  if (!opened.ok) throw new Error(`${opened.trouble}: ${opened.detail}`);
  return opened.ledger;
}

/** A new directory for ledgers, and how to remove it. */
export function temporaryLedger(): { readonly file: string; readonly directory: string; remove(): void } {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-ledger-'));
  return { directory, file: path.join(directory, 'ledger.db'), remove: () => rmSync(directory, { recursive: true, force: true }) };
}
