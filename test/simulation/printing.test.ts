/** Slips that stop half-way: a sample of what `npm run simulate -- --tier printing` runs, chosen evenly, and proof that it finds bugs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLIPS, type SlipName } from './printing/case-slips.ts';
import { runCases } from './printing/enumerate-cases.ts';
import { PLANTED_PRINTING_BUGS } from './printing/planted-printing-bugs.ts';
import { AFTERS, DIRECTIONS, FAULTS, caseOfName, nameOf, type PrintingCase } from './printing/printing-case.ts';
import { PrintingWorld } from './printing/printing-world.ts';
import { runCase } from './printing/run-case.ts';

/** One case in so many; no multiple of what goes round from case to case. */
const ONE_IN = 83;
const CASES_MIN = 1_500;
/** A planted bug must be found within so many cases, taken from all over. */
const CASES_TO_FIND = 150;
const CASES_APART = { byte: 331, answer: 5 };
const LONG_MS = 600_000;

describe('a slip that something happens to', () => {
  let world: PrintingWorld;
  const which: PrintingCase[] = [];
  beforeAll(async () => {
    world = await PrintingWorld.open();
  });
  afterAll(() => world.close());

  it(
    'is printed, failed or unknown as the paper says; what is void says so; and the next one comes out whole and alone',
    async () => {
      const failed: string[] = [];
      for await (const result of runCases(world, { share: 0, of: ONE_IN })) {
        if (result.which) which.push(result.which);
        if (result.faults.length > 0) failed.push(`${result.name}: ${result.faults.join('; ')}`);
      }
      expect(failed, 'again: npm run simulate -- --tier printing --case NAME').toEqual([]);
    },
    LONG_MS,
  );

  it('was any slip, and anything at all happened to it', () => {
    expect(which.length).toBeGreaterThanOrEqual(CASES_MIN);
    for (const slip of Object.keys(SLIPS) as SlipName[]) {
      for (const fault of FAULTS) for (const after of AFTERS) expect(which).toContainEqual(expect.objectContaining({ slip, direction: 'byte', fault, after }));
    }
    for (const fault of FAULTS) expect(which).toContainEqual(expect.objectContaining({ direction: 'answer', fault }));
  });

  it('is the same case by its name', async () => {
    const name = 'balance-drawn/byte-1104/cable-off/soon-right';
    const named = caseOfName(name);
    if (!named) throw new Error('The name was not understood');
    expect(nameOf(named)).toBe(name);
    const [first, second] = [await runCase(world, named), await runCase(world, named)];
    expect(second).toEqual(first);
    expect(first).toMatchObject({ faults: [], outcome: 'unknown (power-cycled), its end not sent' });
    expect(caseOfName('balance-drawn/byte-1104/cable-off')).toBeUndefined();
    expect(caseOfName('balance-drawn/byte-1104/cable-off/by-night')).toBeUndefined();
    expect(caseOfName('toString/byte-1104/cable-off/soon-right')).toBeUndefined();
  });

  it('does not count when nothing happened to it', async () => {
    const { faults } = await runCase(world, { slip: 'balance', direction: 'byte', offset: 9_999, fault: 'silence', after: 'then-right' });
    expect(faults).toEqual(['The fault never struck: there is no such byte']);
  });

  it.each<readonly [string, string]>([
    // The end of the paper may come when all of the slip is out but the cut.
    ['load/byte-2389/paper-out/then-right', 'failed (paper-out)'],
    // The whole slip came out and was cut, and nobody heard of it.
    ['load/byte-2389/silence/then-right', 'unknown (silence)'],
    ['load/byte-2389/cable-out/then-right', 'unknown (line-lost)'],
    ['load/byte-2389/power-cycle/soon-right', 'unknown (power-cycled)'],
    ['load/answer-36/cable-off/then-right', 'unknown (silence)'],
    ['load/answer-37/cable-off/then-right', 'printed'],
    // What is left of the proof looks like a status in which the paper is at its end.
    ['balance/byte-2882/cable-off/soon-right', 'unknown (silence)'],
    // The paper ends while the proof comes, and half of it is lost.
    ['balance/answer-34/paper-out/soon-right', 'unknown (silence)'],
    ['request/byte-3000/silence/killed', 'killed, its end not sent'],
  ])('%s: %s', async (name, outcome) => {
    const named = caseOfName(name);
    if (!named) throw new Error(`${name} is no case`);
    expect(await runCase(world, named)).toMatchObject({ faults: [], outcome });
  });
});

describe('the tier finds', () => {
  it.each(Object.entries(PLANTED_PRINTING_BUGS))(
    '%s',
    async (_, plant) => {
      const world = await PrintingWorld.open(plant());
      try {
        for (const direction of DIRECTIONS) {
          let cases = 0;
          for await (const { faults, which } of runCases(world, { share: 0, of: CASES_APART[direction], direction })) {
            if (which && faults.length > 0) return;
            cases += 1;
            if (cases > CASES_TO_FIND) break;
          }
        }
      } finally {
        world.close();
      }
      expect.fail(`Not found within ${CASES_TO_FIND} cases of each kind`);
    },
    LONG_MS,
  );
});
