/**
 * What can happen to somebody who stands at the window: how each trouble is made in a running town, and how it is put right again. What lies on
 * the reader stays there unless the trouble is about it.
 */
import type { PrinterFault } from '../../hardware/simulator/virtual-printer-faults.ts';
import { until, type Town } from './town.ts';
import { lay } from './way-there.ts';

export const TROUBLES = ['unplugged', 'taken', 'swapped', 'cut', 'paper out', 'silent', 'line lost', 'killed'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** Where it happens. */
export interface Scene {
  /** What lies on the reader there. */
  readonly lies: string | null;
  /** What is put there in its place. */
  readonly other: string;
  /** What prints there. */
  readonly print?: RegExp;
  /** Lets the card answer that waits there. */
  readonly release?: (() => void) | undefined;
}

const PAPER: Readonly<Partial<Record<Trouble, PrinterFault>>> = { 'paper out': 'paper-out-mid-slip', silent: 'silent', 'line lost': 'unplug-mid-slip' };

/** One card for another, as slowly as hands are: pcscd looks every 400 ms. */
async function exchange(town: Town, card: string | null): Promise<void> {
  const from = town.agent.lines.length;
  if (town.slots[0].card) {
    town.remove();
    await town.agent.event('card-left', { from });
  }
  lay(town, card);
}

export async function make(town: Town, trouble: Trouble, { other, print, release }: Scene): Promise<void> {
  const from = town.agent.lines.length;
  switch (trouble) {
    case 'unplugged':
      town.pcscd.unplugReader();
      // The reader goes with the answer that was under way.
      if (release) town.remove();
      release?.();
      await town.agent.event('reader-status', { from, limitMs: 40_000, where: ({ status }) => status === 'absent' });
      return;
    case 'taken':
      town.remove();
      release?.();
      await town.agent.event('card-left', { from });
      return;
    case 'swapped':
      if (release) town.remove();
      release?.();
      await exchange(town, other);
      await town.agent.event('card-arrived', { from });
      return;
    case 'cut':
      await town.link.cut();
      release?.();
      return;
    case 'killed':
      await town.agent.stop('SIGKILL');
      release?.();
      return;
    case 'paper out':
    case 'silent':
    case 'line lost':
      if (!print) throw new Error('Nothing is printed there');
      town.printer.faults.failNext(PAPER[trouble] as PrinterFault);
      await town.press(print);
  }
}

/** @param started opens the window of an agent that was started anew */
export async function putRight(town: Town, trouble: Trouble, { lies }: Scene, started: () => Promise<void>): Promise<void> {
  const from = town.agent.lines.length;
  switch (trouble) {
    case 'unplugged':
      // pcscd needs a moment to let go of a reader; one that comes back before may be without a slot.
      await until('pcscd has let go of the reader', () => town.pcscd.readerIsGone, 30_000);
      town.pcscd.replugReader();
      lay(town, lies);
      await until('pcscd has the reader again', () => town.pcscd.readerIsUp, 30_000);
      await town.agent.event('reader-status', { from, limitMs: 40_000, where: ({ status }) => status === 'ready' });
      if (lies !== null) await town.agent.event('card-arrived', { from });
      return;
    case 'taken':
    case 'swapped':
      await exchange(town, lies);
      await town.agent.event(lies === null ? 'card-left' : 'card-arrived', { from });
      return;
    case 'cut':
      await town.link.restore();
      return;
    case 'killed':
      await started();
      return;
    case 'paper out':
    case 'silent':
    case 'line lost':
      town.printer.putRight();
      await town.printer.replug();
  }
}
