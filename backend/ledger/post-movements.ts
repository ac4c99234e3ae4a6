/** Posts the movements of a batch that hold, in order, and says which do not. Reads what it needs for the whole batch at once. */
import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type AccountId, type CardRef, type OperationId } from '../../contract/ids.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { mirrorToPlatform } from '../adapters/outbox.ts';
import { proofOf } from '../cards/card-proofs.ts';
import { keepCardOperations, stopCards, type ReportedOperation } from '../cards/card-records.ts';
import { checkEvidence, checkNamedCard, type CardFault } from '../cards/check-card.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { markDecided } from '../cards/unknown-movements.ts';
import type { AnomalyKind, DeviceAnomaly } from './anomalies.ts';
import { announce, type Announcement, type MunicipalityWork } from './change-feed.ts';
import { grantsMoved, noteGrants } from './grants-taken.ts';
import { checkMovement } from './check-movement.ts';
import { closeAfterTransfer } from './close-account.ts';
import { endTakenLeases, leaseAgain } from './grant-leases.ts';
import { pocketOf } from './holdings.ts';
import type { ClaimedMovement } from './movement-verdict.ts';
import { heardAtFirst, notePosted, readFacts, type BatchFacts } from './posting-facts.ts';
import { insertPosted, type PostedMovement } from './stored-value.ts';
import { keepWaiting, noteWaitingPosted, waitingDebits } from './waiting-debits.ts';

/**
 * @param record writes down what the claims are taken from: the database does that while they are being judged
 * @returns what staff must see; some of it is about movements that were posted all the same
 */
export async function postMovements(
  work: MunicipalityWork,
  claims: readonly ClaimedMovement[],
  cardKeys: CardMasterKeys | undefined,
  nowMs: number,
  record?: () => Promise<void>,
): Promise<DeviceAnomaly[]> {
  if (claims.length === 0) return [];
  const batch = await postBatch(work, claims, cardKeys, nowMs, record);
  await postWaiting(work, batch.filled, cardKeys, nowMs);
  return batch.anomalies;
}

/** Claims that are judged before what is posted of them is sent to the database, which writes it while the next are judged. */
const CLAIMS_AT_ONCE = 250;

async function postBatch(
  work: MunicipalityWork,
  claims: readonly ClaimedMovement[],
  cardKeys: CardMasterKeys | undefined,
  nowMs: number,
  record?: () => Promise<void>,
): Promise<Batch> {
  const batch = new Batch(work, await readFacts(work, claims, nowMs), cardKeys, nowMs);
  await record?.();
  for (let start = 0; start < claims.length; start += CLAIMS_AT_ONCE) {
    if (start > 0) await turn();
    for (const claim of claims.slice(start, start + CLAIMS_AT_ONCE)) batch.take(claim);
    await batch.insert();
  }
  await batch.finish();
  return batch;
}

/** Tries the debits again that waited for something to come into these accounts. What is posted may fill other pockets, so until nothing moves. */
async function postWaiting(work: MunicipalityWork, accounts: ReadonlySet<AccountId>, cardKeys: CardMasterKeys | undefined, nowMs: number): Promise<void> {
  for (let filled = accounts; filled.size > 0; ) {
    const next = new Set<AccountId>();
    for (const waiting of await waitingDebits(work, [...filled])) {
      const batch = await postBatch(work, [waiting.claim], cardKeys, nowMs);
      if (!batch.posted(waiting.claim.movement.operationId)) continue;
      await noteWaitingPosted(work, waiting, nowMs);
      for (const account of batch.filled) next.add(account);
    }
    filled = next;
  }
}

/** What no sound card of the town ever does: it is stopped until staff have looked. */
const STOPPED_FOR: ReadonlySet<CardFault> = new Set(['card-evidence-wrong', 'card-counter-repeated', 'card-counter-gap']);

/** The claims of one batch as they are taken one after the other; each sees what those before it did. What is posted of them is written in between, all else at the end. */
class Batch {
  readonly anomalies: DeviceAnomaly[] = [];
  /** Accounts that got something. */
  readonly filled = new Set<AccountId>();
  readonly #work: MunicipalityWork;
  readonly #facts: BatchFacts;
  readonly #cardKeys: CardMasterKeys | undefined;
  readonly #nowMs: number;
  readonly #taken: ClaimedMovement[] = [];
  readonly #posted: PostedMovement[] = [];
  /** Of `#posted`. */
  #inserted = 0;
  readonly #waiting: ClaimedMovement[] = [];
  readonly #reported: ReportedOperation[] = [];
  readonly #decided: OperationId[] = [];
  readonly #stopped = new Set<CardRef>();

  constructor(work: MunicipalityWork, facts: BatchFacts, cardKeys: CardMasterKeys | undefined, nowMs: number) {
    this.#work = work;
    this.#facts = facts;
    this.#cardKeys = cardKeys;
    this.#nowMs = nowMs;
  }

