/**
 * The cards of the small town as things: real virtual DESFire and FeliCa Lite-S cards with keys made of the town's master key, plain
 * cards, and strangers' cards. What is written on a card is part of the world: no crash, no restart and no lost network takes it back.
 */
import { createHash } from 'node:crypto';
import type { CardMasterKeys } from '../../backend/cards/master-keys.ts';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import type { CardKeySet } from '../../hardware/card/card-keys.ts';
import { desfireCard } from '../../hardware/card/desfire/desfire-card.ts';
import { felicaLiteSCard } from '../../hardware/card/felica-lite-s/felica-lite-s-card.ts';
import { selectDesfireApplication } from '../../hardware/card/desfire/card-session.ts';
import type { CardMovement, StoredValueCard } from '../../hardware/card/stored-value.ts';
import { issuedMemory } from '../../hardware/simulator/desfire/issued-memory.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { issuedFelicaCard, STYLE_OF } from '../../hardware/simulator/felica-lite-s/issued-card.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { FelicaLiteSCard } from '../../hardware/simulator/virtual-card-felica-lite-s.ts';
import { IdentifierCard } from '../../hardware/simulator/virtual-card-identifier.ts';
import { memoryOf, virtualCardOf, type CardMemory, type VirtualCard } from '../../hardware/simulator/virtual-card.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import { identifierOf, openingOf, profileOf, RESIDENTS, type Resident } from './residents.ts';

export const KEY_VERSION = 1;
const MASTER = createHash('sha256').update('the master key of a town that is not there').digest().subarray(0, 16);

export const masterKeysOf = (municipality: string): CardMasterKeys => ({
  municipality,
  versions: [KEY_VERSION],
  master: (version) => (version === KEY_VERSION ? Uint8Array.from(MASTER) : undefined),
});

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** The keys of a resident's card; undefined for a card that has none. */
export function keysOf(resident: Resident): CardKeySet | undefined {
  const identifier = bytesOf(identifierOf(resident));
  switch (profileOf(resident)) {
    case 'desfire':
      return { profile: 'desfire', version: KEY_VERSION, spend: diversifiedKey(MASTER, 'spend', identifier), load: diversifiedKey(MASTER, 'load', identifier) };
    case 'felica-lite-s':
      return { profile: 'felica-lite-s', version: KEY_VERSION, card: diversifiedKey(MASTER, 'felica-card', identifier) };
    case 'plain-identifier':
    case 'code':
      return undefined;
  }
}

/** What is on each card before anything begins. */
export type CardMemories = ReadonlyMap<Resident, CardMemory>;

/** Issues the cards and puts the opening balances on those that hold value. @param opening the pocket, and the operation of each resident */
export async function issueCards(opening: { readonly pocket: string; readonly operationOf: (resident: Resident) => string }): Promise<CardMemories> {
  const memories = new Map<Resident, CardMemory>();
  for (const resident of RESIDENTS) {
    const keys = keysOf(resident);
    if (!keys) continue;
    const identifier = bytesOf(identifierOf(resident));
    const card = keys.profile === 'desfire' ? blankDesfire(resident, identifier) : (await issuedFelicaCard(identifier, keys.card)).card;
    if (keys.profile === 'desfire') {
      const movements: CardMovement[] = [{ pocket: opening.pocket, kind: 'credit', amount: openingOf(resident) }];
      const applied = await (await townCardOn(card, resident, [opening.pocket])).apply({ operationId: opening.operationOf(resident), movements });
      if (applied.kind !== 'committed') throw new Error(`The card of resident ${resident} could not be given its opening balance: ${applied.kind}`);
    }
    const memory = memoryOf(card);
    if (memory !== undefined) memories.set(resident, memory);
  }
  return memories;
}

function blankDesfire(resident: Resident, uid: Uint8Array): DesfireCard {
  const key = (use: 'spend' | 'load' | 'transaction-mac') => diversifiedKey(MASTER, use, uid);
  const memory = issuedMemory({ version: KEY_VERSION, spend: key('spend'), load: key('load'), transactionMac: key('transaction-mac') });
  return new DesfireCard({ name: `card ${resident}`, uid, memory });
}

