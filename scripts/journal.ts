/**
 * `npm run journal -- verify FILE` looks a kiosk's ledger over, or a journal that was exported from one.
 * `npm run journal -- export FILE [--after SEQ]` writes the journal as one JSON entry a line, for keeping elsewhere.
 * The kiosk must not be running, or FILE must be a copy: a ledger is held by one program alone. Nothing is ever written to FILE.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { auditLedger, readJournal } from '../agent/ledger/ledger-audit.ts';
import { checkChain } from '../contract/journal-hash.ts';
import { JournalBody, JournalEntry } from '../contract/journal.ts';

const EXIT_FAULT = 1;
const EXIT_USAGE = 64;
const EXIT_UNREADABLE = 66;

const { values, positionals } = parseArgs({ options: { after: { type: 'string', default: '0' } }, allowPositionals: true });
const [command, file] = positionals;
const after = Number(values.after);

if (file === undefined || positionals.length !== 2 || !Number.isSafeInteger(after) || after < 0) {
  process.exitCode = usage();
} else {
  try {
    process.exitCode = run(command, file);
  } catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
    process.stderr.write(
      busy
        ? `${file} は動いている窓口が使っています。窓口を止めるか、写しを調べてください。\nA running kiosk holds ${file}. Stop it, or look at a copy.\n`
        : `${file} が読めません。 Cannot be read: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = EXIT_UNREADABLE;
  }
}

function run(name: string | undefined, path: string): number {
  switch (name) {
    case 'verify':
      return isSqlite(path) ? verifyLedger(path) : verifyExport(path);
    case 'export':
      for (const entry of readJournal(path, after)) process.stdout.write(`${JSON.stringify(entry)}\n`);
      return 0;
    default:
      return usage();
  }
}

function usage(): number {
  process.stderr.write('つかいかた · use:\n  npm run journal -- verify FILE\n  npm run journal -- export FILE [--after SEQ]\n');
  return EXIT_USAGE;
}

function verifyLedger(path: string): number {
  const { device, entries, headHash, acknowledgedSeq, movements, faults } = auditLedger(path);
  process.stdout.write(`${device}: ${entries} entries (${acknowledgedSeq} acknowledged), ${movements} movements, head ${headHash}\n`);
  return report(faults);
}

/** An export is checked as a chain of its own, from wherever it begins. */
function verifyExport(path: string): number {
  const entries = readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JournalEntry.parse(JSON.parse(line)));
  const [first] = entries;
  if (!first) return report(['The file holds no entries']);
  const { device } = JournalBody.parse(JSON.parse(first.body));
  const checked = checkChain(device, entries, first.seq - 1, first.prevHash);
  process.stdout.write(`${device}: entries ${first.seq} to ${entries.at(-1)?.seq ?? 0}, head ${entries.at(-1)?.hash ?? ''}\n`);
  return report(checked.ok ? [] : [`Journal entry ${checked.fault.seq} does not verify (${checked.fault.why})`]);
}

function report(faults: readonly string[]): number {
  if (faults.length === 0) {
    process.stdout.write('正しいです。 Everything verifies.\n');
    return 0;
  }
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return EXIT_FAULT;
}

function isSqlite(path: string): boolean {
  const magic = Buffer.alloc(16);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, magic, 0, 16, 0);
  } finally {
    closeSync(descriptor);
  }
  return magic.toString('latin1') === 'SQLite format 3\0';
}
