/**
 * The agent's ledger, as the rest of the agent sees it. Every method is synchronous and is one SQLite transaction (or a part of
 * one): when it returns, it is durable. Nothing here reads the clock; moments and ids come from outside.
 */
import type { CardEvidence, CardProfile, CardSuspicion } from '../../contract/card.ts';
import type { AccountId, CardRef, EntryId, OperationId, SchemeId } from '../../contract/ids.ts';
import type { JournalEntry, JournalFact, JournalSeal } from '../../contract/journal.ts';
import type { CardKeysRequest, Change } from '../../contract/sync.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Entitlement, Lot, Movement, Scheme } from '../../contract/value.ts';

export type CardLookup =
  /** `profile`: how the card must prove itself; one that answers in another way is another card. */
  | { readonly kind: 'account'; readonly accountId: AccountId; readonly profile: CardProfile }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unknown' };

/** What is written down before the card is touched. */
export interface NewIntent {
  readonly operationId: OperationId;
  readonly cardRef: CardRef;
  readonly cardProfile: CardProfile;
  /** The card's counter before the movement; null when the card has none. */
  readonly counterBefore: number | null;
  readonly movement: Movement;
  readonly preparedAt: Moment;
}

export interface Intent extends NewIntent {
  readonly state: 'prepared' | 'committed' | 'aborted' | 'unknown';
}

/** When and under which id a fact comes into the journal. */
export interface EntryStamp {
  readonly id: EntryId;
  readonly at: Moment;
}

/** Keys of one card, sealed to this device, until a moment. */
export interface SealedCardKeys {
  readonly profile: CardKeysRequest['profile'];
  readonly until: Moment;
  readonly sealed: string;
}

export interface PrintJobRecord {
  readonly jobId: EntryId;
  readonly state: 'queued' | 'sending' | 'printed' | 'failed' | 'unknown';
  readonly slip: 'balance' | 'load';
  readonly accountId: AccountId;
  readonly slipNumber: number;
}

export interface SyncState {
  /** Pull cursor of the backend's changes. */
  readonly cursor: number;
  /** Highest journal entry the backend has acknowledged. */
  readonly acknowledgedSeq: number;
  /** Highest journal entry there is. */
  readonly lastSeq: number;
  /** When the backend was last heard, null if never. */
  readonly confirmedAt: Moment | null;
}

export interface Ledger {
  lookupCard(card: CardRef): CardLookup;
  /** What the account holds, lot by lot; sums of movements, never a stored balance. */
  lotsOf(account: AccountId): Array<{ readonly lot: Lot; readonly amount: number }>;
  schemes(): ReadonlyMap<SchemeId, Scheme>;
  /** Entitlements of the account that this device holds at `now` and that nobody has taken. */
  offersOf(account: AccountId, today: LocalDate, now: Moment): Entitlement[];
  notices(today: LocalDate): Array<{ readonly title: string; readonly text: string }>;

  /**
   * Writes the intent down. Refuses (without writing) when its entitlement is not held here, its lease has run out at `preparedAt`,
   * or another intent that is not aborted already uses it.
   */
  prepare(intent: NewIntent): 'prepared' | 'already-taken' | 'not-held-here';
  /**
   * In one transaction: intent → committed, movement posted, journal entry with the card's evidence appended, the card's counter
   * noted. Idempotent for the same operation.
   */
  commit(operation: OperationId, entry: EntryStamp, evidence: CardEvidence): void;
  /** Intent → aborted; nothing else changes. */
  abort(operation: OperationId): void;
  /**
   * Intent → unknown: the card's answer was lost. The journal says so, so that whoever sees the card first can decide. Does nothing
   * when the intent is unknown already.
   */
  markUnknown(operation: OperationId, entry: EntryStamp): void;
  /** Intents that are neither committed nor aborted, oldest first. */
  openIntents(card?: CardRef): Intent[];

  /** True when the operation is in the books, or was written down here, whatever became of it. */
  knowsOperation(operation: OperationId): boolean;
  /** The highest counter a card has shown here; null when it has shown none. */
  counterSeen(card: CardRef): number | null;
  noteCounter(card: CardRef, counter: number): void;
  /** Movements of which some device does not know whether they happened on this card, and that this device has not answered for. */
  openMovementsOf(card: CardRef): OperationId[];
  /** In one transaction: what the card showed is in the journal, and the movements it answers are not answered again. */
  reportCard(entry: EntryStamp & { readonly fact: Extract<JournalFact, { type: 'card-seen' }> }): void;
  /** In one transaction: the card is stopped on this device, and the journal says why. Does nothing when it is stopped here already. */
  stopCard(card: CardRef, profile: CardProfile, why: CardSuspicion, entry: EntryStamp): void;
  cardKeys(card: CardRef): SealedCardKeys | undefined;
  keepCardKeys(card: CardRef, keys: SealedCardKeys): void;
  dropCardKeys(card: CardRef): void;

  /** Appends a fact to the journal. */
  append(entry: EntryStamp & { readonly fact: JournalFact }): void;
  /** Entries after `seq`, oldest first, at most `limit`. */
  entriesAfter(seq: number, limit: number): JournalEntry[];
  /** The seal that was kept for this entry. */
  sealOf(seq: number): JournalSeal | undefined;
  /** Keeps the seal for ever. Throws when the journal has no such entry, or the entry has a seal. */
  keepSeal(seal: JournalSeal): void;

  /** Next number of a device-wide counter (slips, staff calls); a number is never given twice. */
  nextNumber(counter: 'slip' | 'staff-call'): number;
  createPrintJob(job: { readonly jobId: EntryId; readonly slip: 'balance' | 'load'; readonly accountId: AccountId; readonly slipNumber: number; readonly at: Moment }): void;
  setPrintJob(jobId: EntryId, state: 'sending'): void;
  /** Settles the job and appends `slip-settled` to the journal in one transaction. */
  settlePrintJob(jobId: EntryId, outcome: 'printed' | 'failed' | 'unknown', entry: EntryStamp): void;
  /** Jobs that never settled: `sending` ones become `unknown`, `queued` ones `failed`, when the agent starts again. */
  unsettledPrintJobs(): PrintJobRecord[];
  /** The job with the highest slip number, whatever became of it. */
  lastPrintJob(): PrintJobRecord | undefined;

  syncState(): SyncState;
  /** Remembers the acknowledgement. Throws if the hash is not ours: then two machines use one identity. */
  acknowledge(seq: number, hash: string): void;
  /** Applies pulled changes and moves the cursor in one transaction. Movements already here (our own) are left as they are. */
  applyChanges(changes: readonly Change[], cursor: number, at: Moment): void;

  close(): void;
}
