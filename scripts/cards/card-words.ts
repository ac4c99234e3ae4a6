/** The words of `npm run cards`: from what was typed to what is to be done. Pure. */
import { parseArgs } from 'node:util';
import { MunicipalityId } from '../../contract/ids.ts';

export const HELP = `使い方 (usage): npm run cards -- …

  keys new FILE --town TOWN           町のカードの鍵を新しくつくる (make a town's card keys; TOWN as in the backend)
  keys add FILE                       つぎの版の鍵を足す (add the next version, for re-keying)
  issue                               白いカードを町のカードにする (make an empty card a town card)
  rekey                               町のカードの鍵を最新の版にする (give a town card the newest keys)
  inspect                             カードに何があるかを見る。鍵は出しません (show what is on it, never a key)
  retire [--give-up-value]            町のカードをやめる。残高があれば --give-up-value が要ります
                                      (end a town card; needs --give-up-value while value is on it)

  --keys FILE      鍵のファイル (the file of keys; default: var/backend/card-keys.json)
  --reader NAME    使うリーダーの名前のはじめ (beginning of the reader's name; default: any)

カードはリーダーに置いて、終わるまで動かさないでください。途中で離れても、もう一度同じコマンドを実行すれば続きから終わります。
Leave the card on the reader until it is done. If it was lifted, run the same command again.`;

export type CardTask =
  | { readonly kind: 'issue' | 'rekey' | 'inspect' }
  /** @see retireCard */
  | { readonly kind: 'retire'; readonly giveUpValue: boolean };

export type CardWords =
  | { readonly kind: 'help' }
  | { readonly kind: 'not-understood'; readonly why: string }
  | { readonly kind: 'keys-new'; readonly file: string; readonly municipality: MunicipalityId }
  | { readonly kind: 'keys-add'; readonly file: string }
  | { readonly kind: 'card'; readonly task: CardTask; readonly keys: string | undefined; readonly reader: string | undefined };

const misunderstood = (why: string): CardWords => ({ kind: 'not-understood', why });

export function readCardWords(typed: readonly string[]): CardWords {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: {
        keys: { type: 'string' },
        reader: { type: 'string' },
        town: { type: 'string' },
        'give-up-value': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return misunderstood(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [word, ...more] = positionals;
  if (values.help || word === undefined || word === 'help') return { kind: 'help' };
  if (word === 'keys') return readKeysWords(more, values.town);
  if (more.length > 0) return misunderstood(`余分なことば (too many words): ${more.join(' ')}`);
  const giveUpValue = values['give-up-value'];
  if (giveUpValue && word !== 'retire') return misunderstood('--give-up-value は retire だけです (only with retire)');
  switch (word) {
    case 'issue':
    case 'rekey':
    case 'inspect':
      return { kind: 'card', task: { kind: word }, keys: values.keys, reader: values.reader };
    case 'retire':
      return { kind: 'card', task: { kind: word, giveUpValue }, keys: values.keys, reader: values.reader };
    default:
      return misunderstood(`分からないことば (not understood): ${word}`);
  }
}

function readKeysWords([verb, file, ...more]: readonly string[], town: string | undefined): CardWords {
  if (file === undefined || more.length > 0) return misunderstood('keys new FILE --town TOWN / keys add FILE');
  switch (verb) {
    case 'new': {
      const municipality = MunicipalityId.safeParse(town);
      return municipality.success ? { kind: 'keys-new', file, municipality: municipality.data } : misunderstood('--town には町の名前が要ります。英小文字・数字・ハイフンです (the town, in small letters, digits and hyphens)');
    }
    case 'add':
      return town === undefined ? { kind: 'keys-add', file } : misunderstood('--town は keys new だけです (only with keys new)');
    default:
      return misunderstood(`分からないことば (not understood): keys ${verb}`);
  }
}
