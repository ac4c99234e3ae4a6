/**
 * Decides an operation whose outcome is not known, by reading. Opening a session ends every earlier one, so that nothing of that operation
 * can take effect any more: what is not on the card now never will be.
 */
import type { Evidence, SettleOutcome } from '../stored-value.ts';
import type { CardState, LogRecord } from './card-state.ts';
import { inSession, type Card, type Worked } from './card-session.ts';
import { TRANSACTION_MAC_FILE } from './layout.ts';
import { INS, concatenated, littleEndian } from './native-commands.ts';
import { planBehind, transactionInput } from './plan-operation.ts';
import { readLog, readState } from './read-card.ts';
import type { SecureSession } from './secure-messaging.ts';

/** @param counterBefore the card's counter when the operation was prepared; null when it was not noted: then only the log decides */
export async function settleOperation(card: Card, operationId: string, counterBefore: number | null): Promise<SettleOutcome> {
  const worked = await inSession(card, 'spend', (session) => lookUp(session, operationId.toLowerCase(), counterBefore ?? 0));
  return worked.kind === 'done' ? worked.result : worked;
}

async function lookUp(session: SecureSession, operationId: string, counterBefore: number): Promise<Worked<SettleOutcome>> {
  const read = await readState(session);
  if (read.kind !== 'done') return read;
  const state = read.result;
  if (state.counter < counterBefore) return { kind: 'done', result: { kind: 'suspect', why: 'rolled-back' } };
  // All operations since then, not only the next one: our own may have come after another that the caller did not know of.
  const since = state.counter - counterBefore;
  const log = await readLog(session, state.counter, since);
  if (log.kind !== 'done') return log;
  const record = log.result.find((one) => one.operationId === operationId);
  if (record) return { kind: 'done', result: { kind: 'committed', evidence: await evidenceOf(session, state, record) } };
  return { kind: 'done', result: { kind: log.result.length === since ? 'not-committed' : 'unknown' } };
}

/**
 * The proof of the last operation still stands in the transaction MAC file. Of an earlier one there is only the log; and also when the card
 * leaves now, for that the operation was committed is already certain.
 */
async function evidenceOf(session: SecureSession, state: CardState, record: LogRecord): Promise<Evidence> {
  const { counter } = record;
  const plan = counter === state.counter ? planBehind(state, record) : undefined;
  if (!plan) return { kind: 'log', counter };
  const { number, size } = TRANSACTION_MAC_FILE;
  const answer = await session.transact({ ins: INS.readData, header: concatenated(Uint8Array.of(number), littleEndian(0, 3), littleEndian(size, 3)) });
  if (answer.kind !== 'ok') return { kind: 'log', counter };
  return transactionMacEvidence(counter, answer.data, transactionInput(plan)) ?? { kind: 'log', counter };
}

/** @param transactionMac TMC and TMV, as the commit answers them and as they stand in the file @returns undefined when it is not 12 bytes */
export function transactionMacEvidence(counter: number, transactionMac: Uint8Array, input: Uint8Array): Evidence | undefined {
  if (transactionMac.length !== TRANSACTION_MAC_FILE.size) return undefined;
  const transactionCounter = Buffer.from(transactionMac).readUInt32LE(0);
  return { kind: 'transaction-mac', counter, transactionCounter, value: transactionMac.slice(4), input };
}
