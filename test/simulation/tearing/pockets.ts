/** The schemes of the cases: what the pockets of the cards are called, what may be done with them, and how much each deed moves. */
import { SCHEME } from '../../../agent/test-support/ledger-town.ts';
import { AcceptorId, ActivityId, SchemeId } from '../../../contract/ids.ts';
import { SchemeRules } from '../../../contract/scheme-rules.ts';
import type { Scheme } from '../../../contract/value.ts';
import type { CardMovement } from '../../../hardware/card/stored-value.ts';

const schemeCalled = (id: string): Scheme => ({ ...SCHEME, id: SchemeId.parse(id) });

export const STALL = AcceptorId.parse('stall-1');
export const FESTIVAL = ActivityId.parse('festival');

/** One set that is sold for cash: what was paid for, and the premium on top. */
export const SET = { priceYen: 4_000, paid: 4_000, premium: 1_000 } as const;
const EXCHANGED = { give: 700, get: 650 } as const;

const { firstDay, lastDay } = SCHEME;
/** The pocket that the holder does not have yet. */
export const NEW = schemeCalled('furusato-2026');
/** The pocket that the holder has already. */
export const HELD: Scheme = {
  ...SCHEME,
  rules: SchemeRules.parse({
    sale: { ...SET, stock: null, phases: [{ firstDay, lastDay, perPerson: 1 }], eligibility: 'everyone', oneMedium: false },
    spend: { acceptors: [{ id: STALL, name: '屋台' }] },
    give: { activities: [{ id: FESTIVAL, name: '夏まつり' }], step: 100 },
    exchange: [{ to: NEW.id, ...EXCHANGED, firstDay, lastDay }],
    void: { secondStaffAbove: 10_000 },
  }),
};
/** They fill up a card, together with `HELD` and one of a scheme that is over. */
export const OTHERS: readonly Scheme[] = ['bus-2026', 'onsen-2026', 'pool-2026', 'kosodate-2026', 'keiro-2026', 'point-2026'].map(schemeCalled);
/** Was once a scheme of the town; no kiosk has it any more. */
export const OVER = 'over-2024';

export const SCHEMES: readonly Scheme[] = [HELD, NEW, ...OTHERS];

/** Of a void, it is one set that was sold today. */
export const HELD_AMOUNT = SET.paid + SET.premium;
export const LOADED = 3_000;
export const SPENT = 1_200;
export const GIVEN = 400;
/** How much of `HELD_AMOUNT` is past its last day when it is to be taken off. */
export const PAST_ITS_DAY = 1_800;
/** What is in the account of a lost card. */
export const LOST: Readonly<Record<string, number>> = { [HELD.id]: 2_500, [NEW.id]: 800 };

export const credit = (pocket: string, amount: number): CardMovement => ({ pocket, kind: 'credit', amount });
export const debit = (pocket: string, amount: number): CardMovement => ({ pocket, kind: 'debit', amount });

/** What is tried on a card; `grant-new` is a load into a pocket that the holder does not have yet. */
export type Deed = 'grant' | 'grant-new' | 'sale' | 'spend' | 'give' | 'exchange' | 'void' | 'transfer' | 'expire';

/** In the name of a subject. */
export function nameOfDeed(deed: Deed): string {
  return deed === 'grant' ? 'load' : deed === 'grant-new' ? 'load-new-pocket' : deed;
}

/** What each deed does to the card, in the order in which the card is told. */
export const MOVEMENTS: Readonly<Record<Deed, readonly CardMovement[]>> = {
  grant: [credit(HELD.id, LOADED)],
  'grant-new': [credit(NEW.id, LOADED)],
  sale: [credit(HELD.id, SET.paid + SET.premium)],
  spend: [debit(HELD.id, SPENT)],
  give: [debit(HELD.id, GIVEN)],
  exchange: [debit(HELD.id, EXCHANGED.give), credit(NEW.id, EXCHANGED.get)],
  void: [debit(HELD.id, HELD_AMOUNT)],
  transfer: Object.entries(LOST).map(([pocket, amount]) => credit(pocket, amount)),
  expire: [debit(HELD.id, PAST_ITS_DAY)],
};

/**
 * Of the second tears, the tier runs one in so many, so that it stays a matter of minutes. Every one for loads, of which there are most; fewer the rarer
 * the deed: all of them take the same way through the agent and the card, and every first tear of each is run on every journey.
 */
export const SECOND_TEARS_ONE_IN: Readonly<Record<Deed, number>> = {
  grant: 1, 'grant-new': 3, spend: 4, exchange: 4, sale: 12, give: 12, void: 12, transfer: 12, expire: 12,
};
