/** Waits until one card lies on a reader, and keeps it for this program alone until the work is done. */
import { randomBytes } from 'node:crypto';
import type { IssuedCard } from '../../hardware/card/desfire/card-findings.ts';
import type { IssuerKeys } from '../../hardware/card/desfire/issuer-keys.ts';
import { askIdentifier } from '../../hardware/card/plain-identifier.ts';
import type { CardPresence, CardReader, ReaderStatus } from '../../hardware/reader/card-reader.ts';

export type Present = Extract<CardPresence, { kind: 'present' }>;

export type LaidDown =
  | { readonly kind: 'card'; readonly card: IssuedCard; readonly presence: Present }
  /** Nothing that can be worked on was laid down in time; `status` says whether a reader was there. */
  | { readonly kind: 'none'; readonly status: ReaderStatus['kind'] }
  | { readonly kind: 'several' | 'unreadable' | 'in-use' | 'card-moved' | 'reader-lost' | 'no-identifier' };

/**
 * @param patienceMs how long to wait for a card
 * @param asked called once when there is a reader and no card yet: tell the person to lay it down
 */
export async function laidDownCard(reader: CardReader, issuer: IssuerKeys, patienceMs: number, asked: () => void): Promise<LaidDown> {
  const presence = await untilSomethingLies(reader, patienceMs, asked);
  switch (presence.kind) {
    case 'none':
      return { kind: 'none', status: reader.status().kind };
    case 'several':
    case 'unreadable':
      return { kind: presence.kind };
    case 'present': {
      const { generation } = presence;
      // Another program that spoke to the card meanwhile would end our sessions.
      const connected = await reader.connect(generation, { share: 'exclusive' });
      if (connected !== 'connected') return { kind: connected };
      const asking = await askIdentifier(reader, generation);
      if (asking.kind !== 'identifier') return { kind: asking.kind === 'none' ? 'no-identifier' : asking.kind };
      const random = (bytes: number) => Uint8Array.from(randomBytes(bytes));
      return { kind: 'card', presence, card: { reader, generation, uid: asking.identifier, issuer, random } };
    }
  }
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
  const lies = laid.kind === 'card' && now.kind === 'present' && now.generation === laid.card.generation;
  if (lies) await reader.disconnect(laid.card.generation, 'power-off');
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
