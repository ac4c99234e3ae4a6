import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, sendByInject, TestDevice, valueOf } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';

describe.each(ENGINES)('enrolment on $name', (engine) => {
  let town: TestTown;
  const newDevice = () => TestDevice.make(sendByInject(town.backend.app), town.clock.now);
  beforeAll(async () => {
    town = await testTown(engine, 8);
  });
  afterAll(() => town.close());

  it('tells the device its town, site, label and the card key', async () => {
    const device = await newDevice();
    const answer = valueOf(await device.enrol(await town.invite('kotanbetsu', '古丹別1')));
    expect(answer).toMatchObject({ municipalityName: '苫前町', siteId: 'kotanbetsu', siteName: '古丹別支所', deviceLabel: '古丹別1' });
    expect(Buffer.from(answer.cardKey, 'base64url')).toHaveLength(32);
    expect(town.logged.filter(({ event }) => event === 'device-enrolled').at(-1)).toMatchObject({ device: answer.deviceId, site: 'kotanbetsu' });
    expect(town.logText()).not.toContain(answer.cardKey);
  });

  it('takes the code however it is typed, and keeps only its hash', async () => {
    const code = await town.invite();
    const device = await newDevice();
    valueOf(await device.enrol(code.toLowerCase().replaceAll('-', ' ')));
    const rows = await town.database.kysely.selectFrom('enrolment_code').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(code.replaceAll('-', ''));
    expect(JSON.stringify(rows)).not.toContain(code);
  });

  it('uses a code once: another key is refused', async () => {
    const code = await town.invite();
    valueOf(await (await newDevice()).enrol(code));
    expect(refusalOf(await (await newDevice()).enrol(code))).toMatchObject({ what: 'bad-code' });
  });

  it('answers the same device again, because the answer may have been lost', async () => {
    const code = await town.invite();
    const device = await newDevice();
    const first = valueOf(await device.enrol(code));
    expect(valueOf(await device.enrol(code))).toEqual(first);
  });

  it('keeps the key to which cards’ keys are sealed, and lets nobody put another in its place', async () => {
    const code = await town.invite();
    const device = await newDevice();
    const { deviceId } = valueOf(await device.enrol(code));
    const stored = () => town.database.kysely.selectFrom('device').select('sealing_key').where('device_id', '=', deviceId).executeTakeFirstOrThrow();
    expect(await stored()).toEqual({ sealing_key: device.sealingKey.x });
    const another = (await newDevice()).sealingKey.x ?? '';
    expect(refusalOf(await device.enrol(code, { sealingKey: another })).what).toBe('bad-code');
    expect(await stored()).toEqual({ sealing_key: device.sealingKey.x });
  });

  it.each([
    ['a text that is no base64url', '!'.repeat(43)],
    ['32 bytes written in an unusual way', `${'A'.repeat(42)}B`],
    ['fewer bytes', 'A'.repeat(42)],
  ])('refuses %s as a sealing key, and does not use the code up', async (_, sealingKey) => {
    const code = await town.invite();
    const device = await newDevice();
    expect(refusalOf(await device.enrol(code, { sealingKey })).what).toBe('bad-request');
    expect((await device.enrol(code)).ok).toBe(true);
  });

  it('lets only one of two devices in that use the code at the same time', async () => {
    const code = await town.invite();
    const devices = await Promise.all([newDevice(), newDevice(), newDevice()]);
    const answers = await Promise.all(devices.map((device) => device.enrol(code)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('refuses a code after an hour', async () => {
    const code = await town.invite();
    town.clock.nowMs += 3_600_001;
    expect(refusalOf(await (await newDevice()).enrol(code)).what).toBe('bad-code');
  });

  it('refuses who cannot prove to hold the key, and does not use the code up', async () => {
    const code = await town.invite();
    const device = await newDevice();
    const stranger = await generateKeyPair('EdDSA');
    expect(refusalOf(await device.enrol(code, { key: stranger.privateKey })).what).toBe('bad-signature');
    expect(refusalOf(await device.enrol(code, { proofOver: 'another code' })).what).toBe('bad-signature');
    expect((await device.enrol(code)).ok).toBe(true);
  });

  it('stops answering when somebody tries code after code, and goes on a minute later', async () => {
    town.clock.nowMs += 60_000;
    const device = await newDevice();
    const whats: string[] = [];
    for (let attempt = 0; attempt < 31; attempt += 1) whats.push(refusalOf(await device.enrol(`WRNG-WRNG-WRNG-${1_000 + attempt}`)).what);
    expect(whats.slice(0, 30)).toEqual(Array(30).fill('bad-code'));
    expect(whats[30]).toBe('unavailable');
    town.clock.nowMs += 60_000;
    expect((await device.enrol(await town.invite())).ok).toBe(true);
  });

  it('refuses an unknown site and names those there are', async () => {
    await expect(town.invite('nowhere')).rejects.toThrow('kotanbetsu, rikibiru, yakuba');
  });
});
