/**
 * Finds all cases by running them: how many commands an operation takes, and how many the way back after a tear takes, is seen and not
 * written down anywhere. So that a share of them can be run by itself, a group is everything that follows one first tear.
 */
import { createHash } from 'node:crypto';
import { runCase, runUndisturbed, type CaseResult } from './run-case.ts';
import { JOURNEYS, TEARS, type TearingCase } from './tearing-case.ts';
import type { TearingWorld } from './tearing-world.ts';

/** Which cases are run. */
export interface Choice {
  /** One process of several: every `of`th group from `share` on. */
  readonly share: number;
  readonly of: number;
  /** Of the second tears of each group, one in so many, chosen by the group's name: a stratified sample. 1 runs them all. */
  readonly oneIn: number;
}

export const ALL: Choice = { share: 0, of: 1, oneIn: 1 };

/** Runs the chosen cases, and gives each result as it comes. */
export async function* runCases(world: TearingWorld, { share, of, oneIn }: Choice): AsyncGenerator<CaseResult & { readonly profile: string }> {
  let group = 0;
  for (const { name: subject, profile } of world.subjects) {
    const undisturbed = await runUndisturbed(world, subject);
    if (share === 0) yield { ...undisturbed, profile };
    for (let command = 0; command < undisturbed.operationCommands; command += 1) {
      for (const how of TEARS) {
        for (const journey of JOURNEYS) {
          group += 1;
          if (group % of !== share) continue;
          for await (const result of runGroup(world, { subject, journey, first: { command, how }, second: undefined }, oneIn)) yield { ...result, profile };
        }
      }
    }
  }
}

async function* runGroup(world: TearingWorld, once: TearingCase, oneIn: number): AsyncGenerator<CaseResult> {
  const tornOnce = await runCase(world, once);
  yield tornOnce;
  const start = createHash('sha256').update(tornOnce.name).digest().readUInt32LE(0);
  let number = start % oneIn;
  for (let command = once.first.command + 1; command < tornOnce.commands; command += 1) {
    for (const how of TEARS) {
      if (number % oneIn === 0) yield await runCase(world, { ...once, second: { command, how } });
      number += 1;
    }
  }
}
