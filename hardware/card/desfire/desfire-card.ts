/**
 * The town card on DESFire EV2 and EV3 as a stored-value card: the value is on the card, and each operation leaves a proof that the backend
 * can check without the card. Holds no key longer than one call, and remembers nothing between calls.
 */
import type { CardPresence, CardReader } from '../../reader/card-reader.ts';
import type { CardKeys } from '../card-keys.ts';
import { mayApply, type CardMovement, type LoggedOperation, type NoKey, type StoredValueCard } from '../stored-value.ts';
import { applyOperation } from './apply-operation.ts';
import { schemeReference, type CardState, type LogRecord, type SchemeReference } from './card-state.ts';
import { inSession, type Card } from './card-session.ts';
import { LOG_FILE } from './layout.ts';
import { readLog, readState } from './read-card.ts';
import { settleOperation } from './settle-operation.ts';

export interface DesfireCardOptions {
  /** Ids of the schemes that the town has now: the card knows pockets only by a digest of them. Asked anew at each call when a function. */
  readonly pocketNames: readonly string[] | (() => readonly string[]);
  /** Gives that many unpredictable bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * The card that lies there, after `selectDesfireApplication` said yes.
 * @param identifier the card's UID as the reader gave it, 7 bytes; believed once the keys made from it fit
 */
export function desfireCard(
  reader: CardReader,
  presence: Extract<CardPresence, { kind: 'present' }>,
  identifier: Uint8Array,
  keys: CardKeys,
  options: DesfireCardOptions,
): StoredValueCard {
  const capabilities = { valueOnCard: true, offlineProof: true, authenticated: true } as const;
  const schemesInUse = () => (typeof options.pocketNames === 'function' ? options.pocketNames() : options.pocketNames);

  const withKeys = async <Outcome>(work: (card: Card) => Promise<Outcome>): Promise<Outcome | NoKey> => {
    const answer = await keys.keysOf('desfire', identifier);
    if (answer.kind !== 'keys') return { kind: 'no-key', why: answer.kind };
    if (answer.keys.profile !== 'desfire') throw new Error(`Asked for DESFire keys, got ${answer.keys.profile}`);
    return await work({ reader, generation: presence.generation, keys: answer.keys, random: options.random });
  };

  // One at a time: two sessions on one card would end each other, and the second might end one that is about to commit.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Outcome>(work: () => Promise<Outcome>): Promise<Outcome> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    profile: 'desfire',
    capabilities,
    identifier,

    read: () =>
      inTurn(() =>
        withKeys(async (card) => {
          const read = await inSession(card, 'spend', readState);
          if (read.kind !== 'done') return read;
          const { counter } = read.result;
          return { kind: 'read', pockets: pocketsOf(read.result, schemesInUse()), counter };
        }),
      ),

    history: () =>
      inTurn(() =>
        withKeys(async (card) => {
          const read = await inSession(card, 'spend', async (session) => {
            const state = await readState(session);
            return state.kind === 'done' ? await readLog(session, state.result.counter, LOG_FILE.readableRecords) : state;
          });
          if (read.kind !== 'done') return read;
          const name = namesOf(schemesInUse());
          return { kind: 'read', operations: read.result.map((record) => loggedOperation(record, name)) };
        }),
      ),

    apply: (operation) =>
      inTurn(async () => {
        if (!mayApply(capabilities, operation)) return { kind: 'not-committed', why: 'needs-staff' };
        const outcome = await withKeys((card) => applyOperation(card, operation, schemesInUse()));
        return outcome.kind === 'no-key' ? { kind: 'not-committed', why: 'no-key' } : outcome;
      }),

    settle: (operationId, counterBefore) => inTurn(() => withKeys((card) => settleOperation(card, operationId, counterBefore))),
  };
}

/**
 * Value of a scheme that is not known here must not be lost from sight: its pocket is called by its reference. An empty pocket of such a
 * scheme is nothing any more.
 */
function pocketsOf({ slots }: CardState, schemesInUse: readonly string[]): ReadonlyMap<string, number> {
  const known = new Set(schemesInUse.map(schemeReference));
  const name = namesOf(schemesInUse);
  const pockets = new Map<string, number>();
  for (const { scheme, balance } of slots) {
    if (scheme !== undefined && (balance > 0 || known.has(scheme))) pockets.set(name(scheme), balance);
  }
  return pockets;
}

function namesOf(schemesInUse: readonly string[]): (scheme: SchemeReference) => string {
  const names = new Map(schemesInUse.map((id) => [schemeReference(id), id]));
  return (scheme) => names.get(scheme) ?? `unknown-scheme-${scheme}`;
}

function loggedOperation({ operationId, counter, movements }: LogRecord, name: (scheme: SchemeReference) => string): LoggedOperation {
  return { operationId, counter, movements: movements.map(({ scheme, kind, amount }): CardMovement => ({ pocket: name(scheme), kind, amount })) };
}
