/** What must hold after the kills: in the books, in every kiosk's ledger, and in the memory of every card. */
import SqliteFile from 'better-sqlite3';
import { readJournal, auditLedger } from '../../../agent/ledger/ledger-audit.ts';
import { readBooks } from '../../../backend/ledger/books.ts';
import { lotsHeld, type HeldLot } from '../../../backend/ledger/stored-value.ts';
import { inTransaction } from '../../../backend/database/backend-database.ts';
import { diversifiedKey } from '../../../contract/diversified-key.ts';
import { MunicipalityId, type AccountId } from '../../../contract/ids.ts';
import { JournalBody } from '../../../contract/journal.ts';
import { recogniseCard } from '../../../hardware/card/recognise-card.ts';
import { CardBox } from '../../../hardware/simulator/card-box.ts';
import { DirectReader } from '../../../hardware/simulator/direct-reader.ts';
import { systemRandomness } from '../../../agent/system-ports.ts';
import { KEY_VERSION } from './kill-cards.ts';
import type { KillKiosk, KillTown } from './kill-town.ts';

export interface KillFigures {
  /** Made at the kiosks of the tier. */
  readonly movements: number;
  readonly entries: number;
  /** Movements of which a kiosk did not know at first whether they had happened. */
  readonly unknown: number;
}

/** Nothing may be running any more but the database. @returns one sentence for everything that does not hold */
export async function judge(town: KillTown): Promise<{ readonly faults: readonly string[]; readonly figures: KillFigures }> {
  const faults: string[] = [];
  const { database } = town;
  const books = await readBooks(database);
  faults.push(...books.faults.map((fault) => `The books: ${fault}`));
  const anomalies = await database.kysely.selectFrom('anomaly').select(['what', 'detail']).execute();
  faults.push(...anomalies.map(({ what, detail }) => `An anomaly although nobody did anything wrong: ${what}: ${detail}`));
  const open = await database.kysely.selectFrom('unknown_movement').select('operation_id').where('state', '=', 'open').execute();
  if (open.length > 0) faults.push(`${open.length} movements are still undecided although every card was looked at`);
  const movements = await database.kysely.selectFrom('movement').select(['operation_id', 'device_id']).execute();
  const posted = new Set(movements.map((row) => row.operation_id));
  let unknown = 0;
  for (const kiosk of town.kiosks) unknown += judgeKiosk(kiosk, posted, faults);
  await judgeCards(town, faults);
  return { faults, figures: { movements: movements.filter(({ device_id }) => device_id !== null).length, entries: books.journalEntries, unknown } };
}

/** @returns how many movements were unknown to it for a while */
function judgeKiosk(kiosk: KillKiosk, posted: ReadonlySet<string>, faults: string[]): number {
  const file = `${kiosk.dataDir}/ledger.db`;
  const audit = auditLedger(file);
  faults.push(...audit.faults.map((fault) => `${kiosk.name}: ${fault}`));
  if (audit.acknowledgedSeq !== audit.entries) faults.push(`${kiosk.name}: ${audit.entries - audit.acknowledgedSeq} entries were never acknowledged`);
  const facts = readJournal(file).map((entry) => JournalBody.parse(JSON.parse(entry.body)).fact);
  const moved = facts.flatMap((fact) => (fact.type === 'value-moved' || fact.type === 'cash-moved' ? [fact.movement.operationId] : []));
  if (new Set(moved).size !== moved.length) faults.push(`${kiosk.name} journalled an operation twice`);
  for (const operation of moved) if (!posted.has(operation)) faults.push(`${kiosk.name}: the movement ${operation} is not in the books`);
  const ledger = new SqliteFile(file, { readonly: true });
  try {
    const left = ledger.prepare<[], string>("SELECT operation_id FROM intent WHERE state IN ('prepared', 'unknown')").pluck().all();
    faults.push(...left.map((operation) => `${kiosk.name}: the intent ${operation} is still open`));
    const own = new Set(ledger.prepare<[], string>('SELECT operation_id FROM movement').pluck().all());
    for (const operation of posted) if (!own.has(operation)) faults.push(`${kiosk.name} has not heard of the movement ${operation}`);
    for (const operation of own) if (!posted.has(operation)) faults.push(`${kiosk.name} has the movement ${operation}, which the town has not`);
  } finally {
    ledger.close();
  }
  return facts.filter(({ type }) => type === 'movement-unknown').length;
}

/** What is on a card is what its account holds. */
async function judgeCards(town: KillTown, faults: string[]): Promise<void> {
  const municipality = await town.database.kysely.selectFrom('municipality').select('municipality_id').executeTakeFirstOrThrow();
  const lots = await inTransaction(town.database, (work) => lotsHeld(work, MunicipalityId.parse(municipality.municipality_id), town.cards.map(({ accountId }) => accountId)));
  const schemes = await town.database.kysely.selectFrom('scheme').select('scheme_id').execute();
  const accountOf = new Map(town.cards.map(({ definition, accountId }) => [definition.name, accountId]));
  for (const kiosk of town.kiosks) {
    const box = new CardBox(kiosk.cardsFile);
    for (const definition of box.cards) {
      if (definition.model !== 'desfire') continue;
      const accountId = accountOf.get(definition.name);
      if (!accountId) throw new Error(`Nobody owns the card ${definition.name}`);
      const reader = new DirectReader();
      const presence = reader.insert(box.take(definition));
      const recognised = await recogniseCard(reader, presence, {
        cardKeys: { keysOf: async (_profile, identifier) => ({ kind: 'keys', keys: { profile: 'desfire', version: KEY_VERSION, spend: keyOf(town, 'spend', identifier), load: keyOf(town, 'load', identifier) } }) },
        pocketNames: () => schemes.map(({ scheme_id }) => scheme_id),
        profileOf: () => 'desfire',
        felicaReaders: [],
        random: (bytes) => systemRandomness.bytes(bytes),
      });
      const read = recognised.kind === 'stored-value' ? await recognised.card.read() : undefined;
      if (read?.kind !== 'read') {
        faults.push(`The card ${definition.name} cannot be read`);
        continue;
      }
      for (const { scheme_id } of schemes) {
        const [onCard, inBooks] = [read.pockets.get(scheme_id) ?? 0, held(lots, accountId, scheme_id)];
        if (onCard !== inBooks) faults.push(`The card ${definition.name} holds ${onCard} of ${scheme_id}, its account ${inBooks}`);
      }
    }
  }
}

const held = (lots: readonly HeldLot[], account: AccountId, scheme: string): number =>
  lots.reduce((sum, { lot, amount }) => sum + (lot.accountId === account && lot.schemeId === scheme ? amount : 0), 0);

function keyOf(town: KillTown, use: 'spend' | 'load', identifier: Uint8Array): Uint8Array {
  const master = town.masters.master(KEY_VERSION);
  if (!master) throw new Error('The town has lost its keys');
  return diversifiedKey(master, use, identifier);
}
