/**
 * Posts a movement that the rules had refused, because staff say that it is true: a card has carried it out. What the account does not cover
 * comes from the issuer (`correct`), so that no pocket ever holds less than nothing.
 */
import type { Selectable } from 'kysely';
import { DeviceId, EntitlementId, LotId, type AccountId, type OperationId } from '../../contract/ids.ts';
import { JournalBody } from '../../contract/journal.ts';
import { usable } from '../../contract/movements.ts';
import { shapeFault } from '../../contract/movement-shape.ts';
import { dateInTokyo, epochOfMoment } from '../../contract/time.ts';
import { issuedAccount, pocketAccount, type Movement, type LedgerAccount, type Lot, type Posting } from '../../contract/value.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import type { AnomalyTable } from '../database/tables.ts';
import { BackendUnusable } from '../unusable.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { derivedOperationId } from './derived-id.ts';
import { pocketOf } from './holdings.ts';
import { balanceOf } from './integrity/movement-pages.ts';
import { endGrantLeases } from './grant-leases.ts';
import { noteGrants } from './grants-taken.ts';
import { postMovements } from './post-movements.ts';
import { insertMovements, lotsWithExpired } from './stored-value.ts';
import { waitingDebits } from './waiting-debits.ts';

export interface Accepted {
  readonly operationId: OperationId;
  /** What the issuer had to add, in the scheme's unit. */
  readonly shortfall: number;
}

type AnomalyRow = Selectable<AnomalyTable>;
interface Accepting {
  readonly cardKeys: CardMasterKeys | undefined;
  readonly nowMs: number;
}

const refuse = (why: string) => new BackendUnusable('configuration', `${why} Nothing was done.`);

/** @throws BackendUnusable when the anomaly is not about a movement that was refused, or it cannot be posted even so */
export async function acceptMovement(work: MunicipalityWork, anomaly: AnomalyRow, options: Accepting): Promise<Accepted> {
  const movement = await refusedMovement(work, anomaly);
  const waiting = (await waitingDebits(work, [movement.fromAccountId ?? movement.accountId])).find(({ claim }) => claim.movement.operationId === movement.operationId);
  const shortfall = waiting ? await acceptWaiting(work, waiting, options) : await acceptAsReported(work, movement, anomaly, options.nowMs);
  return { operationId: movement.operationId, shortfall };
}

async function refusedMovement({ transaction, municipalityId }: MunicipalityWork, { number, device_id, seq }: AnomalyRow): Promise<Movement> {
  const entry = await transaction
    .selectFrom('journal_entry')
    .select('body')
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', device_id)
    .where('seq', '=', seq)
    .executeTakeFirst();
  const fact = entry && JournalBody.parse(JSON.parse(entry.body)).fact;
  if (fact?.type !== 'value-moved' && fact?.type !== 'cash-moved') throw refuse(`Anomaly ${number} is not about a movement that a kiosk reports as done; there is nothing to accept. Use "noted" or "rejected".`);
  const { movement } = fact;
  const posted = await transaction.selectFrom('movement').select('operation_id').where('operation_id', '=', movement.operationId).executeTakeFirst();
  if (posted) throw refuse(`The movement of anomaly ${number} is in the books already. Use "noted".`);
  return movement;
}

/** A debit of a card with the value on it: the account's own lots give what they have, a lot of the issuer's the rest. */
async function acceptWaiting(work: MunicipalityWork, waiting: Awaited<ReturnType<typeof waitingDebits>>[number], { cardKeys, nowMs }: Accepting): Promise<number> {
  const { claim } = waiting;
  const { movement } = claim;
  const accountId = movement.fromAccountId ?? movement.accountId;
  const day = dateInTokyo(movement.occurredAt);
  const wanted = movement.postings.reduce((sum, { debit, amount }) => sum + (pocketOf(debit)?.accountId === accountId ? amount : 0), 0);
  const lots = await lotsWithExpired(work, work.municipalityId, [accountId], day);
  const there = usable(lots.map(({ lot, amount, expired }) => ({ lot, amount: lot.lastDay >= day ? amount + expired : amount })), movement.schemeId, day);
  const shortfall = Math.max(0, wanted - there);
  if (shortfall > 0) {
    const lot: Lot = { id: LotId.parse(`lot-correct-${movement.operationId}`), accountId, schemeId: movement.schemeId, kind: 'free', issuedOn: day, lastDay: day };
    await postOwn(work, corrected(movement, accountId, [{ debit: issuedAccount(movement.schemeId), credit: pocketAccount(accountId, lot.id), amount: shortfall }], [lot]), nowMs);
  }
  const refused = await postMovements(work, [claim], cardKeys, nowMs);
  const posted = await work.transaction.selectFrom('movement').select('operation_id').where('operation_id', '=', movement.operationId).executeTakeFirst();
  if (!posted) throw refuse(`It cannot be posted even so: ${refused.map(({ detail }) => detail).join(' ') || 'the rules refuse it.'}`);
  await work.transaction.updateTable('waiting_debit').set({ state: 'posted' }).where('operation_id', '=', movement.operationId).execute();
  return shortfall;
}

