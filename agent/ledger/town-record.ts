/**
 * What the backend told this device: schemes, accounts, cards, leases, notices, and how far device and backend have heard each other.
 * A later word replaces an earlier one. None of it is value.
 */
import type { Database } from 'better-sqlite3';
import type { CardProfile } from '../../contract/card.ts';
import type { AccountId, CardRef, EntitlementId, SchemeId } from '../../contract/ids.ts';
import type { Change } from '../../contract/sync.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Entitlement, Scheme } from '../../contract/value.ts';
import type { CardLookup } from './ledger.ts';

type Told = Exclude<Change, { type: 'movement' | 'movement-open' | 'movement-void' }>;

export function createTownRecord(database: Database) {
  const replace = (table: string, columns: number) => database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`);
  const putScheme = replace('scheme', 10);
  const putAccount = replace('account', 2);
  const putCard = replace('card', 4);
  const putLease = replace('lease', 8);
  const putNotice = replace('notice', 5);
  const dropLease = database.prepare('DELETE FROM lease WHERE entitlement_id = ?');
  const selectSchemes = database.prepare<[], Scheme>(`
    SELECT scheme_id AS id, kind, unit, name, issuer, usable_at AS usableAt, contact, legal_basis AS legalBasis, first_day AS firstDay, last_day AS lastDay
    FROM scheme`);
  // An account nobody has spoken of is open: the backend sends a card and its account in either order.
  const selectCard = database.prepare<[CardRef], { accountId: AccountId; profile: CardProfile; usable: 0 | 1 }>(`
    SELECT card.account_id AS accountId, profile, card.state = 'active' AND coalesce(account.open, 1) = 1 AS usable
    FROM card LEFT JOIN account USING (account_id) WHERE card_ref = ?`);
  const entitlement = `entitlement_id AS id, lease.account_id AS accountId, lease.scheme_id AS schemeId, amount, lot_kind AS lotKind,
    lease.first_day AS firstDay, lease.last_day AS lastDay`;
  const selectLease = database.prepare<[EntitlementId], Entitlement & { until: Moment }>(`SELECT ${entitlement}, until FROM lease WHERE entitlement_id = ?`);
  const selectOffers = database.prepare<{ account: AccountId; today: LocalDate; now: Moment }, Entitlement>(`
    SELECT ${entitlement} FROM lease JOIN scheme USING (scheme_id)
    WHERE lease.account_id = @account AND until > @now
      AND @today BETWEEN lease.first_day AND lease.last_day AND @today BETWEEN scheme.first_day AND scheme.last_day
      AND NOT EXISTS (SELECT 1 FROM movement WHERE movement.entitlement_id = lease.entitlement_id)
      AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.entitlement_id = lease.entitlement_id AND state <> 'aborted')
    ORDER BY lease.last_day, entitlement_id`);
  const selectNotices = database.prepare<{ today: LocalDate }, { title: string; text: string }>(
    'SELECT title, text FROM notice WHERE @today BETWEEN first_day AND last_day ORDER BY first_day DESC, notice_id',
  );
  const selectSync = database.prepare<[], { cursor: number; acknowledgedSeq: number; confirmedAt: Moment | null }>(
    'SELECT cursor, acknowledged_seq AS acknowledgedSeq, confirmed_at AS confirmedAt FROM sync',
  );
  const updateHeard = database.prepare('UPDATE sync SET cursor = ?, confirmed_at = ?');
  const updateAcknowledged = database.prepare('UPDATE sync SET acknowledged_seq = ?');

  return {
    lookupCard(card: CardRef): CardLookup {
      const found = selectCard.get(card);
      if (!found) return { kind: 'unknown' };
      return found.usable ? { kind: 'account', accountId: found.accountId, profile: found.profile } : { kind: 'stopped' };
    },
    schemes: (): ReadonlyMap<SchemeId, Scheme> => new Map(selectSchemes.all().map((scheme) => [scheme.id, scheme])),
    lease(id: EntitlementId): { readonly entitlement: Entitlement; readonly until: Moment } | undefined {
      const row = selectLease.get(id);
      if (!row) return undefined;
      const { until, ...held } = row;
      return { entitlement: held, until };
    },
    offersOf: (account: AccountId, today: LocalDate, now: Moment): Entitlement[] => selectOffers.all({ account, today, now }),
    notices: (today: LocalDate): Array<{ title: string; text: string }> => selectNotices.all({ today }),

    /** Only inside a transaction. */
    apply(change: Told): void {
      switch (change.type) {
        case 'scheme': {
          const { id, kind, unit, name, issuer, usableAt, contact, legalBasis, firstDay, lastDay } = change.scheme;
          putScheme.run(id, kind, unit, name, issuer, usableAt, contact, legalBasis, firstDay, lastDay);
          return;
        }
        case 'account':
          putAccount.run(change.accountId, change.open ? 1 : 0);
          return;
        case 'card':
          putCard.run(change.cardRef, change.accountId, change.state, change.profile ?? 'plain-identifier');
          return;
        case 'lease': {
          const { id, accountId, schemeId, amount, lotKind, firstDay, lastDay } = change.entitlement;
          putLease.run(id, accountId, schemeId, amount, lotKind, firstDay, lastDay, change.until);
          return;
        }
        case 'lease-ended':
          dropLease.run(change.entitlementId);
          return;
        case 'right':
        case 'lease-recalled':
        case 'stock':
        case 'stock-ended':
        case 'standing':
        case 'hold':
        case 'hold-recalled':
        case 'card-keys':
          return;
        case 'notice':
          putNotice.run(change.id, change.title, change.text, change.firstDay, change.lastDay);
          return;
      }
    },

    syncState() {
      const row = selectSync.get();
      if (!row) throw new Error('The ledger lost its row of sync state');
      return row;
    },
    /** Only inside a transaction. */
    setHeard(cursor: number, at: Moment): void {
      updateHeard.run(cursor, at);
    },
    /** Only inside a transaction. */
    setAcknowledged(seq: number): void {
      updateAcknowledged.run(seq);
    },
  };
}
