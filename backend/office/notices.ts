/** The office tells whoever passes by a kiosk: notices of the day, handed in many at once, and emergencies. Every kiosk is told of each. */
import { z } from 'zod';
import type { MunicipalityId } from '../../contract/ids.ts';
import { Notice } from '../../contract/notice.ts';
import { addDays, dateInTokyo, LocalDate, momentFromEpoch } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { announce, asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { Mistake } from './office-file.ts';

const NOTICES_AT_ONCE_MAX = 1_000;
/** An emergency of which nobody said how long it lasts is shown until it is ended, but not for ever. */
const UNTIL_ENDED_DAYS = 366;

/** With the hour of the place, as `2026-11-21T09:52:00+09:00`. */
const WrittenMoment = z.iso.datetime({ offset: true }).transform((text) => momentFromEpoch(Date.parse(text)));
/** As it stands in the office's file: days follow from the moments, where those are given. */
const OfficeNotice = z.strictObject({ ...Notice.shape, firstDay: LocalDate.optional(), lastDay: LocalDate.optional(), from: WrittenMoment.optional(), until: WrittenMoment.optional() });
export const OfficeNotices = z.preprocess((content) => (Array.isArray(content) ? (content as unknown[]) : [content]), z.array(OfficeNotice).min(1).max(NOTICES_AT_ONCE_MAX));
export type OfficeNotices = z.infer<typeof OfficeNotices>;

export type PutNotices =
  | { readonly kind: 'put'; readonly put: number; readonly unchanged: number }
  /** Nothing was changed. */
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

/** All of them or none. One with an id that is there takes its place. */
export async function putNotices(database: BackendDatabase, municipalityId: MunicipalityId, given: OfficeNotices): Promise<PutNotices> {
  const read = given.map(readNotice);
  const mistakes = read.flatMap((one, index) => ('why' in one ? [{ at: given.length === 1 ? one.at : `${index}.${one.at}`, why: one.why }] : []));
  const notices = read.flatMap((one) => ('why' in one ? [] : [one]));
  const repeated = notices.find(({ id }, index) => notices.findIndex((other) => other.id === id) !== index);
  if (repeated) mistakes.push({ at: repeated.id, why: '同じ id が 2 つあります。 the same id twice' });
  if (mistakes.length > 0) return { kind: 'wrong', mistakes };
  return asOnlyWriter(database, municipalityId, async (work) => {
    const news: Notice[] = [];
    for (const notice of notices) if (await keep(work, notice)) news.push(notice);
    await announce(work, news.map((notice) => ({ change: { type: 'notice', ...notice } })));
    return { kind: 'put', put: news.length, unchanged: notices.length - news.length };
  });
}

/** Whether it was there and not ended before. Kiosks are told that it has no day any more, which also those with older software understand. */
export function endNotice(database: BackendDatabase, municipalityId: MunicipalityId, id: string): Promise<boolean> {
  return asOnlyWriter(database, municipalityId, async (work) => {
    const row = await rowOf(work, id);
    if (!row || row.ended === 1) return false;
    await work.transaction.updateTable('notice').set({ ended: 1 }).where('municipality_id', '=', municipalityId).where('notice_id', '=', id).execute();
    const { title, text, firstDay } = noticeOf(row);
    await announce(work, [{ change: { type: 'notice', id, title, text, firstDay, lastDay: addDays(firstDay, -1) } }]);
    return true;
  });
}

/** Those that are shown today or will be, by their first day. */
export async function comingNotices({ kysely }: Pick<BackendDatabase, 'kysely'>, municipalityId: MunicipalityId, today: LocalDate): Promise<Notice[]> {
  const rows = await kysely.selectFrom('notice').selectAll().where('municipality_id', '=', municipalityId).where('ended', '=', 0).where('last_day', '>=', today).orderBy('first_day').orderBy('notice_id').execute();
  return rows.map(noticeOf);
}

interface NoticeRow {
  readonly notice_id: string;
  readonly title: string;
  readonly text: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly body: string | null;
}

const noticeOf = ({ notice_id, title, text, first_day, last_day, body }: NoticeRow): Notice =>
  Notice.parse(body === null ? { id: notice_id, title, text, firstDay: first_day, lastDay: last_day } : JSON.parse(body));

function rowOf({ transaction, municipalityId }: MunicipalityWork, id: string) {
  return transaction.selectFrom('notice').selectAll().where('municipality_id', '=', municipalityId).where('notice_id', '=', id).executeTakeFirst();
}

/** @returns whether it says anything new */
async function keep(work: MunicipalityWork, notice: Notice): Promise<boolean> {
  const { id, title, text, firstDay, lastDay } = notice;
  const before = await rowOf(work, id);
  const body = JSON.stringify(notice);
  if (before?.ended === 0 && JSON.stringify(noticeOf(before)) === body) return false;
  const said = { title, text, first_day: firstDay, last_day: lastDay, body, ended: 0 as const };
  await work.transaction
    .insertInto('notice')
    .values({ municipality_id: work.municipalityId, notice_id: id, ...said })
    .onConflict((conflict) => conflict.columns(['municipality_id', 'notice_id']).doUpdateSet(said))
    .execute();
  return true;
}

/** With its days, and without what has its usual value: a kiosk with older software then reads it as well. */
function readNotice({ kind, level, firstDay, lastDay, ...rest }: OfficeNotices[number]): Notice | Mistake {
  const { title, from, until } = rest;
  const first = firstDay ?? (from && dateInTokyo(from));
  if (!first) return { at: 'firstDay', why: '初めの日（firstDay）か、始まる時刻（from）が要ります。 firstDay or from is needed' };
  const last = lastDay ?? (until && dateInTokyo(until)) ?? (level === 'emergency' ? addDays(first, UNTIL_ENDED_DAYS) : undefined);
  if (!last) return { at: 'lastDay', why: '終わりの日（lastDay）か、終わる時刻（until）が要ります。 lastDay or until is needed' };
  if (last < first) return { at: 'lastDay', why: '終わりの日が初めの日より前です。 the last day is before the first' };
  if (from !== undefined && until !== undefined && until <= from) return { at: 'until', why: '終わる時刻が始まる時刻より前です。 it ends before it begins' };
  if (title.trim() === '') return { at: 'title', why: '見出しがありません。 it has no title' };
  const unusual = { ...(kind === undefined || kind === 'notice' ? {} : { kind }), ...(level === undefined || level === 'usual' ? {} : { level }) };
  // In the order of the schema, so that the same notice is always the same text.
  return Notice.parse({ ...rest, firstDay: first, lastDay: last, ...unusual });
}
