/** What the office hands in: schemes, grants, and who may buy. */
import type { z } from 'zod';
import { EntitlementId, SchemeId, type AccountId } from '../../contract/ids.ts';
import { Scheme } from '../../contract/value.ts';
import { townInBooks } from '../cards/register-card.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { withDatabase } from '../database/open-database.ts';
import { notePurchaseElsewhere, setEligible, setLotteryResult, type SaleOf } from '../ledger/sale-lists.ts';
import { grantAll, withdrawGrant } from '../office/grant.ts';
import { ELIGIBLE_COLUMNS, EligibleLine, ELSEWHERE_COLUMNS, ElsewhereLine, GRANT_COLUMNS, GrantLine, LOTTERY_COLUMNS, LotteryLine } from '../office/lists.ts';
import { accountsOfHolders, type Holder } from '../office/named-accounts.ts';
import { parseLines, readJsonFile, readList } from '../office/office-file.ts';
import { listSchemes, putScheme, WARNINGS } from '../office/put-scheme.ts';
import { systemClock } from '../ports.ts';
import { print, remark, UsageError, type Command, type Given } from './command.ts';
import { namedTown } from './staff-commands.ts';

const OF_TOWN = { municipality: { type: 'string' } } as const;
const OF_SALE = { ...OF_TOWN, scheme: { type: 'string' } } as const;
const EXIT_WARNED = 2;

export const putSchemeCommand: Command = {
  name: 'scheme put',
  usage: '  scheme put FILE.json [--yes]             make a scheme known, or change it; --yes goes on in spite of warnings',
  options: { ...OF_TOWN, yes: { type: 'boolean' } },
  async run(given) {
    const scheme = readJsonFile(given.word('file'), Scheme);
    const outcome = await withDatabase(given.place, async (database) => putScheme(database, (await townInBooks(database, namedTown(given))).municipalityId, scheme, given.flag('yes')));
    if (outcome.kind === 'warned') {
      for (const warning of outcome.warnings) remark(`${warning}: ${WARNINGS[warning]}`);
      remark('何も変えていません。これでよければ --yes を付けてください。 Nothing was changed. If it is meant so, add --yes.');
      return EXIT_WARNED;
    }
    print({ put: `${scheme.id} を作りました。 It is made; every kiosk is told.`, changed: `${scheme.id} を変えました。 It is changed; every kiosk is told.`, unchanged: `${scheme.id} は同じです。 It is the same already.` }[outcome.kind]);
    return 0;
  },
};

export const listSchemesCommand: Command = {
  name: 'scheme list',
  usage: '  scheme list [--json]                     list the schemes, one a line; with --json as files for `scheme put`',
  options: { ...OF_TOWN, json: { type: 'boolean' } },
  async run(given) {
    given.noWords();
    const schemes = await withDatabase(given.place, async (database) => listSchemes(database, (await townInBooks(database, namedTown(given))).municipalityId));
    if (given.flag('json')) print(JSON.stringify(schemes, null, 2));
    else for (const { id, kind, unit, name, issuer, firstDay, lastDay, rules } of schemes) print([id, kind, unit, name, issuer, firstDay, lastDay, rules?.ledger ?? 'ours'].join('\t'));
    return 0;
  },
};

/** The lines of a list with the account of each. */
async function linesWithAccounts<Line extends { readonly holder: Holder }>(
  database: BackendDatabase,
  given: Given,
  columns: readonly string[],
  schema: z.ZodType<Line>,
): Promise<{ readonly file: string; readonly municipalityId: SaleOf['municipalityId']; readonly lines: ReadonlyArray<{ readonly number: number; readonly value: Line; readonly accountId: AccountId }> }> {
  const file = given.word('file');
  const { municipalityId } = await townInBooks(database, namedTown(given));
  const values = parseLines(file, readList(file, columns), schema);
  const accounts = await accountsOfHolders(database, municipalityId, file, values.map(({ number, value }) => ({ number, holder: value.holder })));
  const lines = values.flatMap(({ number, value }, index) => {
    const accountId = accounts[index];
    return accountId === undefined ? [] : [{ number, value, accountId }];
  });
  return { file, municipalityId, lines };
}

