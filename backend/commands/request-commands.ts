/** What residents asked for at the kiosks: the office lists it, opens it with its key, and says how far it is. */
import { StaffId } from '../../contract/ids.ts';
import { eraDateText } from '../../contract/japanese-calendar.ts';
import { dateInTokyo } from '../../contract/time.ts';
import { townInBooks } from '../cards/register-card.ts';
import { withDatabase } from '../database/open-database.ts';
import { readOfficeKey } from '../people/office-key.ts';
import { systemClock } from '../ports.ts';
import { eraseOldRequests, findRequest, markRequest, openOfficeRequest, openRequests, STAFF_STATES } from '../requests/office-requests.ts';
import type { RequestRecord, RequestState } from '../requests/request-record.ts';
import { BackendUnusable } from '../unusable.ts';
import { print, remark, UsageError, type Command, type Given } from './command.ts';
import { namedTown } from './staff-commands.ts';

const OF_TOWN = { municipality: { type: 'string' } } as const;
const EXIT_NOT_THERE = 2;
const STATE_TEXT: Readonly<Record<RequestState, string>> = {
  made: '届いた made',
  printed: '票が出た printed',
  received: '受け付けた received',
  ready: '用意できた ready',
  'handed-over': '渡した handed over',
  withdrawn: '取り下げ withdrawn',
};

/** @throws BackendUnusable when there is no such request, or its code is not genuine */
async function named(given: Given, database: Parameters<typeof findRequest>[0]): Promise<RequestRecord> {
  const { municipalityId } = await townInBooks(database, namedTown(given));
  const found = await findRequest(database, municipalityId, given.word('request'));
  if (found.kind === 'found') return found.request;
  throw new BackendUnusable(
    'configuration',
    found.kind === 'code-not-genuine'
      ? 'この QRコードは、この町の窓口機が作ったものではありません。紙を持ってきた方に事情を聞いてください。 No kiosk of this town made this code.'
      : 'その番号の票は届いていません。窓口機がつながっていないと、まだ届きません。 No request of this number has arrived; a kiosk that is offline sends it later.',
  );
}

export const listRequestsCommand: Command = {
  name: 'requests list',
  usage: '  requests list [--all]                    what residents asked for and is not over yet; with --all also what is',
  options: { ...OF_TOWN, all: { type: 'boolean' } },
  async run(given) {
    given.noWords();
    const requests = await withDatabase(given.place, async (database) => openRequests(database, (await townInBooks(database, namedTown(given))).municipalityId, given.flag('all')));
    for (const { number, procedureId, madeAt, state, sealed } of requests) {
      print([number, procedureId, madeAt, STATE_TEXT[state], ...(sealed === null ? ['内容なし no content'] : [])].join('\t'));
    }
    remark(requests.length === 0 ? '待っている申請はありません。 Nothing waits.' : 'Open one with: npm run backend -- requests open NUMBER');
    return 0;
  },
};

export const openRequestCommand: Command = {
  name: 'requests open',
  usage: '  requests open NUMBER|CODE                read one, by the number or the QR code on its slip, with the office’s key',
  options: OF_TOWN,
  async run(given) {
    const request = await withDatabase(given.place, (database) => named(given, database));
    const opened = await openOfficeRequest(request, readOfficeKey(given.place.dataDir));
    if (opened.kind !== 'opened') {
      const why = {
        'not-arrived': '内容はまだ届いていません。窓口機がつながると届きます。紙の票で受け付けられます。 Its content has not arrived yet; the slip says it all.',
        erased: '終わったものなので、内容は消してあります。 It is over, and its content was erased.',
        'other-key': '役場の鍵（office-key.json）が、封をしたときのものと違います。 It was sealed to another key than this office has.',
      } as const;
      remark(`${request.number}: ${why[opened.kind]}`);
      return EXIT_NOT_THERE;
    }
    const { content } = opened;
    print(`${content.number}\t${content.procedureId} (${content.version})\t${eraDateText(dateInTokyo(content.madeAt))}\t${STATE_TEXT[request.state]}`);
    for (const { label, value } of content.lines) print(`${label}\t${value ?? '（手書き by hand）'}`);
    return 0;
  },
};

export const markRequestCommand: Command = {
  name: 'requests mark',
  usage: `  requests mark NUMBER|CODE --as ${STAFF_STATES.join('|')} --staff ID
                                           say how far a request is`,
  options: { ...OF_TOWN, as: { type: 'string' }, staff: { type: 'string' } },
  async run(given) {
    const word = given.required('as');
    const to = STAFF_STATES.find((state) => state === word);
    if (!to) throw new UsageError(`--as must be one of ${STAFF_STATES.join(', ')}, not "${word}".`);
    const staff = StaffId.safeParse(given.required('staff')).data;
    if (!staff) throw new UsageError('A staff number has small letters, digits and hyphens.');
    return withDatabase(given.place, async (database) => {
      const { municipalityId } = await townInBooks(database, namedTown(given));
      const { requestId, number } = await named(given, database);
      const outcome = await markRequest(database, municipalityId, requestId, to, staff, systemClock.now());
      if (outcome?.marked) {
        print(`${number}: ${STATE_TEXT[to]}`);
        return 0;
      }
      remark(`${number}: もう「${STATE_TEXT[outcome?.before ?? to]}」です。何も変えていません。 It is there already; nothing was changed.`);
      return EXIT_NOT_THERE;
    });
  },
};

export const eraseRequestsCommand: Command = {
  name: 'requests erase',
  usage: '  requests erase --older-than DAYS         take what people asked for out of the books where it has been over for so long',
  options: { ...OF_TOWN, 'older-than': { type: 'string' } },
  async run(given) {
    given.noWords();
    const days = Number(given.required('older-than'));
    if (!Number.isSafeInteger(days) || days < 0 || days > 3_650) throw new UsageError('--older-than is a number of days, 0 to 3650.');
    const erased = await withDatabase(given.place, async (database) => eraseOldRequests(database, (await townInBooks(database, namedTown(given))).municipalityId, days, systemClock.now()));
    print(`${erased} 件の内容を消しました。どの手続きがいつ終わったかは残ります。 The content of ${erased} requests is erased; that they were, and when, stays.`);
    return 0;
  },
};
