import { KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EntryId, ProcedureId, RequestId } from '../../contract/ids.ts';
import { sealedHash } from '../../contract/journal-hash.ts';
import { requestCode } from '../../contract/procedure/request-code.ts';
import { RequestContent, sealRequest } from '../../contract/procedure/request.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { officeKeyIn } from '../people/office-key.ts';
import { ENGINES } from '../test-support/engines.ts';
import { officeDesk } from '../test-support/office-desk.ts';
import { uuidV7, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';

describe.each(ENGINES)('what residents ask for, on $name', (engine) => {
  let town: TestTown;
  let desk: ReturnType<typeof officeDesk>;
  let device: TestDevice;
  let other: TestDevice;
  let said: string[];
  let slipNumber = 0;

  beforeAll(async () => {
    town = await testTown(engine, 60);
    desk = officeDesk(town);
    device = await town.device();
    other = await town.device();
  });
  afterAll(async () => {
    await town.close();
    desk.close();
  });
  beforeEach(() => {
    said = [];
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  });

  const newId = () => RequestId.parse(uuidV7(town.clock.nowMs));
  /** A request as a kiosk makes it; what is in it, only the office's key opens. */
  async function made(by: TestDevice = device, requestId = newId(), value = '髙橋 﨑子') {
    slipNumber += 1;
    const office = (await by.pullAll(), by.changes.findLast((change) => change.type === 'office-key'));
    if (office?.type !== 'office-key') throw new Error('No key was told');
    const content = RequestContent.parse({
      requestId, procedureId: 'residence-certificate', version: 1, madeAt: momentFromEpoch(town.clock.nowMs), device: by.deviceId, number: `役場1-${String(slipNumber).padStart(4, '0')}`,
      asker: 'self', answers: { copies: 2 }, known: {}, lines: [{ label: '氏名', value }, { label: '提出先', value: null }],
    });
    const sealed = await sealRequest(office.publicKey, content);
    by.append({ type: 'request-made', requestId, procedureId: ProcedureId.parse('residence-certificate'), version: 1, slipNumber, sealedHash: sealedHash(sealed) });
    return { requestId, sealed, number: content.number };
  }
  const printed = (requestId: RequestId, outcome: 'printed' | 'failed' = 'printed') =>
    device.append({ type: 'slip-settled', jobId: EntryId.parse(uuidV7(town.clock.nowMs)), slip: 'request', requestId, outcome });
  const stateOf = async (requestId: RequestId) => (await town.database.kysely.selectFrom('request').select('state').where('request_id', '=', requestId).executeTakeFirstOrThrow()).state;
  const steps = async (requestId: RequestId) => {
    const rows = await town.database.kysely.selectFrom('request_step').select(['state', 'device_id', 'staff_id']).where('request_id', '=', requestId).orderBy('step').execute();
    return rows.map(({ state, device_id, staff_id }) => `${state} ${device_id === null ? staff_id : 'device'}`);
  };

  it('go from the kiosk to the office as ciphertext, and from made to handed over', async () => {
    const { requestId, sealed, number } = await made();
    expect(valueOf(await device.handOver({ requestId, sealed }))).toEqual({ kind: 'unknown-request' });
    valueOf(await device.push());
    expect(await desk.run('requests', 'open', number)).toBe(2);
    expect(said.join('')).toContain('has not arrived yet');
    for (let time = 0; time < 2; time += 1) expect(valueOf(await device.handOver({ requestId, sealed }))).toEqual({ kind: 'kept' });
    printed(requestId);
    valueOf(await device.push());
    expect(await stateOf(requestId)).toBe('printed');

    expect(await desk.run('requests', 'list')).toBe(0);
    expect(said.join('')).toContain(`${number}\tresidence-certificate`);
    expect(said.join('')).not.toMatch(/髙橋|氏名/);
    expect(await desk.run('requests', 'open', number.replace('-', '－'))).toBe(0);
    expect(said.join('')).toContain('氏名\t髙橋 﨑子');
    expect(said.join('')).toContain('提出先\t（手書き');
    for (const to of ['received', 'ready', 'handed-over']) expect(await desk.run('requests', 'mark', number, '--as', to, '--staff', 'madoguchi-1'), to).toBe(0);
    expect(await steps(requestId)).toEqual(['made device', 'printed device', 'received madoguchi-1', 'ready madoguchi-1', 'handed-over madoguchi-1']);
    said = [];
    await desk.run('requests', 'list');
    expect(said.join('')).not.toContain(number);
    await desk.run('requests', 'list', '--all');
    expect(said.join('')).toContain(number);
  });

  it('are found by the QR code on the slip, if a kiosk of this town has made it', async () => {
    const { requestId, sealed } = await made();
    valueOf(await device.push());
    valueOf(await device.handOver({ requestId, sealed }));
    const sign = (by: TestDevice) => requestCode(requestId, { deviceId: device.deviceId, privateKey: KeyObject.from(by.privateKey) });
    expect(await desk.run('requests', 'open', sign(device))).toBe(0);
    expect(said.join('')).toContain('髙橋');
    await expect(desk.run('requests', 'open', sign(other))).rejects.toThrow('No kiosk of this town');
    await expect(desk.run('requests', 'open', '役場1-9999')).rejects.toThrow('No request of this number');
  });

  it('go forward only: what is over, or further on, stays as it is, whoever says otherwise', async () => {
    const { requestId } = await made();
    valueOf(await device.push());
    expect(await desk.run('requests', 'mark', requestId, '--as', 'ready', '--staff', 'madoguchi-1')).toBe(0);
    expect(await desk.run('requests', 'mark', requestId, '--as', 'received', '--staff', 'madoguchi-1')).toBe(2);
    printed(requestId);
    valueOf(await device.push());
    expect(await stateOf(requestId)).toBe('ready');
    device.append({ type: 'request-withdrawn', requestId });
    valueOf(await device.push());
    expect(await desk.run('requests', 'mark', requestId, '--as', 'handed-over', '--staff', 'madoguchi-1')).toBe(2);
    expect(await steps(requestId)).toEqual(['made device', 'ready madoguchi-1', 'withdrawn device']);
  });

  it('are not said to be printed when the printer did not say so', async () => {
    const { requestId } = await made();
    printed(requestId, 'failed');
    valueOf(await device.push());
    expect(await stateOf(requestId)).toBe('made');
  });

  it('are taken from the device that made them, with the text that its journal speaks of', async () => {
    const { requestId, sealed } = await made();
    valueOf(await device.push());
    const { sealed: changed } = await made(other);
    expect(valueOf(await other.handOver({ requestId, sealed }))).toEqual({ kind: 'unknown-request' });
    expect(await device.handOver({ requestId, sealed: changed })).toMatchObject({ ok: false, error: { what: 'conflict' } });
    // A second request under the first one's id is for staff to look at.
    await made(other, requestId);
    valueOf(await other.push());
    expect(await desk.run('anomalies')).toBe(0);
    expect(said.join('')).toContain('The request is known from another device.');
    expect(valueOf(await device.handOver({ requestId, sealed }))).toEqual({ kind: 'kept' });
  });

  it('keep their content no longer than the office needs it', async () => {
    const [over, open] = [await made(), await made()];
    valueOf(await device.push());
    for (const { requestId, sealed } of [over, open]) valueOf(await device.handOver({ requestId, sealed }));
    await desk.run('requests', 'mark', over.number, '--as', 'handed-over', '--staff', 'madoguchi-1');
    await desk.run('requests', 'erase', '--older-than', '1');
    expect(await desk.run('requests', 'open', over.number)).toBe(0);
    // Staff's word is written down with the computer's time, not the town's of this test.
    await town.database.kysely.updateTable('request_step').set((eb) => ({ at_ms: eb('at_ms', '-', 2 * DAY_MS) })).where('request_id', '=', over.requestId).execute();
    await desk.run('requests', 'erase', '--older-than', '1');
    expect(await desk.run('requests', 'open', over.number)).toBe(2);
    expect(await desk.run('requests', 'open', open.number)).toBe(0);
    // Handed over once more by a kiosk that did not hear the answer: what was erased does not come back.
    expect(valueOf(await device.handOver({ requestId: over.requestId, sealed: over.sealed }))).toEqual({ kind: 'kept' });
    expect(await desk.run('requests', 'open', over.number)).toBe(2);
  });

  it('cannot be read with another office’s key, and the town is told which', async () => {
    expect(device.changes.find(({ type }) => type === 'office-key')).toEqual({ type: 'office-key', publicKey: officeKeyIn(town.place.dataDir).x });
  });
});
