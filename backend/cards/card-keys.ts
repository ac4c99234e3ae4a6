/**
 * Gives a device the keys of one card that lies on it: diversified from the town's master key, sealed to that device. Never gives a master
 * key, never keeps or logs the card's identifier in the clear, and never gives a device the keys of more cards in a day than people
 * come by: a stolen kiosk must not be able to collect them.
 */
import { cardRefOf } from '../../contract/card-ref.ts';
import { diversifiedKey, identifierBytesFor } from '../../contract/diversified-key.ts';
import type { CardRef } from '../../contract/ids.ts';
import { CARD_KEYS_INFO, CardKeyMaterial, type CardKeysRequest, type CardKeysResponse } from '../../contract/sync.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Work } from '../database/backend-database.ts';
import type { KnownDevice } from '../devices/known-devices.ts';
import { sealerTo } from '../../contract/hpke.ts';
import { keepAnomaly, type Anomaly } from '../ledger/anomalies.ts';
import type { BackendRandomness } from '../ports.ts';
import { noteKeysGiven } from './keys-given.ts';
import type { CardMasterKeys } from './master-keys.ts';
import { isSealedUnder, sealIdentifier } from './sealed-identifier.ts';

/** How long a device may use the keys without asking again. */
export const KEYS_MS = 7 * 86_400_000;
/** For how many different cards one device may ask in a day, unless the configuration says otherwise. */
export const CARDS_PER_DAY_MAX = 500;

/** The device must have been heard in this transaction already: that keeps its other requests out until this one is counted. */
export interface CardKeysQuestion {
  readonly device: KnownDevice;
  readonly request: CardKeysRequest;
  readonly masterKeys: CardMasterKeys;
  readonly cardsPerDayMax: number;
  readonly nowMs: number;
}

export type CardKeysFinding =
  | { readonly kind: 'keys'; readonly cardRef: CardRef; readonly material: CardKeyMaterial }
  | { readonly kind: 'unknown-card' }
  | { readonly kind: 'too-many-cards'; readonly anomaly: Anomaly }
  /** The town's key file has not the version that the card is keyed with. */
  | { readonly kind: 'no-master-key' };

export async function findCardKeys(work: Work, question: CardKeysQuestion, randomness: BackendRandomness): Promise<CardKeysFinding> {
  const { device, request, masterKeys, nowMs } = question;
  const { municipalityId } = device;
  const identifier = Uint8Array.from(Buffer.from(request.identifier, 'hex'));
  const town = await work.transaction.selectFrom('municipality').select('card_key').where('municipality_id', '=', municipalityId).executeTakeFirstOrThrow();
  const cardRef = cardRefOf(town.card_key, identifier);
  const anomaly = await countCard(work, question, cardRef);
  if (anomaly) {
    await keepAnomaly(work, device, anomaly, nowMs);
    return { kind: 'too-many-cards', anomaly };
  }
  const card = await work.transaction
    .selectFrom('card')
    .selectAll()
    .where('municipality_id', '=', municipalityId)
    .where('card_ref', '=', cardRef)
    .where('profile', '=', request.profile)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (!card || card.key_version === null || identifier.length !== identifierBytesFor(USE_OF[request.profile])) return { kind: 'unknown-card' };
  const version = card.key_version;
  const master = masterKeys.master(version);
  if (!master) return { kind: 'no-master-key' };
  // Proofs are checked with the identifier, and keys are made of it in advance.
  if (card.sealed_identifier === null || !isSealedUnder(card.sealed_identifier, version)) {
    const sealed = sealIdentifier(masterKeys, version, { municipalityId, cardRef }, identifier, randomness);
    await work.transaction.updateTable('card').set({ sealed_identifier: sealed ?? null }).where('municipality_id', '=', municipalityId).where('card_ref', '=', cardRef).execute();
  }
  await noteKeysGiven({ ...work, municipalityId }, device.deviceId, { cardRef, keyVersion: version, untilMs: nowMs + KEYS_MS, inAdvance: false });
  return { kind: 'keys', cardRef, material: materialOf(request.profile, version, master, identifier) };
}

/** The keys of a card whose identifier is known. @returns undefined when the key file has not this version, or the identifier is not of such a card */
export function keysOf(masterKeys: CardMasterKeys, profile: CardKeysRequest['profile'], version: number, identifier: Uint8Array): CardKeyMaterial | undefined {
  const master = masterKeys.master(version);
  return master && identifier.length === identifierBytesFor(USE_OF[profile]) ? materialOf(profile, version, master, identifier) : undefined;
}

/** Seals what was found to the device. Outside of the transaction: it takes time and changes nothing. */
export async function sealCardKeys({ cardRef, material }: Extract<CardKeysFinding, { kind: 'keys' }>, sealingKey: string, nowMs: number): Promise<CardKeysResponse> {
  const seal = await sealerTo(sealingKey, CARD_KEYS_INFO);
  return { kind: 'keys', cardRef, until: momentFromEpoch(nowMs + KEYS_MS), sealed: await seal(cardRef, JSON.stringify(CardKeyMaterial.parse(material))) };
}

const USE_OF = { desfire: 'spend', 'felica-lite-s': 'felica-card' } as const;

function materialOf(profile: CardKeysRequest['profile'], version: number, master: Uint8Array, identifier: Uint8Array): CardKeyMaterial {
  const key = (use: 'spend' | 'load' | 'felica-card') => Buffer.from(diversifiedKey(master, use, identifier)).toString('hex');
  switch (profile) {
    case 'desfire':
      return { profile, version, spend: key('spend'), load: key('load') };
    case 'felica-lite-s':
      return { profile, version, card: key('felica-card') };
  }
}

/** Counts every card that is asked for, known or not: guessing identifiers is no better than collecting keys. @returns what staff must see when it is too many */
async function countCard({ transaction }: Work, { device, cardsPerDayMax, nowMs }: CardKeysQuestion, cardRef: CardRef): Promise<Anomaly | undefined> {
  const day = dateInTokyo(momentFromEpoch(nowMs));
  const own = { municipality_id: device.municipalityId, device_id: device.deviceId };
  await transaction
    .deleteFrom('card_keys_asked')
    .where('municipality_id', '=', own.municipality_id)
    .where('device_id', '=', own.device_id)
    .where('day', '<>', day)
    .execute();
  const today = transaction
    .selectFrom('card_keys_asked')
    .where('municipality_id', '=', own.municipality_id)
    .where('device_id', '=', own.device_id)
    .where('day', '=', day);
  const again = await today.select('card_ref').where('card_ref', '=', cardRef).executeTakeFirst();
  if (again) return undefined;
  const asked = await today.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  if (asked.count >= cardsPerDayMax) {
    return { entry: { seq: 0, hash: day }, what: 'too-many-cards', detail: `The device asked for the keys of more than ${cardsPerDayMax} cards in a day.` };
  }
  await transaction.insertInto('card_keys_asked').values({ ...own, day, card_ref: cardRef }).execute();
  return undefined;
}
