/**
 * Links of My Number cards with accounts, in the books: one card, one account, at a time (two unique indexes see to it). Whether a card is
 * genuine was found out before; here is decided what that means.
 */
import type { AccountId, DeviceId, MunicipalityId } from '../../contract/ids.ts';
import { LinkResponse, type LinkChallengeResponse, type LinkRefusal, type LinkRequest, type LinkStateResponse } from '../../contract/link.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { StaffDecision } from '../ledger/staff-decision.ts';
import type { BackendRandomness } from '../ports.ts';
import type { LinkKey } from './link-key.ts';

const CHALLENGE_BYTES = 32;
/** Long enough for whoever looks for four digits; a session that goes on for longer begins again. */
const CHALLENGE_MS = 10 * 60_000;
/** For so long a used one still tells what it was answered. */
const CHALLENGE_KEPT_MS = 86_400_000;

interface OfDevice {
  readonly deviceId: DeviceId;
  readonly nowMs: number;
}

/** What is known of the card: its keys, or why it is not believed. */
export type CardProved = { readonly kind: 'proved'; readonly keys: readonly LinkKey[] } | { readonly kind: 'refused'; readonly why: Extract<LinkRefusal, 'not-valid' | 'not-checked'> };

const ofTown = ({ transaction, municipalityId }: MunicipalityWork) => ({
  accounts: transaction.selectFrom('account').where('municipality_id', '=', municipalityId),
  open: transaction.selectFrom('resident_link').where('municipality_id', '=', municipalityId).where('ended_ms', 'is', null),
});

export async function linkState(work: MunicipalityWork, accountId: AccountId): Promise<LinkStateResponse> {
  const { accounts, open } = ofTown(work);
  const account = await accounts.select('state').where('account_id', '=', accountId).executeTakeFirst();
  if (account?.state !== 'open') return { kind: 'not-offered' };
  const link = await open.select('link_id').where('account_id', '=', accountId).executeTakeFirst();
  return { kind: link ? 'linked' : 'open' };
}

/** A device has one challenge of an account at a time. */
export async function giveChallenge(work: MunicipalityWork, accountId: AccountId, { deviceId, nowMs }: OfDevice, randomness: BackendRandomness): Promise<LinkChallengeResponse> {
  const { transaction, municipalityId } = work;
  const state = await linkState(work, accountId);
  if (state.kind !== 'open') return { kind: state.kind };
  await transaction
    .deleteFrom('link_challenge')
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where((is) => is.or([is.and([is('account_id', '=', accountId), is('link_id', 'is', null)]), is('until_ms', '<', nowMs - CHALLENGE_KEPT_MS)]))
    .execute();
  const challenge = Buffer.from(randomness.bytes(CHALLENGE_BYTES)).toString('base64url');
  const untilMs = nowMs + CHALLENGE_MS;
  await transaction.insertInto('link_challenge').values({ municipality_id: municipalityId, challenge, device_id: deviceId, account_id: accountId, until_ms: untilMs, link_id: null, answer: null }).execute();
  return { kind: 'challenge', challenge, until: momentFromEpoch(untilMs) };
}

/** Uses the challenge up, whatever comes of it. The same wish, sent again, is answered the same. */
export async function linkAccount(work: MunicipalityWork, request: LinkRequest, proved: CardProved, device: OfDevice): Promise<LinkResponse> {
  const { transaction, municipalityId } = work;
  const { deviceId, nowMs } = device;
  const challenge = await transaction.selectFrom('link_challenge').selectAll().where('municipality_id', '=', municipalityId).where('challenge', '=', request.challenge).executeTakeFirst();
  if (challenge?.device_id !== deviceId || challenge.account_id !== request.accountId) return { kind: 'refused', why: 'too-late' };
  if (challenge.answer !== null) return challenge.link_id === request.linkId ? LinkResponse.parse(JSON.parse(challenge.answer)) : { kind: 'refused', why: 'too-late' };
  if (challenge.until_ms < nowMs) return { kind: 'refused', why: 'too-late' };
  const why = proved.kind === 'refused' ? proved.why : await writeLink(work, request, proved.keys, device);
  const answer: LinkResponse = why === null ? { kind: 'linked' } : { kind: 'refused', why };
  await transaction
    .updateTable('link_challenge')
    .set({ link_id: request.linkId, answer: JSON.stringify(answer) })
    .where('municipality_id', '=', municipalityId)
    .where('challenge', '=', request.challenge)
    .execute();
  return answer;
}

