import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../contract/notice.ts';
import type { Change } from '../../contract/sync.ts';
import type { LocalDate} from '../../contract/time.ts';
import { addDays, dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { ENGINES } from '../test-support/engines.ts';
import { officeDesk } from '../test-support/office-desk.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';

describe.each(ENGINES)('what passers-by are told, on $name', (engine) => {
  let town: TestTown;
  let desk: ReturnType<typeof officeDesk>;
  let device: TestDevice;
  let said: string[];
  let files = 0;

  beforeAll(async () => {
    town = await testTown(engine, 5);
    desk = officeDesk(town);
    device = await town.device();
  });
  afterAll(async () => {
    await town.close();
    desk.close();
  });
  beforeEach(async () => {
    said = [];
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    await heard();
    return () => vi.restoreAllMocks();
  });

  const heard = async (): Promise<Change[]> => (await device.pullAll()).filter(({ type }) => type === 'notice');
  const put = (content: unknown) => desk.run('notices', 'put', desk.file(`notices-${(files += 1)}.json`, JSON.stringify(content)));
  const today = dateInTokyo(momentFromEpoch(Date.now()));
  const garbage = (day: LocalDate, more: Partial<Notice> = {}) => ({ id: `garbage-${day}`, kind: 'garbage', title: '燃やせるごみ', text: '朝8時までに', firstDay: day, lastDay: day, ...more });

  it('is put by the month, changed one by one, ended, and put again; each kiosk is told of what is new', async () => {
    const month = Array.from({ length: 31 }, (_, offset) => garbage(addDays(today, offset)));
    expect(await put(month)).toBe(0);
    expect(await heard()).toEqual(month.map((notice) => ({ type: 'notice', ...notice })));
    const [first = garbage(today)] = month;
    expect(await put([...month.slice(1), { ...first, text: '朝7時までに' }])).toBe(0);
    expect(said.at(-1)).toContain('1 told to every kiosk, 30 the same already');
    expect(await heard()).toEqual([{ type: 'notice', ...first, text: '朝7時までに' }]);

    expect(await desk.run('notices', 'end', first.id)).toBe(0);
    const { kind: _, ...plain } = first;
    expect(await heard()).toEqual([{ type: 'notice', ...plain, text: '朝7時までに', lastDay: addDays(today, -1) }]);
    expect(await desk.run('notices', 'end', first.id)).toBe(2);
    expect(await desk.run('notices', 'end', 'nobody')).toBe(2);
    expect(await heard()).toEqual([]);
    expect(await put({ ...first, text: '朝7時までに' })).toBe(0);
    expect(await heard()).toEqual([{ type: 'notice', ...first, text: '朝7時までに' }]);
  });

  it('lists what is shown or will be, also as a file that can be put again', async () => {
    await put([garbage(addDays(today, 40)), { ...garbage(addDays(today, -40)), id: 'over' }]);
    await heard();
    expect(await desk.run('notices', 'list', '--json')).toBe(0);
    const listed = said.at(-1) ?? '';
    expect(listed).not.toContain('over');
    expect(await desk.run('notices', 'put', desk.file('again.json', listed))).toBe(0);
    expect(said.at(-1)).toContain(' 0 told to every kiosk');
    expect(await heard()).toEqual([]);
    await desk.run('notices', 'list');
    expect(said.join('')).toContain(`garbage-${addDays(today, 40)}\tgarbage\t`);
  });

  it('takes an emergency with moments as people write them, and gives it its days', async () => {
    expect(await put({ id: 'tsunami', level: 'emergency', title: '津波警報', text: '高台へ', from: '2026-11-21T09:52:00+09:00', until: '2026-11-22T01:00:00+09:00', en: { title: 'Tsunami', text: 'Go up' } })).toBe(0);
    expect(await heard()).toEqual([
      { type: 'notice', id: 'tsunami', level: 'emergency', title: '津波警報', text: '高台へ', firstDay: '2026-11-21', lastDay: '2026-11-22', from: '2026-11-21T00:52:00.000Z', until: '2026-11-21T16:00:00.000Z', en: { title: 'Tsunami', text: 'Go up' } },
    ]);
    expect(await put({ id: 'open', level: 'emergency', title: '断水', text: '', firstDay: '2026-11-21' })).toBe(0);
    expect(await heard()).toMatchObject([{ id: 'open', lastDay: '2027-11-22' }]);
  });

  it('says nothing that an older kiosk does not know of a plain notice', async () => {
    await put({ id: 'plain', kind: 'notice', level: 'usual', title: '役場', text: '休みです', firstDay: today, lastDay: today });
    expect(await heard()).toEqual([{ type: 'notice', id: 'plain', title: '役場', text: '休みです', firstDay: today, lastDay: today }]);
  });

  it.each([
    ['no first day', { id: 'x', title: 'x', text: '', lastDay: today }, 'firstDay'],
    ['no last day', { id: 'x', title: 'x', text: '', firstDay: today }, 'lastDay'],
    ['days the wrong way round', { id: 'x', title: 'x', text: '', firstDay: today, lastDay: addDays(today, -1) }, 'lastDay'],
    ['moments the wrong way round', { id: 'x', title: 'x', text: '', from: '2026-11-21T09:00:00+09:00', until: '2026-11-21T08:00:00+09:00' }, 'until'],
    ['no title', { id: 'x', title: ' ', text: '', firstDay: today, lastDay: today }, 'title'],
    ['a kind that nobody draws', [garbage(today, { kind: 'weather' as never })], 'kind'],
    ['too long a text', garbage(today, { text: 'あ'.repeat(61) }), 'text'],
    ['the same twice', [garbage(today), garbage(today)], `garbage-${today}`],
  ])('refuses %s, and changes nothing', async (_, content, at) => {
    await expect(put(content)).rejects.toThrow(at);
    expect(await heard()).toEqual([]);
  });
});
