/**
 * One session with a My Number card. While a PIN is live no other program may reach the card, and when the session ends, however it ends,
 * the card must have forgotten it. A card forgets what was verified only when another application is selected or its power is cut, not
 * by an ordinary disconnect (measured); so both are done, always.
 */
import type { CardPresence, CardReader } from '../../reader/card-reader.ts';
import { selectApplication } from './allowed-commands.ts';
import { GuardedChannel, type ChannelAnswer } from './apdu-guard.ts';
import { OpenedMyNumberCard } from './my-number-card.ts';
import { FIRST_GENERATION, type MyNumberProfile } from './profile.ts';

export type SessionOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Another program holds the card. */
  | { readonly kind: 'in-use' }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/**
 * Connects exclusively, lets `work` use the card, and ends the session so that nothing of it stays on the card.
 * @throws what `work` throws, after the session has ended; the card it was given throws from then on
 */
export async function withMyNumberSession<T>(
  reader: CardReader,
  presence: Extract<CardPresence, { kind: 'present' }>,
  work: (card: OpenedMyNumberCard) => Promise<T>,
  profile: MyNumberProfile = FIRST_GENERATION,
): Promise<SessionOutcome<T>> {
  const connected = await reader.connect(presence.generation, { share: 'exclusive' });
  if (connected !== 'connected') return { kind: connected };
  const channel = new GuardedChannel(reader, presence.generation, profile);
  try {
    // Clears what another program may have left verified, and takes the 6F00 that some cards give to the first command after power-on.
    const cleared = await selectNeutral(channel, profile);
    if (cleared.kind !== 'answered') return cleared;
    return { kind: 'done', value: await work(new OpenedMyNumberCard(channel, profile)) };
  } finally {
    try {
      await selectNeutral(channel, profile);
    } finally {
      channel.close();
      await reader.disconnect(presence.generation, 'power-off');
    }
  }
}

function selectNeutral(channel: GuardedChannel, profile: MyNumberProfile): Promise<ChannelAnswer> {
  return channel.transmit(selectApplication(profile.neutral));
}
