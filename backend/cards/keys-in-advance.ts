/**
 * Keys in advance: a device is given the keys of the cards of its own site's people before they come, so that it can serve them without a
 * network. Only of cards whose identifier the town keeps sealed; sealed to the device, for a while, and of no more cards than allowed.
 */
import type { CardRef } from '../../contract/ids.ts';
import { CARD_KEYS_INFO, CardKeyMaterial } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { sql, type Kysely } from 'kysely';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { Tables } from '../database/tables.ts';
import { asActiveDevice } from '../devices/as-active-device.ts';
import type { KnownDevice } from '../devices/known-devices.ts';
import { sealerTo } from '../../contract/hpke.ts';
import { announce, type MunicipalityWork } from '../ledger/change-feed.ts';
import { RENEW_WITHIN_MS, takeOutOfFeed } from '../ledger/leasing.ts';
import { KEYS_MS, keysOf } from './card-keys.ts';
import { noteKeysGiven } from './keys-given.ts';
import type { CardMasterKeys } from './master-keys.ts';
import { openIdentifier } from './sealed-identifier.ts';

/** Of how many cards a device has the keys without asking, unless the configuration says otherwise: about the holders of a village's site. */
export const KEYS_AHEAD_MAX = 300;
/** Sealing takes about a millisecond each: so many a pull, that no pull takes long. */
const CARDS_PER_PULL = 40;

export interface KeysAheadOptions {
  readonly masterKeys: CardMasterKeys;
  readonly keysAheadMax: number;
  readonly nowMs: number;
}

/** @returns how many cards' keys were given or taken back */
export async function refreshCardKeys(database: BackendDatabase, device: KnownDevice, options: KeysAheadOptions): Promise<number> {
  const { masterKeys, nowMs } = options;
  const { sealingKey, municipalityId } = device;
  if (sealingKey === null || masterKeys.municipality !== municipalityId) return 0;
  const over = await noLongerDue(database.kysely, device).execute();
  if (over.length > 0) await asActiveDevice(database, device, (work) => takeBack(work, device, over.map((row) => row.card_ref)));
  const due = await dueCards(database, device, options);
  if (due.length === 0) return over.length;
  const untilMs = nowMs + KEYS_MS;
  // Sealed before the lock is taken, looked at again under it.
  const seal = await sealerTo(sealingKey, CARD_KEYS_INFO);
  const sealed: Array<GivenKeys & { readonly text: string }> = [];
  for (const card of due) {
    const identifier = openIdentifier(masterKeys, { municipalityId, cardRef: card.cardRef }, card.sealedIdentifier);
    const material = identifier && keysOf(masterKeys, card.profile, card.keyVersion, identifier);
    if (material) sealed.push({ ...card, text: await seal(card.cardRef, JSON.stringify(CardKeyMaterial.parse(material))) });
  }
  if (sealed.length === 0) return over.length;
  const given = await asActiveDevice(database, device, async (work) => {
    const same = await stillTheSame(work, sealed);
    for (const { cardRef, keyVersion } of same) await noteKeysGiven(work, device.deviceId, { cardRef, keyVersion, untilMs, inAdvance: true });
    await announce(
      work,
      same.map(({ cardRef, profile, text }) => ({
        change: { type: 'card-keys' as const, cardRef, profile, until: momentFromEpoch(untilMs), sealed: text },
        deviceId: device.deviceId,
        subject: keysSubject(cardRef),
      })),
    );
    return same.length;
  });
  return over.length + (given ?? 0);
}

const keysSubject = (cardRef: string) => `card-keys/${cardRef}`;

interface GivenKeys {
  readonly cardRef: CardRef;
  readonly profile: 'desfire' | 'felica-lite-s';
  readonly keyVersion: number;
  readonly sealedIdentifier: string;
}

