/** Applies what the backend says, one change after the other. A later word replaces an earlier one; a movement is posted once, and as the town posted it. */
import type { OperationId } from '../../contract/ids.ts';
import type { Change } from '../../contract/sync.ts';
import type { Books } from './books.ts';
import type { createCardRecord } from './card-record.ts';
import type { IntentStore } from './intent-store.ts';
import type { createLeaseRecord } from './lease-record.ts';
import type { StaffRecord } from './staff-record.ts';
import type { TownRecord } from './town-record.ts';
import type { TownVerdict } from './town-verdict.ts';

export function createChangeApplier({ books, verdict, intents, town, staff, cards, leases }: {
  readonly books: Books;
  readonly verdict: TownVerdict;
  readonly intents: IntentStore;
  readonly town: TownRecord;
  readonly staff: StaffRecord;
  readonly cards: ReturnType<typeof createCardRecord>;
  readonly leases: ReturnType<typeof createLeaseRecord>;
}) {
  /** What may have to be decided: of what others do there is hardly ever any, so it is looked for once for a page. */
  interface Undecided {
    readonly intents: boolean;
    /** Movements that the town asks about. */
    asked: boolean;
  }

  /** The town knows what became of a movement: an intent of ours that is still open became the same. */
  function decide(operation: OperationId, outcome: 'committed' | 'aborted', undecided: Undecided): void {
    if (undecided.asked) cards.decided(operation);
    const intent = undecided.intents ? intents.find(operation) : undefined;
    if (intent && intent.state !== 'committed' && intent.state !== 'aborted') intents.settle(operation, outcome);
  }

  function apply(change: Change, undecided: Undecided): void {
    switch (change.type) {
      case 'movement':
        if (!books.post(change.movement)) verdict.posted(change.movement);
        decide(change.movement.operationId, 'committed', undecided);
        // Of what this device has given out itself the town says nothing else.
        if (change.movement.kind === 'load' && change.movement.entitlementId !== null) leases.taken(change.movement.entitlementId);
        return;
      case 'movement-open':
        cards.await(change.operationId, change.cardRef);
        undecided.asked = true;
        return;
      case 'movement-refused':
        verdict.refused(change.operationId);
        return;
      case 'movement-void':
        decide(change.operationId, 'aborted', undecided);
        return;
      case 'card':
        town.apply(change);
        // Whatever is new about the card, its keys may be: they are asked for again, or come in advance.
        cards.dropKeys(change.cardRef);
        if (change.state === 'stopped') cards.handOver(change.cardRef);
        return;
      case 'card-keys':
        cards.keepKeys(change.cardRef, change);
        return;
      case 'scheme':
      case 'account':
      case 'notice':
      case 'procedure':
      case 'procedure-ended':
      case 'areas':
      case 'fees':
      case 'office-key':
        town.apply(change);
        return;
      case 'staff':
        staff.apply(change);
        return;
      default:
        leases.apply(change);
    }
  }

  /** Only inside a transaction. */
  return function applyAll(changes: readonly Change[]): void {
    const undecided = { intents: intents.open().length > 0, asked: cards.anyAsked() };
    for (const change of byAccounts(changes)) apply(change, undecided);
  };
}

/**
 * Movements that follow one another, those of one account together: what a kiosk that was away hears comes from everywhere, and each account's rows
 * lie beside one another. Of one account, and among all else, the order stays.
 */
function byAccounts(changes: readonly Change[]): Change[] {
  const ordered: Change[] = [];
  let run: Array<Extract<Change, { type: 'movement' }>> = [];
  const endRun = () => {
    ordered.push(...run.sort(({ movement: a }, { movement: b }) => (a.accountId < b.accountId ? -1 : a.accountId > b.accountId ? 1 : 0)));
    run = [];
  };
  for (const change of changes) {
    if (change.type === 'movement') run.push(change);
    else {
      endRun();
      ordered.push(change);
    }
  }
  endRun();
  return ordered;
}
