/**
 * A town of six cards and two kiosks in one town hall, made once and copied for every run. Figures are chosen so that they tell whose
 * they are: the opening balance of resident k is k million, and every grant has an amount of its own.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { enrol, loadIdentity, type DeviceIdentity } from '../../agent/identity.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { createManualClock } from '../../agent/test-support/manual-clock.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import { createBackend } from '../../backend/create-backend.ts';
import { inTransaction, type Work } from '../../backend/database/backend-database.ts';
import { insertAll } from '../../backend/database/insert-all.ts';
import { migrate } from '../../backend/database/migrate.ts';
import { openSqlite } from '../../backend/database/open-sqlite.ts';
import { inviteDevice } from '../../backend/devices/enrolment.ts';
import { announce, type Announcement } from '../../backend/ledger/change-feed.ts';
import { insertMovements, rowOfScheme } from '../../backend/ledger/stored-value.ts';
import { silentLog } from '../../backend/log.ts';
import { cardRefOf } from '../../contract/card-ref.ts';
import { AccountId, EntitlementId, LotId, MunicipalityId, OperationId, SchemeId, SiteId } from '../../contract/ids.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { issuedAccount, pocketAccount, type Entitlement, type Movement, type Scheme } from '../../contract/value.ts';
import { BEGINNING } from './simulated-time.ts';
import { fetchFrom } from './in-process-request.ts';

export const TOWN = MunicipalityId.parse('komachi');
const SITE = SiteId.parse('yakuba');
export const DEVICES = ['A', 'B'] as const;
export type DeviceName = (typeof DEVICES)[number];
export const BACKEND_URL = 'http://127.0.0.1:8690';
export const BACKEND_FILE = 'backend.sqlite';

export const RESIDENTS = [1, 2, 3, 4, 5, 6] as const;
export type Resident = (typeof RESIDENTS)[number];
/** Identifiers of the residents' cards in hexadecimal digits, and of one the town does not know. */
export const cardOf = (resident: Resident): string => `01010612c0ffee0${resident}`;
export const STRANGERS_CARD = '01010612deadbee0';
export const accountOf = (resident: Resident): AccountId => AccountId.parse(`a-resident-${resident}`);
export const openingOf = (resident: Resident): number => resident * 1_000_000;

const schemeOf = (id: string, name: string): Scheme => ({
  id: SchemeId.parse(id),
  kind: 'voucher',
  unit: 'yen',
  name,
  issuer: '小さな町',
  usableAt: '町内の加盟店',
  contact: '商工係 0164-00-0000',
  legalBasis: '資金決済法第4条第3号',
  firstDay: LocalDate.parse('2026-08-01'),
  lastDay: LocalDate.parse('2027-12-31'),
});
export const OPENING = schemeOf('opening', '地域振興券');
export const GRANT = schemeOf('grant', 'くらし応援券');

/** The `number`th grant of the run; its amount is its number. */
export function grantOf(resident: Resident, number: number): Entitlement {
  return {
    id: EntitlementId.parse(`e-${number}`),
    accountId: accountOf(resident),
    schemeId: GRANT.id,
    amount: number,
    lotKind: 'free',
    firstDay: LocalDate.parse('2026-11-01'),
    lastDay: LocalDate.parse('2027-10-31'),
  };
}

/** Grants written before anything begins: two for each resident. */
export const FIRST_GRANTS = RESIDENTS.length * 2;

export interface SmallTown {
  readonly identities: Readonly<Record<DeviceName, DeviceIdentity>>;
  /** Copies the backend's file to a new directory. */
  copyTo(directory: string): void;
  remove(): void;
}

/** In memory where the system has such a place: the files are real, the disk is not waited for. */
export function workDirectory(name: string): string {
  return mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `kazasu-${name}-`));
}

