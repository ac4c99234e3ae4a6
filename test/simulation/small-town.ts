/**
 * A town of six residents and two kiosks in one town hall, made once: the backend's database as an image, the kiosks' empty ledgers, the
 * kiosks' identities, and what is written on the cards.
 */
import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { enrol, loadIdentity, type DeviceIdentity } from '../../agent/identity.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { createManualClock } from '../../agent/test-support/manual-clock.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import { createBackend } from '../../backend/create-backend.ts';
import { inTransaction, type Work } from '../../backend/database/backend-database.ts';
import { insertAll } from '../../backend/database/insert-all.ts';
import { migrate } from '../../backend/database/migrate.ts';
import { inviteDevice } from '../../backend/devices/enrolment.ts';
import { announce, type Announcement, type MunicipalityWork } from '../../backend/ledger/change-feed.ts';
import { putSchemes } from '../../backend/ledger/scheme-versions.ts';
import { insertMovements } from '../../backend/ledger/stored-value.ts';
import { silentLog } from '../../backend/log.ts';
import { cardRefOf } from '../../contract/card-ref.ts';
import { EntitlementId, LotId, MunicipalityId, OperationId, SiteId } from '../../contract/ids.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { issuedAccount, pocketAccount, type Entitlement, type Movement } from '../../contract/value.ts';
import { BackendStore } from './backend-store.ts';
import { fetchFrom } from './in-process-request.ts';
import { accountOf, identifierOf, openingOf, personOf, PERSONS, profileOf, RESIDENTS, type Resident } from './residents.ts';
import { GRANT, OPENING, SCHEMES } from './schemes.ts';
import { BEGINNING } from './simulated-time.ts';
import { issueCards, KEY_VERSION, keysOf, type CardMemories } from './town-cards.ts';

export const TOWN = MunicipalityId.parse('komachi');
const SITE = SiteId.parse('yakuba');
export const DEVICES = ['A', 'B'] as const;
export type DeviceName = (typeof DEVICES)[number];
/** X25519, as PKCS #8 (RFC 8410): always the same one. */
export const OFFICE_KEY = createPrivateKey({ key: Buffer.from(`302e020100300506032b656e04220420${'5a'.repeat(32)}`, 'hex'), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
export const BACKEND_URL = 'http://127.0.0.1:8690';

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
const FIRST_GRANTS = RESIDENTS.length * 2;

/** What is on the disks when a run begins. */
export interface Morning {
  /** The backend's database. */
  readonly image: Buffer;
  /** Each kiosk's ledger, closed. */
  readonly ledgers: Readonly<Record<DeviceName, Buffer>>;
  /** How many grants there are. */
  readonly grants: number;
}

export interface SmallTown {
  readonly identities: Readonly<Record<DeviceName, DeviceIdentity>>;
  readonly cards: CardMemories;
  /** The town's key under which a card's identifier becomes its reference. */
  readonly cardKey: string;
  /** Before any kiosk was switched on for the first time. */
  readonly empty: Morning;
}

/** In memory where the system has such a place: the files are real, the disk is not waited for. */
export function workDirectory(name: string): string {
  return mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `kazasu-${name}-`));
}

