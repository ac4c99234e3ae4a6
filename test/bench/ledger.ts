/** How many transactions a second the agent's ledger makes durable, beside a bare loop that writes the same rows. */
import path from 'node:path';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { POSTINGS_PER_MOVEMENT } from '../../agent/ledger/posting-ids.ts';
import { cardOf, idsOf, loadOf, NO_EVIDENCE, NOW, openOrThrow, prepareLoad, temporaryLedger, townChanges } from '../../agent/test-support/ledger-town.ts';
import { bareDatabase, inserter } from './bare-sqlite.ts';
import { median, type Row } from './rows.ts';

const TRANSACTIONS_OF_LOAD = 2;
/** Own and bare turn by turn, a quarter of a second each, so that both meet the same disk and the same neighbours. */
const ROUNDS_A_SECOND = 4;
const LOADS_A_SECOND_AT_MOST = 4_000;

export function ledgerRow(seconds: number): Row {
  const place = temporaryLedger();
  const people = seconds * LOADS_A_SECOND_AT_MOST;
  try {
    const first = openOrThrow(place.file);
    first.applyChanges(townChanges(people), 1, NOW);
    loadOnce(first, people - 1, idsOf(3));
    const [sample] = first.entriesAfter(0, 1);
    if (!sample) throw new Error('A load writes a journal entry');
    first.close();
    const bare = bareLoads(path.join(place.directory, 'bare.db'), place.file, sample.body);
    const ledger = openOrThrow(place.file);
    const ids = idsOf(1);
    const own: number[] = [];
    const floors: number[] = [];
    const ratios: number[] = [];
    for (let round = 0, person = 0; round < seconds * ROUNDS_A_SECOND; round += 1) {
      const mine = during(1 / ROUNDS_A_SECOND, people - 1 - person, (number) => loadOnce(ledger, person + number, ids));
      person += mine.done;
      const theirs = during(1 / ROUNDS_A_SECOND, Number.MAX_SAFE_INTEGER, bare.load);
      own.push(mine.perSecond);
      floors.push(theirs.perSecond);
      ratios.push(mine.perSecond / theirs.perSecond);
    }
    ledger.close();
    bare.close();
    const floor = median(floors) * TRANSACTIONS_OF_LOAD;
    return {
      name: 'ledger_tx_per_s',
      value: floor * median(ratios),
      unit: '1/s',
      floor,
      note: `durable transactions: a load is two (intent; movement, lot, posting and journal entry), ${median(own).toFixed(0)} loads/s; floor: bare better-sqlite3, the same rows into the same tables with their keys and indices, synchronous=FULL, same disk, no rule checked; median of ${own.length} rounds taken in turns`,
    };
  } finally {
    place.remove();
  }
}

function loadOnce(ledger: Ledger, number: number, ids: ReturnType<typeof idsOf>): void {
  const operation = ids.operation();
  if (prepareLoad(ledger, number, operation) !== 'prepared') throw new Error('A load was refused');
  ledger.commit(operation, ids.entry(), NO_EVIDENCE);
}

function during(seconds: number, most: number, work: (number: number) => void): { readonly done: number; readonly perSecond: number } {
  const begun = performance.now();
  let done = 0;
  while (done < most && performance.now() - begun < seconds * 1_000) {
    work(done);
    done += 1;
  }
  return { done, perSecond: (done * 1_000) / (performance.now() - begun) };
}

/** Loads as rows alone. @param body of a journal entry, as long as all others */
function bareLoads(file: string, like: string, body: string): { readonly load: () => void; readonly close: () => void } {
  const database = bareDatabase(file, like, ['intent', 'movement', 'lot', 'posting', 'journal']);
  const intent = inserter(database, 'intent', ['operation_id', 'card_ref', 'card_profile', 'counter_before', 'entitlement_id', 'state', 'prepared_at', 'movement']);
  const movement = inserter(database, 'movement', ['movement_number', 'operation_id', 'kind', 'account_id', 'scheme_id', 'entitlement_id', 'occurred_at']);
  const lot = inserter(database, 'lot', ['account_id', 'lot_id', 'scheme_id', 'kind', 'issued_on', 'last_day', 'movement_number', 'place']);
  const posting = inserter(database, 'posting', ['posting_id', 'debit', 'credit', 'amount']);
  const journal = inserter(database, 'journal', ['seq', 'entry_id', 'prev_hash', 'hash', 'body']);
  const settle = database.prepare("update intent set state = 'committed' where operation_id = ?");
  const ids = idsOf(2);
  const hash = '0'.repeat(64);
  const prepare = database.transaction((operation: string, text: string, number: number) => intent(operation, cardOf(number), 'plain-identifier', null, `e-${number}`, 'prepared', NOW, text));
  const commit = database.transaction((operation: string, entry: string, number: number) => {
    settle.run(operation);
    movement(number + 1, operation, 'load', `a-${number}`, 'kurashi-2026', `e-${number}`, NOW);
    lot(`a-${number}`, `lot-${operation}`, 'kurashi-2026', 'free', '2026-11-21', '2027-02-28', number + 1, 0);
    posting((number + 1) * POSTINGS_PER_MOVEMENT, 'issued/kurashi-2026', `pocket/a-${number}/lot-${operation}`, 5_000);
    journal(number + 1, entry, hash, hash, body);
  });
  let number = 0;
  return {
    load: () => {
      const operation = ids.operation();
      prepare.immediate(operation, JSON.stringify(loadOf(number, operation)), number);
      commit.immediate(operation, ids.entry().id, number);
      number += 1;
    },
    close: () => void database.close(),
  };
}
