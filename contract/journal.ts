/**
 * The journal: a device's append-only record of facts. Entry `seq` of a device carries the hash of entry `seq − 1`; the hash is
 * SHA-256 over `prevHash ‖ body`, where `body` is the exact text that was stored. The text itself travels, so both ends hash the
 * same bytes and no canonical form of JSON is needed. Hashing is in `journal-hash.ts`, because the window must not load it.
 */
import { z } from 'zod';
import { CardCounter, CardEvidence, CardProfile, CardSuspicion } from './card.ts';
import { AccountId, CardRef, DeviceId, EntitlementId, EntryId, OperationId, ProcedureId, RequestId, StaffId, StockLeaseId } from './ids.ts';
import { SURVEY_COUNTS_MAX, SurveyCount } from './survey.ts';
import { LocalDate, Moment } from './time.ts';
import { Movement } from './value.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

export const SlipKind = z.enum(['balance', 'load', 'points', 'incident', 'request', 'tickets']);
export type SlipKind = z.infer<typeof SlipKind>;

const MovedCard = z.strictObject({ cardRef: CardRef, profile: CardProfile });

const ReturnedLease = z.discriminatedUnion('kind', [
  /** An entitlement or a purchase right. */
  z.strictObject({ kind: z.literal('entitlement'), id: EntitlementId }),
  z.strictObject({ kind: z.literal('stock'), id: StockLeaseId }),
  z.strictObject({ kind: z.literal('hold'), id: AccountId }),
]);
export type ReturnedLease = z.infer<typeof ReturnedLease>;

/** What happened, without anything about the person beyond the account's number. */
export const JournalFact = z.discriminatedUnion('type', [
  /** A movement happened. `evidence` is what the card left of it. */
  z.strictObject({ type: z.literal('value-moved'), movement: Movement, card: MovedCard.extend({ evidence: CardEvidence }) }),
  /** Cash was counted in or given back (`sale`, `refund`): no card has a part in it. */
  z.strictObject({ type: z.literal('cash-moved'), movement: Movement }),
  /**
   * The device has given these back and will not use them any more. Whatever it did under them stands before this entry, so nobody has to
   * believe a clock before they are given to another device.
   */
  z.strictObject({ type: z.literal('leases-returned'), leases: z.array(ReturnedLease).min(1).max(100) }),
  /**
   * The card's answer to a movement was lost. Whoever sees the card next can tell whether it happened: the counter is then
   * `counterBefore` or more, and the card's log has the operation or not.
   */
  z.strictObject({
    type: z.literal('movement-unknown'),
    movement: Movement,
    card: MovedCard.extend({ counterBefore: CardCounter.nullable() }),
    /** In the device's own count: what the person was told that staff find it by. */
    incident: z.int().min(1).optional(),
  }),
  /** A card showed operations that this device knows nothing of: its counter, and its log from the newest on. */
  z.strictObject({
    type: z.literal('card-seen'),
    card: MovedCard,
    counter: CardCounter,
    log: z.array(z.strictObject({ operationId: OperationId, counter: CardCounter })).max(32),
    /**
     * The open movements (`movement-open`) of this card that the device knew of before it read the card. The reading then came surely
     * after them, whatever the clocks say: a card that still shows `counterBefore` has not done them.
     */
    answers: z.array(OperationId).max(32).optional(),
  }),
  /** A card is not believed any more; this device stopped it at once, and staff must look. */
  z.strictObject({ type: z.literal('card-suspect'), card: MovedCard, why: CardSuspicion }),
  /**
   * The device follows this generation of the feed from now on. It has forgotten what was leased to it before; whatever it did under
   * earlier leases stands before this entry.
   */
  z.strictObject({ type: z.literal('generation-seen'), generation: z.string().regex(/^[0-9a-f]{16}$/) }),
  /**
   * Somebody asked for something. What they asked for is sealed to the office and travels by itself (`RequestUpload`); this says which text it is.
   */
  z.strictObject({
    type: z.literal('request-made'),
    requestId: RequestId,
    procedureId: ProcedureId,
    version: z.int().min(1),
    /** Its slip has this number, however often it is printed. */
    slipNumber: z.int().min(1),
    /** SHA-256 of the sealed text's characters. */
    sealedHash: Hash,
  }),
  /** Who asked for it took it back before they went. */
  z.strictObject({ type: z.literal('request-withdrawn'), requestId: RequestId }),
  z.strictObject({
    type: z.literal('slip-settled'),
    jobId: EntryId,
    slip: SlipKind,
    /** Whose slip it is; a request's slip says of which request it is instead. */
    accountId: AccountId.optional(),
    requestId: RequestId.optional(),
    /** Staff had it printed again, the how manieth time; it has the number that it had. */
    reprint: z.strictObject({ number: z.int().min(1), staff: StaffId }).optional(),
    outcome: z.enum(['printed', 'failed', 'unknown']),
  }),
  z.strictObject({ type: z.literal('staff-called'), callNumber: z.int().min(1), screen: z.string().max(40) }),
  /**
   * What people at this device answered, counted over some days of one month, the last of which is `day`. Nothing says who, when, or in which session;
   * docs/decisions/0018-answers-are-counted.md says what can still be guessed.
   */
  z.strictObject({ type: z.literal('surveys-counted'), day: LocalDate, answers: z.array(SurveyCount).min(1).max(SURVEY_COUNTS_MAX) }),
  z.strictObject({ type: z.literal('session-ended'), how: z.enum(['finished', 'card-left', 'timed-out', 'trouble']), seconds: z.int().min(0) }),
]);
export type JournalFact = z.infer<typeof JournalFact>;

/** The parsed body of an entry. */
export const JournalBody = z.strictObject({
  id: EntryId,
  device: DeviceId,
  seq: z.int().min(1),
  at: Moment,
  fact: JournalFact,
});
export type JournalBody = z.infer<typeof JournalBody>;

/** An entry as it is stored and sent. `body` is the JSON text of a `JournalBody`. */
export const JournalEntry = z.strictObject({
  seq: z.int().min(1),
  prevHash: Hash,
  hash: Hash,
  body: z.string().max(16_384),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** Ed25519 signature, 64 bytes in base64url. */
export const SealSignature = z.string().regex(/^[A-Za-z0-9_-]{86}$/);

/** A seal as it is kept with a journal: the device's signature over entry `seq` with `hash` (`journal-seal.ts`), and the key it can be checked with. */
export const JournalSeal = z.strictObject({
  seq: z.int().min(1),
  hash: Hash,
  /** Ed25519, 32 bytes in base64url. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  signature: SealSignature,
});
export type JournalSeal = z.infer<typeof JournalSeal>;

/** `prevHash` of a device's first entry. */
export const GENESIS_HASH = '0'.repeat(64);
