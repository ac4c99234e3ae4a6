/** Reads the state and the log in a session, and checks that they agree with each other. Changes nothing on the card. */
import { decodeRecord, decodeState, type CardState, type LogRecord } from './card-state.ts';
import type { Worked } from './card-session.ts';
import { LOG_FILE } from './layout.ts';
import { INS, concatenated, littleEndian } from './native-commands.ts';
import { STATE_RANGE } from './plan-operation.ts';
import type { SecureSession } from './secure-messaging.ts';

/** One answer of records stays within a short APDU: three of 80 bytes, and the MAC. */
const RECORDS_PER_COMMAND = 3;

export async function readState(session: SecureSession): Promise<Worked<CardState>> {
  const answer = await session.transact({ ins: INS.readData, header: STATE_RANGE });
  if (answer.kind !== 'ok') return answer;
  const state = decodeState(answer.data);
  return state ? { kind: 'done', result: state } : { kind: 'contradiction' };
}

/**
 * The log's records, newest first, at most `LOG_FILE.readableRecords`.
 * @param counter the state's: the newest record has it, and each earlier one is one less; otherwise the card contradicts itself
 * @param count how many are wanted; an operation leaves one record, so there are as many as the counter says
 */
export async function readLog(session: SecureSession, counter: number, count: number): Promise<Worked<readonly LogRecord[]>> {
  const wanted = Math.min(count, counter, LOG_FILE.readableRecords);
  const records: LogRecord[] = [];
  while (records.length < wanted) {
    const some = Math.min(RECORDS_PER_COMMAND, wanted - records.length);
    const answer = await session.transact({ ins: INS.readRecords, header: recordRange(records.length, some) });
    if (answer.kind !== 'ok') return answer;
    if (answer.data.length !== some * LOG_FILE.recordSize) return { kind: 'contradiction' };
    // The card answers the oldest of them first.
    for (let index = some - 1; index >= 0; index -= 1) {
      const record = decodeRecord(answer.data.slice(index * LOG_FILE.recordSize, (index + 1) * LOG_FILE.recordSize));
      if (record?.counter !== counter - records.length) return { kind: 'contradiction' };
      records.push(record);
    }
  }
  return { kind: 'done', result: records };
}

/** @param newest how many records to leave out, counted from the newest */
function recordRange(newest: number, count: number): Uint8Array {
  return concatenated(Uint8Array.of(LOG_FILE.number), littleEndian(newest, 3), littleEndian(count, 3));
}
