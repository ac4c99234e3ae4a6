/**
 * A process that runs on a small file system of its own: commits, fills the disk, goes on until the ledger gives up, makes room and
 * opens again. Says as one line of JSON what it saw. Argument: a directory on that file system.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { LedgerUnavailable } from '../ledger/ledger-unavailable.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/sqlite-ledger.ts';
import { idsOf, openOrThrow, prepareLoad, TOWN_DEVICE, townChanges, NO_EVIDENCE, NOW } from './ledger-town.ts';

const [directory = ''] = process.argv.slice(2);
const file = path.join(directory, 'ledger.db');
const filler = path.join(directory, 'filler');
const PEOPLE = 5_000;

let ledger = openOrThrow(file);
ledger.applyChanges(townChanges(PEOPLE), 1, NOW);
const ids = idsOf(1);
const acknowledged: string[] = [];
let person = 0;
commitUntil(ledger, () => acknowledged.length === 10);
fillDisk();
const first = troubleOf(() => commitUntil(ledger, () => false));
rmSync(filler);
const withRoomButNotReopened = troubleOf(() => ledger.nextNumber('slip'));
fillDisk();
ledger.close();
const whileFull = openLedger({ path: file, device: TOWN_DEVICE });
rmSync(filler);
ledger = openOrThrow(file);
const kept = new Set(ledger.entriesAfter(0, PEOPLE).map(({ body }) => (JSON.parse(body) as { fact: { movement: { operationId: string } } }).fact.movement.operationId));
const lost = acknowledged.filter((operation) => !kept.has(operation));
for (const { operationId } of ledger.openIntents()) ledger.abort(operationId);
commitUntil(ledger, () => acknowledged.length % 10 === 0);
ledger.close();
process.stdout.write(
  JSON.stringify({ first, withRoomButNotReopened, whileFull: whileFull.ok ? 'opened' : whileFull.trouble, acknowledged: acknowledged.length, lost, faults: auditLedger(file).faults }),
);

function commitUntil(open: Ledger, enough: () => boolean): void {
  do {
    person += 1;
    const operation = ids.operation();
    if (prepareLoad(open, person, operation) !== 'prepared') continue;
    open.commit(operation, ids.entry(), NO_EVIDENCE);
    acknowledged.push(operation);
  } while (!enough());
}

function fillDisk(): void {
  const descriptor = openSync(filler, 'w');
  try {
    for (let size = 1 << 20; size >= 1; size >>= 1) {
      try {
        for (;;) if (writeSync(descriptor, Buffer.alloc(size)) < size) break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

function troubleOf(task: () => unknown): string {
  try {
    task();
    return 'none';
  } catch (error) {
    if (error instanceof LedgerUnavailable) return error.trouble;
    throw error;
  }
}
