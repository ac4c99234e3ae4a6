/** What is said about a configuration that cannot be used: the key, what was found, what is allowed, an example. Japanese first. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What each key may hold. An array's element is named by the array's own key. */
const ALLOWED: Readonly<Record<string, { readonly japanese: string; readonly english: string; readonly example: unknown }>> = {
  dataDir: { japanese: 'データを置くディレクトリ', english: 'the directory for the kiosk’s data', example: 'data' },
  server: { japanese: 'port を持つもの', english: 'an object with port', example: { port: 8680 } },
  'server.port': { japanese: '0〜65535 の整数（0 は空いている番号）', english: 'an integer from 0 to 65535 (0: any free port)', example: 8680 },
  backend: { japanese: 'url を持つもの', english: 'an object with url', example: { url: 'https://kiosk.example.lg.jp' } },
  'backend.url': {
    japanese: 'https:// で始まる、道筋（/…）のない住所。同じ機械の中だけは http://127.0.0.1 も可',
    english: 'an https:// origin without a path; http:// only for this very machine (127.0.0.1, localhost)',
    example: 'https://kiosk.example.lg.jp',
  },
  reader: { japanese: 'allow と heartbeatMs を持てるもの', english: 'an object that may have allow and heartbeatMs', example: { allow: ['^(?!Virtual PCD)'] } },
  'reader.allow': { japanese: '使うリーダーの名前の正規表現、1 つ以上', english: 'one or more regular expressions of reader names', example: ['^(?!Virtual PCD)'] },
  'reader.heartbeatMs': { japanese: '100〜60000 の整数（ミリ秒）', english: 'an integer from 100 to 60000 (milliseconds)', example: 1000 },
  printer: { japanese: 'path を持つもの', english: 'an object with path', example: { path: '/dev/serial/by-path/…' } },
  'printer.path': { japanese: 'プリンターのシリアルポート', english: 'the printer’s serial line', example: '/dev/serial/by-path/platform-fd500000.pcie-usb-0:1.2:1.0-port0' },
  'printer.baudRate': { japanese: '9600、19200、38400、57600、115200 のどれか', english: 'one of 9600, 19200, 38400, 57600, 115200', example: 115200 },
  'printer.columns': { japanese: '24〜64 の整数（半角の桁数）', english: 'an integer from 24 to 64 (half-width characters in a line)', example: 48 },
  'printer.profile': { japanese: 'epson、generic-escpos、star-line のどれか（docs/printers.md）', english: 'one of epson, generic-escpos, star-line (docs/printers.md)', example: 'epson' },
  scanner: { japanese: 'path を持つもの（QRコードのカードを使わない町では、書かない）', english: 'an object with path; left out where there are no printed cards', example: { path: '/dev/serial/by-path/…' } },
  'scanner.path': { japanese: 'コードリーダーのシリアルポート', english: 'the code scanner’s serial line', example: '/dev/serial/by-path/platform-fd500000.pcie-usb-0:1.3:1.0' },
  'scanner.baudRate': { japanese: '9600、19200、38400、57600、115200 のどれか', english: 'one of 9600, 19200, 38400, 57600, 115200', example: 9_600 },
  display: { japanese: 'ppi を持つもの', english: 'an object with ppi', example: { ppi: 102.6, readerSide: 'below' } },
  'display.ppi': {
    japanese: '50〜400 の数（画面 1 インチの画素数。横の画素数 ÷ 横の長さ［インチ］）',
    english: 'a number from 50 to 400: pixels an inch of the glass (pixels across ÷ inches across)',
    example: 102.6,
  },
  'display.readerSide': { japanese: 'left、right、below のどれか', english: 'one of left, right, below', example: 'below' },
  'display.procedureSpot': { japanese: 'true か false（手続スポットの印を出すか）', english: 'true or false: whether the mark of a 手続スポット is shown', example: false },
  'display.scanSeconds': { japanese: '1〜10 の数（1つのスイッチで使うとき、ボタンを1つずつ順に選ぶ秒数。使わないなら書かない）', english: 'a number from 1 to 10: for a single switch, how many seconds the focus stays on each button; left out where there is none', example: 2 },
  simulated: { japanese: 'true か false', english: 'true or false', example: false },
};

