/**
 * The paper card profile: a printed code that points to an account. Anybody can copy it with a camera, so value leaves through it only
 * with staff. No command is ever sent: it was shown, and nothing of it lies anywhere.
 */
import { pointingCard } from './pointing-card.ts';
import type { StoredValueCard } from './stored-value.ts';

/**
 * @param identifier the 16 bytes of the card's code; longer than any chip's identifier, so that the two can never be the same card
 * @param isShown false as soon as another card has come, or the person is done
 */
export function codeCard(identifier: Uint8Array, isShown: () => boolean): StoredValueCard {
  const whereabouts = () => (isShown() ? 'here' : 'card-moved');
  return pointingCard({ profile: 'code', identifier, whereabouts, confirm: async () => whereabouts() });
}
