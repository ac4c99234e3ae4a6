/** The printing tier of `npm run simulate`: every slip, and everything that can happen to a printer, at every byte of it. */
import { reportFailure, runInProcesses, tellShare, type CountedResult } from '../case-processes.ts';
import type { TierResult } from '../tier-result.ts';
import { runCases } from './enumerate-cases.ts';
import { caseOfName } from './printing-case.ts';
import { PrintingWorld } from './printing-world.ts';
import { runCase } from './run-case.ts';

const TIER = 'printing';

/** @param program the file that was started, which calls `runPrintingShare` when it is given a share */
export const runPrintingTier = (program: string): Promise<TierResult> => runInProcesses(TIER, program);

/** The part of one process, which tells the one that started it. */
export async function runPrintingShare(share: number, of: number): Promise<void> {
  const world = await PrintingWorld.open();
  await tellShare(byOutcome(world, share, of));
  world.close();
}

async function* byOutcome(world: PrintingWorld, share: number, of: number): AsyncGenerator<CountedResult> {
  for await (const result of runCases(world, { share, of })) yield { ...result, group: `${result.which?.fault ?? 'nothing wrong'}: ${result.outcome}` };
}

/** One case alone. @returns undefined when there is no such case */
export async function runPrintingCase(name: string): Promise<TierResult | undefined> {
  const printingCase = caseOfName(name);
  if (!printingCase) return undefined;
  const world = await PrintingWorld.open();
  try {
    const result = await runCase(world, printingCase);
    console.log(`${result.counted.byte} bytes of the slip, ${result.counted.answer} bytes of answers: ${result.outcome}`);
    if (result.faults.length === 0) return { passed: 1, failed: 0 };
    reportFailure(TIER, result);
    return { passed: 0, failed: 1 };
  } finally {
    world.close();
  }
}
