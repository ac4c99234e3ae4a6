/** The words around a slip that is under way or did not come out, for the eye and for the ear. */
import type { Screen } from '../../../contract/kiosk.ts';
import type { TroubleName } from '../../../contract/trouble.ts';
import type { Key } from '../../strings/catalogue.ts';

/** What the screen says besides its number: the title, what may be seen or expected, and whether a slip may be lying there. */
interface Words {
  readonly title: Key;
  readonly lead?: Key;
  readonly mayBeThere: boolean;
}

/** What is done already, whatever becomes of the slip. */
export function doneWords(slip: Extract<Screen, { name: 'printing' }>['slip']): Extract<Key, 'safe.on-card' | 'points.is-done' | 'request.safe'> | null {
  switch (slip) {
    case 'load':
      return 'safe.on-card';
    case 'points':
      return 'points.is-done';
    case 'request':
      return 'request.safe';
    case 'balance':
    case 'incident':
    case 'tickets':
      return null;
  }
}

const NOTHING_THERE = { mayBeThere: false } as const;
const LOOK_FIRST = { lead: 'print-trouble.no-proof-look', mayBeThere: true } as const;

export function printTroubleWords(trouble: TroubleName): Words {
  switch (trouble) {
    case 'printer-absent':
    case 'printer-silent':
    case 'printer-paper-out':
    case 'printer-cover-open':
    case 'printer-cutter':
    case 'printer-unrecoverable':
    case 'printer-garbled':
    case 'printer-faulty':
      return { title: `print-trouble.${trouble}`, ...NOTHING_THERE };
    case 'printer-overheated':
      return { title: `print-trouble.${trouble}`, lead: 'print-trouble.goes-on-by-itself', ...NOTHING_THERE };
    case 'slip-character':
    case 'slip-layout':
      return { title: `print-trouble.${trouble}`, lead: 'print-trouble.staff-will-write', ...NOTHING_THERE };
    case 'printer-no-proof':
    case 'printer-power-cycled':
    case 'printer-line-lost':
      return { title: `print-trouble.${trouble}`, ...LOOK_FIRST };
    case 'printer-stopped-at-end':
      return { title: `print-trouble.${trouble}`, lead: 'print-trouble.may-come', ...NOTHING_THERE };
    default:
      return { title: 'print-trouble.other', ...NOTHING_THERE };
  }
}
