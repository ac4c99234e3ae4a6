/**
 * Makes the demo town: people, cards, schemes, entitlements and opening balances of a plausible Tomamae, in one transaction. A second
 * seeding finds the town and changes nothing. The people and figures are always the same; keys are new for every town.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { cardRefOf } from '../../contract/card-ref.ts';
import type { CardProfile } from '../../contract/card.ts';
import type { AccountId, CardRef } from '../../contract/ids.ts';
import { hashStaffPin } from '../../contract/staff-pin.ts';
import type { StaffPinHash } from '../../contract/sync.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { inTransaction, type BackendDatabase, type Work } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import { migrate } from '../database/migrate.ts';
import { announce, type Announcement, type MunicipalityWork } from '../ledger/change-feed.ts';
import { putSchemes } from '../ledger/scheme-versions.ts';
import { insertMovements } from '../ledger/stored-value.ts';
import { sealerFor } from '../people/sealing.ts';
import type { BackendClock, BackendRandomness } from '../ports.ts';
import { constantChance } from './constant-chance.ts';
import { demoPeople, type DemoResident } from './demo-people.ts';
import { DEMO_STAFF, demoNotices, demoSchemes, SITES, TOMAMAE } from './demo-town.ts';
import { demoAreas, demoFees, demoProcedures } from './demo-procedures.ts';
import { entitlementsOf, openingMovements } from './demo-value.ts';

const SEED = 0x6b617a61;
/** Share of the people over 15 that have a card. */
const CARD_HOLDERS_PERCENT = 43;
const CARD_AGE = 15;

const DemoCard = z.strictObject({
  name: z.string(),
  model: z.enum(['identifier', 'payment', 'my-number', 'iso-identifier', 'desfire', 'felica-lite-s', 'code']),
  uid: z.string().regex(/^([0-9a-f]{2})+$/),
  atr: z.string().regex(/^([0-9A-F]{2})+$/).optional(),
  /** What is printed on a paper card; says its `uid`. */
  code: z.string().optional(),
  about: z.string(),
});

/** The cards that the simulator can put on the reader, or show to the scanner. */
export const DEMO_CARDS = z.array(DemoCard).parse(JSON.parse(readFileSync(new URL('demo-cards.json', import.meta.url), 'utf8')));

/** Paper cards, and which named card's account each points to as well. */
const PAPER_CARDS = [{ name: 'taro-paper', holder: 'taro' }] as const;
/** Cards that prove themselves have keys made of the first version of the town's master key. */
const KEY_VERSION = 1;

export interface DemoTownFigures {
  readonly residents: number;
  readonly households: number;
  readonly cards: number;
  readonly movements: number;
  readonly entitlements: number;
}

export interface SeedDemoOptions {
  readonly database: BackendDatabase;
  readonly clock: BackendClock;
  /** For the town's card key. */
  readonly randomness: BackendRandomness;
  /** X25519, 32 bytes in base64url: names and addresses are sealed to it. */
  readonly officePublicKey: string;
  /** How many residents; the holders of the named cards are always among them. By default the whole town. */
  readonly population?: number;
}

/** Brings the database up to date and puts the demo town into it, if it is not there yet. */
export async function seedDemo(options: SeedDemoOptions): Promise<{ readonly kind: 'seeded'; readonly figures: DemoTownFigures } | { readonly kind: 'already-there' }> {
  const { database, clock, randomness, officePublicKey, population } = options;
  await migrate(database);
  const present = await database.kysely.selectFrom('municipality').select('municipality_id').where('municipality_id', '=', TOMAMAE.id).executeTakeFirst();
  if (present) return { kind: 'already-there' };

  const nowMs = clock.now();
  const today = dateInTokyo(momentFromEpoch(nowMs));
  const people = demoPeople(today, population);
  // Sealing takes most of the time and needs no transaction.
  const seal = await sealerFor(officePublicKey);
  const sealed: string[] = [];
  for (const { residentId, person } of people) sealed.push(await seal(residentId, person));
  const cardKey = Buffer.from(randomness.bytes(32)).toString('base64url');
  const staffPin = await hashStaffPin(DEMO_STAFF.pin, randomness.bytes(16));

  return inTransaction(database, async (work) => {
    // Two seedings at once: the second waits here for the first, finds its row, and does nothing.
    const created = await work.transaction
      .insertInto('municipality')
      .values({ municipality_id: TOMAMAE.id, name: TOMAMAE.name, card_key: cardKey, office_public_key: officePublicKey })
      .onConflict((conflict) => conflict.doNothing())
      .returning('municipality_id')
      .executeTakeFirst();
    if (!created) return { kind: 'already-there' };
    await insertTown(work, people, sealed);
    return { kind: 'seeded', figures: await insertValue(work, people, { today, cardKey, officePublicKey, nowMs, staffPin }) };
  });
}

