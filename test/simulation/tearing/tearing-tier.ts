/**
 * The tearing tier of `npm run simulate`: every operation, torn at every command in every way, on every journey, and torn again at every
 * command of the way back.
 */
import { reportFailure, runInProcesses, tellShare, type CountedResult } from '../case-processes.ts';
import type { TierResult } from '../tier-result.ts';
import { runCases } from './enumerate-cases.ts';
import { runCase } from './run-case.ts';
import { caseOfName } from './tearing-case.ts';
import { TearingWorld } from './tearing-world.ts';

const TIER = 'tearing';

/** @param program the file that was started, which calls `runTearingShare` when it is given a share */
export const runTearingTier = (program: string): Promise<TierResult> => runInProcesses(TIER, program);

/** The part of one process, which tells the one that started it. */
export async function runTearingShare(share: number, of: number): Promise<void> {
  const world = await TearingWorld.open();
  await tellShare(byProfile(world, share, of));
  world.close();
}

async function* byProfile(world: TearingWorld, share: number, of: number): AsyncGenerator<CountedResult> {
  for await (const result of runCases(world, { share, of, oneIn: 1 })) yield { ...result, group: result.profile };
}

/** One case alone. @returns undefined when there is no such case */
export async function runTearingCase(name: string): Promise<TierResult | undefined> {
  const tearingCase = caseOfName(name);
  const world = await TearingWorld.open();
  try {
    if (!tearingCase || !world.subjects.some((subject) => subject.name === tearingCase.subject)) return undefined;
    const result = await runCase(world, tearingCase);
    console.log(`${result.commands} commands, ${result.operationCommands} of them while the operation was tried`);
    if (result.faults.length === 0) return { passed: 1, failed: 0 };
    reportFailure(TIER, result);
    return { passed: 0, failed: 1 };
  } finally {
    world.close();
  }
}
