/**
 * The step between a card and the town's books: from here on the town knows that this card points to that account, and every kiosk is
 * told. The card's own identifier passes through memory only: it is in no table but sealed, and in no log and no message.
 */
import { cardRefOf } from '../../contract/card-ref.ts';
import type { CardProfile } from '../../contract/card.ts';
import { MunicipalityId, type AccountId, type CardRef } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { announce, asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { BackendRandomness } from '../ports.ts';
import { BackendUnusable } from '../unusable.ts';
import { cardsOnRecord } from './card-records.ts';
import type { CardOnRecord } from './check-card.ts';
import type { CardMasterKeys } from './master-keys.ts';
import { isSealedUnder, sealIdentifier } from './sealed-identifier.ts';

/** Cards that prove themselves have keys made of the town's master key of that version; the others have none. */
type KeyedCard = { readonly profile: 'desfire' | 'felica-lite-s'; readonly keyVersion: number };
type PointingCard = { readonly profile: Exclude<CardProfile, KeyedCard['profile']>; readonly keyVersion: null };

interface IdentifiedCard {
  /** May be left out where the database holds one town only. */
  readonly municipalityId?: MunicipalityId | undefined;
  /** The card's own (UID, IDm, or what a paper card's code says), as the kiosks will read it. */
  readonly identifier: Uint8Array;
}

export type CardToRegister = IdentifiedCard & { readonly accountId: AccountId } & (KeyedCard | PointingCard);

export type Registration =
  | { readonly kind: 'registered' }
  /** The town knew the card, with another version of its keys. */
  | { readonly kind: 'updated' }
  | { readonly kind: 'unchanged' }
  /** The town has no such account, or it is closed. */
  | { readonly kind: 'account-unknown' }
  | { readonly kind: 'other-account' }
  | { readonly kind: 'other-profile'; readonly profile: CardProfile }
  /** It was reported lost, or is not believed. It stays stopped. */
  | { readonly kind: 'stopped' };

/** Why a card is not registered. */
export type RegistrationRefused = Exclude<Registration, { kind: 'registered' | 'updated' | 'unchanged' }>;

export type KeyVersionRecord =
  | Extract<Registration, { kind: 'updated' | 'unchanged' | 'other-profile' }>
  /** The version is on record, for it is on the card; the card stays stopped. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'card-unknown' };

/** With what the identifier of a card is sealed, so that its keys can be made before anybody has laid it down. */
export interface IdentifierSealing {
  readonly masterKeys: CardMasterKeys;
  readonly randomness: BackendRandomness;
}

/**
 * Makes the card known as one of the account, or, when it is one already, notes the version of its keys. May be repeated without harm.
 * @param sealing left out where the town's master keys are not at hand: then the identifier is kept when the card is first laid down
 * @throws BackendUnusable when the database does not hold the town
 */
export async function registerCard(database: BackendDatabase, card: CardToRegister, sealing?: IdentifierSealing): Promise<Registration> {
  const { identifier, accountId, profile, keyVersion } = card;
  const town = await townInBooks(database, card.municipalityId);
  return asOnlyWriter(database, town.municipalityId, async (work): Promise<Registration> => {
    const cardRef = cardRefOf(town.cardKey, identifier);
    const known = (await cardsOnRecord(work, [cardRef])).get(cardRef);
    const refused = await refusal(work, known, card);
    if (refused) return refused;
    if (!known) {
      await work.transaction
        .insertInto('card')
        .values({ municipality_id: work.municipalityId, card_ref: cardRef, account_id: accountId, state: 'active', profile, key_version: keyVersion, sealed_identifier: sealedIdentifier(work, cardRef, card, sealing) ?? null })
        .execute();
      await tellDevices(work, cardRef, { accountId, profile, state: 'active' });
      return { kind: 'registered' };
    }
    return noteKeyVersion(work, cardRef, known, keyVersion, sealedIdentifier(work, cardRef, card, sealing));
  });
}

/**
 * Whether `registerCard` would refuse the card: to be asked before it is written on, because a card that the town knows as another would
 * be refused at every kiosk from then on.
 * @throws BackendUnusable when the database does not hold the town
 */
export async function registrationRefused(
  database: BackendDatabase,
  card: IdentifiedCard & Pick<CardToRegister, 'accountId' | 'profile'>,
): Promise<RegistrationRefused | undefined> {
  const town = await townInBooks(database, card.municipalityId);
  return asOnlyWriter(database, town.municipalityId, async (work) => {
    const cardRef = cardRefOf(town.cardKey, card.identifier);
    return refusal(work, (await cardsOnRecord(work, [cardRef])).get(cardRef), card);
  });
}

async function refusal(work: MunicipalityWork, known: CardOnRecord | undefined, { accountId, profile }: Pick<CardToRegister, 'accountId' | 'profile'>): Promise<RegistrationRefused | undefined> {
  if (!(await isOpenAccount(work, accountId))) return { kind: 'account-unknown' };
  if (!known) return undefined;
  if (known.accountId !== accountId) return { kind: 'other-account' };
  if (known.profile !== profile) return { kind: 'other-profile', profile: known.profile };
  return known.state === 'stopped' ? { kind: 'stopped' } : undefined;
}

/**
 * Notes which version of the town's keys a card has now that was re-keyed, whosever it is. May be repeated without harm.
 * @throws BackendUnusable when the database does not hold the town
 */
export async function recordKeyVersion(database: BackendDatabase, card: IdentifiedCard & KeyedCard, sealing?: IdentifierSealing): Promise<KeyVersionRecord> {
  const { identifier, profile, keyVersion } = card;
  const town = await townInBooks(database, card.municipalityId);
  return asOnlyWriter(database, town.municipalityId, async (work): Promise<KeyVersionRecord> => {
    const cardRef = cardRefOf(town.cardKey, identifier);
    const known = (await cardsOnRecord(work, [cardRef])).get(cardRef);
    if (!known) return { kind: 'card-unknown' };
    if (known.profile !== profile) return { kind: 'other-profile', profile: known.profile };
    const noted = await noteKeyVersion(work, cardRef, known, keyVersion, sealedIdentifier(work, cardRef, card, sealing));
    return known.state === 'stopped' ? { kind: 'stopped' } : noted;
  });
}

export interface TownInBooks {
  readonly municipalityId: MunicipalityId;
  readonly name: string;
  /** A secret; see `EnrolResponse`. */
  readonly cardKey: string;
}

/**
 * The town whose books these are.
 * @param municipalityId may be left out where the database holds one town only
 * @throws BackendUnusable when that town is not there, or several are and none was named
 */
export async function townInBooks({ kysely, where }: BackendDatabase, municipalityId: MunicipalityId | undefined): Promise<TownInBooks> {
  const towns = await kysely.selectFrom('municipality').select(['municipality_id', 'name', 'card_key']).orderBy('municipality_id').execute();
  const [town, ...others] = towns.filter((row) => municipalityId === undefined || row.municipality_id === municipalityId);
  if (town && others.length === 0) return { municipalityId: MunicipalityId.parse(town.municipality_id), name: town.name, cardKey: town.card_key };
  const known = towns.length === 0 ? 'It holds no town.' : `It holds: ${towns.map((row) => row.municipality_id).join(', ')}.`;
  throw new BackendUnusable('configuration', `The database ${where} does not say ${municipalityId === undefined ? 'which town is meant' : `anything of the town "${municipalityId}"`}. ${known}`);
}

/** Whether the town has this account and it is open; to be asked before a card is written on. */
export async function knowsAccount({ kysely }: BackendDatabase, municipalityId: MunicipalityId, accountId: AccountId): Promise<boolean> {
  return isOpenAccount({ transaction: kysely, municipalityId }, accountId);
}

async function isOpenAccount({ transaction, municipalityId }: { readonly transaction: BackendDatabase['kysely']; readonly municipalityId: MunicipalityId }, accountId: AccountId): Promise<boolean> {
  const account = await transaction
    .selectFrom('account')
    .select('state')
    .where('municipality_id', '=', municipalityId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return account?.state === 'open';
}

function sealedIdentifier(
  { municipalityId }: MunicipalityWork,
  cardRef: CardRef,
  { keyVersion, identifier }: { readonly keyVersion: number | null; readonly identifier: Uint8Array },
  sealing: IdentifierSealing | undefined,
): string | undefined {
  if (!sealing || keyVersion === null || sealing.masterKeys.municipality !== municipalityId) return undefined;
  return sealIdentifier(sealing.masterKeys, keyVersion, { municipalityId, cardRef }, identifier, sealing.randomness);
}

/** @param sealed the identifier under the new version, if it could be sealed */
async function noteKeyVersion(
  work: MunicipalityWork,
  cardRef: CardRef,
  known: CardOnRecord,
  keyVersion: number | null,
  sealed: string | undefined,
): Promise<Extract<Registration, { kind: 'updated' | 'unchanged' }>> {
  const isKept = known.sealedIdentifier !== null && (keyVersion === null || isSealedUnder(known.sealedIdentifier, keyVersion));
  if (known.keyVersion === keyVersion && (isKept || sealed === undefined)) return { kind: 'unchanged' };
  await work.transaction
    .updateTable('card')
    .set({ key_version: keyVersion, ...(sealed === undefined || isKept ? {} : { sealed_identifier: sealed }) })
    .where('municipality_id', '=', work.municipalityId)
    .where('card_ref', '=', cardRef)
    .execute();
  if (known.keyVersion === keyVersion) return { kind: 'unchanged' };
  await tellDevices(work, cardRef, known);
  return { kind: 'updated' };
}

function tellDevices(work: MunicipalityWork, cardRef: CardRef, { accountId, profile, state }: Pick<CardOnRecord, 'accountId' | 'profile' | 'state'>): Promise<void> {
  return announce(work, [{ change: { type: 'card', cardRef, accountId, profile, state } }]);
}
