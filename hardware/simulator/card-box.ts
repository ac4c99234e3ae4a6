/**
 * The cards of a running simulator, in a file: what is written on a card stays on it when it is taken away and when the simulator is
 * started again. A card that forgot would look like one whose earlier memory was put back. Never holds anything of a real card.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { issueIdentity, testHierarchy, type CardIdentity } from './my-number/card-identity.ts';
import { CardMemory, memoryOf, VIRTUAL_CARD_MODELS, virtualCardOf, type VirtualCard } from './virtual-card.ts';

const Chip = z.strictObject({
  name: z.string().min(1).max(60),
  model: z.enum(VIRTUAL_CARD_MODELS),
  uid: z.string(),
  atr: z.string().optional(),
  memory: CardMemory.optional(),
  about: z.string().optional(),
});
/** A paper card: `code` is what is printed on it, `uid` the identifier in that code. */
const Paper = z.strictObject({ name: z.string().min(1).max(60), model: z.literal('code'), uid: z.string(), code: z.string(), about: z.string().optional() });
const CardFile = z.array(z.discriminatedUnion('model', [Chip, Paper]));
export type DemoCard = z.infer<typeof CardFile>[number];

/** Where the test hierarchy of a file's My Number cards is kept, and what was issued to each; they have no certificates while it is not there. */
export const myNumberDirectory = (cards: string): string => path.join(path.dirname(cards), 'my-number');

/** The certificates and keys of a My Number card of the file, made once. */
export function identityKept(cards: string, name: string): CardIdentity {
  const directory = myNumberDirectory(cards);
  return issueIdentity(testHierarchy({ directory }), { directory: path.join(directory, name) });
}

export class CardBox {
  readonly cards: readonly DemoCard[];
  readonly #file: string;
  /** A card is made when it is first taken out, and is the same from then on. */
  readonly #made = new Map<string, VirtualCard>();

  /** @throws Error naming the file and what is wrong in it */
  constructor(file: string) {
    const parsed = CardFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
    for (const card of parsed.data) if (card.model !== 'code') virtualCardOf(card);
    this.#file = file;
    this.cards = parsed.data;
  }

  find(name: string): DemoCard | undefined {
    return this.cards.find((card) => card.name === name);
  }

  /** The card itself, to be laid down. */
  take(definition: Exclude<DemoCard, { model: 'code' }>): VirtualCard {
    const identity = definition.model === 'my-number' && existsSync(myNumberDirectory(this.#file)) ? identityKept(this.#file, definition.name) : undefined;
    const card = this.#made.get(definition.name) ?? virtualCardOf(definition, identity);
    this.#made.set(definition.name, card);
    return card;
  }

  /** Writes down what is on the cards now: the whole file or nothing, and nothing while no card was written on. */
  keep(): void {
    const kept = this.cards.map((definition) => {
      const card = this.#made.get(definition.name);
      const memory = card && memoryOf(card);
      return memory === undefined ? definition : { ...definition, memory };
    });
    const text = `${JSON.stringify(kept, null, 1)}\n`;
    if (text === this.#kept) return;
    const draft = `${this.#file}.new`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, this.#file);
    this.#kept = text;
  }
  #kept = '';
}
