/**
 * Judges what takes value out of an account. The rules are applied to what the backend knows. From which lots it came, the device may have
 * known less: its own word is posted when it is well-formed, and put right by a `reallocate` where the backend's lots say otherwise.
 */
import { AcceptorId, ActivityId, type AccountId, type SchemeId } from '../../contract/ids.ts';
import { exchangeValue, giveValue, spendValue, transferOf, unknownLotOf, voidOfLoad, type Built, type LotsHeld } from '../../contract/movements.ts';
import { dateInTokyo, type LocalDate } from '../../contract/time.ts';
import { pocketAccount, type Movement, type Posting } from '../../contract/value.ts';
import { differing } from './compare-movements.ts';
import { pocketOf } from './holdings.ts';
import { againstTheRule, fault, posted, type ClaimedMovement, type Verdict } from './movement-verdict.ts';
import type { PostingFacts } from './posting-facts.ts';
import { amountOf, reallocationOf, takeInTurn, takenBy, takeOut, takeRather, type Taken } from './reallocation.ts';
import { usableOf } from './usable.ts';

const OVERDRAWN = fault('overdrawn', 'The account has not so much that anybody has reported.');
const NO_SCHEME = fault('differs', 'The town has no such scheme.');
const ANYBODY_CAN_COPY: ReadonlySet<string> = new Set(['plain-identifier', 'code']);

const isOnCard = ({ card }: ClaimedMovement): boolean => card?.profile === 'desfire';

/** Who may let value out of the account: the card itself, or the one device that holds the account, with staff where the card proves nothing. */
function mayLeave(claim: ClaimedMovement, accountId: AccountId, facts: PostingFacts): Verdict | undefined {
  if (claim.card && ANYBODY_CAN_COPY.has(claim.card.profile) && claim.movement.staff === undefined) return againstTheRule('needs-staff');
  const onCard = isOnCard(claim) && claim.movement.kind !== 'transfer';
  if (onCard || claim.heldThen || facts.holds.has(accountId)) return undefined;
  return fault('not-held', 'The device did not hold the account out of which the value came.');
}

/** `spend`, `give` and `exchange`. */
export function checkDebit(claim: ClaimedMovement, facts: PostingFacts): Verdict {
  const { movement } = claim;
  const { accountId, occurredAt } = movement;
  const refused = mayLeave(claim, accountId, facts);
  if (refused) return refused;
  const day = dateInTokyo(occurredAt);
  const claimed = takenBy(movement.postings, accountId);
  const built = builtDebit(claim, claimed, day, facts);
  if (built === 'no-scheme') return NO_SCHEME;
  if (!built.ok) return built.rule === 'not-enough' ? OVERDRAWN : againstTheRule(built.rule);
  const own = ownLots(built.movement, day, facts);
  if (!own) return OVERDRAWN;
  const differs = differing(built.movement, movement, 'postings') || differingPostings(claim, built.movement, day, facts);
  if (differs !== '') return fault('differs', `The device reports other values than the rules give: ${differs}.`);
  return withLots(movement, { accountId, claimed, own }, facts);
}

/**
 * From which lots the backend takes a debit. What the card had and no lot of that day covers must come out of lots that are over: some other debit, which
 * was reported first, has taken what this one would have.
 */
function ownLots({ postings, accountId, schemeId }: Movement, day: LocalDate, facts: PostingFacts): Taken | undefined {
  const taken = new Map(takenBy(postings, accountId));
  const missing = taken.get(unknownLotOf(schemeId)) ?? 0;
  taken.delete(unknownLotOf(schemeId));
  const over = takeOut(lotsOf(facts, accountId, schemeId).filter(({ lot }) => lot.lastDay < day), missing);
  return over && new Map([...taken, ...over]);
}

const lotsOf = ({ holdings }: PostingFacts, accountId: AccountId, schemeId: SchemeId): LotsHeld => holdings.of(accountId).filter(({ lot }) => lot.schemeId === schemeId);

