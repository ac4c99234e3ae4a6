/** Follows every device's chain from its first entry, checks its seals, and compares what it says was moved with the books. */
import { isDeepStrictEqual } from 'node:util';
import { DeviceId } from '../../../contract/ids.ts';
import { checkChain } from '../../../contract/journal-hash.ts';
import { GENESIS_HASH, type JournalBody } from '../../../contract/journal.ts';
import type { Movement } from '../../../contract/value.ts';
import type { BackendDatabase } from '../../database/backend-database.ts';
import { sealFaults } from '../journal-seals.ts';
import type { Faults } from './faults.ts';
import { ROWS_AT_ONCE } from './movement-pages.ts';

interface Device {
  readonly municipality_id: string;
  readonly device_id: string;
  readonly label: string;
}

/** @param step waits between pages @returns how many entries there are */
export async function checkJournals(database: BackendDatabase, faults: Faults, step: () => Promise<void>): Promise<number> {
  const { kysely } = database;
  const devices = await kysely.selectFrom('device').select(['municipality_id', 'device_id', 'label', 'public_key']).execute();
  let entries = 0;
  for (const device of devices) {
    entries += await checkJournal(database, device, faults, step);
    for (const sentence of await sealFaults(database, device)) faults.add(sentence);
  }
  return entries;
}

async function checkJournal(database: BackendDatabase, device: Device, faults: Faults, step: () => Promise<void>): Promise<number> {
  let entries = 0;
  let head = { seq: 0, hash: GENESIS_HASH };
  for (;;) {
    const rows = await database.kysely
      .selectFrom('journal_entry')
      .select(['seq', 'prev_hash as prevHash', 'hash', 'body'])
      .where('municipality_id', '=', device.municipality_id)
      .where('device_id', '=', device.device_id)
      .where('seq', '>', head.seq)
      .orderBy('seq')
      .limit(ROWS_AT_ONCE)
      .execute();
    if (rows.length === 0) return entries;
    entries += rows.length;
    const chain = checkChain(DeviceId.parse(device.device_id), rows, head.seq, head.hash);
    if (!chain.ok) {
      faults.add(`The journal of ${device.label} does not verify at entry ${chain.fault.seq} (${chain.fault.why}).`);
      return entries;
    }
    await compareWithBooks(database, device, chain.bodies, faults);
    head = chain;
    await step();
  }
}

interface Said {
  readonly seq: number;
  readonly movement: Movement;
}

const movedBy = ({ seq, fact }: JournalBody): Said[] => (fact.type === 'value-moved' || fact.type === 'cash-moved' ? [{ seq, movement: fact.movement }] : []);

/** What a journal says was moved is in the books, posting by posting, or staff have been told why it is not. */
async function compareWithBooks({ kysely }: BackendDatabase, { municipality_id, device_id, label }: Device, bodies: readonly JournalBody[], faults: Faults): Promise<void> {
  const said = bodies.flatMap(movedBy);
  if (said.length === 0) return;
  const posted = await postedMovements(kysely, said.map(({ movement }) => movement.operationId));
  const open = said.filter(({ movement }) => !isDeepStrictEqual(posted.get(movement.operationId), linesOf(movement)));
  if (open.length === 0) return;
  const known = await kysely
    .selectFrom('anomaly')
    .select('seq')
    .where('municipality_id', '=', municipality_id)
    .where('device_id', '=', device_id)
    .where('seq', 'in', open.map(({ seq }) => seq))
    .execute();
  const told = new Set(known.map(({ seq }) => seq));
  for (const { seq, movement } of open) {
    if (told.has(seq)) continue;
    if (posted.has(movement.operationId)) faults.add(`Entry ${seq} of ${label} says another movement ${movement.operationId} than the books have.`);
    else faults.add(`The movement in entry ${seq} of ${label} was neither posted nor kept for staff.`);
  }
}

const line = ({ debit, credit, amount }: { readonly debit: string; readonly credit: string; readonly amount: number }): string => `${debit} ${credit} ${amount}`;
export const linesOf = (movement: Movement): string[] => movement.postings.map(line);

/** @returns the postings of each of these operations that is in the books, as `linesOf` writes them */
export async function postedMovements(kysely: BackendDatabase['kysely'], operations: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await kysely.selectFrom('posting').select(['operation_id', 'debit', 'credit', 'amount']).where('operation_id', 'in', operations).orderBy('operation_id').orderBy('number').execute();
  const posted = new Map<string, string[]>();
  for (const row of rows) posted.set(row.operation_id, [...(posted.get(row.operation_id) ?? []), line(row)]);
  return posted;
}