export const grantCommand: Command = {
  name: 'grant',
  usage: `  grant FILE.csv                           grant amounts: ${GRANT_COLUMNS.join(',')}; a key grants once`,
  options: OF_TOWN,
  async run(given) {
    const { granted, known } = await withDatabase(given.place, async (database) => {
      const { file, municipalityId, lines } = await linesWithAccounts(database, given, GRANT_COLUMNS, GrantLine);
      return grantAll(
        database,
        municipalityId,
        file,
        lines.map(({ number, accountId, value: { key, scheme, amount, kind, firstDay, lastDay } }) => ({ line: number, key, accountId, schemeId: scheme, amount, lotKind: kind, firstDay, lastDay })),
      );
    });
    print(`${granted} 件を付与しました。${known} 件は前に付与してあります。 ${granted} granted, ${known} were granted before.`);
    return 0;
  },
};

export const withdrawCommand: Command = {
  name: 'withdraw',
  usage: '  withdraw GRANT                           take back a grant that nobody has received',
  options: OF_TOWN,
  async run(given) {
    const grant = EntitlementId.safeParse(given.word('grant')).data;
    if (!grant) throw new UsageError('A grant is named by its number, as `leases` lists it.');
    const { heldBy } = await withDatabase(given.place, async (database) => withdrawGrant(database, (await townInBooks(database, namedTown(given))).municipalityId, grant));
    print(`${grant} を取り消しました。 It is withdrawn.`);
    if (heldBy !== undefined) remark(`${heldBy} が持っています。次につながるまでに渡すと、一覧（anomalies）に出ます。 ${heldBy} holds it; if it gives it out before it is online next, that is listed among the anomalies.`);
    return 0;
  },
};

function saleOf(given: Given, municipalityId: SaleOf['municipalityId']): SaleOf {
  const schemeId = SchemeId.safeParse(given.required('scheme')).data;
  if (!schemeId) throw new UsageError('--scheme must be the number of a scheme, as `scheme list` lists it.');
  return { municipalityId, schemeId };
}

export const eligibleCommand: Command = {
  name: 'eligible',
  usage: `  eligible FILE.csv --scheme ID            who may buy: ${ELIGIBLE_COLUMNS.join(',')} (yes or no)`,
  options: OF_SALE,
  async run(given) {
    const count = await withDatabase(given.place, async (database) => {
      const { municipalityId, lines } = await linesWithAccounts(database, given, ELIGIBLE_COLUMNS, EligibleLine);
      for (const eligible of [true, false]) {
        await setEligible(database, saleOf(given, municipalityId), lines.filter(({ value }) => value.eligible === eligible).map(({ accountId }) => accountId), eligible);
      }
      return lines.length;
    });
    print(`${count} 件を記録しました。 ${count} noted.`);
    return 0;
  },
};

export const lotteryCommand: Command = {
  name: 'lottery',
  usage: `  lottery FILE.csv --scheme ID             how many sets each has won: ${LOTTERY_COLUMNS.join(',')}`,
  options: OF_SALE,
  async run(given) {
    const count = await withDatabase(given.place, async (database) => {
      const { municipalityId, lines } = await linesWithAccounts(database, given, LOTTERY_COLUMNS, LotteryLine);
      await setLotteryResult(database, saleOf(given, municipalityId), new Map(lines.map(({ accountId, value }) => [accountId, value.sets])));
      return lines.length;
    });
    print(`${count} 件を記録しました。 ${count} noted.`);
    return 0;
  },
};

export const boughtElsewhereCommand: Command = {
  name: 'bought-elsewhere',
  usage: `  bought-elsewhere FILE.csv --scheme ID    bought by app or on paper: ${ELSEWHERE_COLUMNS.join(',')}; a reference counts once`,
  options: OF_SALE,
  async run(given) {
    const { noted, known } = await withDatabase(given.place, async (database) => {
      const { municipalityId, lines } = await linesWithAccounts(database, given, ELSEWHERE_COLUMNS, ElsewhereLine);
      let [noted, known] = [0, 0];
      for (const { accountId, value: { reference, medium, sets } } of lines) {
        const fresh = await notePurchaseElsewhere(database, saleOf(given, municipalityId), { accountId, reference, medium, sets }, systemClock.now());
        if (fresh) noted += 1;
        else known += 1;
      }
      return { noted, known };
    });
    print(`${noted} 件を記録しました。${known} 件は前に記録してあります。 ${noted} noted, ${known} were noted before.`);
    return 0;
  },
};
