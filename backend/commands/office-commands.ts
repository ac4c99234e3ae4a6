/** The short commands for staff. Each opens the database, does one thing, prints it and closes. */
import { SiteId } from '../../contract/ids.ts';
import { epochOfMoment } from '../../contract/time.ts';
import { readCardReport } from '../cards/card-report.ts';
import type { Command, Place } from '../command-line.ts';
import { createBackend } from '../create-backend.ts';
import { migrate, SCHEMA_VERSION } from '../database/migrate.ts';
import { openDatabase, withDatabase } from '../database/open-database.ts';
import { openSqlite } from '../database/open-sqlite.ts';
import { inviteDevice } from '../devices/enrolment.ts';
import { listDevices } from '../devices/known-devices.ts';
import { readBooks, type BookAccount } from '../ledger/books.ts';
import { silentLog } from '../log.ts';
import { officeKeyIn } from '../people/office-key.ts';
import { systemClock, systemRandomness } from '../ports.ts';
import { seedDemo } from '../seed/demo.ts';
import { BackendUnusable } from '../unusable.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
/** What a person may want to know, but no program reads. */
const remark = (line: string): void => void process.stderr.write(`${line}\n`);

export async function printDemoTown(place: Place): Promise<void> {
  const officePublicKey = officeKeyIn(place.dataDir).x;
  const seeded = await withDatabase(place, (database) => seedDemo({ database, clock: systemClock, randomness: systemRandomness, officePublicKey }));
  switch (seeded.kind) {
    case 'already-there':
      return print('The demo town is there already; nothing was changed.');
    case 'seeded': {
      const { residents, households, cards, movements, entitlements } = seeded.figures;
      return print(`The demo town is ready: ${residents} residents in ${households} households, ${cards} cards, ${movements} opening balances, ${entitlements} entitlements.`);
    }
  }
}

export async function printInvitation({ site, label, ...place }: Extract<Command, { name: 'invite' }>): Promise<void> {
  const siteId = SiteId.safeParse(site).data;
  if (!siteId) throw new BackendUnusable('configuration', `"${site}" cannot be a site: its name has small letters, digits and hyphens.`);
  const code = await withDatabase(place, (database) => inviteDevice(database, { siteId, label, nowMs: systemClock.now() }, systemRandomness));
  remark('Type this on the kiosk within an hour: npm run agent -- enrol CODE');
  print(code);
}

export async function printDevices(place: Place): Promise<void> {
  const devices = await withDatabase(place, listDevices);
  if (devices.length === 0) remark('No kiosk is enrolled yet. Make a code with: npm run backend -- invite --site SITE --label LABEL');
  for (const { deviceId, siteId, label, state, lastSeenAt, publicKey } of devices) print([deviceId, siteId, label, state, lastSeenAt ?? 'never seen', publicKey].join('\t'));
}

/** @returns whether everything balances */
export async function printBooks({ all, ...place }: Extract<Command, { name: 'books' }>): Promise<boolean> {
  const books = await withDatabase(place, readBooks);
  const line = (name: string, side: Pick<BookAccount, 'debit' | 'credit'>) => print(`${name}\tdebit ${side.debit}\tcredit ${side.credit}`);
  const pockets = books.accounts.filter(({ account }) => account.startsWith('pocket/'));
  for (const account of books.accounts) {
    if (all || !account.account.startsWith('pocket/')) line(account.account, account);
  }
  if (!all) line(`pocket/… (${pockets.length})`, { debit: total(pockets, 'debit'), credit: total(pockets, 'credit') });
  line('total', { debit: total(books.accounts, 'debit'), credit: total(books.accounts, 'credit') });
  print(`${books.movements} movements, ${books.journalEntries} journal entries, ${books.openAnomalies} open anomalies`);
  for (const fault of books.faults) print(`FAULT: ${fault}`);
  print(books.faults.length === 0 ? 'The books balance.' : 'The books do NOT balance. Stop loading value and tell the maintainers.');
  return books.faults.length === 0;
}

export async function printCards(place: Place): Promise<void> {
  const { stopped, anomalies, gaps, openMovements, rekeyDue } = await withDatabase(place, readCardReport);
  for (const { cardRef, accountId } of stopped) print(['stopped', cardRef, accountId].join('\t'));
  for (const { what, deviceId, seq, noticedAt, detail } of anomalies) print([what, deviceId, seq === 0 ? '-' : `entry ${seq}`, noticedAt, detail].join('\t'));
  for (const { cardRef, first, last } of gaps) print(['counter-gap', cardRef, first === last ? first : `${first}-${last}`].join('\t'));
  for (const { cardRef, deviceId, keyVersion } of rekeyDue) print(['rekey-due', cardRef, deviceId, `version ${keyVersion}`].join('\t'));
  for (const { operationId, deviceId, cardRef, amount, noticedAt } of openMovements) {
    const hours = Math.floor((systemClock.now() - epochOfMoment(noticedAt)) / HOUR_MS);
    print(['open-movement', operationId, deviceId, cardRef, amount, `${hours} h`].join('\t'));
  }
  remark(`${stopped.length} stopped cards, ${anomalies.length} open anomalies of cards, ${gaps.length} gaps in counters, ${rekeyDue.length} cards that need new keys, ${openMovements.length} movements of unknown outcome.`);
}

const HOUR_MS = 3_600_000;

const total = (accounts: readonly BookAccount[], side: 'debit' | 'credit') => accounts.reduce((sum, account) => sum + account[side], 0);

export async function printMigration({ to = SCHEMA_VERSION, ...place }: Extract<Command, { name: 'migrate' }>): Promise<void> {
  if (to > SCHEMA_VERSION) throw new BackendUnusable('configuration', `This program knows schema versions up to ${SCHEMA_VERSION}.`);
  const database = await openDatabase(place);
  try {
    const migrated = await migrate(database, to);
    print(migrated.from === migrated.to ? `The schema is at version ${migrated.to} already.` : `The schema went from version ${migrated.from} to ${migrated.to}.`);
  } finally {
    await database.close();
  }
}

export async function printOpenApi(): Promise<void> {
  const backend = await createBackend({ database: openSqlite(':memory:'), clock: systemClock, randomness: systemRandomness, log: silentLog });
  const document = backend.app.swagger();
  await backend.close();
  print(JSON.stringify(document, null, 2));
}
