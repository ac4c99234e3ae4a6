/** Cards and what they are known to have done, read for several cards at once and written once for ever. */
import { AccountId, type CardRef, type DeviceId, type OperationId } from '../../contract/ids.ts';
import { insertAll } from '../database/insert-all.ts';
import { announce, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { CardOnRecord, CardOperation, NamedCard } from './check-card.ts';

export async function cardsOnRecord({ transaction, dialect, municipalityId }: MunicipalityWork, cardRefs: readonly CardRef[]): Promise<Map<CardRef, CardOnRecord>> {
  if (cardRefs.length === 0) return new Map();
  const rows = await transaction.selectFrom('card').selectAll().where('municipality_id', '=', municipalityId).where(dialect.oneOf('card_ref', cardRefs)).execute();
  return new Map(
    rows.map((row) => [
      row.card_ref as CardRef,
      {
        accountId: AccountId.parse(row.account_id),
        state: row.state,
        profile: row.profile,
        keyVersion: row.key_version,
        sealedIdentifier: row.sealed_identifier,
      },
    ]),
  );
}

/** Which operation of which card a counter was given to, by every word there is of it: reports of movements and readings of cards' logs. */
export class CounterOwners {
  readonly #owners = new Map<CardRef, Map<number, Set<OperationId>>>();
  readonly #reported = new Set<OperationId>();
  readonly #counters = new Map<OperationId, { readonly cardRef: CardRef; readonly counter: number }>();

  add(cardRef: CardRef, counter: number, operationId: OperationId, reported: boolean): void {
    const ofCard = this.#owners.get(cardRef) ?? new Map<number, Set<OperationId>>();
    this.#owners.set(cardRef, ofCard.set(counter, (ofCard.get(counter) ?? new Set()).add(operationId)));
    if (reported) this.#reported.add(operationId);
    if (!this.#counters.has(operationId)) this.#counters.set(operationId, { cardRef, counter });
  }

  ownersOf(cardRef: CardRef, counter: number): ReadonlySet<OperationId> {
    return this.#owners.get(cardRef)?.get(counter) ?? new Set();
  }

  /** True when the device that did it has reported it (`card_operation`), whatever the ledger said to it. */
  isReported(operationId: OperationId): boolean {
    return this.#reported.has(operationId);
  }

  /** Where the operation was first said to stand. */
  placeOf(operationId: OperationId): { readonly cardRef: CardRef; readonly counter: number } | undefined {
    return this.#counters.get(operationId);
  }
}

/** @param counters those that matter, of any of the cards @param operations those that matter, of whichever card */
export async function counterOwners(
  { transaction, dialect, municipalityId }: MunicipalityWork,
  cardRefs: readonly CardRef[],
  counters: readonly number[] | 'all',
  operations: readonly OperationId[],
): Promise<CounterOwners> {
  const owners = new CounterOwners();
  if (cardRefs.length === 0 || counters.length === 0) return owners;
  const known = async (table: 'card_operation' | 'card_log_line') => {
    const rows = await transaction
      .selectFrom(table)
      .select(['card_ref', 'counter', 'operation_id'])
      .where((eb) =>
        eb.or([
          eb.and([eb('municipality_id', '=', municipalityId), dialect.oneOf('card_ref', cardRefs), ...(counters === 'all' ? [] : [dialect.oneOf('counter', counters)])]),
          ...(operations.length > 0 ? [dialect.oneOf('operation_id', operations)] : []),
        ]),
      )
      .execute();
    return rows.map((row) => [row.card_ref as CardRef, row.counter, row.operation_id as OperationId] as const);
  };
  const [reported, read] = await Promise.all([known('card_operation'), known('card_log_line')]);
  for (const row of reported) owners.add(...row, true);
  for (const row of read) owners.add(...row, false);
  return owners;
}

export interface ReportedOperation {
  readonly cardRef: CardRef;
  readonly operationId: OperationId;
  readonly operation: CardOperation;
  readonly deviceId: DeviceId;
  readonly seq: number;
}

/** Of each card that has left a proof: by how much its count of transactions was ahead of its counter then. The first word counts. */
export async function transactionsAhead({ transaction, dialect, municipalityId }: MunicipalityWork, cardRefs: readonly CardRef[]): Promise<Map<CardRef, number>> {
  if (cardRefs.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('card_operation')
    .select(['card_ref', 'counter', 'transaction_counter'])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('card_ref', cardRefs))
    .where('transaction_counter', 'is not', null)
    .orderBy('counter', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.card_ref as CardRef, (row.transaction_counter ?? 0) - row.counter]));
}

/** Writes for ever which counters the operations took. */
export async function keepCardOperations(work: MunicipalityWork, reported: readonly ReportedOperation[]): Promise<void> {
  await insertAll(
    work,
    'card_operation',
    reported.map(({ cardRef, operationId, operation, deviceId, seq }) => ({
      municipality_id: work.municipalityId,
      card_ref: cardRef,
      counter: operation.counter,
      operation_id: operationId,
      device_id: deviceId,
      seq,
      evidence: operation.evidence,
      proved: operation.proved ? (1 as const) : (0 as const),
      transaction_counter: operation.transactionCounter,
    })),
  );
}

/** Keeps what a device read off a card: its counter, and the lines of its log that nobody has reported before. */
export async function keepSighting(
  work: MunicipalityWork,
  deviceId: DeviceId,
  sighting: {
    readonly card: NamedCard;
    readonly seq: number;
    readonly counter: number;
    readonly log: ReadonlyArray<{ readonly operationId: OperationId; readonly counter: number }>;
    readonly answers: readonly OperationId[];
  },
): Promise<void> {
  const { card, seq, counter, log, answers } = sighting;
  const source = { municipality_id: work.municipalityId, device_id: deviceId, seq, card_ref: card.cardRef };
  await insertAll(work, 'card_sighting', [{ ...source, counter, answers: JSON.stringify(answers) }]);
  if (log.length === 0) return;
  await work.transaction
    .insertInto('card_log_line')
    .values(log.map((line) => ({ ...source, counter: line.counter, operation_id: line.operationId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Stops the cards and tells every device. What is stopped already stays as it is. */
export async function stopCards(work: MunicipalityWork, cardRefs: readonly CardRef[]): Promise<void> {
  if (cardRefs.length === 0) return;
  const stopped = await work.transaction
    .updateTable('card')
    .set({ state: 'stopped' })
    .where('municipality_id', '=', work.municipalityId)
    .where('card_ref', 'in', cardRefs)
    .where('state', '=', 'active')
    .returning(['card_ref', 'account_id', 'profile'])
    .execute();
  await announce(
    work,
    stopped.map((row) => ({
      change: { type: 'card', cardRef: row.card_ref as CardRef, accountId: AccountId.parse(row.account_id), profile: row.profile, state: 'stopped' },
    })),
  );
}
