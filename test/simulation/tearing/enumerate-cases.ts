/**
 * Finds all cases by running them: how many commands an operation takes, and how many the way back after a tear takes, is seen and not
 * written down anywhere. A group is everything that follows one first tear on one journey.
 */
import { createHash } from 'node:crypto';
import { runCase, runUndisturbed, type CaseResult } from './run-case.ts';
import { SECOND_TEARS_ONE_IN } from './pockets.ts';
import type { Subject } from './subject.ts';
import { JOURNEYS, TEARS, type TearingCase } from './tearing-case.ts';
import type { TearingWorld } from './tearing-world.ts';

/** Which cases are run. */
export interface Choice {
  /** One process of several, or a sample: every `of`th group from `share` on. */
  readonly share: number;
  readonly of: number;
  /** Of the second tears that the tier runs, one in so many of each group, chosen by the group's name, so that every dimension is in the sample. */
  readonly oneIn: number;
  /** Only cards of this profile. */
  readonly profile?: Subject['profile'];
}

export interface EnumeratedResult extends CaseResult {
  readonly profile: Subject['profile'];
  /** Share of the groups that were begun, from 0 to 1. */
  readonly progress: number;
}

/** Runs the chosen cases, and gives each result as it comes. */
export async function* runCases(world: TearingWorld, { share, of, oneIn, profile: only }: Choice): AsyncGenerator<EnumeratedResult> {
  const groups: Array<{ readonly once: TearingCase } & Pick<Subject, 'profile' | 'deed'>> = [];
  for (const { name: subject, profile, deed } of world.subjects.filter((one) => only === undefined || one.profile === only)) {
    const undisturbed = await runUndisturbed(world, subject);
    if (share === 0) yield { ...undisturbed, profile, progress: 0 };
    for (let command = 0; command < undisturbed.operationCommands; command += 1) {
      for (const how of TEARS) {
        for (const journey of JOURNEYS) groups.push({ profile, deed, once: { subject, journey, first: { command, how }, second: undefined } });
      }
    }
  }
  for (const [index, { once, profile, deed }] of groups.entries()) {
    if (index % of !== share) continue;
    for await (const result of runGroup(world, once, oneIn * SECOND_TEARS_ONE_IN[deed])) yield { ...result, profile, progress: index / groups.length };
  }
}

/** The first tear alone always runs: how long the way back is, and so which second tears there are, is known only then. */
async function* runGroup(world: TearingWorld, once: TearingCase, oneIn: number): AsyncGenerator<CaseResult> {
  const tornOnce = await runCase(world, once);
  yield tornOnce;
  let number = createHash('sha256').update(tornOnce.name).digest().readUInt32LE(0) % oneIn;
  for (let command = once.first.command + 1; command < tornOnce.commands; command += 1) {
    for (const how of TEARS) {
      number += 1;
      if (number % oneIn === 0) yield await runCase(world, { ...once, second: { command, how } });
    }
  }
}
