/**
 * `npm run cards -- …`: makes the town's cards at the town office, tells the town's books of them, re-keys, inspects and retires them, and
 * makes the file of keys. Works through the real card reader. Never run on a kiosk: it holds the town's master keys.
 *
 * Exit codes: 0 done, 1 the card was not brought to what was asked, 64 the words were not understood, 66 the file of keys cannot be
 * used, 69 no card or no reader, 73 the paper card's file cannot be written, 75 the town's books cannot be written: run it again.
 */
import path from 'node:path';
import { knowsAccount, townInBooks, type TownInBooks } from '../backend/cards/register-card.ts';
import type { CardMasterKeys } from '../backend/cards/master-keys.ts';
import type { BackendDatabase } from '../backend/database/backend-database.ts';
import { withDatabase } from '../backend/database/open-database.ts';
import { BackendUnusable } from '../backend/unusable.ts';
import { MunicipalityId, type AccountId } from '../contract/ids.ts';
import { retireCard } from '../hardware/card/desfire/issue-card.ts';
import { guardedReader } from '../hardware/card/guarded-reader.ts';
import { createPcscCardReader } from '../hardware/reader/pcsc-card-reader.ts';
import { EXIT, tellInspection, tellKeyFile, tellNoCard, tellRetire, type Told } from './cards/card-answers.ts';
import { HELP, readCardWords, type BooksPlace, type CardTask, type CardWords } from './cards/card-words.ts';
import { inspectCard } from './cards/inspection.ts';
import { issueAndRegister, issuedCard, linkCard, registered, rekeyAndRecord, type CardOnReader } from './cards/issuing-work.ts';
import { addKeyVersion, newKeyFile, readKeyFile } from './cards/key-file.ts';
import { identifierOf, laidDownCard, letGo } from './cards/laid-down-card.ts';
import { paperCardIn } from './cards/paper-card.ts';
import { bothTold, tellBooksUnusable, tellPaper, tellRegistration } from './cards/registration-answers.ts';
import { fromWhereTyped, placesIn } from './start/places.ts';

/** A person at a desk finds a card within this time. */
const PATIENCE_MS = 60_000;
const BACKEND_DATA = placesIn(path.resolve(import.meta.dirname, '../var')).backendData;

const told = await run(readCardWords(process.argv.slice(2), process.env));
if (told.exit === EXIT.done) console.log(told.text);
else console.error(told.text);
process.exitCode = told.exit;

async function run(words: CardWords): Promise<Told> {
  try {
    switch (words.kind) {
      case 'help':
        return { exit: EXIT.done, text: HELP };
      case 'not-understood':
        return { exit: EXIT.usage, text: `${words.why}\n\n${HELP}` };
      case 'keys-new': {
        const file = fromWhereTyped(words.file);
        return tellKeyFile(newKeyFile(file, words.municipality), file);
      }
      case 'keys-add': {
        const file = fromWhereTyped(words.file);
        return tellKeyFile(addKeyVersion(file), file);
      }
      case 'card':
        return await onCard(words.task, readKeyFile(words.keys === undefined ? path.join(BACKEND_DATA, 'card-keys.json') : fromWhereTyped(words.keys)), words.reader);
      case 'link':
        return await inAccountsBooks(words, (database) =>
          atReader(words.reader, ({ reader, presence }) => linkCard({ reader: guardedReader(reader), presence }, database, words, (text) => console.error(text))),
        );
      case 'paper':
        return await inAccountsBooks(words, (database, town) => makePaperCard(fromWhereTyped(words.file), database, town, words.accountId));
    }
  } catch (error) {
    if (!(error instanceof BackendUnusable)) throw error;
    return { exit: EXIT.keys, text: `鍵のファイルが使えません (the file of keys cannot be used): ${error.message}` };
  }
}

async function onCard(task: CardTask, masters: CardMasterKeys, readerName: string | undefined): Promise<Told> {
  const municipality = () => MunicipalityId.parse(masters.municipality);
  switch (task.kind) {
    case 'issue': {
      const { register, felicaStyle } = task;
      if (!register) return atReader(readerName, (on) => issueAndRegister(on, { masters, felicaStyle }));
      const { accountId } = register;
      return inAccountsBooks({ ...register, municipality: municipality() }, (database) => atReader(readerName, (on) => issueAndRegister(on, { masters, felicaStyle, register: { database, accountId } })));
    }
    case 'rekey':
      return inBooks(task.books, municipality(), (database) => atReader(readerName, (on) => rekeyAndRecord(on, masters, database)));
    case 'inspect':
    case 'retire':
      return atReader(readerName, async (on) => {
        const asked = await identifierOf(on.reader, on.presence);
        if (asked.kind !== 'identifier') return tellNoCard(asked);
        const card = issuedCard(on, asked.identifier, masters);
        if (task.kind === 'retire') return tellRetire(await retireCard(card, task.giveUpValue));
        return tellInspection(await inspectCard(card, on.presence, masters.master(masters.versions[0]!)!));
      });
  }
}

/** Waits for one card and works with it alone. */
async function atReader(readerName: string | undefined, work: (on: CardOnReader) => Promise<Told>): Promise<Told> {
  const reader = createPcscCardReader({ allow: (name) => readerName === undefined || name.startsWith(readerName) });
  try {
    const laid = await laidDownCard(reader, PATIENCE_MS, () => console.error('カードをリーダーに置いてください… (lay the card on the reader)'));
    const outcome = laid.kind === 'card' ? await work({ reader, presence: laid.presence }) : tellNoCard(laid);
    await letGo(reader, laid);
    return outcome;
  } finally {
    await reader.close();
  }
}

/** Opens the town's books before any card is touched, so that it is known that they are there. */
async function inBooks(
  { data, databaseUrl }: BooksPlace,
  municipality: MunicipalityId | undefined,
  work: (database: BackendDatabase, town: TownInBooks) => Promise<Told>,
): Promise<Told> {
  const place = { dataDir: data === undefined ? BACKEND_DATA : fromWhereTyped(data), ...(databaseUrl === undefined ? {} : { databaseUrl }) };
  try {
    return await withDatabase(place, async (database) => work(database, await townInBooks(database, municipality)));
  } catch (error) {
    if (!(error instanceof BackendUnusable)) throw error;
    return tellBooksUnusable(error.message);
  }
}

/** The same for a card of an account: an account that was mistyped is told before a card is written on. */
function inAccountsBooks(
  { books, municipality, accountId }: { readonly books: BooksPlace; readonly municipality: MunicipalityId | undefined; readonly accountId: AccountId },
  work: (database: BackendDatabase, town: TownInBooks) => Promise<Told>,
): Promise<Told> {
  return inBooks(books, municipality, async (database, town) =>
    (await knowsAccount(database, town.municipalityId, accountId)) ? work(database, town) : tellRegistration({ kind: 'account-unknown' }, accountId),
  );
}

async function makePaperCard(file: string, database: BackendDatabase, { municipalityId, name }: TownInBooks, accountId: AccountId): Promise<Told> {
  const paper = await paperCardIn(file, name);
  if (paper.kind !== 'card') return tellPaper(paper, file);
  const { identifier } = paper;
  return bothTold(tellPaper({ kind: 'there' }, file), await registered(database, { municipalityId, identifier, accountId, profile: 'code', keyVersion: null }));
}
