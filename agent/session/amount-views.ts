/** Amounts and pockets as the window is given them. Pure. */
import type { AmountView, PocketView } from '../../contract/kiosk.ts';
import type { Scheme } from '../../contract/value.ts';

export const amountView = ({ name, unit }: Pick<Scheme, 'name' | 'unit'>, amount: number): AmountView => ({ name, unit, amount });

/** Without what is nothing to the window. */
export const pocketView = ({ name, unit, amount, lastDay, daysLeft }: PocketView): PocketView => ({ name, unit, amount, lastDay, daysLeft });
