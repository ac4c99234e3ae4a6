/** Where a bug can be planted in a case, to see that the checks find it. Production code has no switch for any of this. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import type { decideUnknown } from '../../../backend/cards/decide-unknown.ts';
import type { StoredValueCard } from '../../../hardware/card/stored-value.ts';
import type { CardReader } from '../../../hardware/reader/card-reader.ts';

export interface TearingPlant {
  readonly reader?: (reader: CardReader) => CardReader;
  /** Between the card and the use cases. */
  readonly card?: (card: StoredValueCard) => StoredValueCard;
  readonly ledger?: (ledger: Ledger) => Ledger;
  /** What was prepared before a restart counts as not done. */
  readonly abortsAtRestart?: boolean;
  /** In the town's place. */
  readonly decide?: typeof decideUnknown;
}

export const NO_TEARING_PLANT: TearingPlant = {};
