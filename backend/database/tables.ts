/**
 * The tables as Kysely sees them; the migrations beside this file make them. Every table carries `municipality_id`, so that many towns
 * can share one database. Moments that are compared are milliseconds (`…_ms`); days are texts like `2026-11-21`.
 */
import type { Generated } from 'kysely';
import type { CardProfile } from '../../contract/card.ts';
import type { Standing } from '../../contract/refusal.ts';
import type { LotKind, MovementKind, SchemeKind, Unit } from '../../contract/value.ts';

interface OfMunicipality {
  municipality_id: string;
}

export interface MunicipalityTable extends OfMunicipality {
  name: string;
  /** 32 bytes, base64url: a secret. Card identifiers become references under it. */
  card_key: string;
  /** X25519 public key (32 bytes, base64url) to which personal data is sealed. */
  office_public_key: string;
}

/** The last cursor given out. Locking this row is what orders all writers of one municipality. */
export interface ChangeCounterTable extends OfMunicipality {
  last_cursor: number;
  /** Which history of the feed this is: another one after a restore. */
  generation: Generated<string>;
}

export interface SiteTable extends OfMunicipality {
  site_id: string;
  name: string;
}

export interface DeviceTable extends OfMunicipality {
  device_id: string;
  site_id: string;
  label: string;
  /** Ed25519, the `x` of its JWK. */
  public_key: string;
  /** X25519, 32 bytes in base64url: keys of cards are sealed to it. Null for devices enrolled before cards had keys. */
  sealing_key: string | null;
  state: 'active' | 'revoked';
  enrolled_ms: number;
  last_seen_ms: number | null;
  /** The highest cursor of the feed, of its present generation, from which the device has asked for more: up to there it has heard everything. */
  heard_cursor: Generated<number>;
}

export interface EnrolmentCodeTable extends OfMunicipality {
  /** SHA-256 of the code; the code itself is shown once and kept nowhere. */
  code_hash: string;
  site_id: string;
  label: string;
  expires_ms: number;
  used_ms: number | null;
  device_id: string | null;
}

export interface RequestNonceTable extends OfMunicipality {
  device_id: string;
  jti: string;
  keep_until_ms: number;
}

export interface HouseholdTable extends OfMunicipality {
  household_id: string;
  home_site_id: string;
}

export interface ResidentTable extends OfMunicipality {
  resident_id: string;
  household_id: string;
  /** Name, address and birthday, sealed (HPKE) to the office; the backend cannot open it. */
  sealed: string;
}

export interface AccountTable extends OfMunicipality {
  account_id: string;
  resident_id: string | null;
  home_site_id: string;
  state: 'open' | 'closed';
  /** The account of the same person that everything was transferred to; null for all others. */
  successor_id: Generated<string | null>;
}

export interface CardTable extends OfMunicipality {
  card_ref: string;
  account_id: string;
  state: 'active' | 'stopped';
  /** `plain-identifier` unless something else is said. */
  profile: Generated<CardProfile>;
  /** Which of the town's master keys this card's keys are made of; null for cards without keys. */
  key_version: number | null;
  /** The card's identifier, sealed under a master key (`backend/cards/sealed-identifier.ts`); null until the card's keys were first asked for. */
  sealed_identifier: string | null;
}

/** Which operation a card's counter was given to, as the device that did it reported. Kept for ever. */
export interface CardOperationTable extends OfMunicipality {
  card_ref: string;
  counter: number;
  operation_id: string;
  /** Whose journal entry it came from. */
  device_id: string;
  seq: number;
  /** `log` is the weaker word: the card's log as the device read it. */
  evidence: 'log' | 'transaction-mac' | 'write-counter';
  /** 1 when the backend has checked the card's own proof. */
  proved: 0 | 1;
  /** The card's own count of transactions (TMC); null when there was no proof. */
  transaction_counter: number | null;
}

/** A reading of a card that a device reported (`card-seen`). */
export interface CardSightingTable extends OfMunicipality {
  device_id: string;
  seq: number;
  card_ref: string;
  counter: number;
  /** By the device's clock. */
  /** JSON list of the open operations that the device knew of before it read the card. */
  answers: string;
}

