/** Device-wide numbers and print jobs. A number is never given twice, also when what it was for did not happen. */
import type { Database } from 'better-sqlite3';
import type { AccountId, EntryId, RequestId } from '../../contract/ids.ts';
import type { Moment } from '../../contract/time.ts';
import type { PrintJobRecord } from './ledger.ts';

type Row = Omit<PrintJobRecord, 'subject'> & { readonly accountId: AccountId | null; readonly requestId: RequestId | null };

export function createPrintJobStore(database: Database) {
  const countOn = database.prepare<[string], number>(
    'INSERT INTO counter VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value',
  ).pluck();
  const columns = 'job_id AS jobId, state, slip, account_id AS accountId, request_id AS requestId, slip_number AS slipNumber';
  const insert = database.prepare("INSERT INTO print_job VALUES (?, 'queued', ?, ?, ?, ?, ?)");
  const select = database.prepare<[EntryId], Row>(`SELECT ${columns} FROM print_job WHERE job_id = ?`);
  const selectUnsettled = database.prepare<[], Row>(
    `SELECT ${columns} FROM print_job WHERE state IN ('queued', 'sending') ORDER BY slip_number`,
  );
  const selectLast = database.prepare<[], Row>(`SELECT ${columns} FROM print_job WHERE slip_number = (SELECT max(slip_number) FROM print_job) ORDER BY job_id DESC LIMIT 1`);
  const update = database.prepare('UPDATE print_job SET state = ? WHERE job_id = ?');

  return {
    nextNumber(counter: 'slip' | 'staff-call'): number {
      const value = countOn.get(counter);
      if (value === undefined) throw new Error(`The counter ${counter} gave no number`);
      return value;
    },
    create({ jobId, slip, subject, slipNumber, at }: Omit<PrintJobRecord, 'state'> & { readonly at: Moment }): void {
      const [accountId, requestId] = 'accountId' in subject ? [subject.accountId, null] : [null, subject.requestId];
      insert.run(jobId, slip, accountId, requestId, slipNumber, at);
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
    last(): PrintJobRecord | undefined {
      const row = selectLast.get();
      return row && toJob(row);
    },
  };
}

function toJob({ accountId, requestId, ...job }: Row): PrintJobRecord {
  if (accountId !== null) return { ...job, subject: { accountId } };
  if (requestId === null) throw new Error(`The print job ${job.jobId} is nobody's`);
  return { ...job, subject: { requestId } };
}
