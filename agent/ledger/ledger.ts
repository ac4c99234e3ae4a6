/**
 * The agent's ledger, as the rest of the agent sees it. Every method is synchronous and is one SQLite transaction (or a part of
 * one): when it returns, it is durable. Nothing here reads the clock; moments and ids come from outside.
 */
import type { CardEvidence, CardProfile, CardSuspicion } from '../../contract/card.ts';
import type { AccountId, CardRef, EntitlementId, EntryId, OperationId, RequestId, SchemeId, StaffId, StockLeaseId } from '../../contract/ids.ts';
import type { JournalEntry, JournalFact, JournalSeal, ReturnedLease, SlipKind } from '../../contract/journal.ts';
import type { Notice } from '../../contract/notice.ts';
import type { FeeLine } from '../../contract/procedure/fees.ts';
import type { Area, Procedure } from '../../contract/procedure/procedure.ts';
import type { Refusal, Standing } from '../../contract/refusal.ts';
import type { SurveyCount } from '../../contract/survey.ts';
import type { CardKeysRequest, Change, Generation, PullResponse, RequestUpload } from '../../contract/sync.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Entitlement, Lot, Movement, PurchaseRight, Scheme } from '../../contract/value.ts';
import type { PaperPromise } from './paper-record.ts';
import type { CopiesKept } from './print-job-store.ts';
import type { StaffMember } from './staff-record.ts';

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

/** Whose slip it is: an account's, or a request's. */
export type SlipSubject = { readonly accountId: AccountId } | { readonly requestId: RequestId };

export interface PrintJobRecord {
  readonly jobId: EntryId;
  readonly state: 'queued' | 'sending' | 'printed' | 'failed' | 'unknown';
  readonly slip: SlipKind;
  readonly subject: SlipSubject;
  readonly slipNumber: number;
  /** Of a slip that staff had printed again: the how manieth time, from 1. */
  readonly reprint?: Reprint;
  readonly at: Moment;
}

export interface Reprint {
  readonly number: number;
  readonly staff: StaffId;
}

export type NewPrintJob = Omit<PrintJobRecord, 'state'>;

export interface SyncState {
  /** Pull cursor of the backend's changes. */
  readonly cursor: number;
  /** Where `cursor` stood when the oldest was begun of what the backend does not have yet; `cursor` itself when it has everything. */
  readonly heard: number;
  /** Highest journal entry the backend has acknowledged. */
  readonly acknowledgedSeq: number;
  /** Highest journal entry there is. */
  readonly lastSeq: number;
  /** When the backend was last heard, null if never. */
  readonly confirmedAt: Moment | null;
  /** Of which generation of the feed `cursor` is; null before the first answer. */
  readonly generation: Generation | null;
}

export interface Ledger {
  lookupCard(card: CardRef): CardLookup;
  /** What the account holds, lot by lot; sums of movements, never a stored balance. */
  lotsOf(account: AccountId): Array<{ readonly lot: Lot; readonly amount: number }>;
  schemes(): ReadonlyMap<SchemeId, Scheme>;
  /** Entitlements of the account that this device holds at `now` and that nobody has taken. */
  offersOf(account: AccountId, today: LocalDate, now: Moment): Entitlement[];
  /** What is to be seen on the day at `now`: emergencies first, then in the order of `NOTICE_KINDS`, of each kind the newest first. */
  notices(today: LocalDate, now: Moment): Notice[];

  /** Counts one answer to the five faces. */
  countSurvey(answer: Omit<SurveyCount, 'count'>, day: LocalDate): void;
  /**
   * Writes the answers of days before `today` into the journal and forgets them here: of a month, as soon as there are enough that nobody's stands
   * alone, or the month is over.
   * @returns the number of entries
   */
  handInSurveys(today: LocalDate, stamp: () => EntryStamp): number;
  /** What residents can ask for now, and what of the town it needs: its parts, its fees. */
  procedures(): Procedure[];
  areas(): Area[];
  fees(): FeeLine[];
  /** The key to which requests are sealed, as `sealRequest` takes it; null before the town has said it. */
  officeKey(): string | null;

