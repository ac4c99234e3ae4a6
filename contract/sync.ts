/**
 * Agent ⇄ backend, version 1. The agent pushes its journal by watermark and pulls what it needs to know by cursor.
 *
 * Every request but enrolment carries `Authorization: Bearer <JWT>`: a JWT signed with the device's Ed25519 key (EdDSA), with the
 * claims of `RequestClaims`. The backend remembers `jti` while the token could still be used, so a recorded request is worth nothing.
 *
 * A device may send a body with `content-encoding: zstd`; what is signed are the bytes as they are sent. An answer comes as zstd when the
 * request's `accept-encoding` names it.
 */
import { z } from 'zod';
import { CardProfile } from './card.ts';
import { AccountId, CardRef, DeviceId, EntitlementId, MunicipalityId, OperationId, ProcedureId, RequestId, SchemeId, SiteId, StaffId, StockLeaseId } from './ids.ts';
import { JournalEntry, SealSignature } from './journal.ts';
import { Notice } from './notice.ts';
import { TownFees } from './procedure/fees.ts';
import { Procedure, TownAreas } from './procedure/procedure.ts';
import { Moment } from './time.ts';
import { Standing } from './refusal.ts';
import { Entitlement, Movement, PurchaseRight, Scheme } from './value.ts';

export const API = {
  enrol: '/v1/enrol',
  push: '/v1/device/journal',
  pull: '/v1/device/changes',
  cardKeys: '/v1/device/card-keys',
  hold: '/v1/device/hold',
  want: '/v1/device/want',
  request: '/v1/device/request',
  linkState: '/v1/device/link-state',
  linkChallenge: '/v1/device/link-challenge',
  link: '/v1/device/link',
  health: '/v1/health',
} as const;

/** A device's clock may be this wrong before the backend refuses and tells it the time. */
export const CLOCK_TOLERANCE_SECONDS = 120;
/** Entries of one push, and how many characters their bodies have together, unless it is one entry alone. */
export const PUSH_ENTRIES_MAX = 3_000;
export const PUSH_CHARACTERS_MAX = 3 * 1_048_576;
/** Bytes of a request's body: as it is sent, and again when it is unpacked. */
export const BODY_BYTES_MAX = 4 * 1_048_576;
export const PULL_CHANGES_MAX = 5_000;
/** Of a sealed request: more than anything a person could answer. */
export const SEALED_REQUEST_CHARACTERS_MAX = 32_768;

/** Claims of the token that signs one request. `bod` is the SHA-256 of the body's bytes in base64url (of nothing for a GET). */
export const RequestClaims = z.object({
  iss: DeviceId,
  aud: z.literal('kazasu-backend'),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(16).max(64),
  htm: z.enum(['GET', 'POST']),
  /** Path and query, as sent. */
  htu: z.string().max(512),
  bod: z.string().length(43),
});
export type RequestClaims = z.infer<typeof RequestClaims>;

export const PublicKey = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().length(43) });
export type PublicKey = z.infer<typeof PublicKey>;

/** `proof` is a compact JWS (EdDSA) over the code's UTF-8 bytes, made with the key that is being enrolled. */
export const EnrolRequest = z.strictObject({
  code: z.string().min(8).max(40),
  publicKey: PublicKey,
  /** X25519, 32 bytes in base64url: keys of cards are sealed to it. */
  sealingKey: z.string().length(43),
  proof: z.string().max(1024),
});
export type EnrolRequest = z.infer<typeof EnrolRequest>;

export const EnrolResponse = z.strictObject({
  deviceId: DeviceId,
  municipalityId: MunicipalityId,
  municipalityName: z.string(),
  siteId: SiteId,
  siteName: z.string(),
  /** Short name printed in slip numbers, as in 「役場1-0042」. */
  deviceLabel: z.string(),
  /** Key under which a card's identifier becomes a CardRef; 32 bytes, base64url. A secret of the town. */
  cardKey: z.string().length(43),
});
export type EnrolResponse = z.infer<typeof EnrolResponse>;

