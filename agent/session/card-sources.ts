/**
 * The card reader and the code scanner as the one thing the session sees. A card lies on the reader; a code is shown and taken away, and
 * from then on counts as there until the session lets it go.
 *
 * One rule decides between them: what lies on the reader comes first. While anything lies there codes are not taken, so that a stray
 * code cannot disturb a load; and whatever is laid there ends the code's turn, as another card would. Another code takes the first
 * one's place; the same code again changes nothing. What was shown stays shown when the scanner is unplugged: it is not needed again.
 */
import { codeCard } from '../../hardware/card/code-card.ts';
import type { CardPresence, CardReader, ReaderStatus } from '../../hardware/reader/card-reader.ts';
import type { CodeScanner } from '../../hardware/scanner/code-scanner.ts';
import type { PresentCard } from '../services/show-balance.ts';

/** A code's generation is its own count, not the reader's. */
export type CardAtKiosk = CardPresence | PresentCard;

export interface CardSources {
  /** The reader's: a code needs none, but a kiosk without its reader says so. */
  status(): ReaderStatus;
  presence(): CardAtKiosk;
  /** Calls `listener` after every change of status or presence. */
  onChange(listener: () => void): void;
  /** Calls `listener` for a code that is no card, or was not read right, while nobody's card is there. */
  onUnusableCode(listener: (why: 'foreign' | 'damaged') => void): void;
  /** The session is done with the code of this generation. */
  letGo(generation: number): void;
  stop(): void;
}

/** @param scanner undefined where the kiosk has none */
export function createCardSources(reader: CardReader, scanner: CodeScanner | undefined): CardSources {
  const changed = new Set<() => void>();
  const unusable = new Set<(why: 'foreign' | 'damaged') => void>();
  let shown: Extract<CardAtKiosk, { kind: 'shown' }> | null = null;
  let generation = 0;

  const tell = (): void => {
    for (const listener of changed) listener();
  };
  const stopReader = reader.onChange(() => {
    if (reader.presence().kind !== 'none') shown = null;
    tell();
  });
  const stopScanner = scanner?.onScan((scan) => {
    if (reader.presence().kind !== 'none') return;
    if (scan.kind !== 'card') {
      if (!shown) for (const listener of unusable) listener(scan.kind);
      return;
    }
    if (shown && Buffer.from(shown.card.identifier).equals(scan.identifier)) return;
    generation += 1;
    const own = generation;
    shown = { kind: 'shown', generation: own, card: codeCard(scan.identifier, () => shown?.generation === own) };
    tell();
  });

  return {
    status: () => reader.status(),
    presence: () => shown ?? reader.presence(),
    onChange: (listener) => void changed.add(listener),
    onUnusableCode: (listener) => void unusable.add(listener),
    letGo(done) {
      if (shown?.generation !== done) return;
      shown = null;
      tell();
    },
    stop() {
      stopReader();
      stopScanner?.();
      changed.clear();
      unusable.clear();
      shown = null;
    },
  };
}
