/**
 * What the backend told this device: schemes, accounts, cards, what it offers, procedures, notices, and how far device and backend have heard each other.
 * A later word replaces an earlier one. None of it is value.
 */
import type { Database } from 'better-sqlite3';
import type { CardProfile } from '../../contract/card.ts';
import type { AccountId, CardRef, EntitlementId, SchemeId } from '../../contract/ids.ts';
import type { Notice } from '../../contract/notice.ts';
import type { FeeLine } from '../../contract/procedure/fees.ts';
import type { Area, Procedure } from '../../contract/procedure/procedure.ts';
import type { SchemeRules } from '../../contract/scheme-rules.ts';
import type { Change } from '../../contract/sync.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Entitlement, Scheme } from '../../contract/value.ts';
import { takenIn } from './books.ts';
import type { CardLookup } from './ledger.ts';
import { createNoticeRecord } from './notice-record.ts';

type Told = Extract<Change, { type: 'scheme' | 'account' | 'card' | 'notice' | 'procedure' | 'procedure-ended' | 'areas' | 'fees' | 'office-key' }>;

type SchemeRow = Omit<Scheme, 'issuerKind' | 'rules'> & { readonly issuerKind: Scheme['issuerKind'] | null; readonly rules: string | null };

export type TownRecord = ReturnType<typeof createTownRecord>;

