/** Posts the movements of a batch that hold, in order, and says which do not. Reads what it needs for the whole batch at once. */
import { isDeepStrictEqual } from 'node:util';
import { counterOf, type CardEvidence } from '../../contract/card.ts';
import { AccountId, EntitlementId, type CardRef, type DeviceId, type OperationId } from '../../contract/ids.ts';
import type { Entitlement, Movement, Scheme } from '../../contract/value.ts';
import { proofOf } from '../cards/card-proofs.ts';
import { cardsOnRecord, counterOwners, keepCardOperations, stopCards, transactionsAhead, type CounterOwners, type ReportedOperation } from '../cards/card-records.ts';
import { checkEvidence, checkNamedCard, type CardFault, type CardOnRecord, type NamedCard } from '../cards/check-card.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { markDecided, unknownMovements, type UnknownMovement } from '../cards/unknown-movements.ts';
import type { Anomaly, AnomalyKind, EntryReference } from './anomalies.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { checkMovement } from './check-movement.ts';
import { endLeases } from './leases.ts';
import { entitlementOfRow, insertMovements, lotsHeld, schemeOfRow, type HeldLot } from './stored-value.ts';

export interface ClaimedMovement {
  readonly entry: EntryReference;
  readonly movement: Movement;
  readonly card: NamedCard & { readonly evidence: CardEvidence };
}

/**
 * @param deviceId whose movements they are
 * @returns what staff must see. Only `card-evidence-unchecked` is about a movement that was posted all the same
 */
export async function postMovements(
  work: MunicipalityWork,
  deviceId: DeviceId,
  claims: readonly ClaimedMovement[],
  cardKeys: CardMasterKeys | undefined,
  nowMs: number,
): Promise<Anomaly[]> {
  if (claims.length === 0) return [];
  const batch = new Batch(work, deviceId, await readFacts(work, deviceId, claims), cardKeys, nowMs);
  for (const claim of claims) batch.take(claim);
  await batch.write();
  return batch.anomalies;
}

interface Facts {
  readonly operations: Set<string>;
  readonly entitlements: Map<string, { readonly terms: Entitlement; state: 'open' | 'taken' | 'withdrawn' }>;
  readonly schemes: Map<string, Scheme>;
  readonly leases: Map<string, { readonly untilMs: number; readonly state: 'held' | 'ended' }>;
  readonly lots: HeldLot[];
  readonly cards: Map<CardRef, CardOnRecord>;
  readonly owners: CounterOwners;
  readonly ahead: Map<CardRef, number>;
  readonly unknown: Map<OperationId, UnknownMovement>;
}

/** What no sound card of the town ever does: it is stopped until staff have looked. */
const STOPPED_FOR: ReadonlySet<CardFault> = new Set(['card-evidence-wrong', 'card-counter-repeated', 'card-counter-gap']);

/** The claims of one batch as they are taken one after the other; each sees what those before it did. Writes at the end. */
class Batch {
  readonly anomalies: Anomaly[] = [];
  readonly #work: MunicipalityWork;
  readonly #deviceId: DeviceId;
  readonly #facts: Facts;
  readonly #cardKeys: CardMasterKeys | undefined;
  readonly #nowMs: number;
  readonly #posted: ClaimedMovement[] = [];
  readonly #reported: ReportedOperation[] = [];
  readonly #decided: OperationId[] = [];
  readonly #stopped = new Set<CardRef>();

  constructor(work: MunicipalityWork, deviceId: DeviceId, facts: Facts, cardKeys: CardMasterKeys | undefined, nowMs: number) {
    this.#work = work;
    this.#deviceId = deviceId;
    this.#facts = facts;
    this.#cardKeys = cardKeys;
    this.#nowMs = nowMs;
  }

  take(claim: ClaimedMovement): void {
    const { movement } = claim;
    const unknown = this.#facts.unknown.get(movement.operationId);
    if (!this.#takeCard(claim)) return;
    if (unknown?.deviceId === this.#deviceId) {
      if (unknown.state === 'void') return this.#keep(claim, 'operation-void', 'A reading of the card had shown that the movement did not happen.');
      this.#decided.push(movement.operationId);
      // The card said so to another device first: the books have it already.
      if (this.#facts.operations.has(movement.operationId)) {
        if (!isDeepStrictEqual(unknown.movement, movement)) this.#keep(claim, 'differs', 'The device reports another movement than when it did not know the outcome.');
        return;
      }
    }
    this.#takeValue(claim);
  }

  #keep({ entry }: ClaimedMovement, what: AnomalyKind, detail: string): void {
    this.anomalies.push({ entry, what, detail });
  }

