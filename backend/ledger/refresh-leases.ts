/** Everything that a device is given or renewed when it pulls, one kind after the other. */
import { refreshCardKeys } from '../cards/keys-in-advance.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { KnownDevice } from '../devices/known-devices.ts';
import type { BackendRandomness } from '../ports.ts';
import { refreshGrantLeases } from './grant-leases.ts';
import { LEASES_PER_PULL_MAX } from './leasing.ts';
import { refreshRights } from './right-leases.ts';
import { refreshStock } from './stock-leases.ts';

export interface RefreshOptions {
  readonly nowMs: number;
  readonly randomness: BackendRandomness;
  /** Unsold sets of one scheme that a device may hold. */
  readonly stockPerDeviceMax: number;
  readonly masterKeys: CardMasterKeys | undefined;
  /** Cards whose keys a device may have without asking. */
  readonly keysAheadMax: number;
}

/** @returns how much was written, and whether another pull would bring more at once */
export async function refreshLeases(database: BackendDatabase, device: KnownDevice, options: RefreshOptions): Promise<{ readonly written: number; readonly more: boolean }> {
  const { nowMs, randomness, stockPerDeviceMax, masterKeys, keysAheadMax } = options;
  const grants = await refreshGrantLeases(database, device, nowMs);
  const rights = await refreshRights(database, device, randomness, nowMs);
  const stock = await refreshStock(database, device, { perDeviceMax: stockPerDeviceMax, nowMs, randomness });
  // The next pull comes soon enough for the rest of the keys: a kiosk that needs some at once asks.
  const keys = masterKeys === undefined ? 0 : await refreshCardKeys(database, device, { masterKeys, keysAheadMax, nowMs });
  return { written: grants + rights + stock + keys, more: grants >= LEASES_PER_PULL_MAX || rights >= LEASES_PER_PULL_MAX };
}
