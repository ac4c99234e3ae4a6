/** Which sentences belong to the card that is waited for; for the glass and for the ear alike. */
import type { BuyerCardWanted, StaffCardWanted } from '../../../contract/purchase-screens.ts';
import type { Refusal } from '../../../contract/refusal.ts';
import type { Key } from '../../strings/catalogue.ts';

interface Words {
  readonly title: Extract<Key, `staff-card.${string}` | `put-card.${string}` | `not-usable.${string}`>;
  readonly about?: Extract<Key, `staff-card.${string}` | `put-card.${string}` | `not-usable.${string}`>;
}

export function staffCardWords(why: StaffCardWanted): Words {
  switch (why) {
    case 'own-card':
    case 'asked':
      return { title: `staff-card.${why}`, about: 'staff-card.called' };
    case 'not-staff':
      return { title: 'staff-card.not-staff' };
    case 'locked':
    case 'same-person':
      return { title: `staff-card.${why}`, about: `staff-card.${why}-about` };
    case 'moved':
      return { title: 'staff-card.moved' };
    case 'reader-lost':
      return { title: 'staff-card.reader-lost', about: 'staff-card.reader-lost-about' };
    case 'several':
    case 'unreadable':
      return { title: `not-usable.${why}`, about: `not-usable.${why}-about` };
  }
}

export function buyerCardWords(why: BuyerCardWanted, byCode: boolean): Words {
  switch (why) {
    case 'asked':
      return { title: 'put-card.asked' };
    case 'moved':
      return { title: 'put-card.moved' };
    case 'staff-card':
      return { title: 'put-card.staff-card', ...(byCode ? {} : { about: 'put-card.staff-card-about' }) };
    case 'other-card':
      return { title: 'put-card.other-card', about: 'put-card.other-card-about' };
    case 'reader-lost':
      return { title: 'staff-card.reader-lost', about: 'staff-card.reader-lost-about' };
    case 'several':
    case 'unreadable':
      return { title: `not-usable.${why}`, about: `not-usable.${why}-about` };
  }
}

/** Why somebody cannot buy what is on sale, and what that means for them. */
export function noSaleWords(why: Refusal): readonly [why: Extract<Key, `no-sale.${string}` | `not-done.${string}`>, about: Extract<Key, `no-sale.${string}` | `not-done.${string}`>] {
  return why === 'person-limit' || why === 'household-limit' ? [`no-sale.${why}`, 'no-sale.wait'] : [`not-done.${why}`, `not-done.${why}-about`];
}
