/** The words of `npm run cards`: from what was typed to what is to be done. Pure. */
import { parseArgs } from 'node:util';
import { AccountId, MunicipalityId } from '../../contract/ids.ts';
import { FELICA_READER_STYLES, type FelicaReaderStyle } from '../../hardware/card/felica-lite-s/felica-channel.ts';

export const HELP = `使い方 (usage): npm run cards -- …

  keys new FILE --town TOWN           町のカードの鍵を新しくつくる (make a town's card keys; TOWN as in the backend)
  keys add FILE                       つぎの版の鍵を足す (add the next version, for re-keying)
  issue --account A                   白いカードを町のカードにして、口座 A のカードとして台帳に登録する
                                      (make an empty card a town card and register it to account A)
  issue                               カードの用意だけをする (only prepare the card; nobody's yet)
  link --account A                    だれでも写せるカードを口座 A に登録する (register a card that proves nothing)
  paper --account A --out FILE.svg    QRコードの紙のカードをつくって登録する (make a paper card with a QR code and register it)
  rekey                               町のカードの鍵を最新の版にする (give a town card the newest keys)
  inspect                             カードに何があるかを見る。鍵は出しません (show what is on it, never a key)
  retire [--give-up-value]            町のカードをやめる。残高があれば --give-up-value が要ります
                                      (end a town card; needs --give-up-value while value is on it)

  --keys FILE          鍵のファイル (the file of keys; default: var/backend/card-keys.json)
  --reader NAME        使うリーダーの名前のはじめ (beginning of the reader's name; default: any)
  --data DIR           町の台帳のある場所 (where the town's books are; default: var/backend)
  --database-url URL   PostgreSQL のときの台帳 (the books on PostgreSQL; or KAZASU_DATABASE_URL)
  --town TOWN          link・paper: 台帳に町がいくつもあるとき (where the books hold several towns)
  --felica-style STYLE FeliCa の話し方を知らないリーダーのとき (how to speak FeliCa through a reader that is not known):
                       ${FELICA_READER_STYLES.join(', ')}

カードはリーダーに置いて、終わるまで動かさないでください。途中で止まっても、もう一度同じコマンドを実行すれば続きから終わります。
Leave the card on the reader until it is done. Whatever interrupted it, run the same command again.`;

/** Where the town's books are; undefined: in the usual place. */
export interface BooksPlace {
  readonly data: string | undefined;
  readonly databaseUrl: string | undefined;
}

export type CardTask =
  | { readonly kind: 'inspect' }
  | { readonly kind: 'rekey'; readonly books: BooksPlace }
  /** @see retireCard */
  | { readonly kind: 'retire'; readonly giveUpValue: boolean }
  | { readonly kind: 'issue'; readonly felicaStyle: FelicaReaderStyle | undefined; readonly register: { readonly accountId: AccountId; readonly books: BooksPlace } | undefined };

/** What a card without keys is registered with. */
export interface ToRegister {
  readonly accountId: AccountId;
  readonly municipality: MunicipalityId | undefined;
  readonly books: BooksPlace;
}

export type CardWords =
  | { readonly kind: 'help' }
  | { readonly kind: 'not-understood'; readonly why: string }
  | { readonly kind: 'keys-new'; readonly file: string; readonly municipality: MunicipalityId }
  | { readonly kind: 'keys-add'; readonly file: string }
  | { readonly kind: 'card'; readonly task: CardTask; readonly keys: string | undefined; readonly reader: string | undefined }
  | ({ readonly kind: 'link'; readonly reader: string | undefined } & ToRegister)
  | ({ readonly kind: 'paper'; readonly file: string } & ToRegister);

