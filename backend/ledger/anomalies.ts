/** What must not happen, kept for staff: never thrown away, never allowed to block a device for ever. */
import type { JournalEntry } from '../../contract/journal.ts';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import { sql } from 'kysely';
import type { CardFault } from '../cards/check-card.ts';
import type { Work } from '../database/backend-database.ts';
import type { MovementFault } from './movement-verdict.ts';

export type AnomalyKind =
  | MovementFault
  | CardFault
  | 'fork'
  | 'chain-broken'
  | 'entry-id-repeated'
  /** The request was signed by the device, the seal over its entries was not. */
  | 'seal-wrong'
  /** A device says that a movement happened of which a reading of the card said that it had not. */
  | 'operation-void'
  /** A device no longer believes a card. */
  | 'card-suspect'
  /** A card showed a counter behind one that it had before. */
  | 'card-rolled-back'
  /** The movement was posted, but the card's proof of it could not be checked. */
  | 'card-evidence-unchecked'
  /** A device asked for the keys of more cards than people come by in a day. */
  | 'too-many-cards'
  /** A regional-currency platform does not carry out a movement that our books have. */
  | 'platform-refused'
  /** The platform's balance of an account is not ours. */
  | 'platform-differs';

/** Which journal entry an anomaly is about; sequence 0 and a day when it is about none. */
export interface EntryReference {
  readonly seq: number;
  readonly hash: string;
}

export interface Anomaly {
  readonly entry: EntryReference;
  readonly what: AnomalyKind;
  /** One sentence; nothing about a person. */
  readonly detail: string;
  /** The entry itself, when it is not in the journal: then it is kept with the anomaly. */
  readonly refused?: JournalEntry;
}

/** Of which device's entry it is. */
export interface DeviceAnomaly extends Anomaly {
  readonly deviceId: DeviceId;
}

/**
 * Keeps an anomaly once, however often the device sends the same thing, under the town's next number.
 * @param device whose it is; without `deviceId` it is about none
 */
export async function keepAnomaly(
  { transaction, dialect }: Work,
  { municipalityId, deviceId }: { readonly municipalityId: MunicipalityId; readonly deviceId?: DeviceId },
  { entry, what, detail, refused }: Anomaly,
  nowMs: number,
): Promise<void> {
  // Only one at a time takes the next number.
  await sql`select last_cursor from change_counter where municipality_id = ${municipalityId} ${dialect.forUpdate}`.execute(transaction);
  await transaction
    .insertInto('anomaly')
    .values({
      municipality_id: municipalityId,
      number: sql<number>`(select coalesce(max(number), 0) + 1 from anomaly where municipality_id = ${municipalityId})`,
      device_id: deviceId ?? '',
      seq: entry.seq,
      what,
      entry_hash: entry.hash,
      detail,
      evidence: refused ? JSON.stringify(refused) : null,
      noticed_ms: nowMs,
      state: 'open',
    })
    .onConflict((conflict) => conflict.columns(['municipality_id', 'device_id', 'seq', 'what', 'entry_hash']).doNothing())
    .execute();
}