  /** Whether an active card of the account keeps its value itself: no other card of the account moves value then. */
  holdsValueOnCard(account: AccountId): boolean;
  /** Whether any card of the account is active: nobody has stopped it as lost. */
  hasActiveCard(account: AccountId): boolean;
  /** Whether the account stands in the place of a lost card's: both are of one person. */
  follows(account: AccountId, lost: AccountId): boolean;
  /** As `lotsOf`, less what open intents would take: what a new movement may count on. */
  freeLotsOf(account: AccountId): Array<{ readonly lot: Lot; readonly amount: number }>;
  /** A movement in the books, by whichever device, as it was posted; one that the town has refused as it was made. */
  movementOf(operation: OperationId): Movement | undefined;
  /** The newest movements by which something of the account became more or less, the newest first; without those that the town has refused. */
  movementsOf(account: AccountId, most: number): Movement[];
  /** What of a sale's money is neither received nor given back, in yen, and wanted by no open intent. */
  claimOf(sale: Movement): number;
  /** Sales whose money is still the customer's claim, wanted by an open intent or not, oldest first; without those of which something was given here that the town has refused. */
  openClaimsOf(account: AccountId): Movement[];
  /** Open claims of which nothing was ever loaded, oldest first. What was loaded and taken back waits for people to decide. */
  neverReceivedOf(account: AccountId): Movement[];
  /** Sales under a purchase right that were not given back, oldest first. */
  salesUnder(right: EntitlementId): Movement[];
  /** Sets sold out of a stock; one that is given back does not come back to the stock here. */
  soldFrom(stockLease: StockLeaseId): number;
  /** Loads of the account on the day that were not taken back, oldest first. */
  loadsOf(account: AccountId, day: LocalDate): Movement[];

  /**
   * Writes the intent of any movement with a card down, which whoever built it has parsed. Refuses (without writing) what the books do not cover: a grant that is not held
   * here at `preparedAt` or taken, a claim that was used or whose money another device took, a debit beyond what is free, a load that was
   * used before it is taken back or was made elsewhere; value that is in the ledger leaves only under a hold of its account, and through a card that anybody can copy only with staff. What an open
   * intent would take, no other may. The same intent again, while it is open, changes nothing.
   */
  prepare(intent: NewIntent): 'prepared' | Refusal;
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
  /** What became of an operation: of one that is in the books, `committed`; null when this device knows nothing of it. */
  fateOf(operation: OperationId): Intent['state'] | null;
  /**
   * Cash was counted in (`sale`) or given back (`refund`): in one transaction posted, and appended to the journal. The same movement again
   * changes nothing. Refuses (without writing) a refund whose claim is not there whole, or whose money another device took.
   */
  recordCash(movement: Movement, entry: EntryStamp): 'recorded' | Refusal;
  /** Intents that are neither committed nor aborted, oldest first. */
  openIntents(card?: CardRef): Intent[];
  /** The number of an operation that was written down here, in this device's own count; undefined when it was not. */
  intentNumber(operation: OperationId): number | undefined;

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
  /** Deletes the keys whose time was over at `now`. */
  dropOldCardKeys(now: Moment): void;

  /** Whether this device alone may take value out of the account, where the value is kept in the ledger. */
  holdsAccount(account: AccountId, now: Moment): boolean;
  /** Rights under which the account may buy sets of the scheme here, the one that ends first at the top. */
  rightsOf(account: AccountId, scheme: SchemeId, today: LocalDate, now: Moment): PurchaseRight[];
  /** Of this device's stocks of the scheme the one with the most sets left; null when it has none. */
  stockOf(scheme: SchemeId, now: Moment): { readonly id: StockLeaseId; readonly left: number } | null;
  /** Why the account has no right to buy; undefined when nothing is known against it. */
  standingOf(account: AccountId, scheme: SchemeId): Standing | undefined;
  /**
   * What should be given back at `now`: what is past its time, what is recalled, and holds that no session needs. What an open intent needs
   * is never among it. `busyAccount` belongs to the person who stands here: what is recalled of theirs waits until they are gone.
   */
  leasesToReturn(now: Moment, busyAccount: AccountId | null): ReturnedLease[];
  /**
   * In one transaction: the leases are gone here and the journal says so. Leaves out what an open intent needs by now.
   * @returns how many were given back; with none nothing is written
   */
  returnLeases(leases: readonly ReturnedLease[], entry: EntryStamp): number;
  /** The device was written off: what was set aside for it is forgotten, and so are the keys of cards. */
  giveUpLeases(): void;

  /** In one transaction: the sealed text lies in the outbox, and the journal says that the request was made. */
  makeRequest(sealed: string, entry: EntryStamp & { readonly fact: Extract<JournalFact, { type: 'request-made' }> }): void;
  /** Sealed requests that the office may be given: it has heard of them. Oldest first, at most `limit`. */
  requestsToSend(limit: number): RequestUpload[];
  /** Sealed requests that lie here. */
  requestsWaiting(): number;
  /** The office has it: nothing of the text is left here. */
  eraseRequest(request: RequestId): void;

