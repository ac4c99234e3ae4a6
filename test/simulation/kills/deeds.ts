/** What residents and staff do beyond the screens of the kiosk: every use case that moves value, as the seed picks them. */
import type { DeviceIdentity } from '../../../agent/identity.ts';
import { newOperationId } from '../../../agent/new-id.ts';
import type { Ports } from '../../../agent/ports.ts';
import type { RunningKiosk } from '../../../agent/run-kiosk.ts';
import { exchangePoints } from '../../../agent/services/exchange-points.ts';
import { givePoints } from '../../../agent/services/give-points.ts';
import { receiveClaim } from '../../../agent/services/receive-claim.ts';
import { refundClaim } from '../../../agent/services/refund-claim.ts';
import { sellSets } from '../../../agent/services/sell-sets.ts';
import { showBalance, type Holder } from '../../../agent/services/show-balance.ts';
import { spendValue } from '../../../agent/services/spend-value.ts';
import { voidLoad } from '../../../agent/services/void-load.ts';
import type { Chance } from '../../../backend/seed/constant-chance.ts';
import { StaffId } from '../../../contract/ids.ts';
import { dateInTokyo, momentFromEpoch } from '../../../contract/time.ts';
import type { Scheme } from '../../../contract/value.ts';

type Counter = Ports & { readonly sync: RunningKiosk['sync'] };

const STAFF = ['s-1', 's-2'].map((id) => StaffId.parse(id));
const FELICA_READERS = [{ nameHas: 'direct', style: 'direct' }] as const;

/** Does one thing with the card that lies there, if it still does. */
export async function doSomething(ports: Counter, identity: DeviceIdentity, chance: Chance): Promise<void> {
  const presence = ports.reader.presence();
  if (presence.kind !== 'present') return;
  const shown = await showBalance(presence, { ...ports, cardKey: identity.cardKey, felicaReaders: FELICA_READERS });
  if (shown.kind !== 'holder') return;
  await chance.weighted<Deed>([[spend, 25], [give, 15], [exchange, 15], [buy, 25], [takeBack, 12], [receiveOrRefund, 8]])(shown.holder, ports, identity, chance);
}

type Deed = (holder: Holder, ports: Counter, identity: DeviceIdentity, chance: Chance) => unknown;

/** Some of what the holder has of a scheme for which `offers` finds something to do it with. */
function someOf<Offer>(holder: Holder, { ledger }: Counter, chance: Chance, offers: (rules: NonNullable<Scheme['rules']>) => readonly Offer[] | undefined) {
  const choices = holder.pockets.flatMap(({ schemeId, amount }) => {
    const rules = ledger.schemes().get(schemeId)?.rules;
    return rules && amount > 0 ? (offers(rules) ?? []).map((offer) => ({ schemeId, amount, offer })) : [];
  });
  return choices.length === 0 ? undefined : chance.pick(choices);
}

const asked = (holder: Holder, { clock, randomness }: Counter) => ({ operationId: newOperationId(clock, randomness), holder, staff: STAFF });

const spend: Deed = (holder, ports, _identity, chance) => {
  const some = someOf(holder, ports, chance, ({ spend: terms }) => terms?.acceptors);
  return some && spendValue({ ...asked(holder, ports), schemeId: some.schemeId, amount: 1 + chance.below(some.amount), acceptor: some.offer.id }, ports);
};

const give: Deed = (holder, ports, _identity, chance) => {
  const some = someOf(holder, ports, chance, ({ give: terms }) => terms?.activities.map(({ id }) => ({ id, step: terms.step })));
  return some && givePoints({ ...asked(holder, ports), schemeId: some.schemeId, amount: some.offer.step, activity: some.offer.id }, ports);
};

const exchange: Deed = (holder, ports, _identity, chance) => {
  const some = someOf(holder, ports, chance, ({ exchange: terms }) => terms);
  return some && exchangePoints({ ...asked(holder, ports), schemeId: some.schemeId, to: some.offer.to, times: 1 }, ports);
};

const buy: Deed = (holder, ports, identity, chance) => {
  const sold = [...ports.ledger.schemes().values()].filter(({ rules }) => rules?.sale);
  if (sold.length === 0) return undefined;
  return sellSets({ ...asked(holder, ports), schemeId: chance.pick(sold).id, sets: 1 + chance.below(2), device: identity.deviceId }, ports);
};

const takeBack: Deed = (holder, ports, _identity, chance) => {
  const loads = ports.ledger.loadsOf(holder.accountId, dateInTokyo(momentFromEpoch(ports.clock.now())));
  return loads.length === 0 ? undefined : voidLoad({ ...asked(holder, ports), load: chance.pick(loads).operationId }, ports);
};

const receiveOrRefund: Deed = (holder, ports, identity, chance) => {
  const claims = ports.ledger.openClaimsOf(holder.accountId);
  if (claims.length === 0) return undefined;
  const sale = chance.pick(claims).operationId;
  return chance.percent(50) ? receiveClaim({ holder, sale }, ports) : refundClaim({ ...asked(holder, ports), sale, device: identity.deviceId }, ports);
};
