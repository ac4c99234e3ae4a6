/** The town's notices, as they were last told. One that is over stays in the file and is not looked at. */
import type { Database } from 'better-sqlite3';
import { isShown, NOTICE_KINDS, type Notice } from '../../contract/notice.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';

interface NoticeRow extends Pick<Notice, 'id' | 'title' | 'text' | 'firstDay' | 'lastDay'> {
  readonly kind: NonNullable<Notice['kind']>;
  readonly level: NonNullable<Notice['level']>;
  readonly from: Moment | null;
  readonly until: Moment | null;
  readonly wordings: string | null;
}

export function createNoticeRecord(database: Database) {
  const replace = database.prepare(`
    INSERT OR REPLACE INTO notice (notice_id, title, text, first_day, last_day, kind, level, from_moment, until_moment, wordings)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const select = database.prepare<{ today: LocalDate }, NoticeRow>(`
    SELECT notice_id AS id, title, text, first_day AS firstDay, last_day AS lastDay, kind, level, from_moment AS "from", until_moment AS until, wordings
    FROM notice WHERE last_day >= @today AND first_day <= @today ORDER BY coalesce(from_moment, first_day) DESC, notice_id`);

  return {
    /** Only inside a transaction. */
    put({ id, title, text, firstDay, lastDay, kind = 'notice', level = 'usual', from, until, easy, en }: Notice): void {
      const wordings = easy || en ? JSON.stringify({ easy, en }) : null;
      replace.run(id, title, text, firstDay, lastDay, kind, level, from ?? null, until ?? null, wordings);
    },
    /** Emergencies first, then kind by kind, of each the newest first. */
    shown(today: LocalDate, now: Moment): Notice[] {
      const place = ({ kind = 'notice', level }: Notice) => (level === 'emergency' ? -1 : NOTICE_KINDS.indexOf(kind));
      return select
        .all({ today })
        .map(toNotice)
        .filter((notice) => isShown(notice, today, now))
        .sort((one, other) => place(one) - place(other));
    },
  };
}

function toNotice({ from, until, wordings, ...plain }: NoticeRow): Notice {
  const others = wordings === null ? {} : (JSON.parse(wordings) as Pick<Notice, 'easy' | 'en'>);
  return { ...plain, ...(from === null ? {} : { from }), ...(until === null ? {} : { until }), ...others };
}
