/** A kiosk as a case sees it, whether the production use cases run in it or only the protocol of intents on the card seam. */
import type { CardEvidence } from '../../../contract/card.ts';
import type { OperationId } from '../../../contract/ids.ts';
import type { Movement } from '../../../contract/value.ts';
import type { TestCard } from './subject.ts';

/** What the kiosk said of the operation at the end of the tap in which it was tried. */
export type Claim = { readonly kind: 'committed'; readonly amounts: Amounts } | { readonly kind: 'not-committed' | 'unknown' };

/** By scheme id; a pocket that is not named has nothing. */
export type Amounts = Readonly<Record<string, number>>;

export type Tapped =
  | {
      readonly kind: 'shown';
      /** What a slip would say now. */
      readonly amounts: Amounts;
      /** How often the operation is still offered; null where nothing is offered by the kiosk itself. */
      readonly offers: number | null;
      /** Undefined when the operation was not tried. */
      readonly claim: Claim | undefined;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'not-usable'; readonly why: string }
  | { readonly kind: 'power-cut' };

/** What a kiosk tells the town, with its place in the journal. */
export type KioskNews = { readonly seq: number } & (
  | { readonly type: 'moved'; readonly operationId: OperationId; readonly movement: Movement | undefined; readonly counter: number | null }
  | { readonly type: 'unknown'; readonly operationId: OperationId; readonly movement: Movement | undefined; readonly counterBefore: number | null }
  | {
      readonly type: 'seen';
      readonly counter: number;
      readonly log: ReadonlyArray<{ readonly operationId: OperationId; readonly counter: number }>;
      readonly answers: readonly OperationId[];
    }
);

/** What the town tells its kiosks. */
export type TownWord =
  | { readonly type: 'open'; readonly operationId: OperationId }
  | { readonly type: 'happened'; readonly operationId: OperationId; readonly movement: Movement | undefined }
  | { readonly type: 'void'; readonly operationId: OperationId };

/** The end of an operation in a kiosk's own record. */
export interface Recorded {
  readonly operationId: OperationId;
  readonly open: boolean;
  /** How often it was posted to the journal, with the evidence each time. */
  readonly evidence: readonly CardEvidence[];
}

export interface Kiosk {
  readonly name: 'here' | 'there';
  /** @param deed `operate` tries the operation of the case once the card is read */
  tap(card: TestCard, deed: 'operate' | 'look'): Promise<Tapped>;
  /** Starts the program anew, on what it had written down. @param reopen also closes and opens the file of the ledger, where there is one */
  restart(reopen: boolean): void;
  /** From now on nobody can be asked for keys. The kiosk was given those of its cards earlier, or has none. */
  goOffline(keys: 'keys-kept' | 'no-keys'): void;
  goOnline(): void;
  takeCardAway(): void;
  /** What came since it was asked last. */
  news(): readonly KioskNews[];
  learn(word: TownWord): void;
  /** What the books say the holder has. */
  books(card: TestCard): Amounts;
  recorded(card: TestCard): readonly Recorded[];
  /** Why the card was stopped here; undefined when it was not. */
  stopped(card: TestCard): string | undefined;
}
