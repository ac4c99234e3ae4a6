/**
 * Whether the books of this device cover a movement that is about to be written down: what it uses up must be held here and be free,
 * less what other open intents would take. The rules of schemes are not looked at; whoever built the movement did so.
 */
import type { CardProfile } from '../../contract/card.ts';
import type { AccountId, DeviceId, OperationId } from '../../contract/ids.ts';
import { shapeFault } from '../../contract/movement-shape.ts';
import { unknownLotOf } from '../../contract/movements.ts';
import type { Refusal } from '../../contract/refusal.ts';
import type { Moment } from '../../contract/time.ts';
import { cashAccount, claimAccount, pocketAccount, type LedgerAccount, type Movement } from '../../contract/value.ts';
import type { Books } from './books.ts';
import { assertLoadOfEntitlement, type IntentStore } from './intent-store.ts';
import type { NewIntent } from './ledger.ts';
import type { TownRecord } from './town-record.ts';
import type { TownVerdict } from './town-verdict.ts';

/** Anybody can make a card that answers like one of these. */
const COPIED_BY_ANYBODY: ReadonlySet<CardProfile> = new Set(['plain-identifier', 'code']);

export function createCover({ device, books, verdict, intents, town, holdsAccount }: {
  readonly device: DeviceId;
  readonly books: Books;
  readonly verdict: Pick<TownVerdict, 'isUsedInVain' | 'isTransferredInVain'>;
  readonly intents: IntentStore;
  readonly town: Pick<TownRecord, 'lease' | 'holdsValueOnCard' | 'hasActiveCard'>;
  readonly holdsAccount: (account: AccountId, now: Moment) => boolean;
}) {
  /** What is in a pocket or claim and wanted by no open intent. */
  const free = (account: LedgerAccount): number => books.heldIn(account) - intents.reserved(account);

  /**
   * A claim is received or given back whole, and only by the device that took the money: no other can be sure that it was not done
   * already while they do not hear each other.
   */
  function claimRefusal(accountId: AccountId, sale: OperationId | undefined, taken: number): Refusal | undefined {
    const sold = sale && books.movementOf(sale);
    if (sold?.kind !== 'sale' || sold.accountId !== accountId || verdict.isUsedInVain(sold.operationId)) return 'claim-used';
    if (sold.postings.some(({ debit }) => debit !== cashAccount(device))) return 'not-held-here';
    return taken === totalOf(sold) && free(claimAccount(accountId, sold.operationId)) === taken ? undefined : 'claim-used';
  }

  function ofLoad({ movement, preparedAt }: NewIntent): Refusal | undefined {
    const { accountId, entitlementId, ofOperation, postings } = movement;
    if (ofOperation !== undefined) {
      const paid = postings.reduce((sum, { debit, amount }) => sum + (debit.startsWith('claim/') ? amount : 0), 0);
      // Money that the town keeps without sets can only be given back.
      return claimRefusal(accountId, ofOperation, paid) ?? (books.movementOf(ofOperation)?.sets === undefined ? 'not-sold' : undefined);
    }
    if (entitlementId === null) throw new Error('A kiosk makes value only from an entitlement or a sale');
    const lease = town.lease(entitlementId);
    if (lease?.used ?? (intents.uses(entitlementId) || books.isTaken(entitlementId))) return 'already-taken';
    if (!lease || lease.until <= preparedAt) return 'not-held-here';
    assertLoadOfEntitlement(movement, lease.entitlement);
    return undefined;
  }

  /** A load is taken back whole and mirrored, or not at all; and where it was made, because no other device knows surely whether it still stands. */
  function ofVoid({ movement, cardProfile, preparedAt }: NewIntent): Refusal | undefined {
    const load = movement.ofOperation === undefined ? undefined : books.movementOf(movement.ofOperation);
    if (load?.kind !== 'load' || load.accountId !== movement.accountId) return 'void-not-allowed';
    if (intents.find(load.operationId)?.state !== 'committed') return 'not-held-here';
    const mirrored = load.postings.map(({ debit, credit, amount }) => `${credit} ${debit} ${amount}`).join();
    if (movement.postings.map(({ debit, credit, amount }) => `${debit} ${credit} ${amount}`).join() !== mirrored) {
      throw new Error(`The movement ${movement.operationId} does not take back what was loaded`);
    }
    if (verdict.isUsedInVain(load.operationId)) return 'void-already-used';
    if (load.postings.some(({ credit, amount }) => credit.startsWith('pocket/') && free(credit) !== amount)) return 'void-already-used';
    return ofLeaving(movement, movement.accountId, cardProfile, preparedAt);
  }

  /** Value leaves pockets: no more than there is, and where it is kept in the ledger only by the device that holds the account. */
  function ofLeaving(movement: Movement, accountId: AccountId, cardProfile: CardProfile, at: Moment): Refusal | undefined {
    const onCard = cardProfile === 'desfire' && movement.kind !== 'transfer';
    if (COPIED_BY_ANYBODY.has(cardProfile) && !movement.staff) return 'needs-staff';
    if (!onCard && !holdsAccount(accountId, at)) return 'balance-not-sure';
    const wanted = new Map<LedgerAccount, number>();
    for (const { debit, amount } of movement.postings) if (debit.startsWith('pocket/')) wanted.set(debit, (wanted.get(debit) ?? 0) + amount);
    // What no known lot covers is on the card all the same, and the card decides.
    if (onCard) wanted.delete(pocketAccount(accountId, unknownLotOf(movement.schemeId)));
    for (const [pocket, amount] of wanted) if (amount > free(pocket)) return 'not-enough';
    return undefined;
  }

  return {
    free,
    claimRefusal,
    /**
     * @returns why the books do not cover the intent's movement; undefined when they do
     * @throws when no card has a part in such a movement, or it is not what it says: a fault of the program
     */
    refusalOf(intent: NewIntent): Refusal | undefined {
      const { movement, cardProfile, preparedAt } = intent;
      const { kind, accountId, fromAccountId } = movement;
      if (kind === 'sale' || kind === 'refund' || kind === 'reallocate' || kind === 'correct') throw new Error(`No card has a part in a ${kind}`);
      const fault = shapeFault(movement);
      if (fault) throw new Error(`The movement ${movement.operationId} does not move what it may: ${fault}`);
      if (cardProfile !== 'desfire' && town.holdsValueOnCard(accountId)) return 'value-on-other-card';
      switch (kind) {
        case 'load':
          return ofLoad(intent);
        case 'void':
          return ofVoid(intent);
        case 'exchange':
        case 'spend':
        case 'give':
        case 'expire':
          return ofLeaving(movement, accountId, cardProfile, preparedAt);
        case 'transfer':
          if (fromAccountId === undefined || town.hasActiveCard(fromAccountId)) return 'value-on-other-card';
          if (verdict.isTransferredInVain(fromAccountId)) return 'balance-not-sure';
          return ofLeaving(movement, fromAccountId, cardProfile, preparedAt);
      }
    },
  };
}

const totalOf = ({ postings }: Movement): number => postings.reduce((sum, { amount }) => sum + amount, 0);
