/**
 * Device-wide numbers, print jobs, and copies of slips that may have to be printed again. A number is never given twice, also when what it was for
 * did not happen; what is printed again keeps its number and is counted.
 */
import type { Database } from 'better-sqlite3';
import type { AccountId, EntryId, RequestId, StaffId } from '../../contract/ids.ts';
import type { Moment } from '../../contract/time.ts';
import { eraseWith } from './erase.ts';
import type { NewPrintJob, PrintJobRecord } from './ledger.ts';

interface Row extends Omit<PrintJobRecord, 'subject' | 'reprint'> {
  readonly accountId: AccountId | null;
  readonly requestId: RequestId | null;
  readonly reprint: number;
  readonly staff: StaffId | null;
}

export interface CopiesKept {
  readonly from: Moment;
  readonly to: Moment;
  /** Of tickets that are not known to have come out: they are their holder's, and lie nowhere else. */
  readonly ticketsFrom: Moment;
}

export function createPrintJobStore(database: Database) {
  const countOn = database.prepare<[string], number>(
    'INSERT INTO counter VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value',
  ).pluck();
  const columns = 'job_id AS jobId, state, slip, account_id AS accountId, request_id AS requestId, slip_number AS slipNumber, created_at AS at, reprint, staff';
  const insert = database.prepare("INSERT INTO print_job VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?)");
  const select = database.prepare<[EntryId], Row>(`SELECT ${columns} FROM print_job WHERE job_id = ?`);
  const selectUnsettled = database.prepare<[], Row>(
    `SELECT ${columns} FROM print_job WHERE state IN ('queued', 'sending') ORDER BY slip_number`,
  );
  const selectLast = database.prepare<[], Row>(`SELECT ${columns} FROM print_job WHERE slip_number = (SELECT max(slip_number) FROM print_job) ORDER BY reprint DESC LIMIT 1`);
  const selectOfNumber = database.prepare<[number], Row>(`SELECT ${columns} FROM print_job WHERE slip_number = ? ORDER BY reprint`);
  const update = database.prepare('UPDATE print_job SET state = ? WHERE job_id = ?');
  const putCopy = database.prepare('INSERT OR REPLACE INTO slip_copy VALUES (?, ?)');
  const selectCopy = database.prepare<[number], string>('SELECT sealed FROM slip_copy WHERE slip_number = ?').pluck();
  const jobsOfCopy = 'FROM print_job WHERE print_job.slip_number = slip_copy.slip_number';
  const notOut = `NOT EXISTS (SELECT 1 ${jobsOfCopy} AND state = 'printed')`;
  const others = `FROM slip_copy WHERE (SELECT created_at NOT BETWEEN CASE WHEN slip = 'tickets' AND ${notOut} THEN @ticketsFrom ELSE @from END AND @to ${jobsOfCopy} AND reprint = 0)`;
  const selectOtherCopy = database.prepare<CopiesKept, number>(`SELECT 1 ${others} LIMIT 1`).pluck();
  const dropOtherCopies = database.prepare(`DELETE ${others}`);
  const dropCopy = database.prepare('DELETE FROM slip_copy WHERE slip_number = ?');

  return {
    nextNumber(counter: 'slip' | 'staff-call'): number {
      const value = countOn.get(counter);
      if (value === undefined) throw new Error(`The counter ${counter} gave no number`);
      return value;
    },
    /** Only inside a transaction. */
    create({ jobId, slip, subject, slipNumber, reprint, at }: NewPrintJob, copy: string | undefined): void {
      const [accountId, requestId] = 'accountId' in subject ? [subject.accountId, null] : [null, subject.requestId];
      insert.run(jobId, slip, accountId, requestId, slipNumber, at, reprint?.number ?? 0, reprint?.staff ?? null);
      if (copy !== undefined) putCopy.run(slipNumber, copy);
    },
    /**
     * Only inside a transaction.
     * @returns the job as it was when its state changed, undefined when it was so already
     * @throws when there is no such job or it ended in another way: a fault of the program
     */
    move(jobId: EntryId, state: Exclude<PrintJobRecord['state'], 'queued'>): PrintJobRecord | undefined {
      const job = select.get(jobId);
      if (!job) throw new Error(`There is no print job ${jobId}`);
      if (job.state === state) return undefined;
      if (job.state !== 'queued' && job.state !== 'sending') throw new Error(`The print job ${jobId} is ${job.state} and cannot become ${state}`);
      update.run(state, jobId);
      return toJob(job);
    },
    unsettled: (): PrintJobRecord[] => selectUnsettled.all().map(toJob),
    /** The newest print of the highest number. */
    last(): PrintJobRecord | undefined {
      const row = selectLast.get();
      return row && toJob(row);
    },
    /** The first print of a number and its reprints, in order. */
    ofNumber: (slipNumber: number): PrintJobRecord[] => selectOfNumber.all(slipNumber).map(toJob),
    copyOf: (slipNumber: number): string | undefined => selectCopy.get(slipNumber),
    /** Only outside a transaction. All but those of slips that were first printed between the moments go. */
    keepCopies(kept: CopiesKept): void {
      if (selectOtherCopy.get(kept) !== undefined) eraseWith(database, () => dropOtherCopies.run(kept));
    },
    /** Only outside a transaction. */
    eraseCopy(slipNumber: number): void {
      if (selectCopy.get(slipNumber) !== undefined) eraseWith(database, () => dropCopy.run(slipNumber));
    },
  };
}

function toJob({ accountId, requestId, reprint, staff, ...job }: Row): PrintJobRecord {
  const again = staff === null ? {} : { reprint: { number: reprint, staff } };
  if (accountId !== null) return { ...job, subject: { accountId }, ...again };
  if (requestId === null) throw new Error(`The print job ${job.jobId} is nobody's`);
  return { ...job, subject: { requestId }, ...again };
}