/** A line of a card's log as some device read it; the first device that reported it is kept. */
export interface CardLogLineTable extends OfMunicipality {
  card_ref: string;
  counter: number;
  operation_id: string;
  device_id: string;
  seq: number;
}

/** A movement whose outcome its device did not know when it wrote this. */
export interface UnknownMovementTable extends OfMunicipality {
  operation_id: string;
  device_id: string;
  seq: number;
  card_ref: string;
  profile: CardProfile;
  /** The card's counter before the movement; null for a card that has none. */
  counter_before: number | null;
  entitlement_id: string | null;
  /** JSON of the `Movement`. */
  movement: string;
  noticed_ms: number;
  state: 'open' | 'happened' | 'void';
  decided_ms: number | null;
  /** Up to where the device had heard the feed when it reported the movement. */
  heard_cursor: Generated<number>;
}

/** For which cards a device has asked for keys on a day; forgotten after that day. */
export interface CardKeysAskedTable extends OfMunicipality {
  device_id: string;
  day: string;
  card_ref: string;
}

export interface SchemeTable extends OfMunicipality {
  scheme_id: string;
  kind: SchemeKind;
  unit: Unit;
  name: string;
  issuer: string;
  usable_at: string;
  contact: string;
  legal_basis: string;
  first_day: string;
  last_day: string;
  issuer_kind: Generated<'municipality' | 'association' | null>;
  /** JSON of the `SchemeRules`; null when value of the scheme can only be granted. */
  rules: Generated<string | null>;
}

/** Append-only: every version of every scheme; the newest is what stands in `scheme`. */
export interface SchemeVersionTable extends SchemeTable {
  version: number;
  /** Where devices hear of it in the feed. */
  since_cursor: number;
}

export interface EntitlementTable extends OfMunicipality {
  entitlement_id: string;
  account_id: string;
  scheme_id: string;
  amount: number;
  lot_kind: LotKind;
  first_day: string;
  last_day: string;
  state: 'open' | 'taken' | 'withdrawn';
  /** The movement that took it. */
  operation_id: string | null;
}

export interface LeaseTable extends OfMunicipality {
  entitlement_id: string;
  device_id: string;
  until_ms: number;
  /** At most one lease of an entitlement is `held` (unique index); ended ones stay as history. */
  state: 'held' | 'ended';
  how_ended: HowLeaseEnded | null;
  /** 1 when the device was asked to give it back; then it is not renewed. */
  recalled: Generated<0 | 1>;
}

/** `taken`: used up. `returned`: the device's journal says that it was given back. `written-off`: by staff, of a revoked device. */
export type HowLeaseEnded = 'taken' | 'withdrawn' | 'returned' | 'written-off';

/** Who may buy sets of a scheme whose sale is for those listed only. */
export interface SaleEligibleTable extends OfMunicipality {
  scheme_id: string;
  account_id: string;
}

/** How many sets an account has won in the lotteries of a scheme, all together. */
export interface LotteryResultTable extends OfMunicipality {
  scheme_id: string;
  account_id: string;
  sets: number;
}

/** Sets that were bought by another medium than a card. */
export interface PurchaseElsewhereTable extends OfMunicipality {
  scheme_id: string;
  /** The other medium's own name for it: noting it again changes nothing. */
  reference: string;
  account_id: string;
  medium: string;
  sets: number;
  noted_ms: number;
}

/** A right to buy is made for one device and is over when that device has given it back: the next one counts what was bought meanwhile. */
export interface PurchaseRightTable extends OfMunicipality {
  right_id: string;
  scheme_id: string;
  device_id: string;
  until_ms: number;
  state: 'held' | 'ended';
  how_ended: HowLeaseEnded | null;
  recalled: Generated<0 | 1>;
  last_day: string;
  /** JSON of the `PurchaseRight`. */
  body: string;
}

