/**
 * Use case: several grants are taken one after the other, each a movement of its own that is written down before the card is touched. Stops at the first
 * that does not happen; what happened before it stays.
 */
import { lastDayOfLot } from '../../contract/value.ts';
import { daysBetween } from '../../contract/time.ts';
import { loadValue, type LoadValueResult } from './load-value.ts';
import type { MovePorts, NotMoved } from './move-value.ts';
import type { Holder, Offer } from './show-balance.ts';
import { stopCard } from './stop-card.ts';

export interface LoadedAll {
  readonly received: readonly Offer[];
  /** Not received, the one it stopped at first. */
  readonly left: readonly Offer[];
  /** Why it stopped; null when it did not. */
  readonly stopped: NotMoved | null;
  /** What they have by now. */
  readonly holder: Holder;
}

/** @throws LedgerUnavailable; then what was received is in the books, and an intent may be open that is decided at the next tap */
export async function loadAll({ holder: before, offers }: { readonly holder: Holder; readonly offers: readonly Offer[] }, ports: MovePorts): Promise<LoadedAll> {
  let holder = before;
  for (const [done, offer] of offers.entries()) {
    const so = (stopped: NotMoved): LoadedAll => ({ received: offers.slice(0, done), left: offers.slice(done), stopped, holder });
    const readable = done === 0 || (await readAnew(holder, ports));
    if (readable !== true) {
      if (!('counter' in readable)) return so(readable);
      holder = readable;
    }
    const result = await loadValue({ holder, offer }, ports);
    if (result.kind !== 'loaded') return so(result);
    holder = withLoaded(holder, offer, result);
  }
  return { received: offers, left: [], stopped: null, holder };
}

/** A card counts what is done on it: nothing is asked of it by what it said before the last movement. */
async function readAnew(holder: Holder, ports: MovePorts): Promise<Holder | NotMoved> {
  const read = await holder.card.read();
  switch (read.kind) {
    case 'read':
      return { ...holder, counter: read.counter };
    case 'suspect':
      stopCard(holder.card, holder.cardRef, read.why, ports);
      return { kind: 'suspect' };
    case 'reader-lost':
      return { kind: 'reader-lost' };
    case 'card-moved':
    case 'no-key':
      return { kind: 'card-moved' };
  }
}

function withLoaded(holder: Holder, { scheme }: Offer, { balance: amount }: Extract<LoadValueResult, { kind: 'loaded' }>): Holder {
  const before = holder.pockets.find(({ schemeId }) => schemeId === scheme.id);
  const lastDay = lastDayOfLot(scheme, holder.today);
  const pocket = before ?? { schemeId: scheme.id, name: scheme.name, unit: scheme.unit, lastDay, daysLeft: daysBetween(holder.today, lastDay) };
  const { today, pockets } = holder;
  const sooner = before && before.lastDay < lastDay ? before.lastDay : lastDay;
  return { ...holder, pockets: [...pockets.filter(({ schemeId }) => schemeId !== scheme.id), { ...pocket, amount, lastDay: sooner, daysLeft: daysBetween(today, sooner) }] };
}
