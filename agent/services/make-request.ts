/**
 * Use case: somebody has answered a procedure's questions. What they ask for is sealed to the office at once, written down with the journal, and goes
 * to the office by itself; its slip is printed under the number that it gets here. What is in the open stays in this visit's memory.
 */
import type { DeviceId, RequestId } from '../../contract/ids.ts';
import { sealedHash } from '../../contract/journal-hash.ts';
import { walk, type Draft, type Visit } from '../../contract/procedure/answering.ts';
import { feeOfDraft, linesOf, textsOf } from '../../contract/procedure/request-lines.ts';
import { RequestContent, sealRequest } from '../../contract/procedure/request.ts';
import { slipNumberText } from '../../contract/slip-number.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import type { RequestCodes } from '../keys/request-codes.ts';
import { newEntryId, newRequestId } from '../new-id.ts';
import type { Ports } from '../ports.ts';
import type { RequestSlip } from '../printing/request-slip.ts';
import type { SlipFrame } from '../printing/slip-markup.ts';
import { issueSlip, type OnMarkup } from './issue-slip.ts';
import type { PrintSlipResult } from './print-slip.ts';

export interface MadeRequest {
  readonly requestId: RequestId;
  readonly slipNumber: number;
  readonly draft: Draft;
  readonly visit: Visit;
  /** What the office reads. */
  readonly content: RequestContent;
}

export type MakeRequestResult =
  | { readonly kind: 'made'; readonly request: MadeRequest }
  /** This kiosk has not heard yet to whom requests are sealed: nothing was kept. */
  | { readonly kind: 'not-ready' };

/**
 * @param draft with every question answered (`nextStep` says `complete`)
 * @throws LedgerUnavailable, and RangeError for answers that are too long: nothing was kept then
 */
export async function makeRequest(
  { draft, visit }: { readonly draft: Draft; readonly visit: Visit },
  device: { readonly deviceId: DeviceId; readonly deviceLabel: string },
  { ledger, clock, randomness }: Pick<Ports, 'ledger' | 'clock' | 'randomness'>,
): Promise<MakeRequestResult> {
  const { procedure, asker } = draft;
  const officeKey = ledger.officeKey();
  if (officeKey === null) return { kind: 'not-ready' };
  if (asker === null) throw new Error(`Nobody has said who asks for ${procedure.id}`);
  const requestId = newRequestId(clock, randomness);
  const slipNumber = ledger.nextNumber('slip');
  const at = momentFromEpoch(clock.now());
  const content = RequestContent.parse({
    requestId,
    procedureId: procedure.id,
    version: procedure.version,
    madeAt: at,
    device: device.deviceId,
    number: slipNumberText(device.deviceLabel, slipNumber),
    asker,
    answers: Object.fromEntries(draft.answers),
    known: knownOf(draft, visit),
    // The office reads plain Japanese, whatever the slip is in.
    lines: linesOf(draft, visit, 'ja').map(({ label, value }) => ({ label, value })),
  });
  const sealed = await sealRequest(officeKey, content, randomness.bytes(32));
  const fact = { type: 'request-made' as const, requestId, procedureId: procedure.id, version: procedure.version, slipNumber, sealedHash: sealedHash(sealed) };
  ledger.makeRequest(sealed, { id: newEntryId(clock, randomness), at, fact });
  return { kind: 'made', request: { requestId, slipNumber, draft, visit, content } };
}

/**
 * Prints the slip of a request that was made in this visit.
 * @param how.sealed the paper carries the request itself as well, for an office that the network does not reach; where it is too long, its number only
 */
export async function printRequest(
  { requestId, slipNumber, draft, visit, content }: MadeRequest,
  how: { readonly codes: RequestCodes; readonly sealed: boolean; readonly frame: (slipNumber: number) => SlipFrame; readonly onMarkup?: OnMarkup },
  ports: Pick<Ports, 'ledger' | 'printer' | 'clock' | 'randomness' | 'log' | 'slipCopies'>,
): Promise<PrintSlipResult> {
  const { procedure } = draft;
  const { codes } = how;
  const officeKey = how.sealed ? ports.ledger.officeKey() : null;
  const sealedCode = officeKey === null ? undefined : await codes.sealed(officeKey, { ...content, procedureName: plainWords(procedure.name.ja) });
  const frame = how.frame(slipNumber);
  const { form } = frame;
  const slip: RequestSlip = {
    kind: 'request',
    // No more of it than stands on the slip: it is kept with the slip's copy.
    procedure: { name: procedure.name, kind: procedure.kind, office: procedure.office },
    lines: linesOf(draft, visit, form),
    fee: feeOfDraft(draft, visit, ports.ledger.fees()),
    notes: textsOf(procedure.notes, draft, visit, form),
    bring: textsOf(procedure.bring, draft, visit, form),
    staffChecks: textsOf(procedure.staffChecks, draft, visit, 'ja'),
    code: codes.number(requestId),
    ...(sealedCode === undefined ? {} : { sealedCode }),
  };
  return issueSlip({ content: slip, subject: { requestId }, slipNumber, frame: () => frame, ...(how.onMarkup ? { onMarkup: how.onMarkup } : {}) }, ports);
}

/** Whoever asked for it takes it back, as long as they are here. The office hears of both, and need not know what it was; nor is its slip printed again. */
export function withdrawRequest({ requestId, slipNumber }: Pick<MadeRequest, 'requestId' | 'slipNumber'>, { ledger, clock, randomness }: Pick<Ports, 'ledger' | 'clock' | 'randomness'>): void {
  ledger.append({ id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()), fact: { type: 'request-withdrawn', requestId } });
  ledger.eraseRequest(requestId);
  ledger.eraseSlipCopy(slipNumber);
}

/** What a card had said, of the questions that were answered by it. */
function knownOf(draft: Draft, visit: Visit): RequestContent['known'] {
  const entries = [...walk(draft, visit)].flatMap(({ question, answer, known }) =>
    known && answer !== undefined && 'known' in question && question.known !== undefined ? [[question.known, answer] as const] : [],
  );
  return Object.fromEntries(entries);
}
