/**
 * The tables as Kysely sees them; the migrations beside this file make them. Every table carries `municipality_id`, so that many towns
 * can share one database. Moments that are compared are milliseconds (`…_ms`); days are texts like `2026-11-21`.
 */
import type { LotKind, SchemeKind, Unit } from '../../contract/value.ts';

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
  state: 'active' | 'revoked';
  enrolled_ms: number;
  last_seen_ms: number | null;
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
}

export interface CardTable extends OfMunicipality {
  card_ref: string;
  account_id: string;
  state: 'active' | 'stopped';
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
}

export interface MovementTable extends OfMunicipality {
  operation_id: string;
  kind: 'load';
  account_id: string;
  scheme_id: string;
  entitlement_id: string | null;
  occurred_at: string;
  /** Whose journal it came from; null for what the town itself posted. */
  device_id: string | null;
  seq: number | null;
  posted_ms: number;
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
}

export interface AnomalyTable extends OfMunicipality {
  device_id: string;
  seq: number;
  what: string;
  /** Hash of the entry that was offered. */
  entry_hash: string;
  detail: string;
  /** The entry as it was offered, when it is not in the journal. */
  evidence: string | null;
  noticed_ms: number;
  state: 'open' | 'resolved';
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
  scheme: SchemeTable;
  entitlement: EntitlementTable;
  lease: LeaseTable;
  movement: MovementTable;
  lot: LotTable;
  posting: PostingTable;
  journal_entry: JournalEntryTable;
  change: ChangeTable;
  notice: NoticeTable;
  anomaly: AnomalyTable;
  kazasu_migration: { version: number; name: string };
}
