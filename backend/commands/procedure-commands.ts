/** What residents can ask for, as the office hands it in: procedures, the town's fees, the parts of the town. */
import { z } from 'zod';
import { ProcedureId, type MunicipalityId } from '../../contract/ids.ts';
import { TownFees } from '../../contract/procedure/fees.ts';
import { TownAreas } from '../../contract/procedure/procedure.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import { townInBooks } from '../cards/register-card.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { withDatabase } from '../database/open-database.ts';
import { readJsonFile, refuseMistakes } from '../office/office-file.ts';
import { endProcedure, offeredProcedures, putAreas, putFees, putProcedure } from '../office/procedures.ts';
import { print, remark, UsageError, type Command, type Given } from './command.ts';
import { namedTown } from './staff-commands.ts';

const OF_TOWN = { municipality: { type: 'string' } } as const;
const EXIT_NOT_OFFERED = 2;
const SAME = '同じです。何も変えていません。 It is the same already.';

function inTown<Result>(given: Given, work: (database: BackendDatabase, municipalityId: MunicipalityId) => Promise<Result>): Promise<Result> {
  return withDatabase(given.place, async (database) => work(database, (await townInBooks(database, namedTown(given))).municipalityId));
}

export const putProcedureCommand: Command = {
  name: 'procedure put',
  usage: '  procedure put FILE.json                  offer a procedure to residents, or change it (docs/procedures.md)',
  options: OF_TOWN,
  async run(given) {
    const file = given.word('file');
    const content = readJsonFile(file, z.unknown());
    const outcome = await inTown(given, (database, town) => putProcedure(database, town, content));
    if (outcome.kind === 'wrong') {
      refuseMistakes(file, outcome.mistakes);
      return 1;
    }
    const { id, version } = outcome.procedure;
    const said = {
      put: '受け付けを始めます。 It is offered; every kiosk is told.',
      changed: '新しい版に変えました。 It is changed; every kiosk is told.',
      unchanged: SAME,
    } as const;
    print(`${id} (${version}): ${said[outcome.kind]}`);
    return 0;
  },
};

export const endProcedureCommand: Command = {
  name: 'procedure end',
  usage: '  procedure end ID                         residents cannot ask for it any more; what was asked for stays',
  options: OF_TOWN,
  async run(given) {
    const id = ProcedureId.safeParse(given.word('procedure')).data;
    if (!id) throw new UsageError('A procedure’s name has small letters, digits and hyphens.');
    const ended = await inTown(given, (database, town) => endProcedure(database, town, id));
    if (!ended) {
      remark(`${id} は受け付けていません。 It is not offered. List them with: npm run backend -- procedure list`);
      return EXIT_NOT_OFFERED;
    }
    print(`${id}: 受け付けを終わりました。 It is ended; every kiosk is told.`);
    return 0;
  },
};

export const listProceduresCommand: Command = {
  name: 'procedure list',
  usage: '  procedure list [--json]                  list what residents can ask for; with --json as files for `procedure put`',
  options: { ...OF_TOWN, json: { type: 'boolean' } },
  async run(given) {
    given.noWords();
    const offered = await inTown(given, offeredProcedures);
    if (given.flag('json')) print(JSON.stringify(offered, null, 2));
    else for (const { id, version, kind, name, office } of offered) print([id, version, kind, plainWords(name.ja), office.name].join('\t'));
    return 0;
  },
};

export const putFeesCommand: Command = {
  name: 'fees put',
  usage: '  fees put FILE.json                       the town’s table of fees, in place of what it was',
  options: OF_TOWN,
  async run(given) {
    const file = given.word('file');
    const fees = readJsonFile(file, TownFees);
    const outcome = await inTown(given, (database, town) => putFees(database, town, fees));
    if (outcome.kind === 'wrong') {
      refuseMistakes(file, outcome.mistakes);
      return 1;
    }
    print(outcome.kind === 'put' ? `手数料の表を変えました（${fees.length} 行）。 The table of fees is changed; every kiosk is told.` : SAME);
    const waiting = fees.filter(({ rates }) => rates.at(-1)?.approved === null);
    if (waiting.length > 0) remark(`まだ確かめられていない金額は、住民には見えません: ${waiting.map(({ id }) => id).join(', ')} Amounts that nobody has approved are not shown.`);
    return 0;
  },
};

export const putAreasCommand: Command = {
  name: 'areas put',
  usage: '  areas put FILE.json                      the parts of the town (字), for addresses',
  options: OF_TOWN,
  async run(given) {
    const areas = readJsonFile(given.word('file'), TownAreas);
    const changed = await inTown(given, (database, town) => putAreas(database, town, areas));
    print(changed ? `字の一覧を変えました（${areas.length}）。 The parts of the town are changed; every kiosk is told.` : SAME);
    return 0;
  },
};