const OPTIONS = {
  keys: { type: 'string' },
  reader: { type: 'string' },
  town: { type: 'string' },
  account: { type: 'string' },
  out: { type: 'string' },
  data: { type: 'string' },
  'database-url': { type: 'string' },
  'felica-style': { type: 'string' },
  'give-up-value': { type: 'boolean' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Option = keyof typeof OPTIONS;

/** Which options go with which word. One that means nothing there is a mistake, and is told. */
const GOES_WITH = {
  keys: ['town'],
  issue: ['keys', 'reader', 'account', 'data', 'database-url', 'felica-style'],
  link: ['reader', 'account', 'data', 'database-url', 'town'],
  paper: ['account', 'out', 'data', 'database-url', 'town'],
  rekey: ['keys', 'reader', 'data', 'database-url'],
  inspect: ['keys', 'reader'],
  retire: ['keys', 'reader', 'give-up-value'],
} as const satisfies Record<string, readonly Option[]>;

const misunderstood = (why: string): CardWords => ({ kind: 'not-understood', why });

/** @param environment the process's variables: the database may be named there, where the list of processes does not show it */
export function readCardWords(typed: readonly string[], environment: Readonly<Record<string, string | undefined>>): CardWords {
  let parsed;
  try {
    parsed = parseArgs({ args: [...typed], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    return misunderstood(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [word, ...more] = positionals;
  if (values.help || word === undefined || word === 'help') return { kind: 'help' };
  if (!isWord(word)) return misunderstood(`分からないことば (not understood): ${word}`);
  const goesWith: readonly string[] = GOES_WITH[word];
  const stray = Object.keys(values).find((option) => option !== 'help' && !goesWith.includes(option));
  if (stray !== undefined) return misunderstood(`--${stray} は ${word} では使いません (does not go with ${word})`);
  if (word === 'keys') return readKeysWords(more, values.town);
  if (more.length > 0) return misunderstood(`余分なことば (too many words): ${more.join(' ')}`);

  const account = AccountId.safeParse(values.account);
  if (values.account !== undefined && !account.success) return misunderstood('--account は英小文字・数字・ハイフンです (an account has small letters, digits and hyphens)');
  const town = MunicipalityId.safeParse(values.town);
  if (values.town !== undefined && !town.success) return misunderstood(TOWN_WANTED);
  const books: BooksPlace = { data: values.data, databaseUrl: values['database-url'] ?? (environment['KAZASU_DATABASE_URL'] || undefined) };
  const { keys, reader } = values;
  switch (word) {
    case 'inspect':
      return { kind: 'card', task: { kind: word }, keys, reader };
    case 'rekey':
      return { kind: 'card', task: { kind: word, books }, keys, reader };
    case 'retire':
      return { kind: 'card', task: { kind: word, giveUpValue: values['give-up-value'] ?? false }, keys, reader };
    case 'issue': {
      const felicaStyle = FELICA_READER_STYLES.find((style) => style === values['felica-style']);
      if (felicaStyle !== values['felica-style']) return misunderstood(`--felica-style: ${FELICA_READER_STYLES.join(', ')}`);
      return { kind: 'card', task: { kind: word, felicaStyle, register: account.success ? { accountId: account.data, books } : undefined }, keys, reader };
    }
    case 'link':
      return account.success ? { kind: word, reader, accountId: account.data, municipality: town.data, books } : misunderstood('link --account ACCOUNT');
    case 'paper':
      return account.success && values.out !== undefined
        ? { kind: word, file: values.out, accountId: account.data, municipality: town.data, books }
        : misunderstood('paper --account ACCOUNT --out FILE.svg');
  }
}

const TOWN_WANTED = '--town には町の名前が要ります。英小文字・数字・ハイフンです (the town, in small letters, digits and hyphens)';

function isWord(word: string): word is keyof typeof GOES_WITH {
  return Object.hasOwn(GOES_WITH, word);
}

function readKeysWords([verb, file, ...more]: readonly string[], town: string | undefined): CardWords {
  if (file === undefined || more.length > 0) return misunderstood('keys new FILE --town TOWN / keys add FILE');
  switch (verb) {
    case 'new': {
      const municipality = MunicipalityId.safeParse(town);
      return municipality.success ? { kind: 'keys-new', file, municipality: municipality.data } : misunderstood(TOWN_WANTED);
    }
    case 'add':
      return town === undefined ? { kind: 'keys-add', file } : misunderstood('--town は keys new だけです (only with keys new)');
    default:
      return misunderstood(`分からないことば (not understood): keys ${verb}`);
  }
}
