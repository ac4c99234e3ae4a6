/** Which accounts are linked with a My Number card. Which card, nobody can say from here. */
import { AccountId } from '../../contract/ids.ts';
import { townInBooks } from '../cards/register-card.ts';
import { withDatabase } from '../database/open-database.ts';
import { endLink, listLinks } from '../links/resident-links.ts';
import { systemClock } from '../ports.ts';
import { print, remark, UsageError, type Command, type Given } from './command.ts';
import { DECIDED, decisionOf, namedTown } from './staff-commands.ts';

const OF_TOWN = { municipality: { type: 'string' }, account: { type: 'string' } } as const;

/** @throws UsageError when it cannot be an account */
function accountNamed(name: string): AccountId {
  const id = AccountId.safeParse(name).data;
  if (!id) throw new UsageError('--account cannot be an account.');
  return id;
}

const listLinksCommand: Command = {
  name: 'links list',
  usage: '  links list [--account ACCOUNT] [--all]   accounts linked with a My Number card, since when, and at which kiosk; with --all also what is ended',
  options: OF_TOWN,
  async run(given: Given) {
    given.noWords();
    const account = given.optional('account');
    const narrowed = { accountId: account === undefined ? undefined : accountNamed(account), all: given.flag('all') };
    const lines = await withDatabase(given.place, async (database) => listLinks(database, (await townInBooks(database, namedTown(given))).municipalityId, narrowed));
    for (const { accountId, since, consent, deviceId, ended, how, staffId } of lines) print([accountId, since, `consent ${consent}`, deviceId, ...(ended === null ? [] : [ended, how, staffId ?? '-'])].join('\t'));
    if (lines.length === 0) remark('つながっている口座はありません。 No such account is linked with a My Number card.');
    return 0;
  },
};

const endLinkCommand: Command = {
  name: 'links end',
  usage: '  links end --account ACCOUNT --staff ID --reason TEXT   the account and its My Number card are not linked any more; that they were stays written down',
  options: { ...OF_TOWN, ...DECIDED },
  async run(given: Given) {
    given.noWords();
    const accountId = accountNamed(given.required('account'));
    const decision = decisionOf(given);
    const outcome = await withDatabase(given.place, async (database) => endLink(database, (await townInBooks(database, namedTown(given))).municipalityId, accountId, decision, systemClock.now()));
    if (outcome === 'not-linked') {
      remark('この口座は、マイナンバーカードとつながっていません。 This account is not linked with a My Number card.');
      return 1;
    }
    print('つながりを終わらせました。 The link is ended; both cards can be linked anew.');
    return 0;
  },
};

export const LINK_COMMANDS: readonly Command[] = [listLinksCommand, endLinkCommand];
