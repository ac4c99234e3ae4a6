/** What is torn: an operation on a card in a known state, and how to see afterwards what became of the card. */
import type { CardEvidence } from '../../../contract/card.ts';
import type { OperationId } from '../../../contract/ids.ts';
import type { CardKeySet } from '../../../hardware/card/card-keys.ts';
import type { FelicaReaderStyle, NamedReaderStyle } from '../../../hardware/card/felica-lite-s/felica-channel.ts';
import type { CardMovement, StoredValueCard } from '../../../hardware/card/stored-value.ts';
import type { VirtualCard } from '../../../hardware/simulator/virtual-card.ts';
import type { Amounts } from './kiosk-words.ts';
import type { Deed } from './pockets.ts';

/** What the operation did to the card, seen from inside it. */
export type Verdict =
  | { readonly kind: 'not-at-all' }
  | { readonly kind: 'once'; readonly operationId: OperationId }
  /** Nothing is ever written on such a card. */
  | { readonly kind: 'nothing-to-see' }
  | { readonly kind: 'wrong'; readonly what: string };

export interface TestCard {
  readonly profile: StoredValueCard['profile'];
  readonly virtual: VirtualCard;
  readonly identifier: Uint8Array;
  /** Undefined for a card without keys. */
  readonly keys: CardKeySet | undefined;
  /** Its count of operations before the one of the case; null when it keeps none. */
  readonly counter: number | null;
  /** What its holder has before the operation; the books say so as well. */
  readonly opening: Amounts;
  /** How the reader it lies on is spoken to for FeliCa. */
  readonly felicaStyle?: FelicaReaderStyle;
  /** @param operations all that were written down for this card; at most one of them may be on it */
  verdict(operations: readonly OperationId[]): Promise<Verdict>;
  /** What is wrong with the evidence that was written down for the operation, after `verdict` said `once`. */
  evidenceFault(evidence: CardEvidence): string | undefined;
}

export interface Subject {
  readonly name: string;
  readonly profile: TestCard['profile'];
  readonly deed: Deed;
  readonly movements: readonly CardMovement[];
  /** A card on which the operation was not tried yet. */
  card(random: (bytes: number) => Uint8Array): TestCard;
  /** Another person's card of the same kind. */
  otherCard(random: (bytes: number) => Uint8Array): TestCard;
  /** Names a command that must be sent to a card at most once; undefined for one that changes nothing. */
  valueCommand(command: Uint8Array): string | undefined;
}

/** What the holder has once the movements have happened. */
export function amountsAfter(opening: Amounts, movements: readonly CardMovement[]): Amounts {
  const amounts: Record<string, number> = { ...opening };
  for (const { pocket, kind, amount } of movements) amounts[pocket] = (amounts[pocket] ?? 0) + (kind === 'credit' ? amount : -amount);
  return amounts;
}

/** True when both say the same of every pocket. */
export function sameAmounts(one: Amounts, other: Amounts): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((pocket) => (one[pocket] ?? 0) === (other[pocket] ?? 0));
}

/** What a configuration says of the readers of a case, so that the card's FeliCa is spoken in the right way. */
export function felicaReadersFor({ felicaStyle }: TestCard): NamedReaderStyle[] {
  return felicaStyle ? [{ nameHas: 'direct', style: felicaStyle }] : [];
}
