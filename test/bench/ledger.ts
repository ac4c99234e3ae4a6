/** How many transactions a second the agent's ledger makes durable, beside a bare loop that writes the same rows. */
import path from 'node:path';
import { idsOf, openOrThrow, prepareLoad, loadOf, cardOf, temporaryLedger, townChanges, NO_EVIDENCE, NOW } from '../../agent/test-support/ledger-town.ts';
import { bareDatabase, inserter } from './bare-sqlite.ts';
import type { Row } from './rows.ts';

const TRANSACTIONS_OF_LOAD = 2;

export function ledgerRow(seconds: number): Row {
  const place = temporaryLedger();
  try {
    const people = seconds * 3_000;
    const ledger = openOrThrow(place.file);
    ledger.applyChanges(townChanges(people), 1, NOW);
    const ids = idsOf(1);
    const own = during(seconds, people, (number) => {
      const operation = ids.operation();
      if (prepareLoad(ledger, number, operation) !== 'prepared') throw new Error('A load was refused');
      ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    });
    const bodies = ledger.entriesAfter(0, 1);
    ledger.close();
    const floor = bareLoop(path.join(place.directory, 'bare.db'), seconds, bodies[0]?.body ?? '');
    return {
      name: 'ledger_tx_per_s',
      value: own * TRANSACTIONS_OF_LOAD,
      unit: '1/s',
      floor: floor * TRANSACTIONS_OF_LOAD,
      note: `durable transactions: a load is two (intent; movement, lot, posting and journal entry), ${own.toFixed(0)} loads/s; floor: bare better-sqlite3, same rows, synchronous=FULL, same disk, no rule checked`,
    };
  } finally {
    place.remove();
  }
}

/** @returns how many a second */
function during(seconds: number, most: number, work: (number: number) => void): number {
  const begun = performance.now();
  let done = 0;
  while (done < most && performance.now() - begun < seconds * 1_000) {
    work(done);
    done += 1;
  }
  return (done * 1_000) / (performance.now() - begun);
}

function bareLoop(file: string, seconds: number, body: string): number {
  const database = bareDatabase(file, { intent: 6, movement: 6, lot: 6, posting: 4, journal: 5 });
  const intent = inserter(database, 'intent', 6);
  const movement = inserter(database, 'movement', 6);
  const lot = inserter(database, 'lot', 6);
  const posting = inserter(database, 'posting', 4);
  const journal = inserter(database, 'journal', 5);
  const settle = database.prepare("update intent set c3 = 'committed' where rowid = ?");
  const ids = idsOf(2);
  const hash = '0'.repeat(64);
  const prepare = database.transaction((operation: string, text: string, number: number) => intent(operation, cardOf(number), `e-${number}`, 'prepared', NOW, text));
  const commit = database.transaction((operation: string, number: number) => {
    settle.run(number + 1);
    movement(operation, 'load', `a-${number}`, 'kurashi-2026', `e-${number}`, NOW);
    lot(`a-${number}`, `lot-${operation}`, 'kurashi-2026', 'free', '2026-11-21', '2027-02-28');
    posting(operation, 'issued/kurashi-2026', `pocket/a-${number}/lot-${operation}`, 5_000);
    journal(number + 1, operation, hash, hash, body);
  });
  try {
    return during(seconds, Number.MAX_SAFE_INTEGER, (number) => {
      const operation = ids.operation();
      prepare.immediate(operation, JSON.stringify(loadOf(number, operation)), number);
      commit.immediate(operation, number);
    });
  } finally {
    database.close();
  }
}
