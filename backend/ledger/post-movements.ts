/** Posts the movements of a batch that hold, in order, and says which do not. Reads what it needs for the whole batch at once. */
import type { JournalEntry } from '../../contract/journal.ts';
import { AccountId, EntitlementId, type DeviceId } from '../../contract/ids.ts';
import type { Entitlement, Movement, Scheme } from '../../contract/value.ts';
import type { Anomaly } from './anomalies.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { checkMovement } from './check-movement.ts';
import { endLeases } from './leases.ts';
import { entitlementOfRow, insertMovements, lotsHeld, schemeOfRow, type HeldLot } from './stored-value.ts';

export interface ClaimedMovement {
  readonly entry: JournalEntry;
  readonly movement: Movement;
}

/** @returns those that were not posted, with the reason */
export async function postMovements(work: MunicipalityWork, deviceId: DeviceId, claims: readonly ClaimedMovement[], nowMs: number): Promise<Anomaly[]> {
  if (claims.length === 0) return [];
  const books = await readFacts(work, deviceId, claims);
  const anomalies: Anomaly[] = [];
  const posted: ClaimedMovement[] = [];
  for (const claim of claims) {
    const { movement, entry } = claim;
    const entitlement = movement.entitlementId === null ? undefined : books.entitlements.get(movement.entitlementId);
    const verdict = checkMovement(
      movement,
      {
        operationPosted: books.operations.has(movement.operationId),
        entitlement,
        scheme: entitlement && books.schemes.get(entitlement.terms.schemeId),
        lease: movement.entitlementId === null ? undefined : books.leases.get(movement.entitlementId),
        balanceOn: (day) => balance(books.lots, movement, day),
      },
      nowMs,
    );
    if (!verdict.ok) {
      anomalies.push({ entry, what: verdict.what, detail: verdict.detail, keepEntry: false });
      continue;
    }
    posted.push(claim);
    books.operations.add(movement.operationId);
    if (entitlement) entitlement.state = 'taken';
    for (const lot of movement.lots) books.lots.push({ lot, amount: entitlement?.terms.amount ?? 0 });
  }
  await write(work, deviceId, posted, nowMs);
  return anomalies;
}

interface Facts {
  readonly operations: Set<string>;
  readonly entitlements: Map<string, { readonly terms: Entitlement; state: 'open' | 'taken' | 'withdrawn' }>;
  readonly schemes: Map<string, Scheme>;
  readonly leases: Map<string, { readonly untilMs: number; readonly state: 'held' | 'ended' }>;
  readonly lots: HeldLot[];
}

async function readFacts(work: MunicipalityWork, deviceId: DeviceId, claims: readonly ClaimedMovement[]): Promise<Facts> {
  const { transaction, municipalityId } = work;
  // No entitlement has the empty id: it keeps the list from being empty, which SQL does not allow.
  const ids = claims.map(({ movement }) => movement.entitlementId ?? '');
  // Operation ids are made once in the world; a repeated one is noticed whichever town has it.
  const operations = await transaction.selectFrom('movement').select('operation_id').where('operation_id', 'in', claims.map(({ movement }) => movement.operationId)).execute();
  const entitlements = await transaction.selectFrom('entitlement').selectAll().where('municipality_id', '=', municipalityId).where('entitlement_id', 'in', ids).execute();
  const schemes = await transaction.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).execute();
  const leases = await transaction
    .selectFrom('lease')
    .select(['entitlement_id', 'until_ms', 'state'])
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('entitlement_id', 'in', ids)
    .execute();
  const accounts = [...new Set(entitlements.map((row) => row.account_id))].map((account) => AccountId.parse(account));
  return {
    operations: new Set(operations.map((row) => row.operation_id)),
    entitlements: new Map(entitlements.map((row) => [row.entitlement_id, { terms: entitlementOfRow(row), state: row.state }])),
    schemes: new Map(schemes.map((row) => [row.scheme_id, schemeOfRow(row)])),
    leases: new Map(leases.map((row) => [row.entitlement_id, { untilMs: row.until_ms, state: row.state }])),
    lots: await lotsHeld(work, municipalityId, accounts),
  };
}

/** What the movement's account can use of its scheme on `day`. */
function balance(lots: readonly HeldLot[], { accountId, schemeId }: Movement, day: string): number {
  return lots
    .filter(({ lot }) => lot.accountId === accountId && lot.schemeId === schemeId && lot.lastDay >= day)
    .reduce((sum, { amount }) => sum + amount, 0);
}

async function write(work: MunicipalityWork, deviceId: DeviceId, posted: readonly ClaimedMovement[], nowMs: number): Promise<void> {
  if (posted.length === 0) return;
  const { transaction, municipalityId } = work;
  await insertMovements(work, municipalityId, posted.map(({ entry, movement }) => ({ movement, source: { deviceId, seq: entry.seq } })), nowMs);
  for (const { movement } of posted) {
    await transaction
      .updateTable('entitlement')
      .set({ state: 'taken', operation_id: movement.operationId })
      .where('municipality_id', '=', municipalityId)
      .where('entitlement_id', '=', movement.entitlementId)
      .where('state', '=', 'open')
      .execute();
  }
  await endLeases(work, posted.flatMap(({ movement }) => (movement.entitlementId === null ? [] : [EntitlementId.parse(movement.entitlementId)])));
  await announce(work, posted.map(({ movement }) => ({ change: { type: 'movement', movement } })));
}
