/** The screens of tickets that have left their card and come out as paper, or are kept for their holder. Pure. */
import type { SnapshotFrom } from 'xstate';
import type { Screen } from '../../contract/kiosk.ts';
import { troubleNumber } from '../../contract/trouble.ts';
import { mayHaveComeOut } from '../services/printer-words.ts';
import type { sessionMachine } from './session-machine.ts';

/** @param numberOf as a slip's number stands on it @returns null when another screen is shown */
export function screenOfPaper(state: SnapshotFrom<typeof sessionMachine>, numberOf: (slipNumber: number) => string): Screen | null {
  const { slip, preview, weakProof, printTrouble } = state.context;
  if (slip?.kind !== 'tickets') return null;
  const { scheme, tickets, left, slipNumber, print, slip: paper } = slip.owed;
  if (state.matches({ session: { told: 'printed' } })) return { name: 'paper-out', scheme: scheme.name, tickets, left, lastDay: paper.lastDays[0] ?? scheme.lastDay, usableAt: scheme.usableAt, preview, weakProof };
  if (!state.matches({ session: { told: 'printTrouble' } })) return null;
  const common = { name: 'paper-kept', scheme: scheme.name, tickets, slip: numberOf(slipNumber) } as const;
  // Before this visit it was begun: then nothing is known but how it ended.
  return print === 'due'
    ? { ...common, mayBeThere: mayHaveComeOut(printTrouble), trouble: { name: printTrouble, number: troubleNumber(printTrouble) } }
    : { ...common, mayBeThere: print === 'unknown', trouble: null };
}
