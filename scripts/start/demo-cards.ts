/**
 * The cards of the demo town as things to lay on the simulated reader: a file of their own under the data directory, because cards are
 * written on. Those that prove themselves are issued here with the demo town's own keys, by the same steps as at a town office.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import { MunicipalityId } from '../../contract/ids.ts';
import { issueCard } from '../../hardware/card/desfire/issue-card.ts';
import { issueFelicaLiteS } from '../../hardware/card/felica-lite-s/issue-felica-lite-s.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { memoryOf, virtualCardOf, type VirtualCard, type VirtualCardDefinition } from '../../hardware/simulator/virtual-card.ts';
import type { CardMasterKeys } from '../../backend/cards/master-keys.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { makeDemoMyNumber } from './demo-my-number.ts';
import { issuerKeys, newKeyFile, readKeyFile } from '../cards/key-file.ts';

/** The version of the town's keys with which the seed says that the cards are issued. */
const KEY_VERSION = 1;
const SEEDED_CARDS = new URL('../../backend/seed/demo-cards.json', import.meta.url);

/** An entry of the file: a card with a chip, or a paper one, which is left as it is. */
type SeededCard = Omit<VirtualCardDefinition, 'model'> & { readonly model: VirtualCardDefinition['model'] | 'code' };

const random = (bytes: number): Uint8Array => Uint8Array.from(randomBytes(bytes));

/**
 * Makes the file of cards if it is not there, the certificates of its My Number cards, and the town's card keys in the backend's data directory if they are not. Cards that exist
 * stay as they are; a card that the demo has got since is added.
 * @throws Error when a virtual card cannot be issued
 */
export async function makeDemoCards(places: { readonly cards: string; readonly backendData: string }): Promise<void> {
  const keyFile = path.join(places.backendData, 'card-keys.json');
  if (!existsSync(keyFile)) {
    const made = newKeyFile(keyFile, MunicipalityId.parse(TOMAMAE.id));
    if (made.kind !== 'written') throw new Error(`The demo town's card keys could not be made in ${keyFile}: ${made.kind}`);
  }
  const there = existsSync(places.cards) ? (JSON.parse(readFileSync(places.cards, 'utf8')) as SeededCard[]) : [];
  const seeded = JSON.parse(readFileSync(SEEDED_CARDS, 'utf8')) as SeededCard[];
  makeDemoMyNumber(places, seeded.filter(({ model }) => model === 'my-number').map(({ name }) => name));
  const missing = seeded.filter(({ name }) => !there.some((card) => card.name === name));
  if (missing.length === 0) return;
  const masters = readKeyFile(keyFile);
  const added: SeededCard[] = [];
  for (const card of missing) added.push(await issued(card, masters));
  const draft = `${places.cards}.new`;
  writeFileSync(draft, `${JSON.stringify([...there, ...added], null, 1)}\n`, { mode: 0o600 });
  renameSync(draft, places.cards);
}

async function issued(seeded: SeededCard, masters: CardMasterKeys): Promise<SeededCard> {
  const { model } = seeded;
  if (model !== 'desfire' && model !== 'felica-lite-s') return seeded;
  const card = virtualCardOf({ ...seeded, model });
  const uid = Uint8Array.from(Buffer.from(seeded.uid, 'hex'));
  const outcome = model === 'desfire' ? await issueDesfire(card, uid, masters) : await issueFelica(card, uid, masters);
  if (outcome !== 'done' && outcome !== 'issued') throw new Error(`The demo card "${seeded.name}" could not be issued: ${outcome}`);
  return { ...seeded, memory: memoryOf(card) };
}

async function issueDesfire(card: VirtualCard, uid: Uint8Array, masters: CardMasterKeys): Promise<string> {
  const reader = new DirectReader();
  const { generation } = reader.insert(card);
  const { kind } = await issueCard({ reader, generation, uid, issuer: issuerKeys(masters), random }, KEY_VERSION);
  reader.remove();
  return kind;
}

async function issueFelica(card: VirtualCard, idm: Uint8Array, masters: CardMasterKeys): Promise<string> {
  const master = masters.master(KEY_VERSION);
  if (!master) throw new Error(`The demo town's card keys have no version ${KEY_VERSION}`);
  const keys = { profile: 'felica-lite-s', version: KEY_VERSION, card: diversifiedKey(master, 'felica-card', idm) } as const;
  const reader = new DirectReader();
  const { kind } = await issueFelicaLiteS(reader, reader.insert(card), idm, { keysOf: async () => ({ kind: 'keys', keys }) }, { style: 'direct', random });
  reader.remove();
  return kind;
}
