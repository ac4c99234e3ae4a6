import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SAMPLE, SAMPLE_AREAS } from '../../contract/test-support/sample-procedure.ts';
import type { Change } from '../../contract/sync.ts';
import { demoFees } from '../seed/demo-procedures.ts';
import { ENGINES } from '../test-support/engines.ts';
import { officeDesk } from '../test-support/office-desk.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';

describe.each(ENGINES)('what residents can ask for, on $name', (engine) => {
  let town: TestTown;
  let desk: ReturnType<typeof officeDesk>;
  let device: TestDevice;
  let said: string[];

  beforeAll(async () => {
    town = await testTown(engine, 60);
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
  });

  const sample = (told: object = {}) => desk.file('sample.json', JSON.stringify({ ...SAMPLE, fee: { id: 'residence-copy', copies: 'copies' }, ...told }));
  const heard = async (): Promise<Change[]> => (await device.pullAll()).filter(({ type }) => ['procedure', 'procedure-ended', 'fees', 'areas'].includes(type));

  it('comes to a new kiosk with the rest of the town', async () => {
    const first = await heard();
    expect(first.slice(0, 2).map(({ type }) => type)).toEqual(['areas', 'fees']);
    expect(first.flatMap((change) => (change.type === 'procedure' ? [change.procedure.id] : []))).toEqual([
      'bulky-waste', 'demand-transport', 'dog-registration', 'facility-booking', 'income-certificate', 'residence-certificate', 'road-report', 'seal-certificate', 'tax-certificate', 'water-supply',
    ]);
  });

  it('is put, changed as another version, ended and put again; each kiosk is told each time', async () => {
    expect(await desk.run('procedure', 'put', sample())).toBe(0);
    expect(await heard()).toMatchObject([{ type: 'procedure', procedure: { id: 'sample', version: 1 } }]);
    expect(await desk.run('procedure', 'put', sample())).toBe(0);
    expect(said.at(-1)).toContain('the same already');
    await expect(desk.run('procedure', 'put', sample({ kind: 'report' }))).rejects.toThrow('what is changed gets 2');
    expect(await heard()).toEqual([]);
    expect(await desk.run('procedure', 'put', sample({ kind: 'report', version: 2 }))).toBe(0);
    expect(await heard()).toMatchObject([{ type: 'procedure', procedure: { version: 2 } }]);
    await desk.run('procedure', 'list');
    expect(said.join('')).toContain('sample\t2\treport\tみほん\t住民生活課');

    expect(await desk.run('procedure', 'end', 'sample')).toBe(0);
    expect(await heard()).toEqual([{ type: 'procedure-ended', procedureId: 'sample' }]);
    expect(await desk.run('procedure', 'end', 'sample')).toBe(2);
    expect(await heard()).toEqual([]);
    expect(await desk.run('procedure', 'put', sample({ kind: 'report', version: 2 }))).toBe(0);
    expect(await heard()).toMatchObject([{ type: 'procedure', procedure: { version: 2 } }]);
    const kept = await town.database.kysely.selectFrom('procedure').select(['version', 'offered']).where('procedure_id', '=', 'sample').orderBy('version').execute();
    expect(kept).toEqual([{ version: 1, offered: 0 }, { version: 2, offered: 1 }]);
  });

  it('is refused whole, with every mistake by its place, in both languages', async () => {
    await expect(desk.run('procedure', 'put', sample({ id: 'other', fee: { id: 'not-there' }, askers: ['self', 'self'] }))).rejects.toThrow(/askers\.1: 「self」が二度あります[^]*fee\.id: 手数料の表に「not-there」がありません。 the table of fees has no not-there/u);
    await expect(desk.run('procedure', 'put', desk.file('broken.json', '{'))).rejects.toThrow('JSON');
    expect(await heard()).toEqual([]);
  });

  it('has fees that are changed as a whole, but for those that are needed', async () => {
    const approved = demoFees.map((line) => ({ ...line, rates: [{ ...line.rates[0], approved: { by: '住民生活課', on: '2026-11-01' } }] }));
    expect(await desk.run('fees', 'put', desk.file('fees.json', JSON.stringify(approved)))).toBe(0);
    expect(await heard()).toMatchObject([{ type: 'fees', fees: [{ id: 'residence-copy', rates: [{ approved: { by: '住民生活課' } }] }, {}, {}, {}, {}, {}] }]);
    await expect(desk.run('fees', 'put', desk.file('fees.json', JSON.stringify(approved.slice(1))))).rejects.toThrow('The procedure residence-certificate needs this line');
    expect(await desk.run('fees', 'put', desk.file('fees.json', JSON.stringify(demoFees)))).toBe(0);
    expect(said.at(-1)).toContain('Amounts that nobody has approved are not shown');
  });

  it('has the parts of the town that addresses are made of', async () => {
    await heard();
    expect(await desk.run('areas', 'put', desk.file('areas.json', JSON.stringify(SAMPLE_AREAS)))).toBe(0);
    expect(await heard()).toEqual([{ type: 'areas', areas: SAMPLE_AREAS }]);
    expect(await desk.run('areas', 'put', desk.file('areas.json', JSON.stringify(SAMPLE_AREAS)))).toBe(0);
    expect(await heard()).toEqual([]);
    await expect(desk.run('areas', 'put', desk.file('areas.json', JSON.stringify([...SAMPLE_AREAS, ...SAMPLE_AREAS])))).rejects.toThrow('each id may stand there once');
  });
});
