/**
 * Answers to the five faces, counted by day until they go into the journal. There they stand in the order of all that happened: an answer written
 * when it is given would stand beside the session it was given in (docs/decisions/0018-answers-are-counted.md).
 */
import type { Database } from 'better-sqlite3';
import { SURVEY_COUNTS_MAX, SURVEY_DEEDS, type Face, type SurveyCount, type SurveyDeed } from '../../contract/survey.ts';
import type { LocalDate } from '../../contract/time.ts';

/** With fewer, a month's answers are kept back until the month is over. */
export const ANSWERS_TOGETHER_MIN = 5;

export interface CountedAnswers {
  readonly day: LocalDate;
  readonly answers: SurveyCount[];
}

interface CountRow {
  readonly day: LocalDate;
  readonly face: Face;
  readonly did: string;
  readonly count: number;
}

const monthOf = (day: LocalDate): string => day.slice(0, 7);

export function createSurveyRecord(database: Database) {
  const add = database.prepare('INSERT INTO survey_count VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1');
  const select = database.prepare<[LocalDate], CountRow>('SELECT day, face, did, count FROM survey_count WHERE day < ? ORDER BY day, face, did');
  const remove = database.prepare("DELETE FROM survey_count WHERE day < ? AND substr(day, 1, 7) = ?");

  return {
    /** Only inside a transaction. */
    count({ face, did }: Omit<SurveyCount, 'count'>, day: LocalDate): void {
      add.run(day, face, SURVEY_DEEDS.filter((deed) => did.includes(deed)).join(' '));
    },
    /** Only inside a transaction. Takes out what may go into the journal, month by month. */
    takeDue(today: LocalDate): CountedAnswers[] {
      const due: CountedAnswers[] = [];
      for (const [month, rows] of Map.groupBy(select.all(today), ({ day }) => monthOf(day))) {
        const answers = rows.reduce((sum, { count }) => sum + count, 0);
        const last = rows.at(-1);
        if (!last || (month === monthOf(today) && answers < ANSWERS_TOGETHER_MIN)) continue;
        const together = [...Map.groupBy(rows, ({ face, did }) => `${face} ${did}`).values()].flatMap(summed).sort((one, other) => one.face - other.face);
        for (let from = 0; from < together.length; from += SURVEY_COUNTS_MAX) due.push({ day: last.day, answers: together.slice(from, from + SURVEY_COUNTS_MAX) });
        remove.run(today, month);
      }
      return due;
    },
  };
}

function summed(rows: readonly CountRow[]): SurveyCount[] {
  const [first] = rows;
  return first ? [{ face: first.face, did: first.did.split(' ') as SurveyDeed[], count: rows.reduce((sum, { count }) => sum + count, 0) }] : [];
}
