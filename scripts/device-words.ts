/** The words of `npm run device`: from what was typed to a request, from an answer to what is shown. Pure; knows no socket. */
import { parseArgs } from 'node:util';
import type { ControlInput } from '../hardware/simulator/control.ts';

export const HELP = `使い方 (usage): npm run device -- …

  card insert 名前 [--slot 0|1]       カードを置く (put a card on the reader)
  card remove [--slot 0|1]            カードを取る (take it away)
  card list                           カードの一覧 (the cards there are)
  code scan 名前|文字                 コードをかざす (show a paper card, or any other text as a code)
  scanner fault 名前 [--repeatedly]   コードリーダーの故障
  scanner clear                       故障をなおす
  scanner unplug | replug             ケーブルを抜く・差す
  printer fault 名前 [--repeatedly]   プリンターの故障 (a fault: next time, or until cleared)
  printer clear                       故障をなおす (put right)
  printer status                      ようすを見る (what it is doing)
  printer unplug | replug             ケーブルを抜く・差す (the cable)
  printer kind 名前                   別の種類のプリンターにする (another kind: epson, generic-escpos, star-line)
  reader fault 名前 [--repeatedly]    リーダーの故障
  reader clear                        故障をなおす
  network cut | restore               通信を切る・戻す (the network to the backend)
  status                              ぜんぶのようす (everything)

  --data DIR, --socket PATH           var/ でないとき (when it is not var/)`;

export type DeviceWords =
  | { readonly kind: 'help' }
  | { readonly kind: 'not-understood'; readonly why: string }
  | { readonly kind: 'request'; readonly request: ControlInput; readonly data?: string | undefined; readonly socket?: string | undefined };

export function readDeviceWords(typed: readonly string[]): DeviceWords {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: {
        slot: { type: 'string', default: '0' },
        repeatedly: { type: 'boolean', default: false },
        data: { type: 'string' },
        socket: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'not-understood', why: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  const [device = '', verb = '', name, ...more] = positionals;
  if (values.help || device === 'help' || device === '') return { kind: 'help' };
  if (values.slot !== '0' && values.slot !== '1') return { kind: 'not-understood', why: `--slot は 0 か 1 です (0 or 1): ${values.slot}` };
  if (more.length > 0) return { kind: 'not-understood', why: `余分なことば (too many words): ${more.join(' ')}` };

  const slot = values.slot === '1' ? (1 as const) : (0 as const);
  const { repeatedly } = values;
  const request = requestOf(`${device} ${verb}`.trim(), name, slot, repeatedly);
  if (typeof request === 'string') return { kind: 'not-understood', why: request };
  return { kind: 'request', request, data: values.data, socket: values.socket };
}

function requestOf(words: string, name: string | undefined, slot: 0 | 1, repeatedly: boolean): ControlInput | string {
  const takesName = ['card insert', 'code scan', 'scanner fault', 'printer fault', 'printer kind', 'reader fault'].includes(words);
  if (takesName && name === undefined) return `名前が要ります (a name is needed): ${words} 名前`;
  if (!takesName && name !== undefined) return `余分なことば (one word too many): ${name}`;
  switch (words) {
    case 'card insert':
      return { do: 'card-insert', card: name ?? '', slot };
    case 'card remove':
      return { do: 'card-remove', slot };
    case 'card list':
      return { do: 'card-list' };
    case 'code scan':
      return { do: 'code-scan', code: name ?? '' };
    case 'scanner fault':
      return { do: 'scanner-fault', fault: name ?? '', repeatedly };
    case 'scanner clear':
      return { do: 'scanner-clear' };
    case 'scanner unplug':
      return { do: 'scanner-unplug' };
    case 'scanner replug':
      return { do: 'scanner-replug' };
    case 'printer fault':
      return { do: 'printer-fault', fault: name ?? '', repeatedly };
    case 'printer clear':
      return { do: 'printer-clear' };
    case 'printer status':
      return { do: 'printer-status' };
    case 'printer kind':
      return { do: 'printer-kind', kind: name ?? '' };
    case 'printer unplug':
      return { do: 'printer-unplug' };
    case 'printer replug':
      return { do: 'printer-replug' };
    case 'reader fault':
      return { do: 'reader-fault', fault: name ?? '', repeatedly };
    case 'reader clear':
      return { do: 'reader-clear' };
    case 'network cut':
      return { do: 'network-cut' };
    case 'network restore':
      return { do: 'network-restore' };
    case 'status':
      return { do: 'status' };
    default:
      return `「${words}」は分かりません (not understood)`;
  }
}

/** Facts as lines `name: value`; a list of cards as a table. */
export function describeAnswer(request: ControlInput, result: unknown): string {
  if (request.do === 'card-list' && Array.isArray(result)) {
    const cards = result as ReadonlyArray<{ readonly name: string; readonly about: string }>;
    const width = Math.max(...cards.map((card) => card.name.length));
    return cards.map((card) => `${card.name.padEnd(width)}  ${card.about}`).join('\n');
  }
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) return describeFacts(result, '').join('\n');
  return 'OK';
}

function describeFacts(facts: object, indent: string): string[] {
  return Object.entries(facts).flatMap(([name, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [`${indent}${name}: ${value.length === 0 ? '-' : value.map(describeFact).join(', ')}`];
    if (typeof value === 'object' && value !== null) return [`${indent}${name}:`, ...describeFacts(value, `${indent}  `)];
    return [`${indent}${name}: ${describeFact(value)}`];
  });
}

function describeFact(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