export const PushRequest = z.strictObject({
  entries: z.array(JournalEntry).min(1).max(PUSH_ENTRIES_MAX),
  /** The device's seal (`journal-seal.ts`) of the last of these entries. */
  seal: SealSignature,
});
export type PushRequest = z.infer<typeof PushRequest>;

/** The highest contiguous entry the backend has posted, and its hash. The agent may forget nothing above it. */
export const PushResponse = z.strictObject({ acknowledgedSeq: z.int().min(0), acknowledgedHash: z.string().length(64) });
export type PushResponse = z.infer<typeof PushResponse>;

/** What somebody of the staff may agree to: `manager` everything, `clerk` what happens at a counter every day. */
export const StaffRole = z.enum(['clerk', 'manager']);
export type StaffRole = z.infer<typeof StaffRole>;

/** A PIN of the staff as it is kept (`staff-pin.ts`): salt and hash, 16 and 32 bytes in base64url. */
export const StaffPinHash = z.strictObject({ salt: z.string().regex(/^[A-Za-z0-9_-]{22}$/), hash: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
export type StaffPinHash = z.infer<typeof StaffPinHash>;

/** So many sets of a scheme, set aside for one device. What it sold of them is counted from the sales that name the lease. */
export const StockLease = z.strictObject({ id: StockLeaseId, schemeId: SchemeId, sets: z.int().min(1).max(1_000_000) });
export type StockLease = z.infer<typeof StockLease>;

/**
 * One thing the device needs to know. Later changes of the same thing replace earlier ones; movements are added once by their id. What `movement`
 * says of one that the device made itself stands above the device's own word.
 */
export const Change = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('scheme'), scheme: Scheme }),
  /** `follows`: the account is of the same person as that one, whose card was lost, and its value may be moved here. What was said of it before stays. */
  z.strictObject({ type: z.literal('account'), accountId: AccountId, open: z.boolean(), follows: AccountId.optional() }),
  /** A card of this profile points to the account; left out: `plain-identifier`. Another profile with the same identifier is another card. */
  z.strictObject({ type: z.literal('card'), cardRef: CardRef, accountId: AccountId, profile: CardProfile.optional(), state: z.enum(['active', 'stopped']) }),
  /** The device holds this entitlement until `until`; no other device does. */
  z.strictObject({ type: z.literal('lease'), entitlement: Entitlement, until: Moment }),
  /** The device no longer holds it: withdrawn, or another device has it. That it was received is said by the movement itself. */
  z.strictObject({ type: z.literal('lease-ended'), entitlementId: EntitlementId }),
  /** The device holds this purchase right until `until`; it ends with `lease-ended`, like an entitlement. */
  z.strictObject({ type: z.literal('right'), right: PurchaseRight, until: Moment }),
  /** Somebody waits for it elsewhere: the device gives the entitlement or right back (`leases-returned`) as soon as no intent needs it. */
  z.strictObject({ type: z.literal('lease-recalled'), entitlementId: EntitlementId }),
  z.strictObject({ type: z.literal('stock'), lease: StockLease, until: Moment }),
  z.strictObject({ type: z.literal('stock-ended'), stockLease: StockLeaseId }),
  /** Why this account has no right to buy sets of the scheme; null when nothing stands against it. */
  z.strictObject({ type: z.literal('standing'), accountId: AccountId, schemeId: SchemeId, why: Standing.nullable() }),
  /**
   * Only this device may take value out of the account, where the value is kept in the ledger, until it gives the hold back. Everything that
   * others took out stands before this change in the feed.
   */
  z.strictObject({ type: z.literal('hold'), accountId: AccountId, until: Moment }),
  /** The holder stands at another device: the device gives its hold back (`leases-returned`) as soon as no intent needs it. */
  z.strictObject({ type: z.literal('hold-recalled'), accountId: AccountId }),
  /** Keys of one card, given in advance; `sealed` as in `CardKeysResponse`. */
  z.strictObject({ type: z.literal('card-keys'), cardRef: CardRef, profile: z.enum(['desfire', 'felica-lite-s']), until: Moment, sealed: z.string().max(2048) }),
  z.strictObject({ type: z.literal('movement'), movement: Movement }),
  /** Some device does not know whether this movement happened on the card: whoever sees the card next reports what it shows (`card-seen`). */
  z.strictObject({ type: z.literal('movement-open'), operationId: OperationId, cardRef: CardRef }),
  /** A movement whose outcome was not known did not happen, and never will: the card was read. */
  z.strictObject({ type: z.literal('movement-void'), operationId: OperationId }),
  /**
   * The device reported this movement as done, and the town did not post it: it lies before staff, or waits for what another device has not
   * reported. It counts for nothing in the device's books. Is it posted later, `movement` follows, and counts instead.
   */
  z.strictObject({ type: z.literal('movement-refused'), operationId: OperationId }),
  /** Residents can ask for this procedure, in this version, until another one or `procedure-ended` comes. */
  z.strictObject({ type: z.literal('procedure'), procedure: Procedure }),
  z.strictObject({ type: z.literal('procedure-ended'), procedureId: ProcedureId }),
  /** The whole list, in place of what it was. */
  z.strictObject({ type: z.literal('areas'), areas: TownAreas }),
  z.strictObject({ type: z.literal('fees'), fees: TownFees }),
  /** What residents ask for is sealed to this key from now on: the office's, X25519, 32 bytes in base64url. */
  z.strictObject({ type: z.literal('office-key'), publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  /**
   * Somebody of the staff, who signs in at kiosks with a card of this account and a PIN. `pin` null: not any more. `epoch` grows with every word of
   * them; wrong PINs count from nothing again with each.
   */
  z.strictObject({ type: z.literal('staff'), staffId: StaffId, accountId: AccountId, role: StaffRole, pin: StaffPinHash.nullable(), epoch: z.int().min(1) }),
  /** One with the same id takes its place. `kind` and what stands after it in `Notice` is left out where it has its usual value: a kiosk with older software knows only the rest. */
  z.strictObject({ type: z.literal('notice'), ...Notice.shape }),
]);
export type Change = z.infer<typeof Change>;

