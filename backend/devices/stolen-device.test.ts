import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CardRef, StaffId } from '../../contract/ids.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import { LocalDate } from '../../contract/time.ts';
import { recordKeyVersion, registerCard } from '../cards/register-card.ts';
import { readCardReport } from '../cards/card-report.ts';
import { systemRandomness } from '../ports.ts';
import { checkIntegrity } from '../ledger/integrity.ts';
import { notePurchaseElsewhere } from '../ledger/sale-lists.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS, TestCard } from '../test-support/test-card.ts';
import { refusalOf, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { putOnSale, saleOf, TestSeller } from '../test-support/test-sale.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { listLeases } from './device-leases.ts';
import { revokeDevice } from './known-devices.ts';
import { acceptQuarantine, listQuarantine } from './quarantine.ts';
import { writeOffLeases } from './write-off.ts';

const STAFF = StaffId.parse('s-tanaka');
const PHASE = { firstDay: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2026-12-10'), perPerson: 3 };
const SEALING = { masterKeys: TEST_CARD_KEYS, randomness: systemRandomness };

describe.each(ENGINES)('a stolen device on $name', (engine) => {
  let town: TestTown;
  let stolen: TestSeller;
  let device: TestDevice;
  beforeEach(async () => {
    town = await testTown(engine, 120, { cardKeys: TEST_CARD_KEYS });
    const scheme = await putOnSale(town, { phases: [PHASE], stock: 40 });
    device = await town.device();
    stolen = new TestSeller(device, scheme);
    await device.pullAll();
  });
  afterEach(() => town.close());

  const revoke = () => revokeDevice(town.database, device.deviceId);
  const writeOff = () => writeOffLeases(town.database, { deviceId: device.deviceId, decision: { staff: STAFF, reason: 'stolen at the market' }, nowMs: town.clock.nowMs });
  const accept = () => acceptQuarantine(town.database, { deviceId: device.deviceId, decision: { staff: STAFF, reason: 'found again' }, nowMs: town.clock.nowMs, cardKeys: TEST_CARD_KEYS });
  const leasesOf = async (of: TestDevice) => (await listLeases(town.database.kysely, of.deviceId)).map(({ kind, id }) => `${kind} ${id}`);
  const anomaliesOf = async (of: TestDevice) => (await town.database.kysely.selectFrom('anomaly').select('what').where('device_id', '=', of.deviceId).orderBy('seq').execute()).map(({ what }) => what);
  const posted = async () => (await town.database.kysely.selectFrom('movement').select('operation_id').where('device_id', '=', device.deviceId).execute()).map((row) => row.operation_id);
  const offer = (index: number) => {
    const entitlement = device.offers()[index];
    if (!entitlement) throw new Error('The device holds too little');
    return entitlement;
  };

  it('keeps everything set aside after it was revoked, listed with its time, until staff write it off with a reason', async () => {
    const buyer = offer(0).accountId;
    valueOf(await device.hold(buyer));
    expect((await writeOff()).kind).toBe('not-revoked');
    await revoke();
    const lines = await listLeases(town.database.kysely, device.deviceId);
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['entitlement', 'right', 'stock', 'hold']));
    expect(lines.find(({ kind }) => kind === 'hold')).toEqual({ deviceId: device.deviceId, kind: 'hold', id: buyer, schemeId: null, amount: null, until: '2026-11-22T01:00:00.000Z' });
    // Beyond the time until which it may use them.
    town.clock.nowMs += 10 * DAY_MS;
    const other = await town.device();
    await other.pullAll();
    expect(other.leases().size).toBe(0);
    const done = await writeOff();
    expect(done).toEqual({ kind: 'written-off', freed: lines });
    expect(await leasesOf(device)).toEqual([]);
    expect(await town.database.kysely.selectFrom('lease_write_off').select(['device_id', 'staff_id', 'reason']).execute()).toEqual([{ device_id: device.deviceId, staff_id: STAFF, reason: 'stolen at the market' }]);
    expect(await writeOff()).toEqual({ kind: 'written-off', freed: [] });
    await other.pullAll();
    expect([other.leases().size, valueOf(await other.hold(buyer)).kind]).toEqual([device.leases().size, 'held']);
    expect((await writeOffLeases(town.database, { deviceId: 'dev-none' as never, decision: { staff: STAFF, reason: 'x' }, nowMs: 0 })).kind).toBe('unknown-device');
  });

  it('is refused everything, and what it still pushes is kept, posted nowhere, and answered with where it may go on', async () => {
    const first = device.appendMoved(device.load(offer(0)));
    valueOf(await device.push());
    await revoke();
    device.appendMoved(device.load(offer(1)));
    device.append({ type: 'staff-called', callNumber: 1, screen: 'start' });
    const later = device.entries.slice(1);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(refusalOf(await device.push(attempt === 0 ? later : device.entries))).toMatchObject({ what: 'revoked', expectedSeq: 4 });
    }
    device.append({ type: 'staff-called', callNumber: 2, screen: 'start' });
    expect(refusalOf(await device.push(device.entries.slice(3)))).toMatchObject({ what: 'revoked', expectedSeq: 5 });
    expect(refusalOf(await device.pull()).what).toBe('revoked');
    expect(refusalOf(await device.hold(offer(1).accountId)).what).toBe('revoked');
    expect(refusalOf(await device.want(offer(1).accountId)).what).toBe('revoked');
    expect(refusalOf(await device.cardKeys({ profile: 'desfire', identifier: '04aaaaaaaaaaaa' })).what).toBe('revoked');
    const listed = await listQuarantine(town.database, device.deviceId);
    expect(listed.map(({ seq, fact, accepted }) => [seq, fact.type, accepted])).toEqual([[2, 'value-moved', null], [3, 'staff-called', null], [4, 'staff-called', null]]);
    expect(await posted()).toEqual([(JSON.parse(first.body) as { fact: { movement: { operationId: string } } }).fact.movement.operationId]);
    const journal = await town.database.kysely.selectFrom('journal_entry').select('seq').where('device_id', '=', device.deviceId).execute();
    expect(journal).toEqual([{ seq: 1 }]);
    expect(await anomaliesOf(device)).toEqual([]);
  });

  it('is heard whatever its clock says, but only with its own key, seal and chain; what does not fit is kept for staff', async () => {
    device.append({ type: 'staff-called', callNumber: 1, screen: 'start' });
    device.append({ type: 'staff-called', callNumber: 2, screen: 'start' });
    const [one, two] = device.entries as [JournalEntry, JournalEntry];
    await revoke();
    const iat = Math.floor(town.clock.nowMs / 1_000) + 90_000;
    expect(refusalOf(await device.push([one], { claims: { iat, exp: iat + 60 } }))).toMatchObject({ what: 'revoked', expectedSeq: 2 });
    const stranger = await town.device();
    expect(refusalOf(await device.push([two], { key: stranger.privateKey })).what).toBe('bad-signature');
    expect(refusalOf(await device.push([two], { seal: device.sealOf([one]) }))).toMatchObject({ what: 'revoked', expectedSeq: 2 });
    const forked = device.entryAt(1, '0'.repeat(64), { type: 'staff-called', callNumber: 9, screen: 'start' });
    const unchained = device.entryAt(2, '1'.repeat(64), { type: 'staff-called', callNumber: 9, screen: 'start' });
    for (const entry of [forked, unchained]) expect(refusalOf(await device.push([entry]))).toMatchObject({ what: 'revoked', expectedSeq: 2 });
    const gap = device.entryAt(7, two.hash, { type: 'staff-called', callNumber: 9, screen: 'start' });
    expect(refusalOf(await device.push([gap]))).toMatchObject({ what: 'revoked', expectedSeq: 2 });
    expect((await anomaliesOf(device)).toSorted()).toEqual(['chain-broken', 'fork', 'seal-wrong']);
    expect((await listQuarantine(town.database)).map(({ seq }) => seq)).toEqual([1]);
  });

  it('is believed after all when staff accept what it sent: what nobody was given meanwhile counts, the rest becomes an anomaly', async () => {
    const [taken, given, sold] = [offer(0), offer(1), offer(2)];
    device.appendMoved(device.load(taken));
    device.appendMoved(device.load(given));
    const within = stolen.sell(sold.accountId, 2);
    const beyond = stolen.sell(given.accountId, 1);
    device.append({ type: 'staff-called', callNumber: 1, screen: 'start' });
    await revoke();
    expect((await accept()).kind).toBe('nothing-there');
    for (const [from, to] of [[0, 2], [2, 5]] as const) expect(refusalOf(await device.push(device.entries.slice(from, to))).what).toBe('revoked');
    await writeOff();
    const market = await town.device('kotanbetsu');
    await market.pullAll();
    // Somebody stands at another kiosk and is given there what the stolen one had given out, as far as anybody knew.
    valueOf(await market.want(given.accountId));
    await market.pullAll();
    expect(market.leases().has(given.id)).toBe(true);
    const done = await accept();
    if (done.kind !== 'accepted') throw new Error('Not accepted');
    expect([done.entries, done.anomalies.map(({ what }) => what).toSorted()]).toEqual([5, ['against-the-rules', 'not-leased']]);
    const operations = await posted();
    expect([operations.includes(within?.operationId ?? ''), operations.length]).toEqual([true, 3]);
    expect(beyond && (await town.database.kysely.selectFrom('movement').select('sets').where('operation_id', '=', beyond.operationId).executeTakeFirst())).toEqual({ sets: null });
    expect((await listQuarantine(town.database)).map(({ accepted }) => accepted)).toEqual(Array(5).fill({ staff: STAFF, reason: 'found again' }));
    // What it was given back for that moment is written off again, and what it sold counts for the limits.
    expect(await leasesOf(device)).toEqual([]);
    const home = await town.device();
    await home.pullAll();
    const right = new TestSeller(home, stolen.books.scheme(stolen.scheme)).books.rights().find(({ accountIds }) => accountIds.includes(sold.accountId));
    expect(right?.sets).toBe(1);
    expect((await accept()).kind).toBe('nothing-there');
    expect((await checkIntegrity(town.database)).faults).toEqual([]);
  });

  it('gets back, when it is believed after all, no more than is left by then', async () => {
    const [limited, soldOut, held] = [offer(0).accountId, offer(1).accountId, offer(2).accountId];
    valueOf(await device.hold(held));
    const beyondLimit = stolen.sell(limited, 2);
    await revoke();
    await writeOff();
    const home = new TestSeller(await town.device(), stolen.books.scheme(stolen.scheme));
    await home.device.pullAll();
    home.sell(limited, 2);
    await home.giveBack(home.held());
    expect(valueOf(await home.device.hold(held)).kind).toBe('held');
    refusalOf(await device.push());
    await accept();
    const setsOf = async (sale = beyondLimit) => (await town.database.kysely.selectFrom('movement').select('sets').where('operation_id', '=', sale?.operationId ?? '').executeTakeFirst())?.sets;
    expect(await setsOf()).toBeNull();
    expect(valueOf(await home.device.hold(held)).kind).toBe('held');
    // Everything else was bought by the app meanwhile.
    const beyondStock = stolen.sell(soldOut, 1);
    await notePurchaseElsewhere(town.database, saleOf(stolen.books.scheme(stolen.scheme)), { accountId: limited, reference: 'app-1', medium: 'app', sets: 40 }, town.clock.nowMs);
    refusalOf(await device.push(device.entries.slice(1)));
    await accept();
    expect(await setsOf(beyondStock)).toBeNull();
    expect(await anomaliesOf(device)).toEqual(['against-the-rules', 'against-the-rules']);
  });

  it('posts nothing at all when what was kept does not fit the journal', async () => {
    device.append({ type: 'staff-called', callNumber: 1, screen: 'start' });
    await revoke();
    refusalOf(await device.push());
    const [row] = await town.database.kysely.selectFrom('quarantine_entry').selectAll().execute();
    if (!row) throw new Error('Nothing was kept');
    await town.database.kysely.updateTable('quarantine_entry').set({ prev_hash: '1'.repeat(64) }).execute();
    expect((await accept()).kind).toBe('refused');
    expect((await listQuarantine(town.database)).map(({ accepted }) => accepted)).toEqual([null]);
    expect(await town.database.kysely.selectFrom('journal_entry').select('seq').where('device_id', '=', device.deviceId).execute()).toEqual([]);
  });

  it('keeps an entitlement from others, even written off, while nobody knows whether it has given it out', async () => {
    const entitlement = offer(0);
    const card = await TestCard.issue(town, entitlement.accountId);
    const movement = device.load(entitlement);
    device.append({ type: 'movement-unknown', movement, card: { ...card.named, counterBefore: 5 } });
    valueOf(await device.push());
    await revoke();
    await writeOff();
    const other = await town.device();
    await other.pullAll();
    expect(other.leases().has(entitlement.id)).toBe(false);
    other.append({ type: 'card-seen', card: card.named, counter: 5, log: [], answers: [movement.operationId] });
    valueOf(await other.push());
    await other.pullAll();
    expect(other.leases().has(entitlement.id)).toBe(true);
  });

  it('leaves cards that need new keys, until they have them', async () => {
    const account = offer(0).accountId;
    const issue = async () => {
      const card = await TestCard.issue(town, account);
      await town.database.kysely.deleteFrom('card').where('card_ref', '=', card.cardRef).execute();
      await registerCard(town.database, { identifier: card.identifier, accountId: account, profile: 'desfire', keyVersion: 1 }, SEALING);
      return card;
    };
    const [ahead, asked] = [await issue(), await TestCard.issue(town, account)];
    await device.pullAll();
    valueOf(await device.cardKeys({ profile: 'desfire', identifier: asked.identifier.toString('hex') }));
    const due = async () => (await readCardReport(town.database)).rekeyDue;
    expect(await due()).toEqual([]);
    await revoke();
    expect((await due()).map(({ cardRef, deviceId, keyVersion }) => [cardRef, deviceId, keyVersion])).toEqual(
      [ahead.cardRef, asked.cardRef].sort().map((cardRef) => [cardRef, device.deviceId, 1]),
    );
    await issue();
    await recordKeyVersion(town.database, { identifier: ahead.identifier, profile: 'desfire', keyVersion: 2 }, SEALING);
    expect((await due()).map(({ cardRef }) => cardRef)).toEqual([CardRef.parse(asked.cardRef)]);
  });
});
