import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceId } from '../../contract/ids.ts';
import { DeviceKeys } from '../../contract/procedure/open-sealed-code.ts';
import { revokeDevice } from '../devices/known-devices.ts';
import { ENGINES } from '../test-support/engines.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { BackendUnusable } from '../unusable.ts';
import { clerkPageCommand, deviceKeysCommand } from './clerk-commands.ts';
import { Given, UsageError, type Command } from './command.ts';

describe.each(ENGINES)('what the window gets, from a town on $name', (engine) => {
  let town: TestTown;
  beforeAll(async () => {
    town = await testTown(engine, 8);
  });
  afterAll(() => town.close());
  const run = (command: Command, options: Readonly<Record<string, string>>) => command.run(new Given(town.place, [], options));
  const file = (name: string) => path.join(town.place.dataDir, name);

  it('a list of who signs for each kiosk, also for one that is refused', async () => {
    const [kept, refused] = [await town.device('yakuba'), await town.device('kotanbetsu')];
    const idOf = ({ identity }: typeof kept) => DeviceId.parse(identity?.deviceId);
    await revokeDevice(town.database, idOf(refused));
    expect(await run(deviceKeysCommand, { out: file('device-keys.json') })).toBe(0);
    const { devices } = DeviceKeys.parse(JSON.parse(readFileSync(file('device-keys.json'), 'utf8')));
    expect(new Map(devices.map(({ device, state, publicKey }) => [device, [state, publicKey]]))).toEqual(
      new Map([
        [idOf(kept), ['active', kept.publicKey.x]],
        [idOf(refused), ['revoked', refused.publicKey.x]],
      ]),
    );
  });

  it('nothing where nothing can be written', async () => {
    await expect(run(deviceKeysCommand, { out: file('missing/device-keys.json') })).rejects.toThrow(BackendUnusable);
    await expect(run(deviceKeysCommand, {})).rejects.toThrow(UsageError);
    await expect(run(clerkPageCommand, {})).rejects.toThrow(UsageError);
  });
});

it('the page is one file with nothing to load, the same each time', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-clerk-'));
  try {
    const [first = '', second = ''] = ['a.html', 'b.html'].map((name) => path.join(directory, name));
    for (const out of [first, second]) expect(await clerkPageCommand.run(new Given({ dataDir: directory }, [], { out }))).toBe(0);
    const page = readFileSync(first, 'utf8');
    expect(page).toContain("default-src 'none'; script-src 'sha256-");
    expect(page).not.toMatch(/<link|<iframe|@import/);
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(readFileSync(second, 'utf8')).toBe(page);
    expect(readdirSync(directory)).toEqual(['a.html', 'b.html']);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
