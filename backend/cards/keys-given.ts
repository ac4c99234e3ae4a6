/** Which device has been given which cards' keys: kept for ever, because the cards of a stolen device need new keys. */
import type { CardRef, DeviceId, MunicipalityId } from '../../contract/ids.ts';
import type { BackendDatabase, Work } from '../database/backend-database.ts';

export interface GivenCardKeys {
  readonly cardRef: CardRef;
  readonly keyVersion: number;
  readonly untilMs: number;
  /** Given without being asked for. */
  readonly inAdvance: boolean;
}

/** Keys that were given in advance stay so when the device asks for them as well. */
export async function noteKeysGiven(
  { transaction, municipalityId }: Pick<Work, 'transaction'> & { readonly municipalityId: MunicipalityId },
  deviceId: DeviceId,
  { cardRef, keyVersion, untilMs, inAdvance }: GivenCardKeys,
): Promise<void> {
  await transaction
    .insertInto('card_keys_given')
    .values({ municipality_id: municipalityId, device_id: deviceId, card_ref: cardRef, key_version: keyVersion, until_ms: untilMs, in_advance: inAdvance ? 1 : 0 })
    .onConflict((conflict) => {
      const known = conflict.columns(['municipality_id', 'device_id', 'card_ref', 'key_version']);
      return inAdvance ? known.doUpdateSet({ until_ms: untilMs, in_advance: 1 }) : known.doNothing();
    })
    .execute();
}

/** A card with keys that a revoked device has been given: it needs new ones. It is no longer here when it has been re-keyed. */
export interface RekeyDue {
  readonly cardRef: string;
  readonly deviceId: string;
  readonly keyVersion: number;
}

/** @param deviceId the cards of this device only */
export function rekeyDue({ kysely }: BackendDatabase, deviceId?: DeviceId): Promise<RekeyDue[]> {
  return kysely
    .selectFrom('card_keys_given as given')
    .innerJoin('device', (join) => join.onRef('device.municipality_id', '=', 'given.municipality_id').onRef('device.device_id', '=', 'given.device_id'))
    .innerJoin('card', (join) =>
      join.onRef('card.municipality_id', '=', 'given.municipality_id').onRef('card.card_ref', '=', 'given.card_ref').onRef('card.key_version', '=', 'given.key_version'),
    )
    .select(['given.card_ref as cardRef', 'given.device_id as deviceId', 'given.key_version as keyVersion'])
    .where('device.state', '=', 'revoked')
    .where('card.state', '=', 'active')
    .$if(deviceId !== undefined, (query) => query.where('given.device_id', '=', deviceId ?? ''))
    .orderBy('given.card_ref')
    .orderBy('given.device_id')
    .execute();
}