/** A whole file that can be used, for whoever has none. */
export const CONFIGURATION_EXAMPLE = JSON.stringify(
  {
    dataDir: 'data',
    server: { port: 8680 },
    backend: { url: 'https://kiosk.example.lg.jp' },
    reader: { allow: ['^(?!Virtual PCD)'] },
    printer: { path: '/dev/serial/by-path/…', baudRate: 115200, columns: 48 },
    display: { ppi: 102.6, readerSide: 'below' },
    simulated: false,
  },
  null,
  2,
);

/** One line for each thing that is wrong, every one at once. */
export function explainIssues(file: string, content: unknown, issues: readonly Issue[]): string {
  const lines = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map((key) => unknownKey([...issue.path, key])) : [wrongValue(issue, content)]));
  return [`設定ファイル ${file} に直すところが ${lines.length} つあります。${lines.length} thing(s) to correct in the configuration file:`, ...lines].join('\n');
}

/** Where the text stops being JSON. */
export function explainSyntax(file: string, text: string): string {
  const at = offsetOfSyntaxError(text);
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  return `設定ファイル ${file} の ${line} 行 ${column} 文字目が JSON として読めません（コンマ、引用符、かっこを見てください）。\nThe configuration file is not JSON at line ${line}, column ${column}: look for a comma, a quote or a bracket there.`;
}

function wrongValue(issue: Issue, content: unknown): string {
  const keys = issue.path.map(String);
  const name = dotted(issue.path);
  const rule = ALLOWED[name] ?? ALLOWED[dotted(issue.path.slice(0, -1))];
  if (!rule) return `- この設定ファイルの中身は { … } で書いてください。The file must hold one JSON object: { … }`;
  const found = keys.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined), content);
  const example = JSON.stringify(rule.example);
  if (found === undefined) return `- ${name} がありません。書けるもの: ${rule.japanese}。例: ${example}\n  ${name} is missing: ${rule.english}. Example: ${example}`;
  const shown = shorten(JSON.stringify(found));
  return `- ${name} が ${shown} になっています。書けるもの: ${rule.japanese}。例: ${example}\n  ${name} is ${shown}; allowed: ${rule.english}. Example: ${example}`;
}

function unknownKey(keys: readonly PropertyKey[]): string {
  const name = dotted(keys);
  const near = nearestKey(name);
  const hint = near ? [`${near} のことですか。`, ` Did you mean ${near}?`] : ['', ''];
  return `- ${name} という項目はありません。${hint[0]}\n  ${name} is not known.${hint[1]}`;
}

/** `reader.allow.0` is spoken of as `reader.allow`. */
function dotted(keys: readonly PropertyKey[]): string {
  return keys.filter((key) => typeof key === 'string').join('.');
}

/** The known key with the fewest changed letters, if it is near enough to have been meant. */
function nearestKey(name: string): string | undefined {
  const last = (key: string): string => key.slice(key.lastIndexOf('.') + 1);
  const ranked = Object.keys(ALLOWED)
    .map((key) => ({ key, distance: Math.min(editDistance(name.toLowerCase(), key.toLowerCase()), editDistance(last(name).toLowerCase(), last(key).toLowerCase())) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(1, Math.floor(last(name).length / 3)) ? best.key : undefined;
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/**
 * V8 names the position in most of its messages, but not in "Unexpected token"; there the shortest beginning that already fails in
 * this way ends with the token. Every other failure is the end of the text.
 */
function offsetOfSyntaxError(text: string): number {
  const named = /at position (\d+)/.exec(syntaxErrorOf(text))?.[1];
  if (named !== undefined) return Number(named);
  for (let length = 1; length <= text.length; length += 1) {
    if (syntaxErrorOf(text.slice(0, length)).startsWith('Unexpected token')) return length - 1;
  }
  return text.length;
}

function syntaxErrorOf(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return (error as SyntaxError).message;
  }
}
