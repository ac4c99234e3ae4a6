/** Commands about value that no kiosk begins: `expire` and `account replace`. */
import { AccountId, MunicipalityId } from '../../contract/ids.ts';
import { withDatabase } from '../database/open-database.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { expireEverywhere, GRACE_DAYS } from '../ledger/expire-overdue.ts';
import { openReplacement } from '../ledger/replacement-account.ts';
import { systemClock, systemRandomness } from '../ports.ts';
import { BackendUnusable } from '../unusable.ts';
import { print, remark, UsageError, type Command } from './command.ts';

const GRACE_DAYS_MAX = 3_660;

export const expireCommand: Command = {
  name: 'expire',
  usage: `  expire [--grace ${GRACE_DAYS}]                       take what is past its last day by more than so many days out of the ledger (serve does so every night)`,
  options: { grace: { type: 'string' } },
  async run(given) {
    given.noWords();
    const text = given.optional('grace') ?? String(GRACE_DAYS);
    if (!/^\d{1,4}$/.test(text) || Number(text) > GRACE_DAYS_MAX) throw new UsageError(`--grace must be a whole number of days from 0 to ${GRACE_DAYS_MAX}, not "${text}".`);
    const movements = await withDatabase(given.place, (database) => expireEverywhere(database, systemClock.now(), Number(text)));
    print(movements === 0 ? 'Nothing is overdue.' : `${movements} movements of expiry were posted.`);
    return 0;
  },
};

export const replaceAccountCommand: Command = {
  name: 'account replace',
  usage: '  account replace ACCOUNT                  open a second account for the person of this one, for the card that replaces a lost card',
  async run(given) {
    const typed = given.word('account');
    const accountId = AccountId.safeParse(typed).data;
    const outcome = accountId && (await withDatabase(given.place, async (database) => {
      const row = await database.kysely.selectFrom('account').select('municipality_id').where('account_id', '=', accountId).executeTakeFirst();
      return row && asOnlyWriter(database, MunicipalityId.parse(row.municipality_id), (work) => openReplacement(work, accountId, systemRandomness));
    }));
    if (!outcome || outcome.kind === 'unknown-account') {
      throw new BackendUnusable('configuration', `There is no open account "${typed}" of a resident. Look its number up in the town’s register of accounts.`);
    }
    remark(outcome.kind === 'already' ? 'The person has a second account already.' : 'Issue the new card to this account, stop the lost one, and transfer the value at a kiosk.');
    print(outcome.accountId);
    return 0;
  },
};
