/** What the office does with requests: finds one by what is printed on its slip, opens it with the office's key, says how far it is. */
import { RequestId, type MunicipalityId, type StaffId } from '../../contract/ids.ts';
import { readRequestCode } from '../../contract/procedure/request-code.ts';
import { openRequest, type RequestContent } from '../../contract/procedure/request.ts';
import { readSlipNumber } from '../../contract/slip-number.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { findDevice } from '../devices/known-devices.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import type { OfficeKey } from '../people/office-key.ts';
import { eraseSealed, isOver, listRequests, requestOf, stepRequest, REQUEST_STATES, type RequestRecord, type RequestState } from './request-record.ts';

export type Found =
  | { readonly kind: 'found'; readonly request: RequestRecord }
  /** `code-not-genuine`: the code was not made by a kiosk of this town. */
  | { readonly kind: 'unknown' | 'code-not-genuine' };

/**
 * @param named as it is printed (「役場1-0042」), as its QR code is read (`KZ1.…`), or the request's id. Of several with one number (a kiosk that was
 *   enrolled anew begins to count again) it is the newest
 */
export async function findRequest(database: BackendDatabase, municipalityId: MunicipalityId, named: string): Promise<Found> {
  const found = (request: RequestRecord | undefined): Found => (request ? { kind: 'found', request } : { kind: 'unknown' });
  const byId = (requestId: RequestId) => requestOf(database.kysely, municipalityId, requestId);
  const code = readRequestCode(named);
  if (code) {
    const device = await findDevice(database, code.device);
    if (!device || device.municipalityId !== municipalityId || !code.isOf(device.publicKey)) return { kind: 'code-not-genuine' };
    return found(await byId(code.requestId));
  }
  const id = RequestId.safeParse(named.trim()).data;
  if (id) return found(await byId(id));
  const number = readSlipNumber(named);
  return number ? found((await listRequests(database.kysely, municipalityId, number)).at(-1)) : { kind: 'unknown' };
}

export type Opened =
  | { readonly kind: 'opened'; readonly content: RequestContent }
  /** `not-arrived`: the kiosk has not been online since. `erased`: it is over, and was taken out. `other-key`: it was sealed to another key than the office has. */
  | { readonly kind: 'not-arrived' | 'erased' | 'other-key' };

export async function openOfficeRequest({ requestId, sealed, state }: RequestRecord, officeKey: OfficeKey): Promise<Opened> {
  if (sealed === null) return { kind: isOver(state) ? 'erased' : 'not-arrived' };
  try {
    return { kind: 'opened', content: await openRequest(officeKey, requestId, sealed) };
  } catch {
    // The text is the one the kiosk sealed: its hash was compared when it came.
    return { kind: 'other-key' };
  }
}

/** What staff say of a request; how it began, its device says. */
export const STAFF_STATES = ['received', 'ready', 'handed-over', 'withdrawn'] as const;

/** @returns the state it had; `marked` is false when that is as far already, or over */
export function markRequest(database: BackendDatabase, municipalityId: MunicipalityId, requestId: RequestId, to: (typeof STAFF_STATES)[number], staff: StaffId, nowMs: number): Promise<{ readonly marked: boolean; readonly before: RequestState } | undefined> {
  return asOnlyWriter(database, municipalityId, async (work) => {
    const before = (await requestOf(work.transaction, municipalityId, requestId))?.state;
    if (before === undefined) return undefined;
    const after = await stepRequest(work, requestId, to, { staff }, nowMs);
    return { marked: after === to && before !== to, before };
  });
}

/** Takes what people had asked for out of the books, where it is over since `days` or more. @returns of how many requests */
export function eraseOldRequests(database: BackendDatabase, municipalityId: MunicipalityId, days: number, nowMs: number): Promise<number> {
  return asOnlyWriter(database, municipalityId, (work) => eraseSealed(work, nowMs - days * 86_400_000));
}

/** Requests that are not over; all of them with `all`. */
export function openRequests({ kysely }: BackendDatabase, municipalityId: MunicipalityId, all: boolean): Promise<RequestRecord[]> {
  return listRequests(kysely, municipalityId, { states: REQUEST_STATES.filter((state) => all || !isOver(state)) });
}
