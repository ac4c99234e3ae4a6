/**
 * What residents asked for, and what became of it: made → printed → received → ready → handed over, or withdrawn. The device says the first two,
 * staff the others. What was asked for is sealed text here, which only the office's key opens.
 */
import type { Kysely } from 'kysely';
import { sealedHash } from '../../contract/journal-hash.ts';
import { DeviceId, RequestId, type MunicipalityId, type StaffId } from '../../contract/ids.ts';
import type { JournalFact } from '../../contract/journal.ts';
import { slipNumberText } from '../../contract/slip-number.ts';
import type { RequestUpload, RequestUploadResponse } from '../../contract/sync.ts';
import { Moment } from '../../contract/time.ts';
import type { RequestTable, Tables } from '../database/tables.ts';
import type { MunicipalityWork } from '../ledger/change-feed.ts';

/** In the order in which a request goes through them. */
export const REQUEST_STATES = ['made', 'printed', 'received', 'ready', 'handed-over', 'withdrawn'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];
/** Nothing follows. */
const OVER: ReadonlySet<RequestState> = new Set(['handed-over', 'withdrawn']);
export const isOver = (state: RequestState): boolean => OVER.has(state);

type Fact<Type extends JournalFact['type']> = Extract<JournalFact, { type: Type }>;
export type StepBy = { readonly device: DeviceId } | { readonly staff: StaffId };

/** @returns false when another device has made a request of this id */
export async function requestMade(work: MunicipalityWork, device: DeviceId, fact: Fact<'request-made'>, at: Moment, nowMs: number): Promise<boolean> {
  const { requestId, procedureId, version, slipNumber } = fact;
  const row = { request_id: requestId, device_id: device, procedure_id: procedureId, version, slip_number: slipNumber, made_at: at, sealed_hash: fact.sealedHash, sealed: null, state: 'made' as const };
  const made = await work.transaction
    .insertInto('request')
    .values({ municipality_id: work.municipalityId, ...row })
    .onConflict((conflict) => conflict.doNothing())
    .returning('request_id')
    .executeTakeFirst();
  if (!made) return (await requestOf(work.transaction, work.municipalityId, requestId))?.device === device;
  await keepStep(work, requestId, 'made', { device }, nowMs);
  return true;
}

/**
 * Goes on to a later state; what was skipped stays skipped.
 * @returns the state it has now, undefined when there is no such request. One that is over, or further on, stays as it is
 */
export async function stepRequest(work: MunicipalityWork, requestId: RequestId, to: RequestState, by: StepBy, nowMs: number): Promise<RequestState | undefined> {
  const request = await requestOf(work.transaction, work.municipalityId, requestId);
  if (!request) return undefined;
  const { state } = request;
  if (isOver(state) || REQUEST_STATES.indexOf(to) <= REQUEST_STATES.indexOf(state)) return state;
  await setRequest(work, requestId, { state: to });
  await keepStep(work, requestId, to, by, nowMs);
  return to;
}

/** @returns `differs` when it is not the text of which the device's journal speaks */
export async function keepSealedRequest(work: MunicipalityWork, device: DeviceId, { requestId, sealed }: RequestUpload): Promise<RequestUploadResponse['kind'] | 'differs'> {
  const request = await requestOf(work.transaction, work.municipalityId, requestId);
  if (request?.device !== device) return 'unknown-request';
  if (request.sealedHash !== sealedHash(sealed)) return 'differs';
  // What was erased here is not wanted again.
  if (request.sealed === null && !isOver(request.state)) await setRequest(work, requestId, { sealed });
  return 'kept';
}

export interface RequestRecord {
  readonly requestId: RequestId;
  readonly device: DeviceId;
  /** As it is on the slip: 「役場1-0042」. */
  readonly number: string;
  readonly procedureId: string;
  readonly version: number;
  readonly madeAt: Moment;
  readonly state: RequestState;
  readonly sealedHash: string;
  /** Null when it did not arrive yet, or was erased. */
  readonly sealed: string | null;
}

export async function requestOf(database: Kysely<Tables>, municipalityId: MunicipalityId, requestId: RequestId): Promise<RequestRecord | undefined> {
  const row = await selectRequests(database, municipalityId).where('request_id', '=', requestId).executeTakeFirst();
  return row && recordOfRow(row);
}

/** Oldest first. @param some which of them: in these states, or with this number */
export async function listRequests(database: Kysely<Tables>, municipalityId: MunicipalityId, some: { readonly states: readonly RequestState[] } | { readonly deviceLabel: string; readonly slipNumber: number }): Promise<RequestRecord[]> {
  const all = selectRequests(database, municipalityId).orderBy('made_at').orderBy('request_id');
  const rows = await ('states' in some ? all.where('request.state', 'in', some.states) : all.where('device.label', '=', some.deviceLabel).where('slip_number', '=', some.slipNumber)).execute();
  return rows.map(recordOfRow);
}

/** Takes the sealed texts out of requests that were over before a moment. @returns of how many */
export async function eraseSealed({ transaction, municipalityId }: MunicipalityWork, beforeMs: number): Promise<number> {
  const { numUpdatedRows } = await transaction
    .updateTable('request')
    .set({ sealed: null })
    .where('municipality_id', '=', municipalityId)
    .where('sealed', 'is not', null)
    .where('state', 'in', [...OVER])
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('request_step')
            .select('step')
            .whereRef('request_step.municipality_id', '=', 'request.municipality_id')
            .whereRef('request_step.request_id', '=', 'request.request_id')
            .where('at_ms', '>=', beforeMs),
        ),
      ),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function setRequest({ transaction, municipalityId }: MunicipalityWork, requestId: RequestId, set: Partial<Pick<RequestTable, 'state' | 'sealed'>>): Promise<void> {
  await transaction.updateTable('request').set(set).where('municipality_id', '=', municipalityId).where('request_id', '=', requestId).execute();
}

async function keepStep({ transaction, municipalityId }: MunicipalityWork, requestId: RequestId, state: RequestState, by: StepBy, nowMs: number): Promise<void> {
  const { steps } = await transaction
    .selectFrom('request_step')
    .select((eb) => eb.fn.countAll<number | string>().as('steps'))
    .where('municipality_id', '=', municipalityId)
    .where('request_id', '=', requestId)
    .executeTakeFirstOrThrow();
  const who = 'device' in by ? { device_id: by.device, staff_id: null } : { device_id: null, staff_id: by.staff };
  await transaction.insertInto('request_step').values({ municipality_id: municipalityId, request_id: requestId, step: Number(steps) + 1, state, at_ms: nowMs, ...who }).execute();
}

const selectRequests = (database: Kysely<Tables>, municipalityId: MunicipalityId) =>
  database
    .selectFrom('request')
    .innerJoin('device', (join) => join.onRef('device.municipality_id', '=', 'request.municipality_id').onRef('device.device_id', '=', 'request.device_id'))
    .select(['request_id', 'request.device_id', 'device.label', 'slip_number', 'procedure_id', 'version', 'made_at', 'request.state', 'sealed_hash', 'sealed'])
    .where('request.municipality_id', '=', municipalityId);

const recordOfRow = (row: Awaited<ReturnType<ReturnType<typeof selectRequests>['executeTakeFirstOrThrow']>>): RequestRecord => ({
  requestId: RequestId.parse(row.request_id),
  device: DeviceId.parse(row.device_id),
  number: slipNumberText(row.label, row.slip_number),
  procedureId: row.procedure_id,
  version: row.version,
  madeAt: Moment.parse(row.made_at),
  state: row.state,
  sealedHash: row.sealed_hash,
  sealed: row.sealed,
});