/** Which history of the feed it is. Another one: the backend was put back from a backup. */
export const Generation = z.string().regex(/^[0-9a-f]{16}$/);
export type Generation = z.infer<typeof Generation>;
/** Of a backend that was never put back. */
export const FIRST_GENERATION: Generation = '0'.repeat(16);

/**
 * GET `/v1/device/changes?after=<cursor>&generation=<generation>`; the first cursor is 0 and has no generation. A cursor of another generation means
 * nothing: the page is then the first one of the present generation. With `&limit=<number>` a page has at most so many changes, for a line on which
 * a whole page takes too long.
 */
export const PullResponse = z.strictObject({
  changes: z.array(Change).max(PULL_CHANGES_MAX),
  cursor: z.int().min(0),
  /** True when another pull would bring more at once. */
  more: z.boolean(),
  serverTime: Moment,
  generation: Generation.optional(),
  /**
   * The last entry of this device's journal that the backend had when it wrote the page, or a little before. A device that never wrote it was put back
   * from an old copy; what the page says of leases that a later entry gives back does not count.
   */
  journalHead: z.strictObject({ seq: z.int().min(0), hash: z.string().length(64) }).optional(),
});
export type PullResponse = z.infer<typeof PullResponse>;

/**
 * POST `/v1/device/hold`: before value leaves an account that is kept in the ledger. `held`: the device may do so when it has pulled up to
 * `cursor`, where its own `hold` stands. Asking again changes nothing. `elsewhere`: another device has the hold and has not given it back.
 */
export const HoldRequest = z.strictObject({ accountId: AccountId });
export type HoldRequest = z.infer<typeof HoldRequest>;
export const HoldResponse = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('held'), cursor: z.int().min(0) }),
  z.strictObject({ kind: z.literal('elsewhere') }),
  z.strictObject({ kind: z.literal('unknown-account') }),
]);
export type HoldResponse = z.infer<typeof HoldResponse>;