function builtDebit(claim: ClaimedMovement, claimed: Taken, day: LocalDate, facts: PostingFacts): Built | 'no-scheme' {
  const { kind, operationId, occurredAt, accountId, schemeId, postings, staff, lots } = claim.movement;
  const scheme = facts.schemes.get(schemeId);
  if (!scheme) return 'no-scheme';
  const amount = amountOf(claimed);
  const input = {
    operationId, occurredAt, accountId, scheme,
    lots: facts.holdings.asOf(accountId, day),
    // A card with the value on it has decided already that it is enough.
    onCard: isOnCard(claim) ? amount : null,
    ...(staff ? { staff } : {}),
  };
  const party = postings[0]?.credit.split('/')[2] ?? '';
  if (kind === 'spend') {
    const acceptor = AcceptorId.safeParse(party).data;
    return acceptor ? spendValue({ ...input, amount, acceptor }) : { ok: false, rule: 'not-offered' };
  }
  if (kind === 'give') {
    const activity = ActivityId.safeParse(party).data;
    return activity ? giveValue({ ...input, amount, activity }) : { ok: false, rule: 'not-offered' };
  }
  const to = facts.schemes.get(lots[0]?.schemeId ?? '');
  const terms = to && scheme.rules?.exchange?.find((offered) => offered.to === to.id && offered.firstDay <= day && day <= offered.lastDay);
  if (!terms || amount % terms.give !== 0) return { ok: false, rule: 'not-offered' };
  return exchangeValue({ ...input, to, times: amount / terms.give, balanceOfTo: usableOf(facts, accountId, to.id, day) });
}

/** The same postings as the backend's, but for the lots that the value is taken from. */
function differingPostings(claim: ClaimedMovement, derived: Movement, day: LocalDate, facts: PostingFacts): string {
  const { accountId, schemeId, postings } = claim.movement;
  const isDebit = ({ debit }: Posting) => pocketOf(debit)?.accountId === accountId;
  const rest = (movement: Movement) => JSON.stringify(movement.postings.filter((posting) => !isDebit(posting)));
  const destination = derived.postings.find(isDebit)?.credit;
  const debits = postings.filter(isDebit);
  if (rest(derived) !== rest(claim.movement) || debits.some(({ credit }) => credit !== destination)) return 'postings';
  const lots = debits.flatMap(({ debit }) => pocketOf(debit)?.lotId ?? []);
  if (new Set(lots).size !== lots.length) return 'postings';
  const possible = lots.every((id) => {
    if (id === unknownLotOf(schemeId)) return isOnCard(claim);
    const known = facts.holdings.lot(accountId, id)?.lot;
    return known !== undefined && known.schemeId === schemeId && known.lastDay >= day;
  });
  return possible ? '' : 'lots';
}

/** Posts the debit as it was claimed, and after it what puts its lots right. */
function withLots(movement: Movement, { accountId, claimed, own }: { readonly accountId: AccountId; readonly claimed: Taken; readonly own: Taken }, facts: PostingFacts): Verdict {
  const correction = reallocationOf({
    debit: movement,
    accountId,
    schemeId: movement.schemeId,
    claimed,
    own,
    held: (lot) => facts.holdings.lot(accountId, lot)?.amount ?? 0,
  });
  if (correction === 'too-many') return fault('differs', 'The value comes from more lots than one movement can name.');
  return correction ? posted(movement, correction) : posted(movement);
}

