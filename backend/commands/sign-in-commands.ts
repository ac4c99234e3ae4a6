/** Who of the staff may sign in at a kiosk. A PIN is read from standard input: what stands on a command line, everybody on the machine can read. */
import { text } from 'node:stream/consumers';
import { AccountId, StaffId, type MunicipalityId } from '../../contract/ids.ts';
import { StaffRole } from '../../contract/sync.ts';
import { townInBooks } from '../cards/register-card.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { withDatabase } from '../database/open-database.ts';
import { systemRandomness } from '../ports.ts';
import { addStaff, endStaff, listStaff, setStaffPin, unlockStaff, type StaffOutcome } from '../staff/staff-members.ts';
import { print, remark, UsageError, type Command, type Given } from './command.ts';
import { namedTown } from './staff-commands.ts';

const OF_TOWN = { municipality: { type: 'string' } } as const;
const SAID = {
  'bad-pin': '暗証番号は6けたから8けたの数字です。 A PIN has six to eight digits; it is read from standard input.',
  unknown: 'その番号の職員はいません。 Nobody signs in under this number.',
  'known-already': 'その番号はもう使われています。 This number is taken; a number is never given twice.',
  'account-in-use': 'そのカードは別の職員のものです。 Another member of the staff signs in with this account.',
  'no-card-that-proves-itself': 'この口座には、写しを作れないカードがありません。 No active card of this account proves itself: register a DESFire or FeliCa Lite-S card for it first.',
} as const satisfies Readonly<Record<Exclude<StaffOutcome['kind'], 'done'>, string>>;

/** @throws UsageError when it cannot be a number */
function staffNamed(given: Given): StaffId {
  const word = given.word('staff number');
  const id = StaffId.safeParse(word).data;
  if (!id) throw new UsageError(`"${word}" cannot be a staff number: small letters, digits and hyphens.`);
  return id;
}

/** The first line of standard input. */
async function pinTyped(): Promise<string> {
  if (process.stdin.isTTY) remark('暗証番号を入れて、Enter と Ctrl-D を押してください。 Type the PIN, then Enter and Ctrl-D.');
  return ((await text(process.stdin)).split('\n')[0] ?? '').trim();
}

async function done(given: Given, work: (database: BackendDatabase, municipalityId: MunicipalityId) => Promise<StaffOutcome>): Promise<number> {
  const outcome = await withDatabase(given.place, async (database) => work(database, (await townInBooks(database, namedTown(given))).municipalityId));
  if (outcome.kind !== 'done') {
    remark(SAID[outcome.kind]);
    return 1;
  }
  print('記録しました。各窓口に伝わります。 Done; every kiosk is told.');
  return 0;
}

const addStaffCommand: Command = {
  name: 'staff add',
  usage: `  staff add ID --account ACCOUNT --role clerk|manager
                                           who has a card of this account may sign in at kiosks; the PIN is read from standard input`,
  options: { ...OF_TOWN, account: { type: 'string' }, role: { type: 'string' } },
  async run(given) {
    const staffId = staffNamed(given);
    const accountId = AccountId.safeParse(given.required('account')).data;
    const role = StaffRole.safeParse(given.required('role')).data;
    if (!accountId) throw new UsageError('--account cannot be an account.');
    if (!role) throw new UsageError(`--role must be one of ${StaffRole.options.join(', ')}.`);
    const pin = await pinTyped();
    return done(given, (database, town) => addStaff(database, town, { staffId, accountId, role, pin }, systemRandomness));
  },
};

const listStaffCommand: Command = {
  name: 'staff list',
  usage: '  staff list                               who may sign in at kiosks, and who could before',
  options: OF_TOWN,
  async run(given) {
    given.noWords();
    const members = await withDatabase(given.place, async (database) => listStaff(database, (await townInBooks(database, namedTown(given))).municipalityId));
    for (const { staffId, accountId, role, state } of members) print([staffId, role, accountId, state].join('\t'));
    if (members.length === 0) remark('Nobody signs in at kiosks yet. Add somebody with: npm run backend -- staff add ID --account ACCOUNT --role clerk');
    return 0;
  },
};

const endStaffCommand: Command = {
  name: 'staff end',
  usage: '  staff end ID                             they cannot sign in any more; what they agreed to stays',
  options: OF_TOWN,
  async run(given) {
    const staffId = staffNamed(given);
    return done(given, (database, town) => endStaff(database, town, staffId));
  },
};

const setStaffPinCommand: Command = {
  name: 'staff set-pin',
  usage: '  staff set-pin ID                         a new PIN, read from standard input; wrong ones count from nothing again',
  options: OF_TOWN,
  async run(given) {
    const staffId = staffNamed(given);
    const pin = await pinTyped();
    return done(given, (database, town) => setStaffPin(database, town, staffId, pin, systemRandomness));
  },
};

const unlockStaffCommand: Command = {
  name: 'staff unlock',
  usage: '  staff unlock ID                          wrong PINs count from nothing again, on every kiosk',
  options: OF_TOWN,
  async run(given) {
    const staffId = staffNamed(given);
    return done(given, (database, town) => unlockStaff(database, town, staffId));
  },
};

export const SIGN_IN_COMMANDS: readonly Command[] = [addStaffCommand, listStaffCommand, endStaffCommand, setStaffPinCommand, unlockStaffCommand];