  /** @returns whether the card may stand behind the movement */
  #takeCard(claim: ClaimedMovement): boolean {
    const { movement, card, entry } = claim;
    const { owners, cards, ahead } = this.#facts;
    const { operationId } = movement;
    const named = checkNamedCard(card, movement.accountId, cards.get(card.cardRef));
    if (!named.ok) {
      this.#keep(claim, named.what, named.detail);
      return false;
    }
    const checked = checkEvidence(operationId, named.card, card.evidence, {
      ownersOf: (counter) => owners.ownersOf(card.cardRef, counter),
      transactionsAhead: ahead.get(card.cardRef),
      proofOf: (evidence) => proofOf(evidence, movement, { ...named.card, cardRef: card.cardRef, municipalityId: this.#work.municipalityId }, this.#cardKeys),
    });
    if (!checked.ok) {
      this.#keep(claim, checked.what, checked.detail);
      if (STOPPED_FOR.has(checked.what)) this.#stopped.add(card.cardRef);
      return false;
    }
    const { operation } = checked;
    if (!operation) return true;
    const place = owners.placeOf(operationId);
    if (place && (place.cardRef !== card.cardRef || place.counter !== operation.counter)) {
      this.#keep(claim, 'operation-repeated', 'The operation stands under another counter, or on another card.');
      return false;
    }
    if (checked.unchecked) this.#keep(claim, 'card-evidence-unchecked', 'The backend has not what it needs to check the card’s proof.');
    if (!owners.isReported(operationId)) {
      owners.add(card.cardRef, operation.counter, operationId, true);
      if (operation.transactionCounter !== null && !ahead.has(card.cardRef)) ahead.set(card.cardRef, operation.transactionCounter - operation.counter);
      this.#reported.push({ cardRef: card.cardRef, operationId, operation, deviceId: this.#deviceId, seq: entry.seq });
    }
    return true;
  }

  #takeValue(claim: ClaimedMovement): void {
    const { movement } = claim;
    const { entitlements, schemes, leases, lots, operations } = this.#facts;
    const entitlement = movement.entitlementId === null ? undefined : entitlements.get(movement.entitlementId);
    const verdict = checkMovement(
      movement,
      {
        operationPosted: operations.has(movement.operationId),
        entitlement,
        scheme: entitlement && schemes.get(entitlement.terms.schemeId),
        lease: movement.entitlementId === null ? undefined : leases.get(movement.entitlementId),
        balanceOn: (day) => balance(lots, movement, day),
      },
      this.#nowMs,
    );
    if (!verdict.ok) return this.#keep(claim, verdict.what, verdict.detail);
    this.#posted.push(claim);
    operations.add(movement.operationId);
    if (entitlement) entitlement.state = 'taken';
    for (const lot of movement.lots) lots.push({ lot, amount: entitlement?.terms.amount ?? 0 });
  }

  async write(): Promise<void> {
    await keepCardOperations(this.#work, this.#reported);
    for (const operationId of this.#decided) await markDecided(this.#work, operationId, 'happened', this.#nowMs);
    await stopCards(this.#work, [...this.#stopped]);
    await write(this.#work, this.#deviceId, this.#posted, this.#nowMs);
  }
}

async function readFacts(work: MunicipalityWork, deviceId: DeviceId, claims: readonly ClaimedMovement[]): Promise<Facts> {
  const { transaction, municipalityId } = work;
  // No entitlement has the empty id: it keeps the list from being empty, which SQL does not allow.
  const ids = claims.map(({ movement }) => movement.entitlementId ?? '');
  const claimed = claims.map(({ movement }) => movement.operationId);
  // Operation ids are made once in the world; a repeated one is noticed whichever town has it.
  const operations = await transaction.selectFrom('movement').select('operation_id').where('operation_id', 'in', claimed).execute();
  const entitlements = await transaction.selectFrom('entitlement').selectAll().where('municipality_id', '=', municipalityId).where('entitlement_id', 'in', ids).execute();
  const schemes = await transaction.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).execute();
  const leases = await transaction
    .selectFrom('lease')
    .select(['entitlement_id', 'until_ms', 'state'])
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('entitlement_id', 'in', ids)
    .execute();
  const accounts = [...new Set(entitlements.map((row) => row.account_id))].map((account) => AccountId.parse(account));
  const cardRefs = [...new Set(claims.map(({ card }) => card.cardRef))];
  const counters = [...new Set(claims.flatMap(({ card }) => counterOf(card.evidence) ?? []))];
  const unknown = await unknownMovements(work, { operations: claimed, openOn: [] });
  return {
    operations: new Set(operations.map((row) => row.operation_id)),
    entitlements: new Map(entitlements.map((row) => [row.entitlement_id, { terms: entitlementOfRow(row), state: row.state }])),
    schemes: new Map(schemes.map((row) => [row.scheme_id, schemeOfRow(row)])),
    leases: new Map(leases.map((row) => [row.entitlement_id, { untilMs: row.until_ms, state: row.state }])),
    lots: await lotsHeld(work, municipalityId, accounts),
    cards: await cardsOnRecord(work, cardRefs),
    owners: await counterOwners(work, cardRefs, counters, claimed),
    ahead: await transactionsAhead(work, cardRefs),
    unknown: new Map(unknown.map((movement) => [movement.operationId, movement])),
  };
}

/** What the movement's account can use of its scheme on `day`. */
function balance(lots: readonly HeldLot[], { accountId, schemeId }: Movement, day: string): number {
  return lots
    .filter(({ lot }) => lot.accountId === accountId && lot.schemeId === schemeId && lot.lastDay >= day)
    .reduce((sum, { amount }) => sum + amount, 0);
}

async function write(work: MunicipalityWork, deviceId: DeviceId, posted: readonly ClaimedMovement[], nowMs: number): Promise<void> {
  if (posted.length === 0) return;
  const { transaction, municipalityId } = work;
  await insertMovements(work, municipalityId, posted.map(({ entry, movement }) => ({ movement, source: { deviceId, seq: entry.seq } })), nowMs);
  for (const { movement } of posted) {
    await transaction
      .updateTable('entitlement')
      .set({ state: 'taken', operation_id: movement.operationId })
      .where('municipality_id', '=', municipalityId)
      .where('entitlement_id', '=', movement.entitlementId)
      .where('state', '=', 'open')
      .execute();
  }
  await endLeases(work, posted.flatMap(({ movement }) => (movement.entitlementId === null ? [] : [EntitlementId.parse(movement.entitlementId)])));
  await announce(work, posted.map(({ movement }) => ({ change: { type: 'movement', movement } })));
}
