/**
 * Moves value on a card: all movements, the new state and the log record wait in the card until one CommitTransaction makes them true
 * together. Until the commit is sent, whatever goes wrong has moved nothing. The commit is sent once; without a good answer to it the
 * outcome is read from the card if it still lies there, and is `unknown` otherwise.
 */
import type { ApplyOutcome, CardOperation, NotCommittedReason } from '../stored-value.ts';
import { encodeRecord, encodeState } from './card-state.ts';
import { inSession, type Card, type Trouble, type Worked } from './card-session.ts';
import { VALUE_FILES } from './layout.ts';
import { INS, littleEndian } from './native-commands.ts';
import { RECORD_RANGE, STATE_RANGE, planOperation, transactionInput, type Plan } from './plan-operation.ts';
import { readState } from './read-card.ts';
import type { SecureSession, SessionCommand, SessionFailure } from './secure-messaging.ts';
import { settleOperation, transactionMacEvidence } from './settle-operation.ts';

/** Asks for TMC and TMV with the answer. */
const WITH_TRANSACTION_MAC = Uint8Array.of(0x01);

/** @param schemesInUse ids of the schemes that the town has now */
export async function applyOperation(card: Card, operation: CardOperation, schemesInUse: readonly string[]): Promise<ApplyOutcome> {
  // The load key only where it is needed, so that a debit also works on a device that may not load.
  const role = operation.movements.some(({ kind }) => kind === 'credit') ? 'load' : 'spend';
  const prepared = await inSession(card, role, (session) => prepare(session, operation, schemesInUse));
  if (prepared.kind !== 'done') return { kind: 'not-committed', why: reasonOf(prepared) };
  if (prepared.result === 'refused') return { kind: 'not-committed', why: 'refused' };
  const { session, plan } = prepared.result;
  for (const write of writesOf(plan)) {
    const written = await session.transact(write);
    if (written.kind !== 'ok') return { kind: 'not-committed', why: reasonOf(written) };
  }
  const commit = await session.transact({ ins: INS.commitTransaction, data: WITH_TRANSACTION_MAC });
  if (commit.kind === 'card-moved' || commit.kind === 'reader-lost') return { kind: 'unknown' };
  const evidence = commit.kind === 'ok' ? transactionMacEvidence(plan.after.counter, commit.data, transactionInput(plan)) : undefined;
  if (evidence) return { kind: 'committed', evidence };
  // Garbled, a wrong MAC, or an error that anybody could have said: none of them tells what the card did. It still lies there, so it can be asked.
  const settled = await settleOperation(card, operation.operationId, plan.before.counter);
  if (settled.kind === 'committed') return settled;
  return settled.kind === 'not-committed' ? { kind: 'not-committed', why: 'refused' } : { kind: 'unknown' };
}

/** Reads, plans, and checks that the value files of the touched pockets hold what the table says. Changes nothing. */
async function prepare(
  session: SecureSession,
  operation: CardOperation,
  schemesInUse: readonly string[],
): Promise<Worked<{ readonly session: SecureSession; readonly plan: Plan } | 'refused'>> {
  const read = await readState(session);
  if (read.kind !== 'done') return read;
  const plan = planOperation(read.result, operation, schemesInUse);
  if (plan === 'refused') return { kind: 'done', result: 'refused' };
  for (const { slot } of plan.record.movements) {
    const value = await session.transact({ ins: INS.getValue, header: valueFile(slot) });
    if (value.kind !== 'ok') return value;
    if (value.data.length !== 4 || Buffer.from(value.data).readInt32LE(0) !== plan.before.slots[slot]!.balance) return { kind: 'contradiction' };
  }
  return { kind: 'done', result: { session, plan } };
}

/** In the order of `transactionInput`. */
function writesOf({ after, record }: Plan): readonly SessionCommand[] {
  return [
    ...record.movements.map(({ slot, kind, amount }) => ({ ins: INS[kind], header: valueFile(slot), data: littleEndian(amount, 4) })),
    { ins: INS.writeData, header: STATE_RANGE, data: encodeState(after) },
    { ins: INS.writeRecord, header: RECORD_RANGE, data: encodeRecord(record) },
  ];
}

function valueFile(slot: number): Uint8Array {
  return Uint8Array.of(VALUE_FILES.first + slot);
}

function reasonOf(trouble: Trouble | SessionFailure): NotCommittedReason {
  switch (trouble.kind) {
    case 'card-moved':
    case 'reader-lost':
    case 'no-key':
    case 'refused':
    case 'suspect':
      return trouble.kind;
    // Spoilt on the way, by whomever: the session is over, and the card has to be laid down again.
    case 'garbled':
    case 'wrong-proof':
      return 'card-moved';
  }
}
