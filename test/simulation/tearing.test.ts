/** Torn cards: a sample of what `npm run simulate -- --tier tearing` runs, chosen evenly, and proof that it finds bugs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationId } from '../../contract/ids.ts';
import type { FileMemory } from '../../hardware/simulator/desfire/memory.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import type { FelicaLiteSCard } from '../../hardware/simulator/virtual-card-felica-lite-s.ts';
import { runCases } from './tearing/enumerate-cases.ts';
import { PLANTED_TEARING_BUGS } from './tearing/planted-tearing-bugs.ts';
import { runCase } from './tearing/run-case.ts';
import { JOURNEYS, TEARS, caseOfName, nameOf } from './tearing/tearing-case.ts';
import { TearingWorld } from './tearing/tearing-world.ts';

const PROFILES = ['desfire', 'felica-lite-s', 'plain-identifier'] as const;
/** One first tear in so many, whatever journey follows, and of their second tears one in so many: one case in twenty or so. */
const FIRST_TEARS_ONE_IN = 7;
const ONE_IN = 4;
const CASES_MIN = 4_000;
/** A planted bug must be found within so many cases, taken from all over. */
const CASES_TO_FIND = 1_500;
const GROUPS_APART = 17;
const LONG_MS = 600_000;

describe('a torn operation', () => {
  let world: TearingWorld;
  const seen = new Set<string>();
  let cases = 0;
  beforeAll(async () => {
    world = await TearingWorld.open();
  });
  afterAll(() => world.close());

  it.each(PROFILES)(
    'on a %s card has happened once or not at all after one undisturbed tap, and card, books and slip say the same',
    async (profile) => {
      const failed: string[] = [];
      for await (const { name, faults } of runCases(world, { share: 0, of: FIRST_TEARS_ONE_IN, oneIn: ONE_IN, profile })) {
        cases += 1;
        for (const word of name.split('/')) seen.add(word);
        if (faults.length > 0) failed.push(`${name}: ${faults.join('; ')}`);
      }
      expect(failed, 'again: npm run simulate -- --tier tearing --case NAME').toEqual([]);
    },
    LONG_MS,
  );

  it('was torn in every way, at thousands of places', () => {
    expect(cases).toBeGreaterThanOrEqual(CASES_MIN);
    for (const { name } of world.subjects) expect(seen).toContain(name);
    for (const journey of JOURNEYS) expect(seen).toContain(journey);
    for (const tear of TEARS) for (const command of [0, 5, 12]) expect(seen).toContain(`${command}-${tear}`);
  });

  it('is the same case by its name', async () => {
    const name = 'desfire-exchange-full/power-cut/14-answer-lost/19-command-lost';
    const named = caseOfName(name);
    if (!named) throw new Error('The name was not understood');
    expect(nameOf(named)).toBe(name);
    const [first, second] = [await runCase(world, named), await runCase(world, named)];
    expect(second).toEqual(first);
    expect(caseOfName('desfire-exchange-full/power-cut/14-answer-lost')).toBeUndefined();
    expect(caseOfName('desfire-exchange-full/by-night/14-answer-lost/undisturbed')).toBeUndefined();
  });
});

describe('the judgement on a card sees', () => {
  const OPERATIONS = [OperationId.parse('0190a000-0000-7000-8000-00000000abcd')];
  const random = (bytes: number) => new Uint8Array(bytes);
  let world: TearingWorld;
  beforeAll(async () => {
    world = await TearingWorld.open();
  });
  afterAll(() => world.close());
  const cardOf = (subject: string) => world.subjects.find(({ name }) => name === subject)!.card(random);

  it('any change to any file of a DESFire card', async () => {
    const { virtual } = cardOf('desfire-exchange-full');
    if (!(virtual instanceof DesfireCard)) throw new Error('Not a DESFire card');
    const memory = virtual.exportMemory();
    const [application] = memory.applications;
    const numbers = Object.keys(application!.files).map(Number);
    expect(numbers).toHaveLength(11);
    for (const number of numbers) {
      const card = cardOf('desfire-exchange-full');
      const files = { ...application!.files, [number]: altered(application!.files[number]!) };
      (card.virtual as DesfireCard).importMemory({ ...memory, applications: [{ ...application!, files }] });
      expect(await card.verdict(OPERATIONS), `file ${number}`).toMatchObject({ kind: 'wrong' });
    }
  });

  it('any change to a FeliCa card but the slot that does not hold', async () => {
    const blocks = { held: [7, 8, 9, 11, 13], system: [0x82, 0x86, 0x87, 0x88] };
    for (const number of [...blocks.held, ...blocks.system]) {
      const card = cardOf('felica-load-full');
      (card.virtual as FelicaLiteSCard).chip.damage(number, new Uint8Array(16).fill(0x5a));
      expect(await card.verdict(OPERATIONS), `block ${number}`).toMatchObject({ kind: 'wrong' });
    }
  });
});

describe('the tier finds', () => {
  it.each(Object.entries(PLANTED_TEARING_BUGS))(
    '%s',
    async (_, plant) => {
      const world = await TearingWorld.open({ plant: plant() });
      try {
        let cases = 0;
        for await (const { faults } of runCases(world, { share: 0, of: GROUPS_APART, oneIn: 200 })) {
          if (faults.length > 0) return;
          cases += 1;
          if (cases > CASES_TO_FIND) break;
        }
      } finally {
        world.close();
      }
      expect.fail(`Not found within ${CASES_TO_FIND} cases`);
    },
    LONG_MS,
  );
});

/** The same file with something else in it. */
function altered(file: FileMemory): FileMemory {
  switch (file.type) {
    case 'standard':
    case 'backup':
      return { ...file, data: `${file.data.slice(0, -2)}5A` };
    case 'value':
      return { ...file, value: file.value + 1 };
    case 'linear':
    case 'cyclic':
      return { ...file, records: file.records.slice(1) };
    case 'transaction-mac':
      return { ...file, counter: file.counter + 1 };
  }
}
