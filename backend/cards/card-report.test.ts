import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationId } from '../../contract/ids.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TestCard } from '../test-support/test-card.ts';
import { uuidV7, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { readCardReport } from './card-report.ts';

describe.each(ENGINES)('the report on cards on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  beforeAll(async () => {
    town = await testTown(engine, 120);
    device = await town.device();
    await device.pullAll();
  });
  afterAll(() => town.close());

  it('of a new town has nothing but the card that was reported lost', async () => {
    const { stopped, ...rest } = await readCardReport(town.database);
    expect(stopped).toHaveLength(1);
    expect(rest).toEqual({ anomalies: [], gaps: [], openMovements: [], rekeyDue: [] });
  });

  it('names counters that nobody has reported, what is wrong with cards, and what is not decided yet', async () => {
    const [first, second, third] = device.offers();
    if (!first || !second || !third) throw new Error('Too few entitlements');
    const [reported, shown, open] = [await TestCard.issue(town, first.accountId), await TestCard.issue(town, second.accountId), await TestCard.issue(town, third.accountId)];
    const log = (counter: number) => ({ kind: 'log' as const, counter });
    device.appendMoved(device.load(first), { ...reported.named, evidence: log(3) });
    device.appendMoved(device.load(second), { ...shown.named, evidence: log(1) });
    device.append({ type: 'card-seen', card: shown.named, counter: 4, log: [{ operationId: OperationId.parse(uuidV7(0)), counter: 4 }] });
    const movement = device.load(third);
    device.append({ type: 'movement-unknown', movement, card: { ...open.named, counterBefore: 0 } });
    const suspect = device.append({ type: 'card-suspect', card: reported.named, why: 'inconsistent' });
    valueOf(await device.push());
    const report = await readCardReport(town.database);
    expect(report.stopped.map(({ cardRef }) => cardRef)).toContain(reported.cardRef);
    expect(new Set(report.gaps)).toEqual(new Set([{ cardRef: reported.cardRef, first: 1, last: 2 }, { cardRef: shown.cardRef, first: 2, last: 4 }]));
    const noticedAt = '2026-11-21T01:00:00.000Z';
    expect(report.openMovements).toEqual([{ operationId: movement.operationId, deviceId: device.deviceId, cardRef: open.cardRef, amount: 5_000, noticedAt }]);
    expect(report.anomalies).toEqual([
      { what: 'card-suspect', deviceId: device.deviceId, seq: suspect.seq, detail: 'The device no longer believes the card: inconsistent.', noticedAt },
    ]);
  });
});