  take(claim: ClaimedMovement): void {
    this.#taken.push(claim);
    const { deviceId, movement, card } = claim;
    const unknown = this.#facts.unknown.get(movement.operationId);
    if (card && !this.#takeCard(claim, card)) return;
    if (unknown?.deviceId === deviceId) {
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

  /** Whether the batch posted the operation. */
  posted(operation: OperationId): boolean {
    return this.#posted.some(({ movement }) => movement.operationId === operation);
  }

  #keep({ deviceId, entry }: ClaimedMovement, what: AnomalyKind, detail: string): void {
    this.anomalies.push({ deviceId, entry, what, detail });
  }

  /** @returns whether the card may stand behind the movement */
  #takeCard(claim: ClaimedMovement, card: NonNullable<ClaimedMovement['card']>): boolean {
    const { deviceId, movement, entry } = claim;
    const { owners, cards, ahead, accounts } = this.#facts;
    const { operationId, accountId } = movement;
    const named = checkNamedCard(card, accountId, cards.get(card.cardRef), accounts.get(accountId)?.cards);
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
      this.#reported.push({ cardRef: card.cardRef, operationId, operation, deviceId, seq: entry.seq });
    }
    return true;
  }

  #takeValue(claim: ClaimedMovement): void {
    const { deviceId, entry } = claim;
    const facts = this.#facts.of(deviceId);
    const verdict = checkMovement(claim, facts, this.#nowMs);
    if (!verdict.ok) {
      if (verdict.what === 'overdrawn' && claim.card?.profile === 'desfire') this.#waiting.push({ ...claim, heardThen: heardAtFirst(claim, facts) });
      return this.#keep(claim, verdict.what, verdict.detail);
    }
    if (verdict.note) this.#keep(claim, verdict.note.what, verdict.note.detail);
    for (const [index, movement] of verdict.post.entries()) {
      this.#posted.push({ movement, source: index === 0 ? { deviceId, seq: entry.seq } : null });
      notePosted(facts, movement);
    }
    this.#noteFilled(claim);
  }

  #noteFilled(claim: ClaimedMovement): void {
    const { movement } = claim;
    const { accounts, holdings } = this.#facts;
    const filled = new Set(movement.postings.flatMap(({ credit }) => pocketOf(credit)?.accountId ?? []));
    for (const account of filled) this.filled.add(account);
    const left = movement.kind === 'transfer' ? movement.fromAccountId : [...filled].find((account) => accounts.get(account)?.state === 'closed');
    if (left === undefined) return;
    const day = dateInTokyo(momentFromEpoch(this.#nowMs));
    if (holdings.of(left).some(({ lot, amount }) => amount > 0 && lot.lastDay >= day)) {
      this.#keep(claim, 'value-on-closed-account', 'It was posted, but value is left in an account that is closed. Transfer it to the person’s new account.');
    }
  }

  /**
   * Tells devices what of theirs does not stand. Only the device that reports a movement: all others learn of one when it is posted. Not of
   * what the books have all the same, and of what has waited the device was told when it began to wait.
   */
  #refusals(): Announcement[] {
    const refused = this.#taken.filter(({ movement, heardThen }) => heardThen === undefined && !this.#facts.operations.has(movement.operationId));
    return refused.map(({ deviceId, movement }) => ({ change: { type: 'movement-refused', operationId: movement.operationId }, deviceId }));
  }

  /** Writes the movements that were posted since the last time, and announces them; the answers are not waited for. */
  async insert(): Promise<void> {
    const movements = this.#posted.slice(this.#inserted);
    this.#inserted = this.#posted.length;
    await insertPosted(this.#work, this.#work.municipalityId, movements, this.#nowMs);
    await announce(this.#work, movements.map(({ movement }) => ({ change: { type: 'movement' as const, movement } })));
  }

  /** Writes what follows from the movements. */
  async finish(): Promise<void> {
    const { municipalityId } = this.#work;
    await keepCardOperations(this.#work, this.#reported);
    for (const operationId of this.#decided) await markDecided(this.#work, operationId, 'happened', this.#nowMs);
    await stopCards(this.#work, [...this.#stopped]);
    await keepWaiting(this.#work, this.#waiting);
    if (this.#posted.length === 0) return announce(this.#work, this.#refusals());
    const movements = this.#posted.map(({ movement }) => movement);
    const { taken, reopened } = grantsMoved(this.#posted);
    await noteGrants(this.#work, movements);
    const [ended] = await Promise.all([endTakenLeases(this.#work, taken), mirrorToPlatform(this.#work, municipalityId, movements, this.#nowMs, this.#facts.schemes)]);
    await announce(this.#work, [...ended, ...this.#refusals()]);
    await leaseAgain(this.#work, reopened, this.#nowMs);
    for (const { movement } of this.#posted) {
      if (movement.kind === 'transfer' && movement.fromAccountId !== undefined) await closeAfterTransfer(this.#work, movement.fromAccountId, movement.accountId);
    }
  }
}
