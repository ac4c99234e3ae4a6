import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SurveyCount } from '../../contract/survey.ts';
import { LocalDate } from '../../contract/time.ts';
import { ENGINES } from '../test-support/engines.ts';
import { officeDesk } from '../test-support/office-desk.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';

describe.each(ENGINES)('the five faces, on $name', (engine) => {
  let town: TestTown;
  let desk: ReturnType<typeof officeDesk>;
  let devices: TestDevice[];
  let said: string[];

  const counted = (day: string, ...answers: SurveyCount[]) => ({ type: 'surveys-counted', day: LocalDate.parse(day), answers }) as const;

  beforeAll(async () => {
    town = await testTown(engine, 5);
    desk = officeDesk(town);
    devices = [await town.device(), await town.device()];
    const [first, second] = devices;
    first?.append(counted('2026-10-30', { face: 5, did: ['load'], count: 2 }, { face: 1, did: ['slip'], count: 3 }));
    first?.append(counted('2026-11-02', { face: 4, did: ['load', 'slip'], count: 4 }));
    first?.append(counted('2026-11-02', { face: 4, did: ['load', 'slip'], count: 1 }, { face: 4, did: ['slip'], count: 1 }));
    second?.append(counted('2026-11-02', { face: 3, did: ['request'], count: 1 }));
    // What is sent again counts once.
    for (const device of [first, first, second]) await device?.push();
  });
  afterAll(async () => {
    await town.close();
    desk.close();
  });
  beforeEach(() => {
    said = [];
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    return () => vi.restoreAllMocks();
  });

  it('are added up by the month, with the mean', async () => {
    expect(await desk.run('surveys')).toBe(0);
    expect(said.join('').split('\n').slice(1, 3)).toEqual(['2026-10\t2\t0\t0\t0\t3\t5\t2.60', '2026-11\t0\t6\t1\t0\t0\t7\t3.86']);
  });

  it('can be asked for some days', async () => {
    expect(await desk.run('surveys', '--from', '2026-11-01', '--to', '2026-11-30', '--json')).toBe(0);
    expect(JSON.parse(said.join(''))).toEqual([{ month: '2026-11', faces: { 1: 0, 2: 0, 3: 1, 4: 6, 5: 0 }, answers: 7, mean: '3.86' }]);
    await expect(desk.run('surveys', '--from', 'November')).rejects.toThrow('--from');
  });

  it('are kept counted, with nothing else beside them', async () => {
    const rows = await town.database.kysely.selectFrom('survey_count').select(['device_id', 'day', 'face', 'did', 'count']).orderBy('day').orderBy('face').orderBy('did').execute();
    expect(rows.map(({ day, face, did, count }) => [day, face, did, count])).toEqual([
      ['2026-10-30', 1, 'slip', 3], ['2026-10-30', 5, 'load', 2], ['2026-11-02', 3, 'request', 1], ['2026-11-02', 4, 'load slip', 5], ['2026-11-02', 4, 'slip', 1],
    ]);
  });
});
