/**
 * `npm run cards -- …`: issues, re-keys, inspects and retires the town's DESFire cards at the town office, and makes the file of keys. Works
 * through the real card reader. Never run on a kiosk: it holds the town's master keys.
 *
 * Exit codes: 0 done, 1 the card was not brought to what was asked, 64 the words were not understood, 66 the file of keys cannot be
 * used, 69 no card or no reader.
 */
import path from 'node:path';
import { BackendUnusable } from '../backend/unusable.ts';
import { issueCard, rekeyCard, retireCard } from '../hardware/card/desfire/issue-card.ts';
import { createPcscCardReader } from '../hardware/reader/pcsc-card-reader.ts';
import { EXIT, tellInspection, tellIssue, tellKeyFile, tellNoCard, tellRetire, type Told } from './cards/card-answers.ts';
import { HELP, readCardWords, type CardTask, type CardWords } from './cards/card-words.ts';
import { inspectCard } from './cards/inspection.ts';
import { addKeyVersion, issuerKeys, newKeyFile, readKeyFile } from './cards/key-file.ts';
import { laidDownCard, letGo, type LaidDown } from './cards/laid-down-card.ts';
import { fromWhereTyped, placesIn } from './start/places.ts';

/** A person at a desk finds a card within this time. */
const PATIENCE_MS = 60_000;

const told = await run(readCardWords(process.argv.slice(2)));
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
        return await onCard(words.task, words.keys === undefined ? defaultKeyFile() : fromWhereTyped(words.keys), words.reader);
    }
  } catch (error) {
    if (!(error instanceof BackendUnusable)) throw error;
    return { exit: EXIT.keys, text: `鍵のファイルが使えません (the file of keys cannot be used): ${error.message}` };
  }
}

function defaultKeyFile(): string {
  return path.join(placesIn(path.resolve(import.meta.dirname, '../var')).backendData, 'card-keys.json');
}

async function onCard(task: CardTask, keyFile: string, readerName: string | undefined): Promise<Told> {
  const masters = readKeyFile(keyFile);
  const newest = masters.versions[0]!;
  const reader = createPcscCardReader({ allow: (name) => readerName === undefined || name.startsWith(readerName) });
  try {
    const laid = await laidDownCard(reader, issuerKeys(masters), PATIENCE_MS, () => console.error('カードをリーダーに置いてください… (lay the card on the reader)'));
    const outcome = laid.kind === 'card' ? await doTask(task, laid, newest, masters.master(newest)!) : tellNoCard(laid);
    await letGo(reader, laid);
    return outcome;
  } finally {
    await reader.close();
  }
}

async function doTask(task: CardTask, { card, presence }: LaidDown & { kind: 'card' }, version: number, masterKey: Uint8Array): Promise<Told> {
  switch (task.kind) {
    case 'issue':
      return tellIssue(await issueCard(card, version), 'issue', version);
    case 'rekey':
      return tellIssue(await rekeyCard(card, version), 'rekey', version);
    case 'inspect':
      return tellInspection(await inspectCard(card, presence, masterKey));
    case 'retire':
      return tellRetire(await retireCard(card, task.giveUpValue));
  }
}
