/** Bugs in the kiosk's ledger, and in what a kiosk makes of it. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import { newEntryId, newOperationId } from '../../../agent/new-id.ts';
import { createSeededRandomness } from '../../../agent/test-support/seeded-randomness.ts';
import type { Change } from '../../../contract/sync.ts';
import type { Moment } from '../../../contract/time.ts';
import { identifierOf } from '../residents.ts';
import { bug, type PlantedBug } from './planted-bug.ts';

/** The same ledger with some methods replaced. */
const ledgerWith = (replaced: (ledger: Ledger) => Partial<Ledger>) => () => ({ ledger: (ledger: Ledger): Ledger => ({ ...ledger, ...replaced(ledger) }) });

const withoutChanges = (types: ReadonlyArray<Change['type']>) =>
  ledgerWith((ledger) => ({ applyChanges: (changes, ...rest) => ledger.applyChanges(changes.filter(({ type }) => !types.includes(type)), ...rest) }));

/** Ids that no run makes by itself. */
const strange = createSeededRandomness(0x7374_7261);
const clockAt = (at: Moment) => ({ now: () => Date.parse(at), monotonic: () => 0, after: () => () => undefined });
const stamp = (at: Moment) => ({ id: newEntryId(clockAt(at), strange), at });

export const LEDGER_BUGS: readonly PlantedBug[] = [
  bug('commit-skipped', 'the kiosk does not write down that a movement happened', ledgerWith(() => ({ commit: () => undefined }))),
  bug('abort-lost', 'the kiosk does not write down that a movement did not happen', ledgerWith(() => ({ abort: () => undefined }))),
  bug('unknown-taken-for-aborted', 'an answer that was lost is taken for a no', ledgerWith((ledger) => ({ markUnknown: (operation) => ledger.abort(operation) }))),
  bug(
    'unknown-taken-for-committed',
    'an answer that was lost is taken for a yes',
    ledgerWith((ledger) => ({ markUnknown: (operation, entry) => ledger.commit(operation, entry, { kind: 'none' }) })),
  ),
  bug(
    'unknown-forgotten',
    'an answer that was lost is neither a yes nor a no, and nobody is told',
    ledgerWith((ledger) => ({ markUnknown: () => undefined, openIntents: (card) => (card === undefined ? ledger.openIntents() : []) })),
  ),
  bug('evidence-thrown-away', 'what the card proved is not written down', ledgerWith((ledger) => ({ commit: (operation, entry) => ledger.commit(operation, entry, { kind: 'none' }) }))),
  bug('open-not-heard', 'the kiosk does not hear that another waits for a word about a card', withoutChanges(['movement-open'])),
  bug('movements-not-heard', 'the kiosk does not hear what others moved', withoutChanges(['movement'])),
  bug('given-out-kept', 'the kiosk takes what it has given out for still set aside', () => {
    const leases = new Map<string, Change>();
    return {
      ledger: (ledger) => ({
        ...ledger,
        applyChanges(changes, ...rest) {
          for (const change of changes) if (change.type === 'lease') leases.set(change.entitlement.id, change);
          const again = changes.flatMap((change) => (change.type === 'movement' ? (leases.get(change.movement.entitlementId ?? '') ?? []) : []));
          ledger.applyChanges([...changes, ...again], ...rest);
        },
      }),
    };
  }),
  bug('cursor-first', 'the cursor is moved before its changes are written, and the machine stops between', () => {
    let lost = false;
    return {
      ledger: (ledger) => ({
        ...ledger,
        applyChanges(changes, ...rest) {
          const loses = !lost && changes.some(({ type }) => type === 'movement');
          lost ||= loses;
          ledger.applyChanges(loses ? changes.filter(({ type }) => type !== 'movement') : changes, ...rest);
        },
      }),
    };
  }),
  bug(
    'acknowledged-one-more',
    'an acknowledgement is taken for one entry more than it names',
    ledgerWith((ledger) => ({
      acknowledge(seq, hash) {
        const next = ledger.entriesAfter(seq, 1)[0];
        ledger.acknowledge(next?.seq ?? seq, next?.hash ?? hash);
      },
    })),
  ),
  bug('acknowledgement-forgotten', 'an acknowledgement is not written down', ledgerWith(() => ({ acknowledge: () => undefined }))),
  bug('lying-disk', 'the disk says that it has written, and has not', () => ({ lyingDisk: true })),
  bug('first-card-for-all', 'the account of the first card is taken for everybody’s', () => {
    let first: ReturnType<Ledger['lookupCard']> | undefined;
    return {
      ledger: (ledger) => ({
        ...ledger,
        lookupCard(card) {
          const found = ledger.lookupCard(card);
          if (found.kind === 'account' && first === undefined) first = found;
          return found.kind === 'account' && first?.kind === 'account' && first.profile === found.profile ? first : found;
        },
      }),
    };
  }),
  bug(
    'identifier-in-the-journal',
    'a card’s identifier is written where only a screen’s name belongs',
    ledgerWith((ledger) => ({ append: (entry) => ledger.append(entry.fact.type === 'staff-called' ? { ...entry, fact: { ...entry.fact, screen: identifierOf(1) } } : entry) })),
  ),
  bug(
    'cash-recorded-twice',
    'one sale for cash is written down as two',
    ledgerWith((ledger) => ({
      recordCash(movement, entry) {
        const recorded = ledger.recordCash(movement, entry);
        if (recorded !== 'recorded' || movement.kind !== 'sale') return recorded;
        const operationId = newOperationId(clockAt(entry.at), strange);
        const postings = movement.postings.map((posting) => ({ ...posting, credit: `claim/${movement.accountId}/${operationId}` as const }));
        ledger.recordCash({ ...movement, operationId, postings }, stamp(entry.at));
        return recorded;
      },
    })),
  ),
  bug('sold-sets-not-counted', 'the kiosk does not count what was sold under a right to buy', ledgerWith(() => ({ salesUnder: () => [] }))),
  bug('refund-not-recorded', 'cash is given back and not written down', ledgerWith((ledger) => ({ recordCash: (movement, entry) => (movement.kind === 'refund' ? 'recorded' : ledger.recordCash(movement, entry)) }))),
];
