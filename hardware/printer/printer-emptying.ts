/**
 * Before a slip begins nothing unprinted may be left in the printer. It is thrown away where the printer can do that; elsewhere it is waited for
 * until it has come out. Must never say that a printer is empty that has not said so itself.
 */
import type { PrinterDialect } from './printer-dialect.ts';
import type { LinkEvent } from './printer-link.ts';
import type { WriteResult } from './serial-line.ts';

/** Between two looks at a printer that is printing what was left in it. */
const LOOK_AGAIN_MS = 20;

export interface Emptying {
  write(bytes: Uint8Array): Promise<WriteResult>;
  /** @returns a function that stops the calls */
  listen(listener: (event: LinkEvent) => void): () => void;
  /** Asks for the status. @returns whether the printer can go on printing */
  look(): Promise<boolean>;
  /** How long to wait from now on, what is still on the wire included. */
  limitMs(): number;
}

/** @returns whether the printer confirmed that nothing is left in it */
export function emptyPrinter(dialect: PrinterDialect, link: Emptying): Promise<boolean> {
  return dialect.throwAway ? throwAway(dialect.throwAway, link) : waitUntilEmpty(dialect, link);
}

async function throwAway(command: Uint8Array, link: Emptying): Promise<boolean> {
  const cleared = new Promise<boolean>((resolve) => {
    const done = (answered: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(answered);
    };
    const timer = setTimeout(() => done(false), link.limitMs());
    const stop = link.listen((event) => {
      if (event.kind === 'cleared') done(true);
      if (event.kind === 'line-lost') done(false);
    });
  });
  await link.write(command);
  return cleared;
}

/** Asks for a sign at the end of what is left. */
async function waitUntilEmpty(dialect: PrinterDialect, link: Emptying): Promise<boolean> {
  const proof = dialect.proofOfEmptiness();
  let reached = false;
  let marks = 0;
  let strays = 0;
  const stop = link.listen((event) => {
    if (event.kind === 'stray') strays++;
    if (event.kind !== 'mark') return;
    marks++;
    reached ||= proof.judge(event.mark) === 'reached';
  });
  try {
    if ((await link.write(proof.request)) !== 'written') return false;
    for (const limit = performance.now() + link.limitMs(); !reached && performance.now() < limit; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      if (!(await link.look())) return false;
    }
    if (!dialect.marksAreNameless) return reached;
    // One that was owed from before may have been lost for ever; among noise none counts.
    return marks > 0 && strays === 0;
  } finally {
    stop();
  }
}
