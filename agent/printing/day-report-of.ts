/** Makes the staff's report of a day out of what the ledger has of it. Pure; which jobs and troubles were of the day, the caller says. */
import type { SchemeId } from '../../contract/ids.ts';
import type { JournalBody } from '../../contract/journal.ts';
import { dateInTokyo, type LocalDate } from '../../contract/time.ts';
import { changeOfPockets, type Movement, type Scheme } from '../../contract/value.ts';
import type { Intent, PrintJobRecord, SyncState } from '../ledger/ledger.ts';
import type { DayReport, MovedInDay } from './day-report.ts';
import { shortOperation } from './incident-slip.ts';

export interface DayInBooks extends Pick<DayReport, 'day' | 'opened' | 'closed' | 'troubles'> {
  /** Of the journal; entries of other days are left out. */
  readonly entries: readonly JournalBody[];
  readonly schemes: ReadonlyMap<SchemeId, Pick<Scheme, 'name' | 'unit'>>;
  /** Of this day. */
  readonly printJobs: ReadonlyArray<Pick<PrintJobRecord, 'slipNumber' | 'state'>>;
  readonly sync: Pick<SyncState, 'acknowledgedSeq' | 'lastSeq'>;
  /** Whatever day they are of: they are open now. */
  readonly openIntents: ReadonlyArray<Pick<Intent, 'operationId'>>;
}

export function dayReportOf({ day, opened, closed, troubles, entries, schemes, printJobs, sync, openIntents }: DayInBooks): DayReport {
  const facts = entriesOf(day, entries).map(({ fact }) => fact);
  const movements = facts.flatMap((fact) => (fact.type === 'value-moved' || fact.type === 'cash-moved' ? [fact.movement] : []));
  const cash = (kind: 'sale' | 'refund') => movements.filter((movement) => movement.kind === kind).reduce((sum, movement) => sum + priceOf(movement), 0);
  const numbers = (...states: ReadonlyArray<PrintJobRecord['state']>) => printJobs.filter(({ state }) => states.includes(state)).map(({ slipNumber }) => slipNumber);
  return {
    kind: 'day-report',
    day,
    opened,
    closed,
    troubles,
    moved: rowsOf(movements, schemes),
    cash: { sold: cash('sale'), refunded: cash('refund') },
    slips: { printed: numbers('printed').length, failed: numbers('failed'), unknown: numbers('unknown', 'sending') },
    staffCalls: facts.filter(({ type }) => type === 'staff-called').length,
    unsent: sync.lastSeq - sync.acknowledgedSeq,
    open: openIntents.map(({ operationId }) => shortOperation(operationId)),
  };
}

const entriesOf = (day: LocalDate, entries: readonly JournalBody[]) => entries.filter(({ at }) => dateInTokyo(at) === day);

/** Of a sale or a refund, in yen. */
const priceOf = ({ postings }: Movement): number => postings.reduce((sum, { amount }) => sum + amount, 0);

/** One row a scheme and kind, schemes as they came first. */
function rowsOf(movements: readonly Movement[], schemes: DayInBooks['schemes']): MovedInDay[] {
  const rows = new Map<string, MovedInDay>();
  for (const movement of movements) {
    const { kind, schemeId } = movement;
    const changes: Iterable<readonly [SchemeId, number]> =
      kind === 'sale' ? [[schemeId, priceOf(movement)]] : kind === 'refund' ? [[schemeId, -priceOf(movement)]] : changeOfPockets(movement);
    for (const [id, change] of changes) {
      const scheme = schemes.get(id);
      const before = rows.get(`${id} ${kind}`) ?? { scheme: scheme?.name ?? id, unit: scheme?.unit ?? 'yen', kind, count: 0, sum: 0 };
      rows.set(`${id} ${kind}`, { ...before, count: before.count + 1, sum: before.sum + change });
    }
  }
  return [...rows.values()];
}
