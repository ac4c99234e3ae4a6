/** The keys of the cards of a case as a kiosk gets them: asked for while it is online, kept, and forgotten when their time is over. */
import type { CardKeys, CardKeysAnswer, CardKeySet } from '../../../hardware/card/card-keys.ts';
import type { TestCard } from './subject.ts';

export class CaseKeys implements CardKeys {
  readonly #cards: readonly TestCard[];
  readonly #kept = new Set<CardKeySet>();
  #online = true;

  constructor(cards: readonly TestCard[]) {
    this.#cards = cards;
  }

  goOffline(keys: 'keys-kept' | 'no-keys'): void {
    this.#online = false;
    this.#kept.clear();
    if (keys === 'keys-kept') for (const card of this.#cards) if (card.keys) this.#kept.add(card.keys);
  }

  goOnline(): void {
    this.#online = true;
  }

  async keysOf(profile: CardKeySet['profile'], identifier: Uint8Array): Promise<CardKeysAnswer> {
    const keys = this.#cards.find((card) => card.profile === profile && Buffer.from(card.identifier).equals(identifier))?.keys;
    if (keys && this.#kept.has(keys)) return { kind: 'keys', keys };
    if (!this.#online) return { kind: 'not-here' };
    if (!keys) return { kind: 'unknown-card' };
    this.#kept.add(keys);
    return { kind: 'keys', keys };
  }
}
