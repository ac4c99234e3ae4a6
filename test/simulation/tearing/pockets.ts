/** The schemes of the cases: what the pockets of the cards are called, and how much is moved. */
import { SCHEME } from '../../../agent/test-support/ledger-town.ts';
import { SchemeId } from '../../../contract/ids.ts';
import type { Scheme } from '../../../contract/value.ts';
import type { CardMovement } from '../../../hardware/card/stored-value.ts';

const schemeCalled = (id: string): Scheme => ({ ...SCHEME, id: SchemeId.parse(id) });

/** The pocket that the holder has already. */
export const HELD = SCHEME;
/** The pocket that the holder does not have yet. */
export const NEW = schemeCalled('furusato-2026');
/** They fill up a card, together with `HELD` and one of a scheme that is over. */
export const OTHERS: readonly Scheme[] = ['bus-2026', 'onsen-2026', 'pool-2026', 'kosodate-2026', 'keiro-2026', 'point-2026'].map(schemeCalled);
/** Was once a scheme of the town; no kiosk has it any more. */
export const OVER = 'over-2024';

export const SCHEMES: readonly Scheme[] = [HELD, NEW, ...OTHERS];

export const HELD_AMOUNT = 5_000;
export const LOADED = 3_000;

export const credit = (pocket: string, amount: number): CardMovement => ({ pocket, kind: 'credit', amount });
export const debit = (pocket: string, amount: number): CardMovement => ({ pocket, kind: 'debit', amount });
