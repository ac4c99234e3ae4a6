/**
 * What this device remembers of cards: the highest counter each has shown, which it stopped itself, and the keys it may use for a
 * while. Keys lie here as they came: sealed to this device. Holds no identifier of a card, only its CardRef.
 */
import type { Database } from 'better-sqlite3';
import type { CardSuspicion } from '../../contract/card.ts';
import type { CardRef, OperationId } from '../../contract/ids.ts';
import type { Moment } from '../../contract/time.ts';
import type { SealedCardKeys } from './ledger.ts';

export function createCardRecord(database: Database) {
  const selectCounter = database.prepare<[CardRef], number>('SELECT counter FROM card_counter WHERE card_ref = ?').pluck();
  const putCounter = database.prepare(
    'INSERT INTO card_counter VALUES (?, ?) ON CONFLICT (card_ref) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > counter',
  );
  const putStopped = database.prepare('INSERT OR IGNORE INTO stopped_card VALUES (?, ?, ?)');
  const dropStopped = database.prepare('DELETE FROM stopped_card WHERE card_ref = ?');
  const selectStopped = database.prepare<[CardRef], number>('SELECT 1 FROM stopped_card WHERE card_ref = ?').pluck();
  const putOpen = database.prepare('INSERT OR IGNORE INTO open_movement VALUES (?, ?, 0)');
  const dropOpen = database.prepare('DELETE FROM open_movement WHERE operation_id = ?');
  const selectAwaited = database.prepare<[CardRef], OperationId>('SELECT operation_id FROM open_movement WHERE card_ref = ? AND answered = 0 ORDER BY operation_id').pluck();
  const selectAnyAsked = database.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM open_movement)').pluck();
  const answerOpen = database.prepare('UPDATE open_movement SET answered = 1 WHERE operation_id = ?');
  const selectKeys = database.prepare<[CardRef], SealedCardKeys>('SELECT profile, until, sealed FROM card_keys WHERE card_ref = ?');
  const putKeys = database.prepare('INSERT OR REPLACE INTO card_keys VALUES (?, ?, ?, ?)');
  const dropKeys = database.prepare('DELETE FROM card_keys WHERE card_ref = ?');
  const dropOldKeys = database.prepare('DELETE FROM card_keys WHERE until <= ?');
  const dropAllKeys = database.prepare('DELETE FROM card_keys');

  return {
    counterSeen: (card: CardRef): number | null => selectCounter.get(card) ?? null,
    /** A lower counter than the one seen is not kept. */
    noteCounter(card: CardRef, counter: number): void {
      putCounter.run(card, counter);
    },
    isStopped: (card: CardRef): boolean => selectStopped.get(card) !== undefined,
    /** @returns false when it was stopped here before */
    stop: (card: CardRef, why: CardSuspicion, at: Moment): boolean => putStopped.run(card, why, at).changes > 0,
    /** The backend has taken the matter over: from now on its word on the card counts. */
    handOver(card: CardRef): void {
      dropStopped.run(card);
    },
    /** Whether the town asks about any movement. */
    anyAsked: (): boolean => selectAnyAsked.get() === 1,
    openMovements: (card: CardRef): OperationId[] => selectAwaited.all(card),
    await(operation: OperationId, card: CardRef): void {
      putOpen.run(operation, card);
    },
    answered(operation: OperationId): void {
      answerOpen.run(operation);
    },
    decided(operation: OperationId): void {
      dropOpen.run(operation);
    },
    keys: (card: CardRef): SealedCardKeys | undefined => selectKeys.get(card),
    keepKeys(card: CardRef, { profile, until, sealed }: SealedCardKeys): void {
      putKeys.run(card, profile, until, sealed);
    },
    dropKeys(card: CardRef): void {
      dropKeys.run(card);
    },
    /** Those that could be used until `now` or less. */
    dropOldKeys(now: Moment): void {
      dropOldKeys.run(now);
    },
    dropAllKeys(): void {
      dropAllKeys.run();
    },
  };
}
