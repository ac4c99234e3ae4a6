/** For kiosks on which no card with keys is laid. */
import type { CardKeys } from '../../hardware/card/card-keys.ts';

export const NO_CARD_KEYS: CardKeys = { keysOf: async () => ({ kind: 'not-here' }) };
