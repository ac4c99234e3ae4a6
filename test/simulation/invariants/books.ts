/** Both ends' books hold by themselves, and both ends hold the same. */
import { readBooks } from '../../../backend/ledger/books.ts';
import { textOf } from './evidence.ts';
import type { Invariant } from './invariant.ts';

export const BOOKS_BALANCE: Invariant = {
  name: 'books balance',
  async look({ world, kiosks }, find) {
    const books = await readBooks(world.backend.database);
    for (const fault of books.faults) find(`the backend's: ${fault}`);
    for (const { name, audit } of kiosks) for (const fault of audit.faults) find(`kiosk ${name}'s: ${fault}`);
  },
};

export const SAME_JOURNAL: Invariant = {
  name: 'the backend has every entry',
  look({ kiosks, rows }, find) {
    for (const { name, device, entries, audit } of kiosks) {
      if (audit.acknowledgedSeq !== audit.entries) find(`${audit.entries - audit.acknowledgedSeq} of kiosk ${name} were never acknowledged`);
      const hashes = rows<{ hash: string }>('select hash from journal_entry where device_id = ? order by seq', device.identity.deviceId);
      const same = hashes.length === entries.length && entries.every((entry, index) => entry.hash === hashes[index]?.hash);
      if (!same) find(`kiosk ${name} has ${entries.length}, the backend ${hashes.length} of them, or others`);
    }
  },
};

/** The kiosk holds what the backend holds, and nothing else: what the backend has refused does not count there either. */
export const SAME_MOVEMENTS: Invariant = {
  name: 'kiosks know what the backend knows',
  look({ kiosks, posted }, find) {
    for (const { name, booked } of kiosks) {
      for (const [operation, at] of posted) {
        const here = booked.get(operation);
        if (!here || textOf(here) !== textOf(at)) find(`kiosk ${name} has "${here ? textOf(here) : 'nothing'}" where the backend has "${textOf(at)}"`);
      }
      for (const [operation, here] of booked) if (!posted.has(operation)) find(`kiosk ${name} has "${textOf(here)}", which the backend does not have`);
    }
  },
};

/** What the backend believes a kiosk holds, the kiosk has, and nothing else: nothing that was set aside is lost or made up. */
export const LEASES_KNOWN: Invariant = {
  name: 'both know what is set aside',
  look({ world, kiosks, rows }, find) {
    if (world.strikes.has('backend-restored')) return;
    for (const { name, device, held } of kiosks) {
      const believed = rows<{ id: string }>(HELD_AT_BACKEND, ...HELD_TABLES.map(() => device.identity.deviceId)).map(({ id }) => id);
      const lost = believed.filter((id) => !held.has(id));
      if (lost.length > 0) find(`kiosk ${name} does not have ${lost.join(', ')}`);
      const extra = [...held].filter((id) => !believed.includes(id));
      if (extra.length > 0) find(`kiosk ${name} still has ${extra.join(', ')}`);
    }
  },
};

const HELD_TABLES = [['lease', 'entitlement_id'], ['purchase_right', 'right_id'], ['stock_lease', 'stock_lease_id'], ['account_hold', 'account_id']] as const;
const HELD_AT_BACKEND = HELD_TABLES.map(([table, id]) => `select ${id} as id from ${table} where device_id = ? and state = 'held'`).join(' union all ');
