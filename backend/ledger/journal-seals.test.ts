import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealHolds } from '../../contract/journal-seal.ts';
import type { JournalFact } from '../../contract/journal.ts';
import { listDevices } from '../devices/known-devices.ts';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { readBooks } from './books.ts';

describe.each(ENGINES)('the seals of journals on $name', (engine) => {
  let town: TestTown;
  let callNumber = 0;
  beforeAll(async () => {
    town = await testTown(engine, 20);
  });
  afterAll(() => town.close());

  const append = (device: TestDevice, count: number) => {
    for (let index = 0; index < count; index += 1) device.append({ type: 'staff-called', callNumber: (callNumber += 1), screen: 'start' } satisfies JournalFact);
  };
  const sealsOf = (device: TestDevice) =>
    town.database.kysely.selectFrom('journal_seal').select(['seq', 'hash', 'signature']).where('device_id', '=', device.deviceId).orderBy('seq').execute();

  it('keeps one of each head that it acknowledged', async () => {
    const device = await town.device();
    append(device, 3);
    valueOf(await device.push());
    valueOf(await device.push());
    // Older entries once more: their head is not what is acknowledged.
    valueOf(await device.push(device.entries.slice(0, 2)));
    append(device, 2);
    valueOf(await device.push(device.entries.slice(2)));
    const [, , third, , fifth] = device.entries;
    expect(await sealsOf(device)).toEqual([third, fifth].map((entry) => ({ seq: entry?.seq, hash: entry?.hash, signature: device.sealOf(entry ? [entry] : []) })));
    expect((await readBooks(town.database)).faults).toEqual([]);
  });

  it('refuses entries under a seal that the device did not make, and keeps them for staff', async () => {
    const [device, other] = [await town.device(), await town.device('rikibiru')];
    append(device, 2);
    append(other, 2);
    const [first] = device.entries;
    // Another device's; its own over another entry; none of anybody's.
    const wrong = [other.sealOf(device.entries), device.sealOf(first ? [first] : []), 'A'.repeat(86)];
    for (const seal of wrong) expect(refusalOf(await device.push(device.entries, { seal })).what).toBe('bad-signature');
    expect(await sealsOf(device)).toEqual([]);
    expect(await town.database.kysely.selectFrom('journal_entry').select('seq').where('device_id', '=', device.deviceId).execute()).toEqual([]);
    const anomalies = await town.database.kysely.selectFrom('anomaly').select(['what', 'seq', 'evidence']).where('device_id', '=', device.deviceId).execute();
    expect(anomalies).toEqual([{ what: 'seal-wrong', seq: 2, evidence: JSON.stringify(device.entries[1]) }]);
    expect(valueOf(await device.push()).acknowledgedSeq).toBe(2);
  });

  it('asks for a seal with every push', async () => {
    const device = await town.device();
    append(device, 1);
    const sentBody = JSON.stringify({ entries: device.entries });
    expect(refusalOf(await device.push(device.entries, { sentBody, claims: { bod: device.digest(sentBody) } })).what).toBe('bad-request');
  });

  it('can be checked with the key that the list of devices names', async () => {
    const device = await town.device();
    append(device, 1);
    valueOf(await device.push());
    const listed = (await listDevices(town.database)).find(({ deviceId }) => deviceId === device.deviceId);
    const [seal] = await sealsOf(device);
    expect(seal && sealHolds(listed?.publicKey ?? '', device.deviceId, seal, seal.signature)).toBe(true);
  });

  it('can neither be changed nor removed', async () => {
    const device = await town.device();
    append(device, 1);
    valueOf(await device.push());
    await expect(town.database.kysely.updateTable('journal_seal').set({ signature: 'A'.repeat(86) }).where('device_id', '=', device.deviceId).execute()).rejects.toThrow('append-only');
    await expect(town.database.kysely.deleteFrom('journal_seal').where('device_id', '=', device.deviceId).execute()).rejects.toThrow('append-only');
  });

  it('are looked over with the books', async () => {
    const device = await town.device();
    append(device, 2);
    valueOf(await device.push());
    const [first] = device.entries;
    const row = { municipality_id: device.identity?.municipalityId ?? '', device_id: device.deviceId, seq: 1, received_ms: 0 };
    await town.database.kysely.insertInto('journal_seal').values({ ...row, hash: first?.hash ?? '', signature: 'A'.repeat(86) }).execute();
    expect((await readBooks(town.database)).faults).toEqual(['The seal of 役場1 on entry 1 was not made with its key.']);
  });
});
