import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_GENERATION } from '../../contract/sync.ts';
import { systemRandomness } from '../ports.ts';
import { awaitedLabels, generationOf } from '../ledger/generations.ts';
import { readBooks } from '../ledger/books.ts';
import { ENGINES, type TestPlace } from '../test-support/engines.ts';
import { valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { makeBackup, type Backup } from './make-backup.ts';
import { BackupManifest, manifestPath } from './manifest.ts';
import { restoreBackup } from './restore-backup.ts';

describe.each(ENGINES)('a backup on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  let directory: string;
  let backup: Backup;
  let atBackup: Awaited<ReturnType<typeof readBooks>>;
  const places: TestPlace[] = [];
  const emptyPlace = async () => {
    const place = await engine.place(true);
    places.push(place);
    return place;
  };
  const ports = () => ({ clock: town.clock, randomness: systemRandomness });
  const load = async () => {
    const [offer] = device.offers();
    if (!offer) throw new Error('Nobody may receive anything any more');
    device.appendMoved(device.load(offer));
    valueOf(await device.push());
    await device.pullAll();
  };

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'kazasu-backup-'));
    town = await testTown(engine, 60);
    device = await town.device();
    await device.pullAll();
    await load();
    atBackup = await readBooks(town.database);
    backup = await makeBackup(town.place, path.join(directory, 'first'), town.clock);
    await load();
  });
  afterAll(async () => {
    await town.close();
    for (const place of places) await place.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is one file that only its owner may read, with a manifest that says what is in it', async () => {
    expect(backup.faults).toEqual([]);
    expect(statSync(backup.file).mode & 0o777).toBe(0o600);
    const manifest = BackupManifest.parse(JSON.parse(readFileSync(manifestPath(backup.file), 'utf8')));
    expect(manifest).toMatchObject({ bytes: statSync(backup.file).size, madeAt: '2026-11-21T01:00:00.000Z', ledger: { movements: atBackup.movements, journalEntries: 1, faults: 0 } });
    expect(manifest.towns).toEqual([
      { municipalityId: 'tomamae', generation: FIRST_GENERATION, lastCursor: expect.any(Number) as number, devices: [{ deviceId: device.deviceId, seq: 1, hash: device.entries[0]?.hash }] },
    ]);
    expect(existsSync(`${backup.file}.partial`)).toBe(false);
    expect(existsSync(`${backup.file}-wal`)).toBe(false);
  });

  it('in a directory has the time in its name, and is never overwritten', async () => {
    const { file } = await makeBackup(town.place, `${directory}${path.sep}`, town.clock);
    expect(path.basename(file)).toMatch(/^kazasu-2026-11-21T01-00-00-000Z\./);
    await expect(makeBackup(town.place, `${directory}${path.sep}`, town.clock)).rejects.toThrow('there already');
    await expect(makeBackup(town.place, backup.file, town.clock)).rejects.toThrow('there already');
  });

  it('puts the ledger back as it was then, as another generation that waits for its kiosks', async () => {
    const place = await emptyPlace();
    const { integrity, awaited } = await restoreBackup(backup.file, place, ports());
    expect([integrity.faults, awaited]).toEqual([[], 1]);
    const database = await place.open();
    try {
      expect(await readBooks(database)).toEqual(atBackup);
      expect(await generationOf(database, 'tomamae' as never)).not.toBe(FIRST_GENERATION);
      expect(await awaitedLabels(database, 'tomamae' as never)).toEqual(['役場1']);
    } finally {
      await database.close();
    }
    await expect(restoreBackup(backup.file, place, ports())).rejects.toThrow(/already|not empty/);
  });

  it('is another generation each time it is put back', async () => {
    const generations: string[] = [];
    for (const place of [await emptyPlace(), await emptyPlace()]) {
      await restoreBackup(backup.file, place, ports());
      const database = await place.open();
      generations.push(await generationOf(database, 'tomamae' as never));
      await database.close();
    }
    expect(new Set(generations).size).toBe(2);
  });

  it('that was cut short, changed or belongs to the other engine is refused, and the place stays empty', async () => {
    const { file } = await makeBackup(town.place, path.join(directory, 'damaged'), town.clock);
    appendFileSync(file, 'x');
    const place = await emptyPlace();
    await expect(restoreBackup(file, place, ports())).rejects.toThrow('cut short or has changed');
    writeFileSync(manifestPath(file), '{}');
    await expect(restoreBackup(file, place, ports())).rejects.toThrow('damaged');
    rmSync(manifestPath(file));
    await expect(restoreBackup(file, place, ports())).rejects.toThrow('no backup');
    const other = engine.name === 'SQLite' ? { dataDir: place.dataDir, databaseUrl: 'postgres://nowhere/x' } : { dataDir: place.dataDir };
    await expect(restoreBackup(backup.file, other, ports())).rejects.toThrow(/This is a backup of/);
    const database = await place.open();
    expect(await database.dialect.tableNames(database.kysely)).toEqual([]);
    await database.close();
  });
});