/** Accounts for which a right is out, by themselves or with their household: there is one right at a time. */
export interface RightHolderTable extends OfMunicipality {
  scheme_id: string;
  account_id: string;
  right_id: string;
}

/** What a device was told of why an account has no right to buy. */
export interface StandingTable extends OfMunicipality {
  device_id: string;
  scheme_id: string;
  account_id: string;
  /** Of the phase of sale for which it was found. */
  phase_first_day: string;
  why: Standing;
  /** 1 when it must be looked at again. */
  stale: 0 | 1;
}

export interface StockLeaseTable extends OfMunicipality {
  stock_lease_id: string;
  scheme_id: string;
  device_id: string;
  sets: number;
  until_ms: number;
  state: 'held' | 'ended';
  how_ended: HowLeaseEnded | null;
}

/** Which device may take value out of an account that is kept in the ledger; at most one is `held` (unique index). */
export interface AccountHoldTable extends OfMunicipality {
  account_id: string;
  device_id: string;
  until_ms: number;
  state: 'held' | 'ended';
  how_ended: HowLeaseEnded | null;
  recalled: Generated<0 | 1>;
}

/** At which device an account's holder stood last. */
export interface AccountWantedTable extends OfMunicipality {
  account_id: string;
  device_id: string;
  wanted_ms: number;
}

/** Which device has been given which version of a card's keys. Kept for ever: when the device is stolen, the card needs new ones. */
export interface CardKeysGivenTable extends OfMunicipality {
  device_id: string;
  card_ref: string;
  key_version: number;
  until_ms: number;
  /** 1 while the device is given them without asking. */
  in_advance: 0 | 1;
}

/** That staff freed what a revoked device had not given back. */
export interface LeaseWriteOffTable extends OfMunicipality {
  device_id: string;
  written_off_ms: number;
  /** Null of what was decided before it was asked. */
  staff_id: string | null;
  reason: string;
  /** JSON: what was freed. */
  freed: string;
}

/** Journal entries of a revoked device: in nobody's books until staff accept them. */
export interface QuarantineEntryTable extends OfMunicipality {
  device_id: string;
  seq: number;
  prev_hash: string;
  hash: string;
  body: string;
  /** The device's signature over this entry, where one came with it. */
  seal: string | null;
  received_ms: number;
  accepted_ms: number | null;
  /** Who accepted it; null also of what was accepted before it was asked. */
  staff_id: string | null;
  reason: string | null;
}

export interface MovementTable extends OfMunicipality {
  operation_id: string;
  kind: MovementKind;
  account_id: string;
  scheme_id: string;
  entitlement_id: string | null;
  occurred_at: string;
  /** Whose journal it came from; null for what the town itself posted. */
  device_id: string | null;
  seq: number | null;
  posted_ms: number;
  /** The sale that is loaded or refunded, the load that is voided, the debit that is reallocated. */
  of_operation: Generated<string | null>;
  sets: Generated<number | null>;
  stock_lease: Generated<string | null>;
  /** JSON list of the staff who agreed. */
  staff: Generated<string | null>;
  from_account_id: Generated<string | null>;
  /** Of a sale: what one of its sets gives, in the scheme's unit. */
  paid_per_set: Generated<number | null>;
  premium_per_set: Generated<number | null>;
}

/** A debit that a card had enough value for, but its account in the books not: some load of it has not been reported yet. */
export interface WaitingDebitTable extends OfMunicipality {
  operation_id: string;
  account_id: string;
  device_id: string;
  seq: number;
  entry_hash: string;
  /** Under which device's entry the anomaly is kept. */
  noticed_device_id: string;
  noticed_seq: number;
  /** JSON of the `Movement`. */
  movement: string;
  /** JSON of the card with its evidence. */
  card: string;
  state: 'waiting' | 'posted';
  /** Up to where the device had heard the feed when it reported the debit. */
  heard_cursor: Generated<number>;
}

export interface LotTable extends OfMunicipality {
  lot_id: string;
  operation_id: string;
  account_id: string;
  scheme_id: string;
  kind: LotKind;
  issued_on: string;
  last_day: string;
}

