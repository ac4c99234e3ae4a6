/** What is said between the kiosks of a case, the people in front of them and the town. */
import type { CardEvidence } from '../../../contract/card.ts';
import type { OperationId } from '../../../contract/ids.ts';
import type { Movement } from '../../../contract/value.ts';
import type { Said } from './deeds.ts';

/** By scheme id; a pocket that is not named has nothing. */
export type Amounts = Readonly<Record<string, number>>;

export type Tapped =
  | {
      readonly kind: 'shown';
      /** What a slip would say now. */
      readonly amounts: Amounts;
      /** How many grants are offered. */
      readonly offers: number;
      /** What was said of the operation that was tried; undefined when none was. `operationId`: of what was written down for it, if anything was. */
      readonly said: (Said & { readonly operationId: OperationId | undefined }) | undefined;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'not-usable'; readonly why: string }
  | { readonly kind: 'power-cut' };

/** What a kiosk tells the town, with its place in the journal. */
export type KioskNews = { readonly seq: number } & (
  | { readonly type: 'moved'; readonly movement: Movement; readonly counter: number | null }
  | { readonly type: 'cash'; readonly movement: Movement }
  | { readonly type: 'unknown'; readonly movement: Movement; readonly counterBefore: number | null }
  | {
      readonly type: 'seen';
      readonly counter: number;
      readonly log: ReadonlyArray<{ readonly operationId: OperationId; readonly counter: number }>;
      readonly answers: readonly OperationId[];
    }
);

/** What the town tells its kiosks. */
export type TownWord =
  | { readonly type: 'open' | 'void'; readonly operationId: OperationId }
  | { readonly type: 'happened'; readonly movement: Movement };

/** An operation in a kiosk's own record. */
export interface Recorded {
  readonly operationId: OperationId;
  readonly open: boolean;
  /** How often it was posted to the journal, with the evidence each time. */
  readonly evidence: readonly CardEvidence[];
}

/** What became of the cash that was counted in for a set. */
export interface Cash {
  readonly priceYen: number;
  /** What of it is the customer's claim, and wanted by nothing that is open. */
  readonly claimYen: number;
  /** A movement that would receive it is open. */
  readonly wanted: boolean;
  /** The set is in its buyer's account. */
  readonly received: boolean;
}
