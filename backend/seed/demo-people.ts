/** Invents the demo town's households: many old couples and people living alone, few children. Always the same people. */
import { AccountId, type SiteId } from '../../contract/ids.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { Person } from '../people/sealing.ts';
import { constantChance, type Chance } from './constant-chance.ts';
import { FAMILY_NAMES, GIVEN_NAMES, NEIGHBOURHOODS, SITES } from './demo-town.ts';

/** Residents of the real town, about. */
export const POPULATION = 2_670;
const SEED = 0x746f6d61;

export interface DemoResident {
  readonly residentId: string;
  readonly householdId: string;
  readonly accountId: AccountId;
  readonly site: SiteId;
  readonly age: number;
  readonly person: Person;
  /** One of the demo cards with a name of its own; its holder's figures are fixed. */
  readonly demoCard?: (typeof NAMED)[number]['demoCard'];
}

/** Holders of the named cards; all go to the town office. */
const NAMED = [
  { demoCard: 'hanako', name: '浜野 花子', kana: 'ハマノ ハナコ', age: 78, house: 0 },
  { demoCard: 'taro', name: '浜野 太郎', kana: 'ハマノ タロウ', age: 81, house: 0 },
  { demoCard: 'kiyoshi', name: '越前 清', kana: 'エチゼン キヨシ', age: 62, house: 1 },
  { demoCard: 'sachiko', name: '加賀谷 幸子', kana: 'カガヤ サチコ', age: 70, house: 2 },
  { demoCard: 'kazuko', name: '能登 和子', kana: 'ノト カズコ', age: 76, house: 3 },
  { demoCard: 'setsuko', name: '能登 節子', kana: 'ノト セツコ', age: 73, house: 3 },
  { demoCard: 'haruo', name: '佐渡 春夫', kana: 'サド ハルオ', age: 80, house: 4 },
] as const;

type Generation = 'old' | 'middle' | 'young' | 'child';

/** Who lives together, and in how many of 100 households. */
const HOUSEHOLDS: ReadonlyArray<readonly [readonly Generation[], number]> = [
  [['old'], 22],
  [['old', 'old'], 20],
  [['middle'], 15],
  [['middle', 'middle'], 10],
  [['middle', 'old'], 9],
  [['young'], 7],
  [['middle', 'middle', 'child', 'child'], 8],
  [['middle', 'middle', 'young', 'old'], 5],
  [['middle', 'child'], 4],
];

/** @param count how many; the named ones come first */
export function demoPeople(today: LocalDate, count = POPULATION): DemoResident[] {
  const chance = constantChance(SEED);
  const people: DemoResident[] = [];
  const numbers = new Set<string>();
  const number = () => {
    let made = chance.hex(4);
    while (numbers.has(made)) made = chance.hex(4);
    numbers.add(made);
    return made;
  };
  const resident = (householdId: string, site: SiteId, age: number, person: Omit<Person, 'birthday'>): DemoResident => ({
    residentId: `r-${number()}`,
    householdId,
    accountId: AccountId.parse(`a-${number()}`),
    site,
    age,
    person: { ...person, birthday: birthday(chance, today, age) },
  });

  const office = SITES[0]?.id;
  if (!office) throw new Error('The demo town has no site');
  const houses = new Map<number, { id: string; address: string }>();
  for (const { demoCard, name, kana, age, house } of NAMED) {
    const home = houses.get(house) ?? { id: `h-${number()}`, address: `字苫前${100 + house}番地` };
    houses.set(house, home);
    people.push({ ...resident(home.id, office, age, { name, kana, address: home.address }), demoCard });
  }
  while (people.length < count) {
    const place = chance.weighted(NEIGHBOURHOODS);
    const address = `${place.name}${1 + chance.below(600)}番地${chance.percent(30) ? `の${1 + chance.below(9)}` : ''}`;
    const [familyName, familyKana] = chance.pick(FAMILY_NAMES);
    const householdId = `h-${number()}`;
    for (const generation of chance.weighted(HOUSEHOLDS)) {
      if (people.length === count) break;
      const [givenName, givenKana] = chance.pick(GIVEN_NAMES[generation === 'child' ? 'young' : generation]);
      people.push(
        resident(householdId, place.site, ageOf(chance, generation), { name: `${familyName} ${givenName}`, kana: `${familyKana} ${givenKana}`, address }),
      );
    }
  }
  return people;
}

function ageOf(chance: Chance, generation: Generation): number {
  switch (generation) {
    case 'old':
      return 65 + Math.min(chance.below(24), chance.below(36));
    case 'middle':
      return 38 + chance.below(27);
    case 'young':
      return 18 + chance.below(20);
    case 'child':
      return chance.below(18);
  }
}

/** A birthday that makes the person `age` years old on `today`. */
function birthday(chance: Chance, today: LocalDate, age: number): string {
  const monthAndDay = `${String(1 + chance.below(12)).padStart(2, '0')}-${String(1 + chance.below(28)).padStart(2, '0')}`;
  const year = Number(today.slice(0, 4)) - age - (monthAndDay > today.slice(5) ? 1 : 0);
  return `${year}-${monthAndDay}`;
}
