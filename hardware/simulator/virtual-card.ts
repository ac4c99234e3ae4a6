/**
 * Virtual cards: what lies on the virtual reader. Each model answers as a real card behind a contactless PC/SC reader would, and raises
 * an alarm when it is asked for something the kiosk must never ask. Must never hold anything of a real card or person.
 */
import { z } from 'zod';
import { DesfireMemory } from './desfire/memory.ts';
import type { CardIdentity } from './my-number/card-identity.ts';
import { DesfireCard } from './virtual-card-desfire.ts';
import { FelicaLiteSCard } from './virtual-card-felica-lite-s.ts';
import { IdentifierCard } from './virtual-card-identifier.ts';
import { MyNumberCard } from './virtual-card-my-number.ts';
import { PaymentCard } from './virtual-card-payment.ts';

export interface VirtualCard {
  readonly name: string;
  /** Answer to reset, as the reader makes it up for a contactless card (PC/SC part 3). */
  readonly atr: Uint8Array;
  powerOn(): void;
  /** Everything the card remembers of the session is lost. */
  powerOff(): void;
  reset(): void;
  /** @returns response data and status word */
  respond(command: Uint8Array): Uint8Array;
  /** What was done to the card that must never be done to it; empty when all is well. */
  readonly alarms: readonly string[];
}

export const VIRTUAL_CARD_MODELS = ['identifier', 'iso-identifier', 'payment', 'my-number', 'felica-lite-s', 'desfire'] as const;
export type VirtualCardModel = (typeof VIRTUAL_CARD_MODELS)[number];

/** What is on a card that can be written, as it stands in a file: of a DESFire card its files, of a FeliCa card its blocks in hexadecimal. */
export const CardMemory = z.union([DesfireMemory, z.string().regex(/^([0-9a-f]{2})+$/)]);
export type CardMemory = z.infer<typeof CardMemory>;

/** @returns undefined for a card on which nothing can be written */
export function memoryOf(card: VirtualCard): CardMemory | undefined {
  if (card instanceof DesfireCard) return card.exportMemory();
  if (card instanceof FelicaLiteSCard) return Buffer.from(card.exportMemory()).toString('hex');
  return undefined;
}

/** An entry of the demo cards file. */
export interface VirtualCardDefinition {
  readonly name: string;
  readonly model: VirtualCardModel;
  /** Identifier in hexadecimal: 4, 7, 8 or 10 bytes. */
  readonly uid: string;
  /** In hexadecimal; the model's own when left out. */
  readonly atr?: string | undefined;
  /** What is on a card that can be written; as it comes from the factory when left out. */
  readonly memory?: CardMemory | undefined;
  readonly about?: string | undefined;
}

/**
 * @param identity the certificates of a My Number card; without them it is one that none were issued for
 * @throws Error naming the card when its definition is not possible
 */
export function virtualCardOf(definition: VirtualCardDefinition, identity?: CardIdentity): VirtualCard {
  const uid = bytesOf(definition.uid, `uid of card "${definition.name}"`);
  const atr = definition.atr === undefined ? undefined : bytesOf(definition.atr, `atr of card "${definition.name}"`);
  switch (definition.model) {
    case 'identifier':
      return new IdentifierCard(definition.name, uid, 'storage', atr);
    case 'iso-identifier':
      return new IdentifierCard(definition.name, uid, 'iso', atr);
    case 'payment':
      return new PaymentCard(definition.name, uid, atr);
    case 'my-number':
      return new MyNumberCard(definition.name, { atr, identity });
    case 'felica-lite-s':
      return felicaCard(definition, uid, atr);
    case 'desfire':
      if (typeof definition.memory === 'string') throw new Error(`The memory of card "${definition.name}" is not that of a DESFire card`);
      return new DesfireCard({ name: definition.name, uid, atr, memory: definition.memory });
  }
}

function felicaCard({ name, memory }: VirtualCardDefinition, idm: Uint8Array, atr: Uint8Array | undefined): FelicaLiteSCard {
  const card = new FelicaLiteSCard(name, idm, { atr });
  if (memory === undefined) return card;
  if (typeof memory !== 'string') throw new Error(`The memory of card "${name}" is not that of a FeliCa card`);
  card.importMemory(bytesOf(memory, `memory of card "${name}"`));
  return card;
}

function bytesOf(hex: string, what: string): Uint8Array {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) throw new Error(`The ${what} is not hexadecimal: "${hex}"`);
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