const municipality_id = TOMAMAE.id;

async function insertTown(work: Work, people: readonly DemoResident[], sealed: readonly string[]): Promise<void> {
  await insertAll(work, 'change_counter', [{ municipality_id, last_cursor: 0 }]);
  await insertAll(work, 'site', SITES.map((site) => ({ municipality_id, site_id: site.id, name: site.name })));
  const households = new Map(people.map(({ householdId, site }) => [householdId, site]));
  await insertAll(work, 'household', [...households].map(([household_id, home_site_id]) => ({ municipality_id, household_id, home_site_id })));
  await insertAll(
    work,
    'resident',
    people.map(({ residentId, householdId }, index) => ({ municipality_id, resident_id: residentId, household_id: householdId, sealed: sealed[index] ?? '' })),
  );
  const [office] = SITES;
  await insertAll(work, 'account', [
    ...people.map(({ accountId, residentId, site }) => ({ municipality_id, account_id: accountId, resident_id: residentId, home_site_id: site, state: 'open' as const })),
    ...(office ? [{ municipality_id, account_id: DEMO_STAFF.accountId, resident_id: null, home_site_id: office.id, state: 'open' as const }] : []),
  ]);
}

async function insertValue(
  work: Work,
  people: readonly DemoResident[],
  { today, cardKey, officePublicKey, nowMs, staffPin }: { readonly today: ReturnType<typeof dateInTokyo>; readonly cardKey: string; readonly officePublicKey: string; readonly nowMs: number; readonly staffPin: StaffPinHash },
): Promise<DemoTownFigures> {
  const chance = constantChance(SEED);
  const schemes = demoSchemes(today);
  const allSchemes = [schemes.premium, schemes.kurashi, schemes.points, schemes.taxi];
  const notices = demoNotices(today);
  const holders = people.filter((resident) => resident.demoCard !== undefined || (resident.age >= CARD_AGE && chance.percent(CARD_HOLDERS_PERCENT)));
  const cardOf = (accountId: AccountId, uid: string, kind: Pick<SeededCard, 'profile' | 'keyVersion'> = { profile: 'plain-identifier', keyVersion: null }): SeededCard => ({
    cardRef: cardRefOf(cardKey, Buffer.from(uid, 'hex')),
    accountId,
    state: 'active',
    ...kind,
  });
  const cards = [
    ...holders.map(({ accountId, demoCard }): SeededCard => {
      if (demoCard === undefined) return cardOf(accountId, `01010612${chance.hex(4)}`);
      const card = cardOf(accountId, demoCardOf(demoCard).uid, kindOf(demoCard));
      return demoCard === 'sachiko' ? { ...card, state: 'stopped' } : card;
    }),
    ...PAPER_CARDS.flatMap(({ name, holder }) =>
      holders
        .filter(({ demoCard }) => demoCard === holder)
        .map(({ accountId }) => cardOf(accountId, demoCardOf(name).uid, { profile: 'code', keyVersion: null })),
    ),
    cardOf(DEMO_STAFF.accountId, demoCardOf(DEMO_STAFF.card).uid, kindOf(DEMO_STAFF.card)),
  ];
  const movements = holders.flatMap((resident) => openingMovements(resident, schemes, today, chance));
  const entitlements = people.flatMap((resident) => entitlementsOf(resident, schemes));

  const writer: MunicipalityWork = { ...work, municipalityId: municipality_id, feed: { lastCursor: 0 } };
  // A device may apply the feed in this order: nothing comes before what it builds on.
  await putSchemes(writer, allSchemes);
  await insertAll(
    work,
    'notice',
    notices.map(({ id, title, text, firstDay, lastDay }) => ({ municipality_id, notice_id: id, title, text, first_day: firstDay, last_day: lastDay })),
  );
  await insertAll(
    work,
    'card',
    cards.map(({ cardRef, accountId, state, profile, keyVersion }) => ({ municipality_id, card_ref: cardRef, account_id: accountId, state, profile, key_version: keyVersion })),
  );
  await insertAll(work, 'staff_member', [{ municipality_id, staff_id: DEMO_STAFF.id, account_id: DEMO_STAFF.accountId, role: DEMO_STAFF.role, ...staffPin, state: 'active' as const, epoch: 1 }]);
  await insertMovements(work, municipality_id, movements.map((movement) => ({ movement, source: null })), nowMs);
  await insertAll(
    work,
    'entitlement',
    entitlements.map((entitlement) => ({
      municipality_id,
      entitlement_id: entitlement.id,
      account_id: entitlement.accountId,
      scheme_id: entitlement.schemeId,
      amount: entitlement.amount,
      lot_kind: entitlement.lotKind,
      first_day: entitlement.firstDay,
      last_day: entitlement.lastDay,
      state: 'open' as const,
      operation_id: null,
    })),
  );
  await insertAll(work, 'town_list', [
    { municipality_id, list: 'areas' as const, body: JSON.stringify(demoAreas) },
    { municipality_id, list: 'fees' as const, body: JSON.stringify(demoFees) },
  ]);
  await insertAll(work, 'procedure', demoProcedures.map((procedure) => ({ municipality_id, procedure_id: procedure.id, version: procedure.version, offered: 1 as const, body: JSON.stringify(procedure) })));
  await announce(writer, [
    { change: { type: 'office-key', publicKey: officePublicKey } },
    { change: { type: 'areas', areas: demoAreas } },
    { change: { type: 'fees', fees: demoFees } },
    ...demoProcedures.map((procedure): Announcement => ({ change: { type: 'procedure', procedure } })),
    ...notices.map((notice): Announcement => ({ change: { type: 'notice', ...notice } })),
    ...[...people, DEMO_STAFF].map(({ accountId }): Announcement => ({ change: { type: 'account', accountId, open: true } })),
    ...cards.map(({ cardRef, accountId, state, profile }): Announcement => ({ change: { type: 'card', cardRef, accountId, ...(profile === 'plain-identifier' ? {} : { profile }), state } })),
    { change: { type: 'staff', staffId: DEMO_STAFF.id, accountId: DEMO_STAFF.accountId, role: DEMO_STAFF.role, pin: staffPin, epoch: 1 } },
    ...movements.map((movement): Announcement => ({ change: { type: 'movement', movement } })),
  ]);
  return {
    residents: people.length,
    households: new Set(people.map(({ householdId }) => householdId)).size,
    cards: cards.length,
    movements: movements.length,
    entitlements: entitlements.length,
  };
}

interface SeededCard {
  readonly cardRef: CardRef;
  readonly accountId: AccountId;
  readonly state: 'active' | 'stopped';
  readonly profile: CardProfile;
  readonly keyVersion: number | null;
}

function demoCardOf(name: string): (typeof DEMO_CARDS)[number] {
  const card = DEMO_CARDS.find((demoCard) => demoCard.name === name);
  if (!card) throw new Error(`demo-cards.json has no card "${name}"`);
  return card;
}

/** How a demo card proves itself. */
function kindOf(name: string): Pick<SeededCard, 'profile' | 'keyVersion'> {
  const { model } = demoCardOf(name);
  return model === 'desfire' || model === 'felica-lite-s' ? { profile: model, keyVersion: KEY_VERSION } : { profile: 'plain-identifier', keyVersion: null };
}