/** @returns why not; null when they are linked now */
async function writeLink(work: MunicipalityWork, { linkId, accountId, consent }: LinkRequest, keys: readonly LinkKey[], { deviceId, nowMs }: OfDevice): Promise<LinkRefusal | null> {
  const { transaction, municipalityId } = work;
  const { accounts, open } = ofTown(work);
  const [newest] = keys;
  const account = await accounts.select(['state', 'resident_id']).where('account_id', '=', accountId).executeTakeFirst();
  if (account?.state !== 'open' || !newest) return 'not-offered';
  const ofCard = await open.selectAll().where('card_key', 'in', keys.map(({ key }) => key)).executeTakeFirst();
  if (ofCard?.account_id === accountId) return null;
  if (await open.select('link_id').where('account_id', '=', accountId).executeTakeFirst()) return 'other-card';
  if (ofCard) {
    const other = await accounts.select('resident_id').where('account_id', '=', ofCard.account_id).executeTakeFirst();
    // The same person, whose card was lost: the link goes with them. Everybody else is told to ask at the window.
    if (account.resident_id === null || other?.resident_id !== account.resident_id) return 'other-account';
    await transaction.updateTable('resident_link').set({ ended_ms: nowMs, how_ended: 'replaced' }).where('municipality_id', '=', municipalityId).where('link_id', '=', ofCard.link_id).execute();
  }
  await transaction
    .insertInto('resident_link')
    .values({ municipality_id: municipalityId, link_id: linkId, account_id: accountId, key_version: newest.version, card_key: newest.key, consent, device_id: deviceId, since_ms: nowMs, ended_ms: null, how_ended: null, staff_id: null, reason: null })
    .execute();
  return null;
}

export interface LinkLine {
  readonly accountId: string;
  readonly since: Moment;
  readonly consent: number;
  /** At which kiosk. */
  readonly deviceId: string;
  readonly ended: Moment | null;
  readonly how: 'staff' | 'replaced' | null;
  readonly staffId: string | null;
}

/** The newest first. @param narrowed one account; and the ended ones too */
export async function listLinks({ kysely }: BackendDatabase, municipalityId: MunicipalityId, narrowed: { readonly accountId?: AccountId | undefined; readonly all: boolean }): Promise<LinkLine[]> {
  let query = kysely.selectFrom('resident_link').selectAll().where('municipality_id', '=', municipalityId);
  if (narrowed.accountId !== undefined) query = query.where('account_id', '=', narrowed.accountId);
  if (!narrowed.all) query = query.where('ended_ms', 'is', null);
  const rows = await query.orderBy('since_ms', 'desc').orderBy('link_id', 'desc').execute();
  return rows.map((row) => ({
    accountId: row.account_id,
    since: momentFromEpoch(row.since_ms),
    consent: row.consent,
    deviceId: row.device_id,
    ended: row.ended_ms === null ? null : momentFromEpoch(row.ended_ms),
    how: row.how_ended,
    staffId: row.staff_id,
  }));
}

/** The account can be linked again afterwards, and so can the card. */
export async function endLink(database: BackendDatabase, municipalityId: MunicipalityId, accountId: AccountId, decision: StaffDecision, nowMs: number): Promise<'ended' | 'not-linked'> {
  return asOnlyWriter(database, municipalityId, async ({ transaction }) => {
    const ended = await transaction
      .updateTable('resident_link')
      .set({ ended_ms: nowMs, how_ended: 'staff', staff_id: decision.staff, reason: decision.reason })
      .where('municipality_id', '=', municipalityId)
      .where('account_id', '=', accountId)
      .where('ended_ms', 'is', null)
      .returning('link_id')
      .execute();
    return ended.length > 0 ? 'ended' : 'not-linked';
  });
}
