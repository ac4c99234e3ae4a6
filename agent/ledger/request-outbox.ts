/**
 * Sealed requests on their way to the office. They lie here from when they are made until the office has them, and then nothing of them is left
 * in the file or in its write-ahead log.
 */
import type { Database } from 'better-sqlite3';
import type { RequestId } from '../../contract/ids.ts';
import type { RequestUpload } from '../../contract/sync.ts';
import { eraseWith } from './erase.ts';

export function createRequestOutbox(database: Database) {
  const insert = database.prepare('INSERT INTO request_outbox VALUES (?, ?, ?)');
  const select = database.prepare<[number, number], RequestUpload>('SELECT request_id AS requestId, sealed FROM request_outbox WHERE seq <= ? ORDER BY seq LIMIT ?');
  const count = database.prepare<[], number>('SELECT count(*) FROM request_outbox').pluck();
  const remove = database.prepare('DELETE FROM request_outbox WHERE request_id = ?');

  return {
    /** Only inside a transaction. @param seq of the journal entry that says that it was made */
    put({ requestId, sealed }: RequestUpload, seq: number): void {
      insert.run(requestId, sealed, seq);
    },
    /** Those that the backend has heard of when it has the journal up to `acknowledgedSeq`, oldest first. */
    upTo: (acknowledgedSeq: number, limit: number): RequestUpload[] => select.all(acknowledgedSeq, limit),
    count: (): number => count.get() ?? 0,
    /** Only outside a transaction. */
    erase(requestId: RequestId): void {
      eraseWith(database, () => remove.run(requestId));
    },
  };
}
