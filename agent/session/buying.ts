/** What the session knows of a purchase while it is made: from the question how many, over the cash that staff count, to what came of it. */
import type { OperationId, SchemeId, StaffId } from '../../contract/ids.ts';
import type { Refusal } from '../../contract/refusal.ts';
import { pocketAccount, type LotKind, type Movement, type Scheme } from '../../contract/value.ts';
import { codeCard } from '../../hardware/card/code-card.ts';
import type { PinEntry } from '../../hardware/card/mynumber/pin-entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { heldOf } from '../services/move-value.ts';
import type { NoSale, SetsOnSale } from '../services/sets-on-sale.ts';
import type { Holder, PresentCard, ShowBalanceResult } from '../services/show-balance.ts';
import type { SignIn, StaffCard } from '../staff/sign-in.ts';

/** The sale in the books, and what staff find it by: its entry in this device's journal. */
export interface Recorded {
  readonly sale: Movement;
  readonly number: number;
}

export interface Buying {
  readonly offer: SetsOnSale;
  /** How many; 0 before it was said. */
  readonly sets: number;
  /** Made when staff were asked: whatever is pressed twice sells once. */
  readonly operationId: OperationId;
  /** The turn of the card that was looked at last, and what was the matter with it. */
  readonly looked: string;
  readonly fault: 'own-card' | 'not-staff' | 'locked' | 'same-person' | 'moved' | 'unreadable' | 'other-card' | null;
  readonly staff: { readonly holder: Holder; readonly tries: number; readonly again: boolean } | null;
  readonly agreed: StaffId | null;
  readonly recorded: Recorded | null;
  readonly refused: Refusal | null;
}

/** What came of sets that were paid for. */
export interface Bought {
  readonly scheme: Scheme;
  readonly movement: Movement;
  /** Of the scheme, after it. */
  readonly balance: number;
}

export type StaffLook = { readonly kind: 'staff'; readonly holder: Holder; readonly tries: number } | { readonly kind: 'own-card' | 'locked' | 'not-staff' | 'same-person' | 'moved' | 'unreadable' };
export type SaleRecorded = ({ readonly kind: 'recorded' } & Recorded) | { readonly kind: 'refused'; readonly rule: Refusal };
export type SaleReceived =
  | { readonly kind: 'received'; readonly holder: Holder; readonly bought: Bought }
  /** It is the buyer's card, or it cannot be used any more, and the sets did not come. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'other-card' | 'moved' };

/** What a purchase asks of the rest of the agent. */
export interface PurchaseServices {
  setsOnSale(holder: Holder): { readonly sales: readonly SetsOnSale[]; readonly noSales: readonly NoSale[] };
  /** What lies there when staff are wanted. */
  lookAtStaff(presence: PresentCard, serving: Holder): Promise<StaffLook>;
  signInStaff(staff: Holder, serving: Holder, entry: PinEntry): Promise<SignIn>;
  /** Staff are here: they need not be called any more. */
  staffCame(): void;
  recordSale(buyer: Holder, buying: Buying): Promise<SaleRecorded>;
  /** @param presence null when the buyer's code was shown, and need not be shown again */
  receiveSale(presence: PresentCard | null, buyer: Holder, sale: Movement): Promise<SaleReceived>;
  /** What is to be told of sets that came at this tap; null when nothing is known of them. */
  boughtOf(load: Movement, holder: Holder): Bought | null;
}

export function beginBuying(offer: SetsOnSale, operationId: OperationId): Buying {
  return { offer, sets: 0, operationId, looked: '', fault: null, staff: null, agreed: null, recorded: null, refused: null };
}

/** The buyer's code was shown: nothing has to be laid down again, because the value is in the ledger and a code proves nothing more the second time. */
export const isByCode = (buyer: Pick<Holder, 'card'> | null): boolean => buyer?.card.profile === 'code';
export const shownAgain = ({ card }: Holder): PresentCard => ({ kind: 'shown', generation: 0, card: codeCard(card.identifier, () => true) });

export function staffLookOf(shown: ShowBalanceResult, look: (holder: Holder) => StaffCard): StaffLook {
  switch (shown.kind) {
    case 'holder': {
      const card = look(shown.holder);
      return card.kind === 'staff' ? { kind: 'staff', holder: shown.holder, tries: card.triesLeft } : { kind: card.kind };
    }
    case 'not-usable':
      return { kind: shown.why === 'unreadable' ? 'unreadable' : 'not-staff' };
    case 'card-moved':
    case 'reader-lost':
      return { kind: 'moved' };
  }
}

/** What became of the sale when a card was read after it. */
export function saleReceivedOf(shown: ShowBalanceResult, buyer: Holder, sale: Movement, boughtOf: PurchaseServices['boughtOf']): SaleReceived {
  switch (shown.kind) {
    case 'holder': {
      const { holder, came } = shown;
      const load = came?.find(({ ofOperation }) => ofOperation === sale.operationId);
      const bought = load && holder.accountId === buyer.accountId ? boughtOf(load, holder) : null;
      if (bought) return { kind: 'received', holder, bought };
      return { kind: holder.cardRef === buyer.cardRef ? 'waits' : 'other-card' };
    }
    case 'not-usable':
      return { kind: shown.why === 'suspect' || shown.why === 'stopped' ? 'waits' : 'other-card' };
    case 'card-moved':
    case 'reader-lost':
      return { kind: 'moved' };
  }
}

export function boughtOf(movement: Movement, holder: Holder, ledger: Pick<Ledger, 'schemes'>): Bought | null {
  const scheme = ledger.schemes().get(movement.schemeId);
  return scheme ? { scheme, movement, balance: heldOf(holder, scheme.id) } : null;
}

/** Each of several that came in one reading, the oldest first, with what there was after it. @param came the newest first */
export function boughtInTurn(came: readonly Movement[], tell: (load: Movement) => Bought | null): readonly Bought[] {
  const newer = new Map<SchemeId, number>();
  return came
    .flatMap((load): Bought[] => {
      const told = tell(load);
      if (!told) return [];
      const since = newer.get(told.scheme.id) ?? 0;
      newer.set(told.scheme.id, since + partOf(load, 'paid') + partOf(load, 'premium'));
      return [{ ...told, balance: told.balance - since }];
    })
    .reverse();
}

/** What of a load of sets was paid for, and what came on top. */
export function partOf({ lots, postings }: Movement, wanted: LotKind): number {
  const pockets: readonly string[] = lots.filter(({ kind }) => kind === wanted).map(({ id, accountId }) => pocketAccount(accountId, id));
  return postings.reduce((sum, { credit, amount }) => sum + (pockets.includes(credit) ? amount : 0), 0);
}

/** In yen: the cash that was counted in for it. */
export const cashFor = ({ kind, postings }: Movement): number =>
  postings.reduce((sum, { debit, amount }) => sum + (kind === 'sale' || debit.startsWith('claim/') ? amount : 0), 0);
