import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MunicipalityId } from '../../contract/ids.ts';
import type { Scheme } from '../../contract/value.ts';
import { parseCommandLine } from '../command-line.ts';
import { ENGINES } from '../test-support/engines.ts';
import { officeDesk } from '../test-support/office-desk.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { grantIdOf } from './grant.ts';
import { listSchemes } from './put-scheme.ts';

const TOWN = MunicipalityId.parse('tomamae');

describe.each(ENGINES)('what the office hands in, on $name', (engine) => {
  let town: TestTown;
  let desk: ReturnType<typeof officeDesk>;
  let accounts: string[];
  let device: TestDevice;
  let said: string[];

  beforeAll(async () => {
    town = await testTown(engine, 60);
    desk = officeDesk(town);
    device = await town.device();
    await device.pullAll();
    accounts = (await town.database.kysely.selectFrom('account').select('account_id').orderBy('account_id').execute()).map((row) => row.account_id);
  });
  afterAll(async () => {
    await town.close();
    desk.close();
  });
  beforeEach(() => {
    said = [];
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  });

  const file = (name: string, content: string) => desk.file(name, content);
  const run = (...words: string[]) => desk.run(...words);
  const entitlements = () => town.database.kysely.selectFrom('entitlement').selectAll().where('entitlement_id', 'like', 'grant-%').orderBy('entitlement_id').execute();
  const scheme = async (id: string): Promise<Scheme> => {
    const found = (await listSchemes(town.database, TOWN)).find((known) => known.id === id);
    if (!found) throw new Error(`There is no scheme ${id}`);
    return found;
  };
  const [HEAD, KIND, DAYS] = ['key,holder,scheme,amount,kind,firstDay,lastDay', 'free', '2026-11-21,2027-01-31'];

  describe('a scheme', () => {
    it('is put, changed and listed; the kiosks are told', async () => {
      const added = { ...(await scheme('kurashi-2026')), id: 'shoku-2026', name: '食料品応援券' };
      expect(await run('scheme', 'put', file('scheme.json', JSON.stringify(added)))).toBe(0);
      expect((await device.pullAll()).filter(({ type }) => type === 'scheme')).toEqual([{ type: 'scheme', scheme: added }]);
      expect(await run('scheme', 'put', file('scheme.json', JSON.stringify(added)))).toBe(0);
      expect(said.at(-1)).toContain('the same already');
      expect(await run('scheme', 'put', file('scheme.json', JSON.stringify({ ...added, name: '食料品券' })))).toBe(0);
      expect((await device.pullAll()).filter(({ type }) => type === 'scheme')).toHaveLength(1);
      expect((await scheme('shoku-2026')).name).toBe('食料品券');
      said = [];
      await run('scheme', 'list');
      expect(said.join('')).toMatch(/shoku-2026\tvoucher\tyen\t食料品券/);
    });

    it('that the law may not allow is not put before somebody has said yes', async () => {
      const [sold] = (await listSchemes(town.database, TOWN)).filter(({ rules }) => rules?.sale);
      if (!sold?.rules) throw new Error('Nothing is sold');
      const { validDays: _, ...rules } = sold.rules;
      const prepaid = { ...sold, id: 'prepaid-2026', issuerKind: 'association', lastDay: '2027-12-31', rules };
      const place = file('prepaid.json', JSON.stringify(prepaid));
      expect(await run('scheme', 'put', place)).toBe(2);
      expect(said.join('')).toContain('資金決済法');
      expect((await listSchemes(town.database, TOWN)).map(({ id }) => id)).not.toContain('prepaid-2026');
      expect(await run('scheme', 'put', place, '--yes')).toBe(0);
      expect((await listSchemes(town.database, TOWN)).map(({ id }) => id)).toContain('prepaid-2026');
    });

    it('names every mistake by where it stands', async () => {
      const wrong = { ...(await scheme('kurashi-2026')), unit: 'dollar', colour: 'red', firstDay: '2026-13-01' };
      await expect(run('scheme', 'put', file('wrong.json', JSON.stringify(wrong)))).rejects.toThrow(/unit: [\s\S]*firstDay: [\s\S]*colour: 知らない名前です/);
      await expect(run('scheme', 'put', file('wrong.json', '{'))).rejects.toThrow('JSON ではありません');
      await expect(run('scheme', 'put', `${file('somewhere.json', '')}.nowhere`)).rejects.toThrow('ENOENT');
    });

    it('whose value has moved keeps its unit and its ledger', async () => {
      const { scheme_id } = await town.database.kysely.selectFrom('lot').select('scheme_id').executeTakeFirstOrThrow();
      const used = await scheme(scheme_id);
      await expect(run('scheme', 'put', file('used.json', JSON.stringify({ ...used, unit: used.unit === 'yen' ? 'point' : 'yen' })))).rejects.toThrow(`${scheme_id}: unit`);
      await expect(run('scheme', 'put', file('used.json', JSON.stringify({ ...used, rules: { ...used.rules, ledger: 'platform' } })))).rejects.toThrow('rules.ledger');
    });
  });

  describe('a list of grants', () => {
    it('is granted once, by account or card, however often it is handed in', async () => {
      const { card_ref, account_id } = await town.database.kysely.selectFrom('card').select(['card_ref', 'account_id']).orderBy('card_ref').executeTakeFirstOrThrow();
      const list = file('grants.csv', `\uFEFF${HEAD}\r\nR8-1,${accounts[0] ?? ''},kurashi-2026,5000,${KIND},${DAYS}\r\n"R8-2",${card_ref},kurashi-2026,3000,${KIND},${DAYS}\r\n`);
      expect(await run('grant', list)).toBe(0);
      expect(said.at(-1)).toContain('2 granted, 0 were granted before');
      expect(await run('grant', list)).toBe(0);
      expect(said.at(-1)).toContain('0 granted, 2 were granted before');
      expect((await entitlements()).map(({ account_id: account, amount, state }) => [account, amount, state]).sort()).toEqual([[accounts[0], 5_000, 'open'], [account_id, 3_000, 'open']].sort());
    });

    it('with mistakes grants nothing, and names each line', async () => {
      const before = await entitlements();
      const lines = [
        `R8-1,${accounts[0] ?? ''},kurashi-2026,9000,${KIND},${DAYS}`,
        `R8-9,nobody,kurashi-2026,5000,${KIND},${DAYS}`,
        `R8-10,${accounts[1] ?? ''},kurashi-2026,-5,${KIND},${DAYS}`,
      ];
      await expect(run('grant', file('mistakes.csv', [HEAD, ...lines].join('\n')))).rejects.toThrow(/4行目 amount/);
      await expect(run('grant', file('mistakes.csv', [HEAD, lines[1]].join('\n')))).rejects.toThrow(/2行目 holder: nobody/);
      await expect(run('grant', file('mistakes.csv', [HEAD, lines[0]].join('\n')))).rejects.toThrow(/2行目 key: .*another grant/);
      await expect(run('grant', file('mistakes.csv', [HEAD, ...[1, 2].map(() => `R8-20,${accounts[1] ?? ''},kurashi-2026,5,${KIND},${DAYS}`)].join('\n')))).rejects.toThrow(/3行目 key: 2行目と同じ/);
      await expect(run('grant', file('mistakes.csv', [HEAD, `R8-21,${accounts[1] ?? ''},no-such,5,${KIND},${DAYS}`].join('\n')))).rejects.toThrow(/2行目 scheme/);
      await expect(run('grant', file('mistakes.csv', 'key,holder\n'))).rejects.toThrow('1行目は');
      await expect(run('grant', file('mistakes.csv', `${HEAD}\nR8-22,x`))).rejects.toThrow('2行目');
      await expect(run('grant', file('mistakes.csv', `${HEAD}\n"R8-22,x`))).rejects.toThrow('引用符');
      expect(await entitlements()).toEqual(before);
    });

    it('can be withdrawn as long as nobody has received it', async () => {
      await run('grant', file('one.csv', `${HEAD}\nR8-30,${accounts[2] ?? ''},kurashi-2026,700,${KIND},${DAYS}\n`));
      const grant = grantIdOf(TOWN, 'R8-30');
      const state = async () => (await entitlements()).find(({ entitlement_id }) => entitlement_id === grant)?.state;
      expect(await run('withdraw', grant)).toBe(0);
      expect(await state()).toBe('withdrawn');
      await expect(run('withdraw', 'grant-nothing')).rejects.toThrow('There is no such grant');
      await device.pullAll();
      const [offer] = device.offers();
      if (!offer) throw new Error('Nobody may receive anything');
      device.appendMoved(device.load(offer));
      await device.push();
      await expect(run('withdraw', offer.id)).rejects.toThrow('It has been received already');
    });
  });

  it('who may buy, what was won and what was bought elsewhere goes to the sale', async () => {
    const [sold] = (await listSchemes(town.database, TOWN)).filter(({ rules }) => rules?.sale);
    const id = sold?.id ?? '';
    expect(await run('eligible', file('eligible.csv', `holder,eligible\n${accounts[0] ?? ''},yes\n${accounts[1] ?? ''},no\n`), '--scheme', id)).toBe(0);
    expect(await town.database.kysely.selectFrom('sale_eligible').select('account_id').execute()).toEqual([{ account_id: accounts[0] }]);
    expect(await run('lottery', file('lottery.csv', `holder,sets\n${accounts[0] ?? ''},3\n`), '--scheme', id)).toBe(0);
    expect(await town.database.kysely.selectFrom('lottery_result').select(['account_id', 'sets']).execute()).toEqual([{ account_id: accounts[0], sets: 3 }]);
    const elsewhere = file('elsewhere.csv', `reference,holder,medium,sets\napp-1,${accounts[0] ?? ''},app,2\n`);
    expect(await run('bought-elsewhere', elsewhere, '--scheme', id)).toBe(0);
    expect(await run('bought-elsewhere', elsewhere, '--scheme', id)).toBe(0);
    expect(said.at(-1)).toContain('0 noted, 1 were noted before');
    await expect(run('eligible', elsewhere, '--scheme', id)).rejects.toThrow('1行目は');
    await expect(run('eligible', file('eligible.csv', `holder,eligible\n${accounts[0] ?? ''},maybe\n`), '--scheme', id)).rejects.toThrow('2行目 eligible');
    expect(() => parseCommandLine(['nonsense'], {})).toThrow('There is no command');
  });

  it('what a town’s commands say of the ledger can be read by people and programs', async () => {
    expect(await run('integrity', '--json')).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ faults: [] });
    expect(await run('anomalies')).toBe(0);
    await expect(run('resolve', 'x', '--as', 'noted', '--staff', 's-1', '--reason', 'r')).rejects.toThrow('named by its number');
    await expect(run('resolve', '1', '--as', 'noted', '--staff', 's-1', '--reason', '番号は 1234 5678 9012 です')).rejects.toThrow('twelve digits');
    await expect(run('resolve', '99', '--as', 'perhaps', '--staff', 's-1', '--reason', 'r')).rejects.toThrow('--as must be one of');
    await expect(run('cards', 'release', '--card', 'x', '--staff', 's-1', '--reason', 'r')).rejects.toThrow('32 hexadecimal');
    expect(await run('platform')).toBe(0);
  });
});
