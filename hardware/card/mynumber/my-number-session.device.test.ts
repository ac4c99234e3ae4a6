/** A whole session on a real pcscd: what a reader in the same process cannot show is that other programs are kept away and power is cut. */
import { X509Certificate, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CardPresence, CardReader } from '../../reader/card-reader.ts';
import { createPcscCardReader } from '../../reader/pcsc-card-reader.ts';
import { issueIdentity, testHierarchy } from '../../simulator/my-number/card-identity.ts';
import { PrivatePcscd } from '../../simulator/private-pcscd.ts';
import { MyNumberCard } from '../../simulator/virtual-card-my-number.ts';
import { VirtualReader } from '../../simulator/virtual-reader.ts';
import { withMyNumberSession } from './my-number-session.ts';
import { PinEntry, verificationNumberB } from './pin-entry.ts';
import { bytesOf } from './test-support/scripted-card.ts';

type Present = Extract<CardPresence, { kind: 'present' }>;
const UNWARNED = { warnedOfLastTry: false };

let pcscd: PrivatePcscd;
let virtualReader: VirtualReader;
let reader: CardReader;
const hierarchy = testHierarchy();
const identity = issueIdentity(hierarchy);

beforeAll(() => {
  pcscd = new PrivatePcscd();
});
afterAll(async () => {
  await pcscd.close();
});
beforeEach(async () => {
  await pcscd.start();
  virtualReader = new VirtualReader();
  reader = createPcscCardReader({ allow: () => true });
});
afterEach(async () => {
  virtualReader.remove();
  await reader.close();
  await pcscd.stop();
});

async function lay(card: MyNumberCard, before: CardReader = reader): Promise<Present> {
  virtualReader.insert(card);
  await expect.poll(() => before.presence().kind, { timeout: 20_000, interval: 20 }).toBe('present');
  return before.presence() as Present;
}

test('a resident shows who she is, proves her card, and nothing of it is left on the card', async () => {
  const card = new MyNumberCard('hanako', { identity, oddities: { firstCommandFails: true } });
  const presence = await lay(card);
  const outcome = await withMyNumberSession(reader, presence, async (opened) => {
    expect(await opened.detect()).toEqual({ kind: 'my-number' });
    const printed = verificationNumberB({ birthDate: '1950-01-03', expiryYear: 2035, securityCode: '1234' });
    if (printed.kind !== 'entry') throw new Error(printed.which);
    expect(await opened.verifyPin('verification-number-b', printed.entry, UNWARNED)).toEqual({ kind: 'verified' });
    const attributes = await opened.readAttributes();

    const read = await opened.readCertificate();
    if (read.kind !== 'read') throw new Error(read.kind);
    const certificate = new X509Certificate(read.bytes);
    expect(certificate.verify(new X509Certificate(hierarchy.authentication.certificate).publicKey)).toBe(true);
    expect(await opened.verifyPin('authentication-pin', new PinEntry(bytesOf('31323334')), UNWARNED)).toEqual({ kind: 'verified' });
    const signed = await opened.signChallenge(Uint8Array.from(randomBytes(32)), certificate);
    return [attributes, signed.kind];
  });
  const attributes = { name: '架空　花子', address: '架空県見本市仮町１－２－３', birthDate: '1950-01-03', sex: 'female' };
  expect(outcome).toEqual({ kind: 'done', value: [{ kind: 'attributes', attributes }, 'signed'] });
  expect(card.alarms).toEqual([]);
  // The next session, of the same touch, begins with nothing.
  expect(await withMyNumberSession(reader, presence, (opened) => opened.readAttributes())).toEqual({ kind: 'done', value: { kind: 'locked' } });
});

test('while a session lasts another program is kept away, and while another program holds the card there is no session', async () => {
  const another = createPcscCardReader({ allow: () => true });
  try {
    const presence = await lay(new MyNumberCard('hanako'));
    await expect.poll(() => another.presence().kind, { timeout: 20_000, interval: 20 }).toBe('present');
    const { generation } = another.presence() as Present;
    const inside = await withMyNumberSession(reader, presence, () => another.connect(generation, { share: 'shared' }));
    expect(inside).toEqual({ kind: 'done', value: 'in-use' });
    expect(await another.connect(generation, { share: 'exclusive' })).toBe('connected');
    expect(await withMyNumberSession(reader, presence, (opened) => opened.detect())).toEqual({ kind: 'in-use' });
  } finally {
    await another.close();
  }
});

test('a card pulled away while its PIN is on the way leaves the outcome unknown, and the PIN is not sent again', async () => {
  const card = new MyNumberCard('hanako');
  const presence = await lay(card);
  const isVerify = (command: Uint8Array) => command[1] === 0x20 && command.length > 4;
  virtualReader.beforeAnswer = (command) => {
    if (isVerify(command)) virtualReader.remove();
  };
  const outcome = await withMyNumberSession(reader, presence, async (opened) => [
    await opened.verifyPin('attributes-pin', new PinEntry(bytesOf('30303030')), UNWARNED),
    (await opened.readAttributes()).kind,
  ]);
  expect(outcome).toEqual({ kind: 'done', value: [{ kind: 'unknown' }, 'card-moved'] });
  expect(virtualReader.commands.filter(isVerify)).toHaveLength(1);
  virtualReader.beforeAnswer = undefined;
  // The counter tells, when the card is seen again, that this try was used.
  await expect.poll(() => reader.presence().kind, { timeout: 20_000, interval: 20 }).toBe('none');
  const again = await lay(card);
  expect(await withMyNumberSession(reader, again, (opened) => opened.triesLeft('attributes-pin'))).toEqual({ kind: 'done', value: { kind: 'left', tries: 2 } });
});
