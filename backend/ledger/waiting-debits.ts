/**
 * Debits of cards with the value on them that the account in the books did not cover when they were reported: the card had the value, so
 * some other device has loaded it and not said so yet. Each is tried again whenever the account gets something.
 */
import type { CardEvidence } from '../../contract/card.ts';
import { DeviceId, type AccountId } from '../../contract/ids.ts';
import { Movement } from '../../contract/value.ts';
import type { NamedCard } from '../cards/check-card.ts';
import { insertAll } from '../database/insert-all.ts';
import type { DeviceAnomaly } from './anomalies.ts';
import type { MunicipalityWork } from './change-feed.ts';
import type { ClaimedMovement } from './movement-verdict.ts';

export interface WaitingDebit {
  readonly claim: ClaimedMovement & { readonly noticed: { readonly deviceId: DeviceId; readonly seq: number } };
}

export async function keepWaiting(work: MunicipalityWork, claims: readonly ClaimedMovement[]): Promise<void> {
  if (claims.length === 0) return;
  await work.transaction
    .insertInto('waiting_debit')
    .values(
      claims.map(({ deviceId, movement, card, entry, noticed, heardThen }) => ({
        municipality_id: work.municipalityId,
        operation_id: movement.operationId,
        account_id: movement.fromAccountId ?? movement.accountId,
        device_id: deviceId,
        seq: entry.seq,
        entry_hash: entry.hash,
        noticed_device_id: noticed?.deviceId ?? deviceId,
        noticed_seq: noticed?.seq ?? entry.seq,
        movement: JSON.stringify(movement),
        card: JSON.stringify(card),
        state: 'waiting' as const,
        heard_cursor: heardThen ?? 0,
      })),
    )
    .onConflict((conflict) => conflict.column('operation_id').doNothing())
    .execute();
}

/** Those of the accounts whose debits still wait, oldest operation first; without those that staff have settled meanwhile. */
export async function waitingDebits({ transaction, dialect, municipalityId }: MunicipalityWork, accounts: readonly AccountId[]): Promise<WaitingDebit[]> {
  if (accounts.length === 0) return [];
  const rows = await transaction
    .selectFrom('waiting_debit as debit')
    .leftJoin('anomaly', (join) =>
      join
        .onRef('anomaly.municipality_id', '=', 'debit.municipality_id')
        .onRef('anomaly.device_id', '=', 'debit.noticed_device_id')
        .onRef('anomaly.seq', '=', 'debit.noticed_seq')
        .on('anomaly.what', '=', 'overdrawn'),
    )
    .selectAll('debit')
    .where('debit.municipality_id', '=', municipalityId)
    .where(dialect.oneOf('debit.account_id', accounts))
    .where('debit.state', '=', 'waiting')
    // What was reported in the same push is kept for staff only when that has been gone through.
    .where((eb) => eb.or([eb('anomaly.state', 'is', null), eb('anomaly.state', '=', 'open')]))
    .orderBy('debit.operation_id')
    .execute();
  return rows.map((row) => ({
    claim: {
      deviceId: DeviceId.parse(row.device_id),
      entry: { seq: row.seq, hash: row.entry_hash },
      noticed: { deviceId: DeviceId.parse(row.noticed_device_id), seq: row.noticed_seq },
      movement: Movement.parse(JSON.parse(row.movement)),
      // Written by `keepWaiting`, and checked when the device reported it.
      card: JSON.parse(row.card) as NamedCard & { readonly evidence: CardEvidence },
      heldThen: true,
      heardThen: row.heard_cursor,
    },
  }));
}

const BY_THE_TOWN = 'town';

/** The debit was posted: nothing is left for staff to decide. */
export async function noteWaitingPosted(work: MunicipalityWork, { claim }: WaitingDebit, nowMs: number): Promise<void> {
  const { transaction, municipalityId } = work;
  const { movement, noticed } = claim;
  await transaction.updateTable('waiting_debit').set({ state: 'posted' }).where('operation_id', '=', movement.operationId).execute();
  const settled = await transaction
    .updateTable('anomaly')
    .set({ state: 'resolved' })
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', noticed.deviceId)
    .where('seq', '=', noticed.seq)
    .where('what', '=', 'overdrawn')
    .where('state', '=', 'open')
    .returning('number')
    .execute();
  await insertAll(work, 'anomaly_resolution', settled.map(({ number }) => ({
    municipality_id: municipalityId,
    number,
    decision: 'noted' as const,
    staff_id: BY_THE_TOWN,
    reason: 'The load that it had waited for was reported, and it was posted.',
    decided_ms: nowMs,
  })));
}

/** Leaves out what was reported as overdrawn and was covered by something that came together with it. */
export async function withoutCovered(work: MunicipalityWork, anomalies: readonly DeviceAnomaly[]): Promise<DeviceAnomaly[]> {
  const overdrawn = anomalies.filter(({ what }) => what === 'overdrawn');
  if (overdrawn.length === 0) return [...anomalies];
  const rows = await work.transaction
    .selectFrom('waiting_debit')
    .select(['noticed_device_id', 'noticed_seq'])
    .where('municipality_id', '=', work.municipalityId)
    .where(work.dialect.oneOf('noticed_device_id', overdrawn.map(({ deviceId }) => deviceId)))
    .where(work.dialect.oneOf('noticed_seq', overdrawn.map(({ entry }) => entry.seq)))
    .where('state', '=', 'posted')
    .execute();
  const covered = new Set(rows.map((row) => `${row.noticed_device_id} ${row.noticed_seq}`));
  return anomalies.filter(({ what, deviceId, entry }) => what !== 'overdrawn' || !covered.has(`${deviceId} ${entry.seq}`));
}
