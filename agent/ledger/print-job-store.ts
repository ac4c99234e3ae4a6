/** Device-wide numbers and print jobs. A number is never given twice, also when what it was for did not happen. */
import type { Database } from 'better-sqlite3';
import type { AccountId, EntryId } from '../../contract/ids.ts';
import type { SlipKind } from '../../contract/journal.ts';
import type { Moment } from '../../contract/time.ts';
import type { PrintJobRecord } from './ledger.ts';

export function createPrintJobStore(database: Database) {
  const countOn = database.prepare<[string], number>(
    'INSERT INTO counter VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value',
  ).pluck();
  const columns = 'job_id AS jobId, state, slip, account_id AS accountId, slip_number AS slipNumber';
  const insert = database.prepare("INSERT INTO print_job VALUES (?, 'queued', ?, ?, ?, ?)");
  const select = database.prepare<[EntryId], PrintJobRecord>(`SELECT ${columns} FROM print_job WHERE job_id = ?`);
  const selectUnsettled = database.prepare<[], PrintJobRecord>(
    `SELECT ${columns} FROM print_job WHERE state IN ('queued', 'sending') ORDER BY slip_number`,
  );
  const selectLast = database.prepare<[], PrintJobRecord>(`SELECT ${columns} FROM print_job ORDER BY slip_number DESC LIMIT 1`);
  const update = database.prepare('UPDATE print_job SET state = ? WHERE job_id = ?');

  return {
    nextNumber(counter: 'slip' | 'staff-call'): number {
      const value = countOn.get(counter);
      if (value === undefined) throw new Error(`The counter ${counter} gave no number`);
      return value;
    },
    create(job: { readonly jobId: EntryId; readonly slip: SlipKind; readonly accountId: AccountId; readonly slipNumber: number; readonly at: Moment }): void {
      insert.run(job.jobId, job.slip, job.accountId, job.slipNumber, job.at);
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
      return job;
    },
    unsettled: (): PrintJobRecord[] => selectUnsettled.all(),
    last: (): PrintJobRecord | undefined => selectLast.get(),
  };
}
