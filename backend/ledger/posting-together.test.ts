import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../contract/ids.ts';
import { journalHash } from '../../contract/journal-hash.ts';
import { GENESIS_HASH, JournalBody, type JournalFact } from '../../contract/journal.ts';
import type { PushRequest } from '../../contract/sync.ts';
import { findDevice } from '../devices/known-devices.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { valueOf, type TestDevice } from '../test-support/test-device.ts';
import { START_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { asOnlyWriter } from './change-feed.ts';
import { checkPush, postPushes, type PostOutcome } from './post-entries.ts';
import { lotsHeld } from './stored-value.ts';

describe.each(ENGINES)('pushes of several devices in one transaction, on $name', (engine) => {
  let town: TestTown;
  beforeAll(async () => {
    town = await testTown(engine, 300);
  });
  afterAll(() => town.close());

  const call = (callNumber: number): JournalFact => ({ type: 'staff-called', callNumber, screen: 'start' });
  const whole = (device: TestDevice): PushRequest => ({ entries: device.entries, seal: device.sealOf(device.entries) });
  async function post(...pushes: ReadonlyArray<readonly [TestDevice, PushRequest]>): Promise<PostOutcome[]> {
    const checked = await Promise.all(
      pushes.map(async ([{ deviceId }, push]) => {
        const device = await findDevice(town.database, deviceId);
        if (!device) throw new Error('The town does not know the device');
        return checkPush(device, push);
      }),
    );
    return asOnlyWriter(town.database, TOMAMAE.id, (work) => postPushes(work, checked, { nowMs: START_MS }));
  }
  const held = async (account: AccountId) =>
    (await town.database.kysely.transaction().execute((transaction) => lotsHeld({ transaction }, TOMAMAE.id, [account]))).reduce((sum, { amount }) => sum + amount, 0);
  /** With what is leased at its site. */
  async function deviceAt(site: string): Promise<TestDevice> {
    const device = await town.device(site);
    await device.pullAll();
    return device;
  }
  const anomaliesOf = ({ deviceId }: TestDevice) => town.database.kysely.selectFrom('anomaly').select(['what', 'seq']).where('device_id', '=', deviceId).orderBy('number').execute();

  it('are each judged by what their own device has been given', async () => {
    const [office, hall, stranger] = [await deviceAt('yakuba'), await deviceAt('kotanbetsu'), await deviceAt('rikibiru')];
    const [atOffice, more] = office.offers();
    const [atHall] = hall.offers();
    if (!atOffice || !more || !atHall) throw new Error('Too little is leased');
    const before = [await held(atOffice.accountId), await held(atHall.accountId), await held(more.accountId)];
    office.appendMoved(office.load(atOffice));
    hall.appendMoved(hall.load(atHall));
    stranger.appendMoved(office.load(more));
    const outcomes = await post([stranger, whole(stranger)], [office, whole(office)], [hall, whole(hall)]);
    expect(outcomes).toMatchObject([
      { kind: 'acknowledged', seq: 1, anomalies: [{ what: 'not-leased', deviceId: stranger.deviceId }] },
      { kind: 'acknowledged', seq: 1, anomalies: [] },
      { kind: 'acknowledged', seq: 1, anomalies: [] },
    ]);
    expect([await held(atOffice.accountId), await held(atHall.accountId), await held(more.accountId)]).toEqual([(before[0] ?? 0) + 5_000, (before[1] ?? 0) + 5_000, before[2]]);
    expect([await anomaliesOf(stranger), await anomaliesOf(office), await anomaliesOf(hall)]).toEqual([[{ what: 'not-leased', seq: 1 }], [], []]);
  });

  it('do not suffer when one of them is refused', async () => {
    const [good, unsealed, forked, repeating, behind] = [await town.device(), await town.device(), await town.device(), await town.device(), await town.device()];
    for (const device of [good, unsealed, forked, behind]) device.append(call(1));
    valueOf(await forked.push());
    const other = forked.entryAt(1, GENESIS_HASH, call(2));
    const { id } = JournalBody.parse(JSON.parse(good.entries[0]?.body ?? ''));
    const body = JSON.stringify({ ...JournalBody.parse(JSON.parse(repeating.entryAt(1, GENESIS_HASH, call(3)).body)), id });
    const repeated = { seq: 1, prevHash: GENESIS_HASH, hash: journalHash(GENESIS_HASH, body), body };
    behind.append(call(4));
    const outcomes = await post(
      [good, whole(good)],
      [unsealed, { ...whole(unsealed), seal: good.sealOf(good.entries) }],
      [forked, { entries: [other], seal: forked.sealOf([other]) }],
      [repeating, { entries: [repeated], seal: repeating.sealOf([repeated]) }],
      [behind, { entries: behind.entries.slice(1), seal: behind.sealOf(behind.entries) }],
    );
    expect(outcomes).toMatchObject([
      { kind: 'acknowledged', seq: 1, posted: 1 },
      { kind: 'bad-seal' },
      { kind: 'conflict', anomaly: { what: 'fork' } },
      { kind: 'conflict', anomaly: { what: 'entry-id-repeated' } },
      { kind: 'gap', expectedSeq: 1 },
    ]);
    expect(valueOf(await behind.push()).acknowledgedSeq).toBe(2);
  });
});
