/** The cards of the tier: real virtual cards with the town's keys, whose memory is on the disk before anybody hears their answer. */
import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { diversifiedKey } from '../../../contract/diversified-key.ts';
import { issueCard } from '../../../hardware/card/desfire/issue-card.ts';
import { issueFelicaLiteS } from '../../../hardware/card/felica-lite-s/issue-felica-lite-s.ts';
import type { CardBox } from '../../../hardware/simulator/card-box.ts';
import { DirectReader } from '../../../hardware/simulator/direct-reader.ts';
import { memoryOf, virtualCardOf, type VirtualCard, type VirtualCardDefinition } from '../../../hardware/simulator/virtual-card.ts';
import type { CardMasterKeys } from '../../../backend/cards/master-keys.ts';
import { issuerKeys } from '../../../scripts/cards/key-file.ts';

export const KEY_VERSION = 1;
export type KillCardModel = 'identifier' | 'desfire' | 'felica-lite-s';

const UID_START: Readonly<Record<KillCardModel, string>> = { identifier: '01010612c0ffee', desfire: '04d1e2f3a4b5', 'felica-lite-s': '01010612beef00' };
const random = (bytes: number): Uint8Array => Uint8Array.from(randomBytes(bytes));

/** A card as it comes from the town office. */
export async function issuedCard(model: KillCardModel, number: number, masters: CardMasterKeys): Promise<VirtualCardDefinition> {
  const definition = { name: `${model}-${number}`, model, uid: `${UID_START[model]}${number.toString(16).padStart(2, '0')}` };
  if (model === 'identifier') return definition;
  const card = virtualCardOf(definition);
  const uid = Uint8Array.from(Buffer.from(definition.uid, 'hex'));
  const reader = new DirectReader();
  const { generation } = reader.insert(card);
  const outcome =
    model === 'desfire'
      ? await issueCard({ reader, generation, uid, issuer: issuerKeys(masters), random }, KEY_VERSION)
      : await issueFelicaLiteS(reader, generationOf(reader), uid, { keysOf: async () => ({ kind: 'keys', keys: felicaKeys(masters, uid) }) }, { style: 'direct', random });
  reader.remove();
  if (outcome.kind !== 'done' && outcome.kind !== 'issued') throw new Error(`The card ${definition.name} could not be issued: ${outcome.kind}`);
  return { ...definition, memory: memoryOf(card) };
}

function generationOf(reader: DirectReader) {
  const presence = reader.presence();
  if (presence.kind !== 'present') throw new Error('No card lies on the reader');
  return presence;
}

const felicaKeys = (masters: CardMasterKeys, uid: Uint8Array) => {
  const master = masters.master(KEY_VERSION);
  if (!master) throw new Error(`There are no keys of version ${KEY_VERSION}`);
  return { profile: 'felica-lite-s', version: KEY_VERSION, card: diversifiedKey(master, 'felica-card', uid) } as const;
};

/** Puts cards into the file of a kiosk: all of them or none. */
export function writeCards(file: string, cards: readonly VirtualCardDefinition[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(cards));
  renameSync(`${file}.new`, file);
}

/** A card that remembers what was done to it before it answers: a process that is killed afterwards takes nothing back. */
export function durable(card: VirtualCard, box: CardBox): VirtualCard {
  return {
    name: card.name,
    atr: card.atr,
    alarms: card.alarms,
    powerOn: () => card.powerOn(),
    powerOff: () => card.powerOff(),
    reset: () => card.reset(),
    respond(command) {
      const answer = card.respond(command);
      box.keep();
      return answer;
    },
  };
}