export interface PostingTable extends OfMunicipality {
  operation_id: string;
  number: number;
  debit: string;
  credit: string;
  amount: number;
}

export interface JournalEntryTable extends OfMunicipality {
  device_id: string;
  seq: number;
  entry_id: string;
  prev_hash: string;
  hash: string;
  body: string;
  received_ms: number;
}

/** The device's signature over a head that was acknowledged. Kept for ever. */
export interface JournalSealTable extends OfMunicipality {
  device_id: string;
  seq: number;
  hash: string;
  signature: string;
  received_ms: number;
}

export interface ChangeTable extends OfMunicipality {
  cursor: number;
  /** For one device alone; null for all. */
  device_id: string | null;
  /** A later change of the same subject for the same device replaces this row; null when it is kept for ever. */
  subject: string | null;
  /** JSON of a `Change`. */
  body: string;
}

export interface NoticeTable extends OfMunicipality {
  notice_id: string;
  title: string;
  text: string;
  first_day: string;
  last_day: string;
  /** The JSON text of the `Notice` as the office handed it in; null of those from before it could say more than the other columns. */
  body: Generated<string | null>;
  ended: Generated<0 | 1>;
}

/** How many people at a device touched a face, over some days of which `day` is the last, after doing the kinds of things that `did` names. */
export interface SurveyCountTable extends OfMunicipality {
  device_id: string;
  day: string;
  face: number;
  /** Words of `SURVEY_DEEDS`, a space between. */
  did: string;
  count: number;
}

export interface ProcedureTable extends OfMunicipality {
  procedure_id: string;
  version: number;
  /** 1: residents can ask for it now. Of a procedure one version at most. */
  offered: 0 | 1;
  /** JSON of a `Procedure`. */
  body: string;
}

export interface TownListTable extends OfMunicipality {
  list: 'areas' | 'fees';
  /** JSON of a list of `Area`s or `FeeLine`s. */
  body: string;
}

/** Who of the staff may sign in at kiosks. */
export interface StaffMemberTable extends OfMunicipality {
  staff_id: string;
  account_id: string;
  role: 'clerk' | 'manager';
  /** Of the PIN, as `StaffPinHash` says. */
  salt: string;
  hash: string;
  state: 'active' | 'ended';
  /** Grows with every change. */
  epoch: number;
}

/** A challenge that a kiosk was given for a My Number card to sign, and what became of it. */
export interface LinkChallengeTable extends OfMunicipality {
  challenge: string;
  device_id: string;
  account_id: string;
  until_ms: number;
  /** By which link it was used up; null until then. */
  link_id: string | null;
  /** JSON of the `LinkResponse` that was given; null until then. */
  answer: string | null;
}

/** A My Number card and an account belong to one resident. Ended ones stay as history. */
export interface ResidentLinkTable extends OfMunicipality {
  link_id: string;
  account_id: string;
  /** Under which of the town's master keys `card_key` was made. */
  key_version: number;
  /** HMAC-SHA-256 of issuer and serial number of the card's certificate, base64url. Nothing else of the card is kept. */
  card_key: string;
  /** Which words its holder agreed to. */
  consent: number;
  device_id: string;
  since_ms: number;
  ended_ms: number | null;
  /** `replaced`: the same person's new account was linked in its place. */
  how_ended: 'staff' | 'replaced' | null;
  staff_id: string | null;
  reason: string | null;
}

export interface AnomalyTable extends OfMunicipality {
  /** Counted in each municipality from 1; never given twice. */
  number: number;
  /** Empty when it is about no device. */
  device_id: string;
  /** 0 when it is not about a journal entry. */
  seq: number;
  what: string;
  /** Hash of the entry that was offered; the day (`2026-11-21`) when it is not about an entry. */
  entry_hash: string;
  detail: string;
  /** The entry as it was offered, when it is not in the journal. */
  evidence: string | null;
  noticed_ms: number;
  state: 'open' | 'resolved';
}

