/** The devices the town knows: looked up for every request, listed and revoked by staff. */
import type { Kysely } from 'kysely';
import { DeviceId, MunicipalityId, SiteId } from '../../contract/ids.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import type { BackendDatabase, Work } from '../database/backend-database.ts';
import { insertNew } from '../database/insert-all.ts';
import { written } from '../database/overlapping.ts';
import type { Tables } from '../database/tables.ts';
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
export async function rememberHeard(database: Kysely<Tables>, { municipalityId, deviceId, heardCursor }: KnownDevice, cursor: number): Promise<void> {
  if (cursor <= heardCursor) return;
  await database
    .updateTable('device')
    .set({ heard_cursor: cursor })
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('heard_cursor', '<', cursor)
    .execute();
}

export interface SignedRequest {
  readonly device: KnownDevice;
  readonly jti: string;
  /** Until then its token could be used. */
  readonly keepUntilMs: number;
}

/**
 * Remembers the `jti` of requests of one municipality for as long as their tokens could be used, and that their devices were heard.
 * @param requests each of another device
 * @returns of each request whether its device is believed at this moment; false when it was seen before: then it must not be served
 */
export async function rememberRequests(work: Work, requests: readonly SignedRequest[], nowMs: number): Promise<Array<false | KnownDevice['state']>> {
  const { transaction, dialect } = work;
  const [first] = requests;
  if (!first) return [];
  const { municipalityId } = first.device;
  const devices = dialect.oneOf('device_id', requests.map(({ device }) => device.deviceId));
  // Whoever comes first clears up behind itself: of many that come together each is the first one day.
  await written(work, transaction.deleteFrom('request_nonce').where('municipality_id', '=', municipalityId).where('device_id', '=', first.device.deviceId).where('keep_until_ms', '<', nowMs).execute());
  const [fresh, known] = await Promise.all([
    insertNew(
      work,
      'request_nonce',
      requests.map(({ device, jti, keepUntilMs }) => ({ municipality_id: municipalityId, device_id: device.deviceId, jti, keep_until_ms: keepUntilMs })),
      'device_id',
    ),
    // Nobody can revoke one of them before this is committed.
    transaction.selectFrom('device').select(['device_id', 'state']).where('municipality_id', '=', municipalityId).where(devices).modifyEnd(dialect.forUpdate).execute(),
  ]);
  const heard = known.filter(({ device_id }) => fresh.has(device_id));
  if (heard.length > 0) {
    const seen = dialect.oneOf('device_id', heard.map(({ device_id }) => device_id));
    await written(work, transaction.updateTable('device').set({ last_seen_ms: nowMs }).where('municipality_id', '=', municipalityId).where(seen).execute());
  }
  const states = new Map<string, KnownDevice['state']>(heard.map(({ device_id, state }) => [device_id, state]));
  return requests.map(({ device }) => states.get(device.deviceId) ?? false);
}

/** As `rememberRequests`, for one. @returns false when the request was seen before */
export async function rememberRequest(
  work: Work,
  device: KnownDevice,
  { jti, keepUntilMs, nowMs }: { readonly jti: string; readonly keepUntilMs: number; readonly nowMs: number },
): Promise<false | KnownDevice['state']> {
  const [heard = false] = await rememberRequests(work, [{ device, jti, keepUntilMs }], nowMs);
  return heard;
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