/**
 * POST `/v1/device/want`: the account's holder stands at this device. What nobody holds of their entitlements and rights is leased to it at once;
 * what others hold is recalled from them. Worth a pull up to `cursor`.
 */
export const WantRequest = z.strictObject({ accountId: AccountId });
export type WantRequest = z.infer<typeof WantRequest>;
export const WantResponse = z.strictObject({ cursor: z.int().min(0), recalled: z.int().min(0) });
export type WantResponse = z.infer<typeof WantResponse>;

/**
 * POST `/v1/device/request`: the sealed text (`sealRequest`: the encapsulated key and the ciphertext in base64url) of a request whose `request-made` the backend has acknowledged. `kept`: it lies at the office and may be
 * erased here. `unknown-request`: the journal has to be pushed first. Sending it again changes nothing.
 */
export const RequestUpload = z.strictObject({ requestId: RequestId, sealed: z.string().regex(/^[A-Za-z0-9_-]+$/).min(64).max(SEALED_REQUEST_CHARACTERS_MAX) });
export type RequestUpload = z.infer<typeof RequestUpload>;
export const RequestUploadResponse = z.strictObject({ kind: z.enum(['kept', 'unknown-request']) });
export type RequestUploadResponse = z.infer<typeof RequestUploadResponse>;

/**
 * POST `/v1/device/card-keys`: the keys of a card that lies on this device. `identifier` is the card's own (hexadecimal); the backend
 * turns it into the CardRef and forgets it.
 */
export const CardKeysRequest = z.strictObject({
  profile: z.enum(['desfire', 'felica-lite-s']),
  identifier: z.string().regex(/^([0-9a-f]{2}){4,10}$/),
});
export type CardKeysRequest = z.infer<typeof CardKeysRequest>;

/**
 * `sealed` is HPKE (RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM; info `kazasu card keys v1`, associated
 * data the CardRef) of the JSON text of a `CardKeyMaterial`: the encapsulated key (32 bytes) and the ciphertext, in base64url.
 */
export const CardKeysResponse = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keys'), cardRef: CardRef, until: Moment, sealed: z.string().max(2048) }),
  /** The town knows no such card of this profile, or it is stopped. */
  z.strictObject({ kind: z.literal('unknown-card') }),
]);
export type CardKeysResponse = z.infer<typeof CardKeysResponse>;

export const CARD_KEYS_INFO = 'kazasu card keys v1';
const AesKey = z.string().regex(/^[0-9a-f]{32}$/);
/** The diversified keys of one card, as they are sealed to a device. Never a master key. */
export const CardKeyMaterial = z.discriminatedUnion('profile', [
  z.strictObject({ profile: z.literal('desfire'), version: z.int().min(0).max(255), spend: AesKey, load: AesKey.optional() }),
  z.strictObject({ profile: z.literal('felica-lite-s'), version: z.int().min(0).max(0xffff), card: AesKey }),
]);
export type CardKeyMaterial = z.infer<typeof CardKeyMaterial>;

/** Every refusal has this shape; `what` is for programs, `message` tells a person what to do. */
export const ApiError = z.strictObject({
  what: z.enum([
    'bad-request', 'bad-signature', 'clock-skew', 'replayed', 'unknown-device', 'revoked', 'bad-code',
    'gap', 'chain-broken', 'conflict', 'too-large', 'unknown-encoding', 'unavailable', 'not-found',
  ]),
  message: z.string(),
  /** With `gap`: the device must push again from this sequence. With `revoked`: what it pushed before is kept for staff, unposted; it may go on from here. */
  expectedSeq: z.int().min(1).optional(),
  /** With `clock-skew`: what time it is. */
  serverTime: Moment.optional(),
  /** With `unavailable`: for so long the backend wants to be left alone. */
  retryAfterSeconds: z.int().min(1).max(3_600).optional(),
});
export type ApiError = z.infer<typeof ApiError>;
