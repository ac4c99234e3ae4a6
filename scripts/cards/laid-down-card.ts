/** Waits until one card lies on a reader, and keeps it for this program alone until the work is done. */
import { askIdentifier } from '../../hardware/card/plain-identifier.ts';
import type { CardPresence, CardReader, ReaderStatus } from '../../hardware/reader/card-reader.ts';

export type Present = Extract<CardPresence, { kind: 'present' }>;

/** Why there is no card to work on. */
export type NoCard =
  /** Nothing that can be worked on was laid down in time; `status` says whether a reader was there. */
  | { readonly kind: 'none'; readonly status: ReaderStatus['kind'] }
  | { readonly kind: 'several' | 'unreadable' | 'in-use' | 'card-moved' | 'reader-lost' | 'no-identifier' };

export type LaidDown = { readonly kind: 'card'; readonly presence: Present } | NoCard;

/**
 * The card that lies there. Nothing was sent to it yet: it may be anybody's.
 * @param patienceMs how long to wait for a card
 * @param asked called once when there is a reader and no card yet: tell the person to lay it down
 */
export async function laidDownCard(reader: CardReader, patienceMs: number, asked: () => void): Promise<LaidDown> {
  const presence = await untilSomethingLies(reader, patienceMs, asked);
  switch (presence.kind) {
    case 'none':
      return { kind: 'none', status: reader.status().kind };
    case 'several':
    case 'unreadable':
      return { kind: presence.kind };
    case 'present': {
      // Another program that spoke to the card meanwhile would end our sessions.
      const connected = await reader.connect(presence.generation, { share: 'exclusive' });
      return connected === 'connected' ? { kind: 'card', presence } : { kind: connected };
    }
  }
}

export async function identifierOf(reader: CardReader, { generation }: Present): Promise<{ readonly kind: 'identifier'; readonly identifier: Uint8Array } | NoCard> {
  const asking = await askIdentifier(reader, generation);
  return asking.kind === 'none' ? { kind: 'no-identifier' } : asking;
}

/** pcscd looks at a reader every 400 ms; after this long it has seen a card that was lifted and laid down again. */
const PCSCD_SETTLES_MS = 1_000;

/**
 * Ends the work with a card: takes its power, so that no session of ours stays open on it. After a lifted card it waits instead: pcscd 1.9.9
 * would believe the reader empty for ever if this program ended while pcscd has not yet noticed that a card is there again.
 */
export async function letGo(reader: CardReader, laid: LaidDown): Promise<void> {
  if (laid.kind !== 'card' && laid.kind !== 'card-moved') return;
  const now = reader.presence();
  const lies = laid.kind === 'card' && now.kind === 'present' && now.generation === laid.presence.generation;
  if (lies) await reader.disconnect(now.generation, 'power-off');
  else await new Promise((resolve) => setTimeout(resolve, PCSCD_SETTLES_MS));
}

function untilSomethingLies(reader: CardReader, patienceMs: number, asked: () => void): Promise<CardPresence> {
  return new Promise((resolve) => {
    let told = false;
    const look = () => {
      const presence = reader.presence();
      if (presence.kind !== 'none') return end(presence);
      if (!told && reader.status().kind === 'ready') {
        told = true;
        asked();
      }
    };
    const end = (presence: CardPresence) => {
      clearTimeout(limit);
      stop();
      resolve(presence);
    };
    const limit = setTimeout(() => end({ kind: 'none' }), patienceMs);
    const stop = reader.onChange(look);
    look();
  });
}
