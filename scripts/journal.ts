/**
 * `npm run journal -- verify FILE [--key PUBLIC_KEY]` looks a kiosk's ledger over, or a journal that was exported from one. It needs no
 * other part of the system: only the file, and the device's public key if it shall say who wrote it.
 * `npm run journal -- export FILE [--format json|csv|hledger] [--after SEQ] [--out FILE]` writes the journal for keeping, for a spreadsheet,
 * or for an accounting program. docs/journal.md says more.
 * The kiosk must not be running, or FILE must be a copy: a ledger is held by one program alone. Nothing is ever written to FILE.
 */
import { parseArgs } from 'node:util';
import { BOOKS_FORMATS, type BooksFormatName } from '../contract/export/books-format.ts';
import { exportJournal } from './journal/export-journal.ts';
import { NotWritten, withOutput } from './journal/output.ts';
import { verifyJournal } from './journal/verify-journal.ts';

const EXIT_FAULT = 1;
const EXIT_USAGE = 64;
const EXIT_UNREADABLE = 66;
const EXIT_NOT_WRITTEN = 73;

/** The exit code to end with, and what to say before. */
class Refusal extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

const USAGE = `つかいかた · use:
  npm run journal -- verify FILE [--key PUBLIC_KEY]
  npm run journal -- export FILE [--format json|csv|hledger] [--after SEQ] [--out FILE]
`;

try {
  process.exitCode = run();
} catch (error) {
  const { exitCode, message } = error instanceof Refusal ? error : new Refusal(EXIT_UNREADABLE, `読めません。 Cannot be read: ${error instanceof Error ? error.message : String(error)}\n`);
  process.stderr.write(message);
  process.exitCode = exitCode;
}

function run(): number {
  const { command, file, after, format, key, out } = readCommandLine();
  try {
    if (command === 'verify') return verify(file, key);
    withOutput(out, (write) => exportJournal(file, { format, after }, write));
    return 0;
  } catch (error) {
    if (error instanceof NotWritten) throw new Refusal(EXIT_NOT_WRITTEN, `書けません。別の場所か名前を選んでください。 Cannot be written, choose another place or name: ${error.message}\n`);
    const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
    if (!busy) throw error;
    throw new Refusal(
      EXIT_UNREADABLE,
      `${file} は動いている窓口が使っています。窓口を止めるか、写しを調べてください。\nA running kiosk holds ${file}. Stop it, or look at a copy.\n`,
    );
  }
}

function verify(file: string, key: string | undefined): number {
  const { findings, faults } = verifyJournal(file, key);
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  if (faults.length === 0) process.stdout.write('正しいです。 Everything verifies.\n');
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return faults.length === 0 ? 0 : EXIT_FAULT;
}

interface CommandLine {
  readonly command: 'verify' | 'export';
  readonly file: string;
  readonly after: number;
  readonly format: BooksFormatName;
  readonly key: string | undefined;
  readonly out: string | undefined;
}

function readCommandLine(): CommandLine {
  const refused = (why: string) => new Refusal(EXIT_USAGE, `${why}${USAGE}`);
  const { values, positionals } = parse(refused);
  const [command, file, ...more] = positionals;
  if ((command !== 'verify' && command !== 'export') || file === undefined || more.length > 0) throw refused('');
  const after = Number(values.after ?? 0);
  if (!Number.isSafeInteger(after) || after < 0) throw refused(`--after: 記録の番号を (a sequence number), not "${values.after ?? ''}"\n`);
  const format = BOOKS_FORMATS.find((name) => name === (values.format ?? 'json'));
  if (format === undefined) throw refused(`--format: ${BOOKS_FORMATS.join(' | ')}, not "${values.format ?? ''}"\n`);
  if (values.key !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(values.key)) throw refused('--key: 機器の公開鍵 43 文字を (the 43 characters of the device’s public key)\n');
  const foreign = command === 'verify' ? (['after', 'format', 'out'] as const) : (['key'] as const);
  for (const option of foreign) if (values[option] !== undefined) throw refused(`${command}: --${option} はありません (has no --${option})\n`);
  return { command, file, after, format, key: values.key, out: values.out };
}

/** One key in 64 begins with a dash, and would be taken for an option. */
function withKeyJoined(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (words[index - 1] === '--key') return [];
    const key = words[index + 1];
    return word === '--key' && key !== undefined ? [`--key=${key}`] : [word];
  });
}

function parse(refused: (why: string) => Refusal) {
  try {
    return parseArgs({ args: withKeyJoined(process.argv.slice(2)), options: { after: { type: 'string' }, format: { type: 'string' }, key: { type: 'string' }, out: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw refused(`${error instanceof Error ? error.message : String(error)}\n`);
  }
}