/** Exactly as the kiosk reports it; each lot that has not enough gets the rest from the issuer. */
async function acceptAsReported(work: MunicipalityWork, reported: Movement, { device_id, seq }: AnomalyRow, nowMs: number): Promise<number> {
  const shape = shapeFault(reported);
  if (shape !== undefined) throw refuse(`The kiosk reports what no movement can be: ${shape}.`);
  const missing = await missingIn(work, reported);
  const grant = reported.kind === 'load' && reported.entitlementId !== null ? await openGrant(work, reported) : undefined;
  // A grant that another operation has taken stands with that one alone.
  const movement: Movement = reported.kind === 'load' && !grant ? { ...reported, entitlementId: null } : reported;
  if (missing.length > 0) await postOwn(work, corrected(movement, movement.fromAccountId ?? movement.accountId, missing, []), nowMs);
  await insertMovements(work, work.municipalityId, [{ movement, source: { deviceId: DeviceId.parse(device_id), seq } }], nowMs);
  await noteGrants(work, [movement]);
  if (grant) await endGrantLeases(work, [grant], 'taken');
  await announce(work, [{ change: { type: 'movement', movement } }]);
  return missing.reduce((sum, { amount }) => sum + amount, 0);
}

/** What the issuer must add, lot by lot, before the movement can be posted. @throws BackendUnusable when money is missing: nobody may make that up */
async function missingIn({ transaction, municipalityId }: MunicipalityWork, { postings, schemeId }: Movement): Promise<Posting[]> {
  const taken = new Map<LedgerAccount, number>();
  for (const { debit, amount } of postings) if (/^(pocket|claim)\//.test(debit)) taken.set(debit, (taken.get(debit) ?? 0) + amount);
  const missing: Posting[] = [];
  for (const [account, amount] of taken) {
    const short = amount - (await balanceOf(transaction, municipalityId, account));
    if (short <= 0) continue;
    if (account.startsWith('claim/')) throw refuse('The money that it was paid with has been used already. Put it right in cash and use "noted".');
    missing.push({ debit: issuedAccount(schemeId), credit: account, amount: short });
  }
  return missing;
}

async function openGrant({ transaction, municipalityId }: MunicipalityWork, { entitlementId, accountId, schemeId }: Movement): Promise<EntitlementId | undefined> {
  const grant = await transaction
    .selectFrom('entitlement')
    .select('entitlement_id')
    .where('municipality_id', '=', municipalityId)
    .where('entitlement_id', '=', entitlementId)
    .where('account_id', '=', accountId)
    .where('scheme_id', '=', schemeId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return grant && EntitlementId.parse(grant.entitlement_id);
}

/** The town's own movement that makes `refused` possible. */
const corrected = (refused: Movement, accountId: AccountId, postings: Posting[], lots: Lot[]): Movement => ({
  operationId: derivedOperationId(`correct ${refused.operationId}`, epochOfMoment(refused.occurredAt)),
  kind: 'correct',
  accountId,
  schemeId: refused.schemeId,
  entitlementId: null,
  occurredAt: refused.occurredAt,
  lots,
  postings,
});

async function postOwn(work: MunicipalityWork, movement: Movement, nowMs: number): Promise<void> {
  await insertMovements(work, work.municipalityId, [{ movement, source: null }], nowMs);
  await announce(work, [{ change: { type: 'movement', movement } }]);
}