/** Cards of the site's people of which the device has no keys in advance, others than the card has now, or such that run out soon. */
async function dueCards({ kysely }: BackendDatabase, device: KnownDevice, { masterKeys, keysAheadMax, nowMs }: KeysAheadOptions): Promise<GivenKeys[]> {
  const { municipalityId, deviceId, siteId } = device;
  const has = await kysely
    .selectFrom('card_keys_given')
    .select((eb) => eb.fn.count<number>('card_ref').distinct().as('cards'))
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('in_advance', '=', 1)
    .executeTakeFirstOrThrow();
  const room = keysAheadMax - has.cards;
  const rows = await kysely
    .selectFrom('card')
    .innerJoin('account', (join) => join.onRef('account.municipality_id', '=', 'card.municipality_id').onRef('account.account_id', '=', 'card.account_id'))
    .leftJoin('card_keys_given as given', (join) =>
      join
        .onRef('given.municipality_id', '=', 'card.municipality_id')
        .onRef('given.card_ref', '=', 'card.card_ref')
        .onRef('given.key_version', '=', 'card.key_version')
        .on('given.device_id', '=', deviceId),
    )
    .select(['card.card_ref', 'card.profile', 'card.key_version', 'card.sealed_identifier', 'given.in_advance'])
    .where('card.municipality_id', '=', municipalityId)
    .where('card.state', '=', 'active')
    .where('card.profile', 'in', ['desfire', 'felica-lite-s'])
    .where('account.state', '=', 'open')
    .where('account.home_site_id', '=', siteId)
    .where('card.sealed_identifier', 'is not', null)
    .where('card.key_version', 'in', [...masterKeys.versions])
    .where((eb) => eb.or([eb('given.in_advance', 'is', null), eb('given.in_advance', '=', 0), eb('given.until_ms', '<', nowMs + RENEW_WITHIN_MS)]))
    .$if(room <= 0, (query) => query.where('given.in_advance', '=', 1))
    // First what it has already, then cards that were here before, then the others.
    .orderBy(sql`coalesce(given.in_advance, -1)`, 'desc')
    .orderBy('card.card_ref')
    .limit(CARDS_PER_PULL)
    .execute();
  const renewed = rows.filter((row) => row.in_advance === 1);
  const fresh = rows.filter((row) => row.in_advance !== 1).slice(0, Math.max(0, room));
  return [...renewed, ...fresh].flatMap(({ card_ref, profile, key_version, sealed_identifier }) =>
    (profile === 'desfire' || profile === 'felica-lite-s') && key_version !== null && sealed_identifier !== null
      ? [{ cardRef: card_ref as CardRef, profile, keyVersion: key_version, sealedIdentifier: sealed_identifier }]
      : [],
  );
}

/** Cards of which the device has keys in advance that are stopped, re-keyed, or no longer of its site. */
function noLongerDue(kysely: Kysely<Tables>, device: KnownDevice) {
  return kysely
    .selectFrom('card_keys_given as given')
    .select('given.card_ref')
    .where('given.municipality_id', '=', device.municipalityId)
    .where('given.device_id', '=', device.deviceId)
    .where('given.in_advance', '=', 1)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('card')
            .innerJoin('account', (join) => join.onRef('account.municipality_id', '=', 'card.municipality_id').onRef('account.account_id', '=', 'card.account_id'))
            .select('card.card_ref')
            .whereRef('card.municipality_id', '=', 'given.municipality_id')
            .whereRef('card.card_ref', '=', 'given.card_ref')
            .whereRef('card.key_version', '=', 'given.key_version')
            .where('card.state', '=', 'active')
            .where('account.state', '=', 'open')
            .where('account.home_site_id', '=', device.siteId),
        ),
      ),
    );
}

async function takeBack(work: MunicipalityWork, { deviceId }: KnownDevice, cards: readonly string[]): Promise<void> {
  await work.transaction
    .updateTable('card_keys_given')
    .set({ in_advance: 0 })
    .where('municipality_id', '=', work.municipalityId)
    .where('device_id', '=', deviceId)
    .where('card_ref', 'in', cards)
    .execute();
  await takeOutOfFeed(work, cards.map((cardRef) => ({ deviceId, subject: keysSubject(cardRef) })));
}

async function stillTheSame<Card extends GivenKeys>({ transaction, municipalityId }: MunicipalityWork, cards: readonly Card[]): Promise<Card[]> {
  const rows = await transaction
    .selectFrom('card')
    .select(['card_ref', 'key_version'])
    .where('municipality_id', '=', municipalityId)
    .where('state', '=', 'active')
    .where('card_ref', 'in', cards.map(({ cardRef }) => cardRef))
    .execute();
  const versions = new Map(rows.map((row) => [row.card_ref, row.key_version]));
  return cards.filter(({ cardRef, keyVersion }) => versions.get(cardRef) === keyVersion);
}
