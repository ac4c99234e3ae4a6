/** The devices the town knows: looked up for every request, listed and revoked by staff. */
import { DeviceId, MunicipalityId, SiteId } from '../../contract/ids.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import type { BackendDatabase, Work } from '../database/backend-database.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';

export interface KnownDevice {
  readonly municipalityId: MunicipalityId;
  readonly deviceId: DeviceId;
  readonly siteId: SiteId;
  /** `x` of the Ed25519 JWK. */
  readonly publicKey: string;
  /** X25519, 32 bytes in base64url; null for a device enrolled before cards had keys. */
  readonly sealingKey: string | null;
  readonly state: 'active' | 'revoked';
  /** Up to where it has heard the feed. */
  readonly heardCursor: number;
}

export async function findDevice({ kysely }: BackendDatabase, deviceId: DeviceId): Promise<KnownDevice | undefined> {
  const row = await kysely.selectFrom('device').selectAll().where('device_id', '=', deviceId).executeTakeFirst();
  return (
    row && {
      municipalityId: MunicipalityId.parse(row.municipality_id),
      deviceId: DeviceId.parse(row.device_id),
      siteId: SiteId.parse(row.site_id),
      publicKey: row.public_key,
      sealingKey: row.sealing_key,
      state: row.state,
      heardCursor: row.heard_cursor,
    }
  );
}

/** Remembers that the device has heard the feed up to `cursor`, if that is news. */
export async function rememberHeard({ kysely }: BackendDatabase, { municipalityId, deviceId, heardCursor }: KnownDevice, cursor: number): Promise<void> {
  if (cursor <= heardCursor) return;
  await kysely
    .updateTable('device')
    .set({ heard_cursor: cursor })
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('heard_cursor', '<', cursor)
    .execute();
}

/**
 * Remembers a request's `jti` for as long as its token could be used, and that the device was heard.
 * @returns false when the request was seen before: then it must not be served. Otherwise whether the device is believed at this moment
 */
export async function rememberRequest(
  { transaction }: Pick<Work, 'transaction'>,
  { municipalityId, deviceId }: KnownDevice,
  request: { readonly jti: string; readonly keepUntilMs: number; readonly nowMs: number },
): Promise<false | KnownDevice['state']> {
  const [, added] = await Promise.all([
    transaction
      .deleteFrom('request_nonce')
      .where('municipality_id', '=', municipalityId)
      .where('device_id', '=', deviceId)
      .where('keep_until_ms', '<', request.nowMs)
      .execute(),
    transaction
      .insertInto('request_nonce')
      .values({ municipality_id: municipalityId, device_id: deviceId, jti: request.jti, keep_until_ms: request.keepUntilMs })
      .onConflict((conflict) => conflict.doNothing())
      .returning('jti')
      .executeTakeFirst(),
  ]);
  if (!added) return false;
  const { state } = await transaction
    .updateTable('device')
    .set({ last_seen_ms: request.nowMs })
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .returning('state')
    .executeTakeFirstOrThrow();
  return state;
}

export interface DeviceLine {
  readonly deviceId: string;
  readonly siteId: string;
  readonly label: string;
  readonly state: 'active' | 'revoked';
  readonly lastSeenAt: Moment | null;
  /** Ed25519, 32 bytes in base64url: seals of its journal are checked with it. */
  readonly publicKey: string;
}

export async function listDevices({ kysely }: BackendDatabase): Promise<DeviceLine[]> {
  const rows = await kysely.selectFrom('device').selectAll().orderBy('enrolled_ms').orderBy('device_id').execute();
  return rows.map((row) => ({
    deviceId: row.device_id,
    siteId: row.site_id,
    label: row.label,
    state: row.state,
    lastSeenAt: row.last_seen_ms === null ? null : momentFromEpoch(row.last_seen_ms),
    publicKey: row.public_key,
  }));
}

/**
 * From now on the device is refused. What it holds stays set aside until staff write it off (`write-off.ts`); the cards whose keys it was
 * given need new ones (`rekeyDue`).
 * @returns false when there is no such device
 */
export async function revokeDevice(database: BackendDatabase, deviceId: DeviceId): Promise<boolean> {
  const device = await findDevice(database, deviceId);
  if (!device) return false;
  // As a writer: whatever is being given to the device at this moment is given before, and can be listed afterwards.
  await asOnlyWriter(database, device.municipalityId, async ({ transaction }) => {
    await transaction.updateTable('device').set({ state: 'revoked' }).where('device_id', '=', deviceId).execute();
  });
  return true;
}