export function createTownRecord(database: Database) {
  const replace = (table: string, columns: number) => database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`);
  const putScheme = replace('scheme', 12);
  const putAccount = replace('account', 2);
  const putCard = replace('card', 4);
  const putProcedure = replace('procedure', 2);
  const endProcedure = database.prepare('DELETE FROM procedure WHERE procedure_id = ?');
  const putList = replace('town_list', 2);
  const selectSchemes = database.prepare<[], SchemeRow>(`
    SELECT scheme_id AS id, kind, unit, name, issuer, usable_at AS usableAt, contact, legal_basis AS legalBasis, first_day AS firstDay, last_day AS lastDay,
           issuer_kind AS issuerKind, rules
    FROM scheme`);
  // An account nobody has spoken of is open: the backend sends a card and its account in either order.
  const selectCard = database.prepare<[CardRef], { accountId: AccountId; profile: CardProfile; usable: 0 | 1 }>(`
    SELECT card.account_id AS accountId, profile, card.state = 'active' AND coalesce(account.open, 1) = 1 AS usable
    FROM card LEFT JOIN account USING (account_id) WHERE card_ref = ?`);
  const putFollows = database.prepare('INSERT INTO account_follows VALUES (?, ?) ON CONFLICT DO NOTHING');
  // A card may be lost again, and its successor's: whoever comes after follows them all.
  const selectFollows = database.prepare<{ account: AccountId; lost: AccountId }, number>(`
    WITH RECURSIVE before (account_id) AS (
      SELECT follows FROM account_follows WHERE account_id = @account
      UNION SELECT follows FROM account_follows JOIN before USING (account_id)
    )
    SELECT 1 FROM before WHERE account_id = @lost`).pluck();
  const selectActiveCard = database.prepare<[AccountId], number>("SELECT 1 FROM card WHERE account_id = ? AND state = 'active'").pluck();
  const selectValueOnCard = database.prepare<[AccountId], number>("SELECT 1 FROM card WHERE account_id = ? AND profile = 'desfire' AND state = 'active'").pluck();
  const entitlement = `entitlement_id AS id, lease.account_id AS accountId, lease.scheme_id AS schemeId, amount, lot_kind AS lotKind,
    lease.first_day AS firstDay, lease.last_day AS lastDay`;
  const used = `${takenIn('lease.entitlement_id')} OR EXISTS (SELECT 1 FROM intent WHERE intent.entitlement_id = lease.entitlement_id AND state IN ('prepared', 'unknown'))`;
  const selectLease = database.prepare<[EntitlementId], Entitlement & { until: Moment; used: 0 | 1 }>(`SELECT ${entitlement}, until, ${used} AS used FROM lease WHERE entitlement_id = ?`);
  const selectOffers = database.prepare<{ account: AccountId; today: LocalDate; now: Moment }, Entitlement>(`
    SELECT ${entitlement} FROM lease JOIN scheme USING (scheme_id)
    WHERE lease.account_id = @account AND until > @now
      AND @today BETWEEN lease.first_day AND lease.last_day AND @today BETWEEN scheme.first_day AND scheme.last_day
      AND NOT (${used})
    ORDER BY lease.last_day, entitlement_id`);
  const notices = createNoticeRecord(database);
  const selectProcedures = database.prepare<[], string>('SELECT body FROM procedure ORDER BY procedure_id').pluck();
  const selectList = database.prepare<['areas' | 'fees'], string>('SELECT body FROM town_list WHERE list = ?').pluck();
  const selectSync = database.prepare<[], { cursor: number; heard: number; acknowledgedSeq: number; confirmedAt: Moment | null }>(
    'SELECT cursor, coalesce(heard, cursor) AS heard, acknowledged_seq AS acknowledgedSeq, confirmed_at AS confirmedAt FROM sync',
  );
  const selectOfficeKey = database.prepare<[], string | null>('SELECT office_key FROM sync').pluck();
  const putOfficeKey = database.prepare('UPDATE sync SET office_key = ?');
  const selectBehind = database.prepare<[], 0 | 1>('SELECT behind FROM sync').pluck();
  const updateCursor = database.prepare<{ cursor: number; at: Moment; owes: 0 | 1; whole: 0 | 1 }>(
    'UPDATE sync SET heard = CASE WHEN @owes = 1 THEN coalesce(heard, cursor) END, cursor = @cursor, confirmed_at = @at, behind = CASE WHEN @whole = 1 THEN 0 ELSE behind END',
  );
  const updateAcknowledged = database.prepare<{ seq: number; owes: 0 | 1 }>('UPDATE sync SET acknowledged_seq = @seq, heard = CASE WHEN @owes = 1 THEN heard END');

  let read: { readonly bodies: readonly string[]; readonly procedures: readonly Procedure[] } = { bodies: [], procedures: [] };

  return {
    lookupCard(card: CardRef): CardLookup {
      const found = selectCard.get(card);
      if (!found) return { kind: 'unknown' };
      return found.usable ? { kind: 'account', accountId: found.accountId, profile: found.profile } : { kind: 'stopped' };
    },
    hasActiveCard: (account: AccountId): boolean => selectActiveCard.get(account) !== undefined,
    /** Whether an active card of the account keeps its value itself. */
    holdsValueOnCard: (account: AccountId): boolean => selectValueOnCard.get(account) !== undefined,
    /** Whether the town has said that the account stands in the place of a lost card's. */
    follows: (account: AccountId, lost: AccountId): boolean => selectFollows.get({ account, lost }) !== undefined,
    schemes: (): ReadonlyMap<SchemeId, Scheme> => new Map(selectSchemes.all().map((row) => [row.id, toScheme(row)])),
    /** `used`: a movement has taken the entitlement, or an open intent would. */
    lease(id: EntitlementId): { readonly entitlement: Entitlement; readonly until: Moment; readonly used: boolean } | undefined {
      const row = selectLease.get(id);
      if (!row) return undefined;
      const { until, used, ...held } = row;
      return { entitlement: held, until, used: used === 1 };
    },
    offersOf: (account: AccountId, today: LocalDate, now: Moment): Entitlement[] => selectOffers.all({ account, today, now }),
    notices: (today: LocalDate, now: Moment): Notice[] => notices.shown(today, now),
    procedures(): Procedure[] {
      const bodies = selectProcedures.all();
      // Every picture of the window asks for them, and they change once a month.
      if (bodies.length !== read.bodies.length || bodies.some((body, index) => body !== read.bodies[index])) read = { bodies, procedures: bodies.map((body) => JSON.parse(body) as Procedure) };
      return [...read.procedures];
    },
    areas: (): Area[] => JSON.parse(selectList.get('areas') ?? '[]') as Area[],
    fees: (): FeeLine[] => JSON.parse(selectList.get('fees') ?? '[]') as FeeLine[],

    officeKey: (): string | null => selectOfficeKey.get() ?? null,

    /** Only inside a transaction. */
    apply(change: Told): void {
      switch (change.type) {
        case 'scheme': {
          const { id, kind, unit, name, issuer, usableAt, contact, legalBasis, firstDay, lastDay, issuerKind, rules } = change.scheme;
          const ruled = rules ? JSON.stringify(rules) : null;
          putScheme.run(id, kind, unit, name, issuer, usableAt, contact, legalBasis, firstDay, lastDay, issuerKind ?? null, ruled);
          return;
        }
        case 'account':
          putAccount.run(change.accountId, change.open ? 1 : 0);
          if (change.follows !== undefined) putFollows.run(change.accountId, change.follows);
          return;
        case 'card':
          putCard.run(change.cardRef, change.accountId, change.state, change.profile ?? 'plain-identifier');
          return;
        case 'notice':
          notices.put(change);
          return;
        case 'procedure':
          putProcedure.run(change.procedure.id, JSON.stringify(change.procedure));
          return;
        case 'procedure-ended':
          endProcedure.run(change.procedureId);
          return;
        case 'areas':
          putList.run('areas', JSON.stringify(change.areas));
          return;
        case 'fees':
          putList.run('fees', JSON.stringify(change.fees));
          return;
        case 'office-key':
          putOfficeKey.run(change.publicKey);
          return;
      }
    },

    syncState() {
      const row = selectSync.get();
      if (!row) throw new Error('The ledger lost its row of sync state');
      return row;
    },
    isBehind: (): boolean => selectBehind.get() === 1,
    /** Only inside a transaction. @param owes something was begun before that the town does not have yet @param whole the feed is heard to its end */
    setCursor(cursor: number, at: Moment, owes: boolean, whole: boolean): void {
      updateCursor.run({ cursor, at, owes: owes ? 1 : 0, whole: whole ? 1 : 0 });
    },
    /** Only inside a transaction. @param owes the town does not have everything even now */
    setAcknowledged(seq: number, owes: boolean): void {
      updateAcknowledged.run({ seq, owes: owes ? 1 : 0 });
    },
  };
}

function toScheme({ issuerKind, rules, ...always }: SchemeRow): Scheme {
  return { ...always, ...(issuerKind ? { issuerKind } : {}), ...(rules === null ? {} : { rules: JSON.parse(rules) as SchemeRules }) };
}
