/**
 * What must hold at the end of every run, whatever happened. Each rule has a name and a file; they read the files and databases
 * themselves, past the programs, which have all stopped.
 */
import { evidenceOf } from './invariants/evidence.ts';
import { INVARIANTS } from './invariants/invariants.ts';
import type { World } from './world.ts';

export async function lookOver(world: World): Promise<void> {
  const evidence = evidenceOf(world);
  for (const { name, look } of INVARIANTS) {
    await look(evidence, (sentence) => world.faults.find(`${name}: ${sentence}`));
  }
}