/** Takes a load back. On a card with the value on it the load’s own lots may have been used for something that its device had not heard of. */
export function checkVoid(claim: ClaimedMovement, facts: PostingFacts): Verdict {
  const { movement } = claim;
  const { operationId, occurredAt, accountId, schemeId, ofOperation, staff = [] } = movement;
  const load = ofOperation === undefined ? undefined : facts.origins.get(ofOperation);
  if (!load) return fault('unknown-operation', 'The load that it takes back is not in the books.');
  const refused = mayLeave(claim, accountId, facts);
  if (refused) return refused;
  const scheme = facts.schemes.get(load.schemeId);
  if (!scheme) return NO_SCHEME;
  if (facts.undone.has(`${load.operationId} void`)) return againstTheRule('void-already-used');
  const onCard = isOnCard(claim);
  const asLoaded = load.lots.map((lot) => ({ lot, amount: load.postings.find(({ credit }) => credit === pocketAccount(lot.accountId, lot.id))?.amount ?? 0 }));
  const built = voidOfLoad({ operationId, occurredAt, load, lots: onCard ? asLoaded : facts.holdings.of(load.accountId), scheme, staff });
  if (!built.ok) return againstTheRule(built.rule);
  const differs = differing(built.movement, movement);
  if (differs !== '') return fault('differs', `The device reports other values than the rules give: ${differs}.`);
  const claimed = takenBy(movement.postings, accountId);
  const own = takeRather(claimed, lotsOf(facts, accountId, schemeId));
  return own ? withLots(movement, { accountId, claimed, own }, facts) : OVERDRAWN;
}

/** Takes out what is past its last day. The town itself does so with value in the ledger; of value on a card, only the card can say how much it is. */
export function checkExpiry(claim: ClaimedMovement, facts: PostingFacts): Verdict {
  const { movement } = claim;
  const { operationId, kind, accountId, schemeId, occurredAt, postings } = movement;
  if (!isOnCard(claim)) return fault('against-the-rules', 'Value that is kept in the ledger is taken out by the town alone when it has expired.');
  if (!facts.schemes.has(schemeId)) return NO_SCHEME;
  const day = dateInTokyo(occurredAt);
  const lots = lotsOf(facts, accountId, schemeId);
  const over = lots.filter(({ lot }) => lot.lastDay < day);
  const known = new Set<string>(over.map(({ lot }) => pocketAccount(accountId, lot.id)));
  const differs = differing({ operationId, kind, accountId, schemeId, entitlementId: null, occurredAt, lots: [], postings }, movement);
  const claimed = takenBy(postings, accountId);
  if (differs !== '' || claimed.size !== postings.length || postings.some(({ debit }) => !known.has(debit))) {
    return fault('differs', `The device lets something expire that is not over: ${differs || 'lots'}.`);
  }
  const own = takeInTurn(over, lots.filter(({ lot }) => lot.lastDay >= day), amountOf(claimed));
  return own ? withLots(movement, { accountId, claimed, own }, facts) : OVERDRAWN;
}

/** Everything of a lost card’s account goes to the person’s new account. It is agreed with staff, so the device must have known what there is. */
export function checkTransfer(claim: ClaimedMovement, facts: PostingFacts): Verdict {
  const { movement } = claim;
  const { operationId, occurredAt, accountId, fromAccountId, postings, staff = [] } = movement;
  const to = facts.accounts.get(accountId);
  const from = fromAccountId && facts.accounts.get(fromAccountId);
  if (!fromAccountId || !from || !to) return fault('differs', 'The town has no such account.');
  if (from.residentId === null || from.residentId !== to.residentId) return fault('against-the-rules', 'The accounts belong to different people.');
  if (from.cards.some(({ state }) => state === 'active')) return fault('against-the-rules', 'A card of the old account has not been stopped.');
  const refused = mayLeave(claim, fromAccountId, facts);
  if (refused) return refused;
  const claimed = takenBy(postings, fromAccountId);
  const lots = facts.holdings.of(fromAccountId).map(({ lot, amount }) => ({ lot, held: amount, amount: claimed.get(lot.id) ?? 0 }));
  const built = transferOf({ operationId, occurredAt, from: fromAccountId, to: accountId, lots, staff });
  if (!built.ok) return againstTheRule(built.rule);
  const differs = differing(built.movement, movement);
  if (differs !== '') return fault('differs', `The device reports other values than the rules give: ${differs}.`);
  return lots.some(({ held, amount }) => amount > held) ? OVERDRAWN : posted(movement);
}