/** Always the same town: keys and ids come from a fixed seed. */
export async function makeSmallTown(): Promise<SmallTown> {
  const directory = workDirectory('small-town');
  try {
    const randomness = createSeededRandomness(0x746f776e);
    const clock = createManualClock(BEGINNING - 60_000);
    const store = new BackendStore();
    const database = store.open();
    await migrate(database);
    const cardKey = Buffer.from(randomness.bytes(32)).toString('base64url');
    await inTransaction(database, (work) => insertTown(work, cardKey));
    const backend = await createBackend({ database, clock, randomness, log: silentLog });
    const identities: Partial<Record<DeviceName, DeviceIdentity>> = {};
    const ledgers: Partial<Record<DeviceName, Buffer>> = {};
    for (const name of DEVICES) {
      const code = await inviteDevice(database, { siteId: SITE, label: `役場${name}`, nowMs: clock.now() }, randomness);
      const dataDir = path.join(directory, name);
      const http = createHttpBackend({ url: BACKEND_URL, clock, randomness, log: { event: () => undefined }, fetch: fetchFrom(() => backend.app) });
      const enrolled = await enrol({ dataDir, code, backend: http, randomness });
      if (!enrolled.ok) throw new Error(enrolled.message);
      const loaded = loadIdentity(dataDir);
      if (!loaded.ok) throw new Error(loaded.detail);
      identities[name] = loaded.identity;
      ledgers[name] = emptyLedger(path.join(dataDir, 'ledger.db'), loaded.identity);
    }
    const image = store.image();
    await backend.close();
    store.close();
    return {
      identities: identities as Record<DeviceName, DeviceIdentity>,
      cards: await issueCards({ pocket: OPENING.id, operationOf: openingOperation }),
      cardKey,
      empty: { image, ledgers: ledgers as Record<DeviceName, Buffer>, grants: FIRST_GRANTS },
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function emptyLedger(file: string, identity: DeviceIdentity): Buffer {
  const opened = openLedger({ path: file, device: identity.deviceId });
  if (!opened.ok) throw new Error(opened.detail);
  opened.ledger.close();
  return readFileSync(file);
}

async function insertTown(work: Work, cardKey: string): Promise<void> {
  const municipality_id = TOWN;
  await insertAll(work, 'municipality', [{ municipality_id, name: '小さな町', card_key: cardKey, office_public_key: OFFICE_KEY.x ?? '' }]);
  await insertAll(work, 'change_counter', [{ municipality_id, last_cursor: 0 }]);
  await insertAll(work, 'site', [{ municipality_id, site_id: SITE, name: '役場' }]);
  await insertAll(work, 'household', PERSONS.map((person) => ({ municipality_id, household_id: `h-${person}`, home_site_id: SITE })));
  await insertAll(work, 'resident', PERSONS.map((person) => ({ municipality_id, resident_id: person, household_id: `h-${person}`, sealed: '' })));
  await insertAll(work, 'account', RESIDENTS.map((resident) => ({ municipality_id, account_id: accountOf(resident), resident_id: personOf(resident), home_site_id: SITE, state: 'open' as const })));
  const writer: MunicipalityWork = { ...work, municipalityId: TOWN, feed: { lastCursor: 0 } };
  await putSchemes(writer, SCHEMES);
  const cards = RESIDENTS.map((resident) => ({
    cardRef: cardRefOf(cardKey, Buffer.from(identifierOf(resident), 'hex')),
    accountId: accountOf(resident),
    profile: profileOf(resident),
    keyVersion: keysOf(resident) ? KEY_VERSION : null,
  }));
  await insertAll(
    work,
    'card',
    cards.map(({ cardRef, accountId, profile, keyVersion }) => ({ municipality_id, card_ref: cardRef, account_id: accountId, profile, state: 'active' as const, key_version: keyVersion, sealed_identifier: null })),
  );
  const movements = RESIDENTS.map(openingMovement);
  await insertMovements(work, TOWN, movements.map((movement) => ({ movement, source: null })), BEGINNING);
  for (let number = 1; number <= FIRST_GRANTS; number += 1) await insertGrant(work, residentOfGrant(number), number);
  await announce(writer, [
    { change: { type: 'office-key', publicKey: OFFICE_KEY.x ?? '' } },
    ...RESIDENTS.flatMap((resident): Announcement[] =>
      RESIDENTS.filter((other) => other !== resident && personOf(other) === personOf(resident)).map((other) => ({
        change: { type: 'account', accountId: accountOf(resident), open: true, follows: accountOf(other) },
      })),
    ),
    ...cards.map(({ cardRef, accountId, profile }): Announcement => ({ change: { type: 'card', cardRef, accountId, profile, state: 'active' } })),
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

export const openingOperation = (resident: Resident): OperationId => OperationId.parse(`019a0000-0000-7000-8000-00000000000${resident}`);

function openingMovement(resident: Resident): Movement {
  const accountId = accountOf(resident);
  const id = LotId.parse(`lot-opening-${resident}`);
  return {
    operationId: openingOperation(resident),
    kind: 'load',
    accountId,
    schemeId: OPENING.id,
    entitlementId: null,
    occurredAt: Moment.parse('2026-10-01T00:00:00.000Z'),
    lots: [{ id, accountId, schemeId: OPENING.id, kind: 'paid', issuedOn: LocalDate.parse('2026-10-01'), lastDay: OPENING.lastDay }],
    postings: [{ debit: issuedAccount(OPENING.id), credit: pocketAccount(accountId, id), amount: openingOf(resident) }],
  };
}