/** A resident's own card on a reader of its own, with the production profile on top: to look into it with its keys. */
export async function townCardOn(card: VirtualCard, resident: Resident, pockets: readonly string[]): Promise<StoredValueCard> {
  const keys = keysOf(resident);
  if (!keys) throw new Error(`The card of resident ${resident} has no keys`);
  const reader = new DirectReader();
  const presence = reader.insert(card);
  const identifier = bytesOf(identifierOf(resident));
  const given = { keysOf: async () => ({ kind: 'keys' as const, keys }) };
  const randomness = createSeededRandomness(resident);
  const random = (bytes: number) => randomness.bytes(bytes);
  if (keys.profile === 'felica-lite-s') return felicaLiteSCard(reader, presence, identifier, given, { style: STYLE_OF.acr125x, random, pockets });
  if ((await selectDesfireApplication(reader, presence.generation)) !== 'yes') throw new Error(`The card of resident ${resident} is not the town's`);
  return desfireCard(reader, presence, identifier, given, { pocketNames: () => pockets, random });
}

/** Cards of which the town knows nothing. */
export const STRANGERS = ['plain-stranger', 'bank-card', 'blank-desfire'] as const;
export type Stranger = (typeof STRANGERS)[number];
export const STRANGERS_IDENTIFIER = '01010612deadbee0';
export const STRANGERS_UID = '04deadbeefdead';

/** Everything a run's people hold in their hands. */
export class TownCards {
  readonly #cards = new Map<Resident | Stranger, VirtualCard>();
  readonly #random: (length: number) => Uint8Array;

  constructor(memories: CardMemories, seed: number) {
    const randomness = createSeededRandomness(seed);
    this.#random = (length) => randomness.bytes(length);
    for (const resident of RESIDENTS) {
      const card = this.#make(resident, memories.get(resident));
      if (card) this.#cards.set(resident, card);
    }
    this.#cards.set('plain-stranger', new IdentifierCard('plain-stranger', bytesOf(STRANGERS_IDENTIFIER), 'storage'));
    this.#cards.set('bank-card', virtualCardOf({ name: 'bank-card', model: 'payment', uid: '08010203' }));
    this.#cards.set('blank-desfire', new DesfireCard({ name: 'blank-desfire', uid: bytesOf(STRANGERS_UID), random: this.#random }));
  }

  /** @throws for a paper card, which cannot be laid down */
  of(holder: Resident | Stranger): VirtualCard {
    const card = this.#cards.get(holder);
    if (!card) throw new Error(`The card of ${holder} cannot be laid on a reader`);
    return card;
  }

  memory(resident: Resident): CardMemory | undefined {
    const card = this.#cards.get(resident);
    return card && memoryOf(card);
  }

  /** Puts an earlier memory back, as a forger would. */
  rollBack(resident: Resident, memory: CardMemory): void {
    const card = this.of(resident);
    if (card instanceof DesfireCard && typeof memory !== 'string') card.importMemory(memory);
    else if (card instanceof FelicaLiteSCard && typeof memory === 'string') card.importMemory(bytesOf(memory));
    else throw new Error(`The card of resident ${resident} has no such memory`);
  }

  /** A second card that says and knows what the first does at this moment. */
  cloneOf(resident: Resident): VirtualCard | undefined {
    return this.#make(resident, this.memory(resident));
  }

  #make(resident: Resident, memory: CardMemory | undefined): VirtualCard | undefined {
    const uid = bytesOf(identifierOf(resident));
    switch (profileOf(resident)) {
      case 'desfire':
        return new DesfireCard({ name: `card ${resident}`, uid, memory: typeof memory === 'string' ? undefined : memory, random: this.#random });
      case 'felica-lite-s': {
        const card = new FelicaLiteSCard(`card ${resident}`, uid);
        if (typeof memory === 'string') card.importMemory(bytesOf(memory));
        return card;
      }
      case 'plain-identifier':
        return new IdentifierCard(`card ${resident}`, uid, 'storage');
      case 'code':
        return undefined;
    }
  }
}