/** What staff decided, once and for ever. */
export interface AnomalyResolutionTable extends OfMunicipality {
  number: number;
  decision: 'accepted' | 'rejected' | 'noted';
  staff_id: string;
  reason: string;
  decided_ms: number;
}

/** Staff let a stopped card be used again. */
/** What a resident asked for at a kiosk. */
export interface RequestTable extends OfMunicipality {
  request_id: string;
  device_id: string;
  procedure_id: string;
  version: number;
  slip_number: number;
  /** By the device's clock. */
  made_at: string;
  sealed_hash: string;
  /** Sealed to the office's key; null before it came, and after it was erased. */
  sealed: string | null;
  state: 'made' | 'printed' | 'received' | 'ready' | 'handed-over' | 'withdrawn';
}

/** How a request came into a state: said by its device, or by staff. */
export interface RequestStepTable extends OfMunicipality {
  request_id: string;
  step: number;
  state: RequestTable['state'];
  at_ms: number;
  device_id: string | null;
  staff_id: string | null;
}

export interface CardReleaseTable extends OfMunicipality {
  card_ref: string;
  /** How often this card was released, this time included. */
  number: number;
  staff_id: string;
  reason: string;
  decided_ms: number;
}

/** After a restore: a device that may still act under what the lost days leased to it. It has not been heard in this generation. */
export interface AwaitedDeviceTable extends OfMunicipality {
  device_id: string;
  since_ms: number;
}

/** What a regional-currency platform must be told, under a key of its own: written with the movement, sent afterwards. */
export interface PlatformTransferTable extends OfMunicipality {
  operation_id: string;
  number: number;
  /** The order in which the town's movements were posted. */
  position: number;
  account_id: string;
  scheme_id: string;
  direction: 'credit' | 'debit';
  amount: number;
  state: 'waiting' | 'reserved' | 'settled' | 'refused';
  attempts: Generated<number>;
  next_try_ms: number;
  settled_ms: number | null;
}

export interface Tables {
  municipality: MunicipalityTable;
  change_counter: ChangeCounterTable;
  site: SiteTable;
  device: DeviceTable;
  enrolment_code: EnrolmentCodeTable;
  request_nonce: RequestNonceTable;
  household: HouseholdTable;
  resident: ResidentTable;
  account: AccountTable;
  card: CardTable;
  card_operation: CardOperationTable;
  card_sighting: CardSightingTable;
  card_log_line: CardLogLineTable;
  unknown_movement: UnknownMovementTable;
  card_keys_asked: CardKeysAskedTable;
  scheme: SchemeTable;
  scheme_version: SchemeVersionTable;
  entitlement: EntitlementTable;
  lease: LeaseTable;
  sale_eligible: SaleEligibleTable;
  lottery_result: LotteryResultTable;
  purchase_elsewhere: PurchaseElsewhereTable;
  purchase_right: PurchaseRightTable;
  right_holder: RightHolderTable;
  standing: StandingTable;
  stock_lease: StockLeaseTable;
  account_hold: AccountHoldTable;
  account_wanted: AccountWantedTable;
  card_keys_given: CardKeysGivenTable;
  lease_write_off: LeaseWriteOffTable;
  quarantine_entry: QuarantineEntryTable;
  movement: MovementTable;
  waiting_debit: WaitingDebitTable;
  lot: LotTable;
  posting: PostingTable;
  journal_entry: JournalEntryTable;
  journal_seal: JournalSealTable;
  change: ChangeTable;
  notice: NoticeTable;
  survey_count: SurveyCountTable;
  procedure: ProcedureTable;
  town_list: TownListTable;
  staff_member: StaffMemberTable;
  link_challenge: LinkChallengeTable;
  resident_link: ResidentLinkTable;
  request: RequestTable;
  request_step: RequestStepTable;
  anomaly: AnomalyTable;
  anomaly_resolution: AnomalyResolutionTable;
  card_release: CardReleaseTable;
  awaited_device: AwaitedDeviceTable;
  platform_transfer: PlatformTransferTable;
  kazasu_migration: { version: number; name: string };
}