  /** Who of the staff signs in with a card of this account; undefined when nobody does. */
  staffOf(account: AccountId): StaffMember | undefined;
  /** One more wrong PIN, until it turns out to be the right one. */
  countStaffTry(staff: StaffId): void;
  forgetStaffTries(staff: StaffId): void;

  /** Appends a fact to the journal. */
  append(entry: EntryStamp & { readonly fact: JournalFact }): void;
  /** Entries after `seq`, oldest first, at most `limit`. */
  entriesAfter(seq: number, limit: number): JournalEntry[];
  /** The seal that was kept for this entry. */
  sealOf(seq: number): JournalSeal | undefined;
  /** Keeps the seal for ever. Throws when the journal has no such entry, or the entry has a seal. */
  keepSeal(seal: JournalSeal): void;

  /** The operation's tickets are to come out as paper, under this number of a slip: the same one however often it is asked for. */
  promisePaper(operation: OperationId, account: AccountId): number;
  /** What was promised to the account's holder and is not kept, oldest first, whatever became of the operation. */
  paperPromised(account: AccountId): PaperPromise[];
  /** The paper came out, or its holder was told what became of it, or nothing left the card. */
  keepPaperPromise(operation: OperationId): void;

  /** Next number of a device-wide counter (slips, staff calls); a number is never given twice. */
  nextNumber(counter: 'slip' | 'staff-call'): number;
  /**
   * Writes a job down, and what is on the slip, sealed to this device, so that staff may have it printed again.
   * @throws when the number was printed, or printed again, that often already
   */
  createPrintJob(job: NewPrintJob, copy?: string): void;
  setPrintJob(jobId: EntryId, state: 'sending'): void;
  /** Settles the job and appends `slip-settled` to the journal in one transaction. */
  settlePrintJob(jobId: EntryId, outcome: 'printed' | 'failed' | 'unknown', entry: EntryStamp): void;
  /** Jobs that never settled: `sending` ones become `unknown`, `queued` ones `failed`, when the agent starts again. */
  unsettledPrintJobs(): PrintJobRecord[];
  /** The newest job with the highest slip number, whatever became of it. */
  lastPrintJob(): PrintJobRecord | undefined;
  /** The first print of a slip and its reprints, in order. */
  printJobsOf(slipNumber: number): PrintJobRecord[];
  /** What is on the slip, as `createPrintJob` was given it; undefined when it was erased. */
  slipCopy(slipNumber: number): string | undefined;
  /**
   * Nothing is left here of slips but of those that were first printed between the moments, both included: also not of those that say they were
   * printed later, when the clock was wrong.
   */
  keepSlipCopies(kept: CopiesKept): void;
  /** Nothing is left here of what is on the slip. */
  eraseSlipCopy(slipNumber: number): void;

  syncState(): SyncState;
  /** Remembers the acknowledgement. Throws if the hash is not ours: then two machines use one identity. */
  acknowledge(seq: number, hash: string): void;
  /**
   * Applies pulled changes and moves the cursor in one transaction. Movements already here (our own) are left as they are; they count as the town
   * has posted them, and not at all while it has refused them.
   * @param knowing the last entry of this journal that the town surely had when it wrote them: what it says of leases that were given back later, it
   *   says not knowing that. Left out: the last that is acknowledged
   * @param whole there is nothing more to hear by now
   */
  applyChanges(changes: readonly Change[], cursor: number, at: Moment, knowing?: number, whole?: boolean): void;
  /** A feed was begun anew and not heard to its end since: nobody can be served by what these books say. */
  isBehind(): boolean;
  /**
   * Takes the feed of another generation from its start: forgets what others did and what was leased to this device, and says so in the journal.
   * @param head how far the backend has this device's journal
   * @returns false, and does nothing, while a movement is under way
   */
  followGeneration(generation: Generation, head: JournalHeadOfTown | undefined, entry: EntryStamp): boolean;
  /**
   * Compares the journal with what the backend has of it. Where the backend has more, or something else, this file is an older copy: it is marked
   * as such for ever. @throws LedgerUnavailable then
   */
  compareHead(head: JournalHeadOfTown): void;
  /** Writes the whole ledger, as it is now, into an empty file. */
  copyTo(file: string): void;
  close(): void;
}

export type JournalHeadOfTown = NonNullable<PullResponse['journalHead']>;