/** Always the same town: keys and ids come from a fixed seed. */
export async function makeSmallTown(): Promise<SmallTown> {
  const directory = workDirectory('small-town');
  const file = path.join(directory, BACKEND_FILE);
  const randomness = createSeededRandomness(0x746f776e);
  const clock = createManualClock(BEGINNING - 60_000);
  const database = openSqlite(file);
  await migrate(database);
  const cardKey = Buffer.from(randomness.bytes(32)).toString('base64url');
  await inTransaction(database, (work) => insertTown(work, cardKey));
  const backend = await createBackend({ database, clock, randomness, log: silentLog });
  const identities: Partial<Record<DeviceName, DeviceIdentity>> = {};
  for (const name of DEVICES) {
    const code = await inviteDevice(database, { siteId: SITE, label: `役場${name}`, nowMs: clock.now() }, randomness);
    const dataDir = path.join(directory, name);
    const http = createHttpBackend({ url: BACKEND_URL, clock, randomness, log: { event: () => undefined }, fetch: fetchFrom(() => backend.app) });
    const enrolled = await enrol({ dataDir, code, backend: http, randomness });
    if (!enrolled.ok) throw new Error(enrolled.message);
    const loaded = loadIdentity(dataDir);
    if (!loaded.ok) throw new Error(loaded.detail);
    identities[name] = loaded.identity;
  }
  await backend.close();
  return {
    identities: identities as Record<DeviceName, DeviceIdentity>,
    copyTo(target) {
      mkdirSync(target, { recursive: true });
      copyFileSync(file, path.join(target, BACKEND_FILE));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function insertTown(work: Work, cardKey: string): Promise<void> {
  const municipality_id = TOWN;
  await insertAll(work, 'municipality', [{ municipality_id, name: '小さな町', card_key: cardKey, office_public_key: 'A'.repeat(43) }]);
  await insertAll(work, 'change_counter', [{ municipality_id, last_cursor: 0 }]);
  await insertAll(work, 'site', [{ municipality_id, site_id: SITE, name: '役場' }]);
  await insertAll(work, 'account', RESIDENTS.map((resident) => ({ municipality_id, account_id: accountOf(resident), resident_id: null, home_site_id: SITE, state: 'open' as const })));
  await insertAll(work, 'scheme', [OPENING, GRANT].map((scheme) => rowOfScheme(TOWN, scheme)));
  const cards = RESIDENTS.map((resident) => ({ cardRef: cardRefOf(cardKey, Buffer.from(cardOf(resident), 'hex')), accountId: accountOf(resident), state: 'active' as const }));
  await insertAll(work, 'card', cards.map((card) => ({ municipality_id, card_ref: card.cardRef, account_id: card.accountId, profile: 'plain-identifier' as const, state: card.state })));
  const movements = RESIDENTS.map(openingMovement);
  await insertMovements(work, TOWN, movements.map((movement) => ({ movement, source: null })), BEGINNING);
  for (let number = 1; number <= FIRST_GRANTS; number += 1) await insertGrant(work, residentOfGrant(number), number);
  await announce({ ...work, municipalityId: TOWN }, [
    ...[OPENING, GRANT].map((scheme): Announcement => ({ change: { type: 'scheme', scheme } })),
    ...RESIDENTS.map((resident): Announcement => ({ change: { type: 'account', accountId: accountOf(resident), open: true } })),
    ...cards.map((card): Announcement => ({ change: { type: 'card', ...card } })),
    ...movements.map((movement): Announcement => ({ change: { type: 'movement', movement } })),
  ]);
}

const residentOfGrant = (number: number): Resident => RESIDENTS[(number - 1) % RESIDENTS.length] ?? 1;

/** What the office does when it grants something. */
export async function insertGrant(work: Work, resident: Resident, number: number): Promise<void> {
  const { id, accountId, schemeId, amount, lotKind, firstDay, lastDay } = grantOf(resident, number);
  await insertAll(work, 'entitlement', [
    { municipality_id: TOWN, entitlement_id: id, account_id: accountId, scheme_id: schemeId, amount, lot_kind: lotKind, first_day: firstDay, last_day: lastDay, state: 'open', operation_id: null },
  ]);
}

function openingMovement(resident: Resident): Movement {
  const accountId = accountOf(resident);
  const id = LotId.parse(`lot-opening-${resident}`);
  return {
    operationId: OperationId.parse(`019a0000-0000-7000-8000-00000000000${resident}`),
    kind: 'load',
    accountId,
    schemeId: OPENING.id,
    entitlementId: null,
    occurredAt: Moment.parse('2026-10-01T00:00:00.000Z'),
    lots: [{ id, accountId, schemeId: OPENING.id, kind: 'paid', issuedOn: LocalDate.parse('2026-10-01'), lastDay: OPENING.lastDay }],
    postings: [{ debit: issuedAccount(OPENING.id), credit: pocketAccount(accountId, id), amount: openingOf(resident) }],
  };
}
