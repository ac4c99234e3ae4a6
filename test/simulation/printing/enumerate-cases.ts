/**
 * Finds all cases by running them: how many bytes a slip has, and how many the printer answers while it is printed, is seen and not written
 * down anywhere. Paper, cable, power and voice fail at every byte; at which end the cable is pulled out, and what people do then, goes round, so
 * that all of it meets at every sixth byte.
 */
import { SLIPS, type SlipName } from './case-slips.ts';
import { AFTERS, DIRECTIONS, FAULTS, type Direction, type PrintingCase } from './printing-case.ts';
import type { PrintingWorld } from './printing-world.ts';
import { runCase, runUndisturbed, type CaseResult } from './run-case.ts';

/** Which cases are run: one process of several, or a sample: every `of`th case from `share` on. */
export interface Choice {
  readonly share: number;
  readonly of: number;
  /** Only faults that strike at these bytes. */
  readonly direction?: Direction;
}

export interface EnumeratedResult extends CaseResult {
  readonly slip: SlipName;
  /** Undefined when nothing was to go wrong. */
  readonly which: PrintingCase | undefined;
  /** Share of the cases that were run, from 0 to 1. */
  readonly progress: number;
}

/** Runs the chosen cases, and gives each result as it comes. */
export async function* runCases(world: PrintingWorld, { share, of, direction: only }: Choice): AsyncGenerator<EnumeratedResult> {
  const cases: PrintingCase[] = [];
  for (const slip of Object.keys(SLIPS) as SlipName[]) {
    const undisturbed = await runUndisturbed(world, slip);
    if (share === 0) yield { ...undisturbed, slip, which: undefined, progress: 0 };
    for (const direction of DIRECTIONS.filter((one) => only === undefined || one === only)) {
      // Where no byte of an answer has been heard, the slip's first byte is not sent either.
      for (let offset = direction === 'byte' ? 0 : 1; offset <= undisturbed.counted[direction]; offset += 1) {
        const faults = FAULTS.filter((fault) => fault !== (offset % 2 === 0 ? 'cable-off' : 'cable-out'));
        for (const [index, fault] of faults.entries()) {
          if (!SLIPS[slip].otherForm || index === (offset >> 1) % faults.length) cases.push({ slip, direction, offset, fault, after: AFTERS[(offset + index) % AFTERS.length] ?? 'then-right' });
        }
      }
    }
  }
  for (const [index, which] of cases.entries()) {
    if (index % of !== share) continue;
    yield { ...(await runCase(world, which)), slip: which.slip, which, progress: index / cases.length };
  }
}
