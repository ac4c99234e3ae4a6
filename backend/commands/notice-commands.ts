/** What passers-by are told, and what visitors said of the kiosk: notices in, answers to the five faces out. */
import { dateInTokyo, LocalDate, momentFromEpoch } from '../../contract/time.ts';
import type { MunicipalityId } from '../../contract/ids.ts';
import { townInBooks } from '../cards/register-card.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { withDatabase } from '../database/open-database.ts';
import { comingNotices, endNotice, OfficeNotices, putNotices } from '../office/notices.ts';
import { readJsonFile, refuseMistakes } from '../office/office-file.ts';
import { surveyMonths } from '../office/surveys.ts';
import { systemClock } from '../ports.ts';
import { print, remark, UsageError, type Command, type Given } from './command.ts';
import { namedTown } from './staff-commands.ts';

const OF_TOWN = { municipality: { type: 'string' } } as const;
const EXIT_NOT_THERE = 2;

function inTown<Result>(given: Given, work: (database: BackendDatabase, municipalityId: MunicipalityId) => Promise<Result>): Promise<Result> {
  return withDatabase(given.place, async (database) => work(database, (await townInBooks(database, namedTown(given))).municipalityId));
}

export const putNoticesCommand: Command = {
  name: 'notices put',
  usage: '  notices put FILE.json                    show notices at every kiosk, one or a list of them (docs/operations.md)',
  options: OF_TOWN,
  async run(given) {
    const file = given.word('file');
    const notices = readJsonFile(file, OfficeNotices);
    const outcome = await inTown(given, (database, town) => putNotices(database, town, notices));
    if (outcome.kind === 'wrong') {
      refuseMistakes(file, outcome.mistakes);
      return 1;
    }
    print(`お知らせ ${outcome.put} 件を窓口機に伝えます。${outcome.unchanged} 件は同じでした。 ${outcome.put} told to every kiosk, ${outcome.unchanged} the same already.`);
    return 0;
  },
};

export const listNoticesCommand: Command = {
  name: 'notices list',
  usage: '  notices list [--json]                    what is shown now or will be; with --json as a file for `notices put`',
  options: { ...OF_TOWN, json: { type: 'boolean' } },
  async run(given) {
    given.noWords();
    const today = dateInTokyo(momentFromEpoch(systemClock.now()));
    const notices = await inTown(given, (database, town) => comingNotices(database, town, today));
    if (given.flag('json')) print(JSON.stringify(notices, null, 2));
    else {
      for (const { id, kind = 'notice', level = 'usual', firstDay, lastDay, from, until, title } of notices) {
        print([id, level === 'emergency' ? '緊急 emergency' : kind, from ?? firstDay, until ?? lastDay, title].join('\t'));
      }
    }
    return 0;
  },
};

export const endNoticeCommand: Command = {
  name: 'notices end',
  usage: '  notices end ID                           take a notice, or an emergency, off every kiosk',
  options: OF_TOWN,
  async run(given) {
    const id = given.word('notice');
    if (!(await inTown(given, (database, town) => endNotice(database, town, id)))) {
      remark(`${id} というお知らせは出ていません。 There is no such notice. List them with: npm run backend -- notices list`);
      return EXIT_NOT_THERE;
    }
    print(`${id}: 終わりました。窓口機に伝わるまで、つながっていれば 1 分ほどです。 It is ended; kiosks with a network hear it within a minute or so.`);
    return 0;
  },
};

function dayOf(given: Given, option: 'from' | 'to'): LocalDate | undefined {
  const written = given.optional(option);
  if (written === undefined) return undefined;
  const day = LocalDate.safeParse(written).data;
  if (!day) throw new UsageError(`--${option} must be a day such as 2026-11-21.`);
  return day;
}

export const surveysCommand: Command = {
  name: 'surveys',
  usage: '  surveys [--from DAY --to DAY] [--json]   the five faces by the month: how many of each, and the mean (5 is the happiest)',
  options: { ...OF_TOWN, from: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean' } },
  async run(given) {
    given.noWords();
    const [from, to] = [dayOf(given, 'from'), dayOf(given, 'to')];
    const months = await inTown(given, (database, town) => surveyMonths(database, town, { ...(from ? { from } : {}), ...(to ? { to } : {}) }));
    const meanOf = (hundredths: number) => `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
    if (given.flag('json')) {
      print(JSON.stringify(months.map(({ month, faces, answers, meanHundredths }) => ({ month, faces: Object.fromEntries(faces.map((count, index) => [index + 1, count])), answers, mean: meanOf(meanHundredths) })), null, 2));
      return 0;
    }
    print(['月 month', 5, 4, 3, 2, 1, '回答 answers', '平均 mean'].join('\t'));
    for (const { month, faces, answers, meanHundredths } of months) print([month, ...faces.toReversed(), answers, meanOf(meanHundredths)].join('\t'));
    if (months.length === 0) remark('まだ回答がありません。窓口機は、答えを翌日より後にまとめて送ります。 Nobody has answered yet; kiosks send answers together, on a later day.');
    return 0;
  },
};
