/**
 * What all leases have in common. A lease is held by one device until that device says in its journal that it has given it back, or until
 * staff write it off after the device was revoked. No clock ends it: `until` only tells the device when to stop using it.
 */
import { sql } from 'kysely';
import type { DeviceId, MunicipalityId, SiteId } from '../../contract/ids.ts';
import { dateInTokyo, momentFromEpoch, type LocalDate } from '../../contract/time.ts';
import type { HowLeaseEnded } from '../database/tables.ts';
import type { MunicipalityWork } from './change-feed.ts';

const DAY_MS = 86_400_000;
export const LEASE_MS = 7 * DAY_MS;
/** A device's own lease is renewed when it would run out within this time. */
export const RENEW_WITHIN_MS = 3 * DAY_MS;
/** Leases of one kind given out or renewed by one pull; the next pull goes on. */
export const LEASES_PER_PULL_MAX = 500;
/** For so long, what belongs to an account goes to the device where its holder stood last, and to no other. */
export const WANTED_MS = 900_000;

export interface LeasingDevice {
  readonly municipalityId: MunicipalityId;
  readonly deviceId: DeviceId;
  readonly siteId: SiteId;
}

/** Subjects under which leases stand in the feed: what is said later of one replaces what was said before. */
export const leaseSubject = (id: string): string => `lease/${id}`;
export const stockSubject = (id: string): string => `stock/${id}`;
export const holdSubject = (account: string): string => `hold/${account}`;
export const recallSubject = (id: string): string => `recall/${id}`;
export const holdRecallSubject = (account: string): string => `hold-recall/${account}`;

/** Takes what was said of these out of the feed: a device that begins anew must not be told of what is over. */
export async function takeOutOfFeed({ transaction, municipalityId }: MunicipalityWork, said: ReadonlyArray<{ readonly deviceId: string; readonly subject: string }>): Promise<void> {
  for (const { deviceId, subject } of said) {
    await transaction.deleteFrom('change').where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).where('subject', '=', subject).execute();
  }
}

export const todayAt = (nowMs: number): LocalDate => dateInTokyo(momentFromEpoch(nowMs));

/** Stands in the text of a query for leases that are held: PostgreSQL finds them by the indexes of those alone only when it knows that it is to look for them. */
export const HELD = sql.lit('held' as const);

/** Columns of a lease that has ended. */
export const ended = (how: HowLeaseEnded) => ({ state: 'ended' as const, how_ended: how });
